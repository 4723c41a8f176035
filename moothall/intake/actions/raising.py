"""The one way a request becomes work, for every channel, screen and interface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from moothall.announcements.actions import join_contact
from moothall.announcements.queries import live, spot_of, touching
from moothall.cases.actions import NewCase, add_task, open_case
from moothall.cases.models import Case
from moothall.contacts.actions import end_matter, record_contact, record_ended_matter
from moothall.contacts.models import Contact, Matter, Outcome
from moothall.core.actors import SYSTEM, Actor
from moothall.core.events import together
from moothall.core.idempotency import KeyReused
from moothall.core.ids import new_id
from moothall.core.lists import say_all
from moothall.core.packs import Pack
from moothall.core.zone import council_date
from moothall.customers.actions import create_customer
from moothall.intake.constituents import ask_where_wanted
from moothall.intake.dialogue.known import Known, known_from_answers
from moothall.intake.facts import course_now
from moothall.intake.lookups import found_for, with_found
from moothall.intake.paying import owe_for, without_way_to_pay
from moothall.intake.place import Where, where_is
from moothall.intake.slots import BookedDay, book_slots, booked_day, release_slots
from moothall.intake.talking.reach import still_to_come, words_of
from moothall.intake.whose import REFERRAL, passed_on, referral_standard, whose_job
from moothall.partners.actions import refer_as_asked, refer_new
from moothall.partners.actions.referring import PASSED_ON
from moothall.partners.rules import Theirs
from moothall.promises.actions import Draft, NewPromise, draft_promises, keep_promises
from moothall.promises.models import Promise
from moothall.promises.pack import standards_of_service
from moothall.services.letters import POST
from moothall.services.lookups import Found
from moothall.services.pack import Service
from moothall.services.rules import Course, promise_of

WAYS = {
    "web": "on our website", "app": "in our app", "phone": "by telephone", "counter": "at one of our offices",
    "email": "by email", "post": "by letter", "sms": "by text message", "webchat": "by web chat",
}  # fmt: skip
AT_ONCE = frozenset({"web", "app", "kiosk", "voice", "phone", "counter", "webchat"})
"""Channels on which the customer has the reference and the promise as soon as she has asked: she is acknowledged."""


class NotOnThisChannel(ValueError):
    """The service cannot be asked for on this channel; the message says why and where it can."""


@dataclass(frozen=True, slots=True)
class Promised:
    """One promise just made: its kind and when it is due."""

    id: UUID
    kind: str
    due_at: datetime | None
    standard: str


@dataclass(frozen=True, slots=True)
class Raised:
    """What became of a request. ``case_id`` is None when a rule answered it without a case; ``because`` then says why."""

    service: str
    contact_id: UUID
    contact_reference: str
    customer_id: UUID | None
    case_id: UUID | None
    reference: str
    course: Course
    because: str
    promises: tuple[Promised, ...] = ()
    found: Mapping[str, Found] = field(default_factory=dict)

    @property
    def accepted(self) -> bool:
        """Whether a case was opened."""
        return self.case_id is not None


def raise_request(
    service: Service, answers: Mapping[str, Any], *, pack: Pack, channel: str, by: Actor, at: datetime,
    customer_id: UUID | None = None, contact_id: UUID | None = None, matter_id: UUID | None = None,
    dialogue_id: UUID | None = None, received_at: datetime | None = None, cause: str = "new", caller: str = "",
    external_id: str = "", assisted: bool = False, helped_because: str = "",
    helped_by: UUID | None = None, language: str = "",
    facts: Mapping[str, Any] | None = None, source: str = "", outcome: Outcome | None = None,
) -> Raised:  # fmt: skip
    """Take a request: record the contact, decide, open the case with its promises, or answer it by rule. One transaction.

    ``answers`` have been read by the dialogue (``read_all``). With ``contact_id`` the contact goes on (a call at the desk)
    and, with ``matter_id``, that matter of it ends here; without, a contact is recorded that is over. ``received_at`` is
    when the customer spoke, where that was earlier. ``outcome`` is how the matter ended where a case was opened and it was
    not simply handed on (done there and then). ``language`` is the one it was asked in, for the record this may make
    of who asked. Whoever calls holds idempotency (a dialogue, a key).

    Raises:
        NotOnThisChannel: the pack offers the service otherwise. SlotGone: a time that was chosen cannot be had.
        PriceRefused: it costs more than can be paid here. KeyReused: ``external_id`` was another service's request.
    """
    check_channel(service, channel)
    heard = received_at or at
    known = known_from_answers(service.by_question, answers)
    with transaction.atomic(savepoint=False), together():
        where = where_is(service, answers, known)
        found = found_for(service, answers, where, channel=channel, at=at)
        answers = with_found(answers, found)
        course = course_now(service, answers, where, known, at=at, facts=facts)
        theirs = whose_job(service, answers, where, pack) if course.accept != "no" else None
        course = passed_on(course, theirs, pack) if theirs else course
        if external_id and (said := said_before(channel, external_id, service)) is not None:
            return _again(said, service, course)
        customer_id = customer_id or customer_from(known, where, language=language, by=by, at=at)
        case_id = new_id() if course.accept != "no" else None
        if case_id is not None:
            answers = book_slots(
                service, answers, for_kind="dialogue" if dialogue_id else "case", for_id=dialogue_id or case_id,
                customer_id=customer_id, by=by, at=at,
            )  # fmt: skip
            answers = without_way_to_pay(service, answers, pack=pack, at=at, course=course)
        if contact_id is None:
            contact = record_contact(
                channel=channel, received_at=heard, by=by, at=at, customer_id=customer_id, service=service.code,
                area=where.area, external_id=external_id, caller=caller, cause=cause, assisted=assisted,
                helped_because=helped_because, helped_by=helped_by,
            )  # fmt: skip
        else:
            contact = Contact.objects.get(id=contact_id)
        made: list[Promise] = []
        reference = ""
        if case_id is not None:
            booked = booked_day(service, answers, pack=pack, at=at) if theirs is None else None
            draft = _promise(
                service, course, case_id, where, pack, channel, customer_id, theirs, booked, by=by, heard=heard, at=at
            )
            reference = open_case(
                _new_case(service, answers, course, known, where, pack, channel, customer_id, contact.id, source, theirs),
                by=by, at=heard, due_at=draft.first_due, id_=case_id,
            ).reference  # fmt: skip
            made = keep_promises(draft, by=by)
            ask_where_wanted(case_id, service.code, answers, pack, at=at)
            if theirs:
                refer_new(case_id, theirs, service=service.code, by=by, at=heard)
            owe_for(
                service, answers, course, case_id=case_id, customer_id=customer_id, area=where.area, pack=pack,
                channel=channel, by=by, at=at,
            )  # fmt: skip
            if theirs is None:
                _ask_for_rest(case_id, service, answers, course, channel, at=at)
                refer_as_asked(case_id, service.code, answers, pack, channel=channel, at=at)
        else:
            _join_announced(service.code, where, contact.id, customer_id, at=at)
            if dialogue_id is not None:
                release_slots(dialogue_id, by=by, at=at)
        _matter(contact, service, course, case_id, matter_id, dialogue_id, cause, outcome, by=by, at=at)
    return Raised(
        service=service.code, contact_id=contact.id, contact_reference=contact.reference, customer_id=customer_id,
        case_id=case_id, reference=reference, course=course, because=refusal_of(course),
        promises=tuple(Promised(p.id, p.kind, p.due_at, p.standard) for p in made), found=found,
    )  # fmt: skip


def _ask_for_rest(
    case_id: UUID, service: Service, answers: Mapping[str, Any], course: Course, channel: str, *, at: datetime
) -> None:
    """What could not be told on this channel is asked for: its team has that before it as a task."""
    if left := still_to_come(service, answers, council_date(at), channel):
        add_task(case_id, title=f"Ask them for {say_all(words_of(left))}", team=course.team, by=SYSTEM, at=at)


def _join_announced(service: str, where: Where, contact_id: UUID, customer_id: UUID | None, *, at: datetime) -> None:
    """Whoever was answered without a case and asked about what is announced here hears news of it, and the end."""
    going_on = [one for one in live(at=at) if service in one.services]
    for one in touching([service], spot_of(where.uprn, where.area), among=going_on) if going_on else ():
        join_contact(one.id, contact_id=contact_id, customer_id=customer_id, by=SYSTEM, at=at)


def said_before(channel: str, external_id: str, service: Service) -> Matter | None:
    """Return the matter of the same words from the same provider, where they came before.

    Raises:
        KeyReused: they asked for another service.
    """
    came = Matter.objects.select_related("contact").filter(contact__channel=channel, contact__external_id=external_id)
    first = came.order_by("opened_at").first()
    if first is not None and first.service != service.code:
        raise KeyReused("This id was already used for a request of another service. Use a new id for a new request.")
    return first


def _again(said: Matter, service: Service, course: Course) -> Raised:
    case = Case.objects.filter(id=said.case_id).first() if said.case_id else None
    made = Promise.objects.filter(subject_id=case.id).order_by("started_at", "id") if case else []
    return Raised(
        service=service.code, contact_id=said.contact_id, contact_reference=said.contact.reference,
        customer_id=said.contact.customer_id, case_id=case.id if case else None, reference=case.reference if case else "",
        course=course, because="" if case else refusal_of(course),
        promises=tuple(Promised(p.id, p.kind, p.due_at, p.standard) for p in made),
    )  # fmt: skip


def refusal_of(course: Course) -> str:
    """Return why a request was not taken on, as the deciding row says; empty when it was."""
    if course.accept != "no":
        return ""
    return next((d.because for d in course.decisions if d.outputs.get("accept") == "no"), "")


def check_channel(service: Service, channel: str) -> None:
    """Let through, or raise ``NotOnThisChannel`` with why and where instead."""
    use = service.channel(channel)
    if use.level == "no":
        instead = f" You can ask {WAYS[use.instead]}." if use.instead in WAYS else ""
        raise NotOnThisChannel(f"{use.because or 'We cannot take this request this way.'}{instead}")


def customer_from(known: Known, where: Where, *, by: Actor, at: datetime, language: str = "") -> UUID | None:
    """Make a record of who asked, with the language she asked in, and letters as her way where she chose them.

    Never joined to another by e-mail or telephone alone: matching decides that, explained.
    """
    if not (known.name or known.email or known.phone):
        return None
    given, _, family = known.name.rpartition(" ")
    points = [(kind, value) for kind, value in (("email", known.email), ("phone", known.phone)) if value]
    return create_customer(
        given_name=given or family, family_name=family if given else "", contact_points=points,
        date_of_birth=date.fromisoformat(known.date_of_birth) if known.date_of_birth else None, uprn=known.uprn,
        address_text=known.address, area_code=where.area if known.uprn else "",
        preferred_channel=POST if known.by == POST else "", language=language or "en", by=by, at=at,
    ).id  # fmt: skip


def _new_case(
    service: Service, answers: Mapping[str, Any], course: Course, known: Known, where: Where, pack: Pack, channel: str,
    customer_id: UUID | None, contact_id: UUID, source: str, theirs: Theirs | None,
) -> NewCase:  # fmt: skip
    return NewCase(
        service=service.code, channel=channel, team=course.team, kind=service.kind, restricted=service.restricted or "",
        priority=course.priority, answers={key: value for key, value in answers.items() if value is not None},
        decisions=[decision.as_dict() for decision in course.decisions], fee_pence=course.fee or 0,
        pack_version_id=pack.version_id, customer_id=customer_id, contact_id=contact_id, uprn=where.uprn, area=where.area,
        place_text=where.text, latitude=where.latitude, longitude=where.longitude, track_email=known.email.lower(),
        track_postcode="".join((known.postcode or where.postcode).split()), source=source,
        status=PASSED_ON if theirs else "received",
    )  # fmt: skip


def _promise(
    service: Service, course: Course, case_id: UUID, where: Where, pack: Pack, channel: str, customer_id: UUID | None,
    theirs: Theirs | None, booked: BookedDay | None, *, by: Actor, heard: datetime, at: datetime,
) -> Draft:  # fmt: skip
    promise = promise_of(service, course)
    wanted = [(kind, standards_of_service(service.code, promise, kind)) for kind in ("acknowledge", "complete")]
    if theirs:  # the work is not ours to promise: what they answer is
        wanted[1] = (REFERRAL, referral_standard(pack, service.code, on=council_date(at)))
    return draft_promises(
        [
            NewPromise(
                kind=kind, standard=standard, subject_kind="case", subject_id=case_id, received_at=heard,
                customer_id=customer_id, service=service.code, channel=channel, team=course.team, area=where.area,
                pack_version_id=pack.version_id, met_at=at if kind == "acknowledge" and channel in AT_ONCE else None,
                fee_pence=course.fee or 0, agreed=booked.due if booked and kind == "complete" else None,
            )
            for kind, standard in wanted
            if standard is not None
        ],
        by=by, at=at,
    )  # fmt: skip


def _matter(
    contact: Contact, service: Service, course: Course, case_id: UUID | None, matter_id: UUID | None,
    dialogue_id: UUID | None, cause: str, settled: Outcome | None, *, by: Actor, at: datetime,
) -> None:  # fmt: skip
    answered = Outcome.SIGNPOSTED if course.offer else Outcome.INFORMED
    outcome = (settled or Outcome.HANDED_ON) if case_id is not None else answered
    if matter_id is not None:
        end_matter(matter_id, outcome=outcome, by=by, at=at, case_id=case_id, cause=cause)
    else:
        record_ended_matter(
            contact,
            service=service.code,
            outcome=outcome,
            by=by,
            at=at,
            case_id=case_id,
            cause=cause,
            dialogue_id=dialogue_id,
        )
