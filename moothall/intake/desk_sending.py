"""A matter at the desk becomes work: sent on with its promise, done there and then, or promised a call back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from moothall.cases.actions import NewCase, add_task, close_case, open_case
from moothall.contacts import actions as contacts
from moothall.contacts.models import Contact, Matter, Outcome
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.events import together
from moothall.core.packs import Pack, current_pack
from moothall.core.zone import council_date
from moothall.intake.actions import raise_request
from moothall.intake.actions.dialogues import known_address
from moothall.intake.actions.submitting import answered_at_desk, sent_at_desk
from moothall.intake.carrying import SHOWN
from moothall.intake.desk import matter_key
from moothall.intake.desk_standards import CALL_BACK, call_back_standard
from moothall.intake.dialogue import AnswerError, read_all
from moothall.intake.dialogue.known import known_from_answers
from moothall.intake.dialogue.typed import typed_from
from moothall.intake.draft_actions import drop_draft, keep_draft
from moothall.intake.lookups import disputing, read_now
from moothall.intake.models import Dialogue
from moothall.intake.paying import price_now
from moothall.intake.place import where_is
from moothall.intake.slots import SlotGone
from moothall.intake.speaking_for import check_speaker
from moothall.services.pack import SERVICES, Service


class Unanswered(ValueError):
    """Some questions are unanswered or wrong; ``wrong`` says what, by question id."""

    def __init__(self, wrong: Mapping[str, AnswerError]) -> None:
        self.wrong = wrong
        super().__init__("Some answers are missing or wrong.")


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a matter: the case it opened, or why it opened none."""

    case_id: UUID | None
    reference: str
    because: str


def send_matter(
    contact_id: UUID, *, matter_id: UUID, given: Mapping[str, Any], by: Actor, at: datetime, done: bool = False
) -> Sent:
    """Send what was asked, by the same definition as on the web: the case is opened with its promise and this matter ends.

    ``done``: the officer did it there and then, so the case is closed at once and the matter counts as done in this
    contact. A matter that has ended already is answered with what became of it, so a second press sends nothing twice.

    Raises:
        Unanswered: with what is missing, by question. OutsideScope: who speaks for the customer may not ask for this.
    """
    require(by, "contact.take")
    pack = current_pack()
    asked = Matter.objects.filter(id=matter_id, contact_id=contact_id, ended_at__isnull=True).first()
    if asked is not None and asked.service in pack.of(SERVICES):
        check_speaker(contact_id, pack.of(SERVICES)[asked.service], by=by, at=at)
    with transaction.atomic(), together():
        contact, matter = _take(contact_id, matter_id)
        if matter.ended_at is not None:
            return Sent(matter.case_id, "", "")
        service = pack.of(SERVICES)[matter.service]
        given = _looked_up(service, given) | _files_of(matter.dialogue_id, service)
        answers, wrong = read_now(service, given, channel=contact.channel, at=at)
        wrong = {key: one for key, one in wrong.items() if key not in free_of_pay(service, answers, pack, at)}
        if wrong:
            raise Unanswered(wrong)
        sure = contact.customer_id is None or contact.identity_check in SHOWN
        try:
            raised = raise_request(
                service, answers, pack=pack, channel=contact.channel, customer_id=contact.customer_id,
                contact_id=contact.id, matter_id=matter.id, dialogue_id=matter.dialogue_id, caller=contact.caller, cause="",
                outcome=Outcome.DONE if done else None, by=by, at=at,
            )  # fmt: skip
        except SlotGone as gone:
            raise Unanswered({gone.question: gone}) from gone
        _remember_who(contact, raised.customer_id, by=by, at=at)
        if done and raised.case_id is not None:
            closing = next((c.code for c in service.closings if c.done), service.closings[0].code)
            close_case(raised.case_id, outcome=closing, resolved=True, by=by, at=at)
        drop_draft(matter_key(matter_id), by=by)
        if matter.dialogue_id is not None:  # it was begun elsewhere: its link shows what became of it
            sent_at_desk(
                matter.dialogue_id, answers=answers, case_id=raised.case_id, customer_id=raised.customer_id,
                contact_id=contact.id, sure=sure, at=at,
            )  # fmt: skip
        elif raised.case_id is None:
            contacts.keep_request(matter_id, dialogue_id=answered_at_desk(raised, answers, pack=pack, by=by, at=at))
        return Sent(raised.case_id, raised.reference, raised.because)


def dispute_matter(contact_id: UUID, *, matter_id: UUID, by: Actor, at: datetime) -> Matter:
    """The caller says that what answered a matter is wrong: begin it again with their answers, that one answered "no".

    One that was begun so already, and is still open, is returned: twice is once.

    Raises:
        LookupError: there is no such matter, or nothing was found in it that can be disputed. ContactClosed.
    """
    require(by, "contact.take")
    with transaction.atomic():
        contact = contacts.open_contact(contact_id)
        matter = Matter.objects.filter(
            id=matter_id, contact_id=contact_id, case_id=None, ended_at__isnull=False
        ).first()
        row = Dialogue.objects.filter(id=matter.dialogue_id).first() if matter and matter.dialogue_id else None
        service = current_pack().of(SERVICES).get(matter.service) if matter else None
        question = disputing(service, row.answers) if row and service else ""
        if matter is None or row is None or service is None or not question:
            raise LookupError(matter_id)
        begun = Matter.objects.filter(contact_id=contact.id, service=matter.service, ended_at=None).first()
        if begun is not None:
            return begun
        again = contacts.add_matter(contact.id, service=service.code, by=by, at=at)
        keep_draft(matter_key(again.id), typed_from(service, row.answers | {question: "no"}), by=by, at=at)
        return again


def free_of_pay(service: Service, answers: Mapping[str, Any], pack: Pack, at: datetime) -> set[str]:
    """Return the questions of how to pay, where nothing is to be paid: they are not asked."""
    price = price_now(service, answers, pack=pack, at=at)
    free = price is not None and price.free
    return {question.id for question in service.questions if question.type == "payment"} if free else set()


def promise_call_back(
    contact_id: UUID, *, matter_id: UUID, given: Mapping[str, Any], about: str, team: str, by: Actor, at: datetime
) -> Sent:
    """Promise that somebody will call: a case of this service that holds what is known so far, with a task and its clock.

    Whoever owns it sees it in their tasks; it is kept or explained like any promise.

    Raises:
        ValueError: nothing was said of what to call about.
    """
    require(by, "contact.take")
    about = " ".join(about.split())
    if not about:
        raise ValueError("Say what to call them back about.")
    pack = current_pack()
    with transaction.atomic(), together():
        contact, matter = _take(contact_id, matter_id)
        if matter.ended_at is not None:
            return Sent(matter.case_id, "", "")
        service = pack.of(SERVICES)[matter.service]
        answers, _ = read_all(service, given, today=council_date(at), channel=contact.channel)
        case = open_case(_case_so_far(service, contact, answers, team or service.team, pack), by=by, at=at)
        add_task(
            case.id, title=f"Call back: {about}"[:200], team=case.team, kind=CALL_BACK, by=by, at=at,
            standard=call_back_standard(pack, contact.channel, service.code, on=council_date(at)),
        )  # fmt: skip
        contacts.end_matter(matter_id, outcome=Outcome.HANDED_ON, case_id=case.id, by=by, at=at)
        drop_draft(matter_key(matter_id), by=by)
        return Sent(case.id, case.reference, "")


def _files_of(dialogue_id: UUID | None, service: Service) -> dict[str, Any]:
    """Return the files that came with a request begun elsewhere, by question: they are not asked for again."""
    row = Dialogue.objects.filter(id=dialogue_id).first() if dialogue_id else None
    kept = row.answers if row else {}
    return {q.id: kept[q.id] for q in service.questions if q.type in {"photo", "file"} and kept.get(q.id)}


def _looked_up(service: Service, given: Mapping[str, Any]) -> dict[str, Any]:
    """Fill in addresses and places that were chosen from a list, as the web does. Raises Unanswered. One query for each."""
    found: dict[str, Any] = {}
    for name, value in given.items():
        try:
            found[name] = known_address(service.by_question[name], value) if name in service.by_question else value
        except AnswerError as wrong:
            raise Unanswered({name: wrong}) from wrong
    return found


def _take(contact_id: UUID, matter_id: UUID) -> tuple[Contact, Matter]:
    contact = contacts.open_contact(contact_id)
    return contact, contacts.take_matter(matter_id, contact)


def _remember_who(contact: Contact, customer_id: UUID | None, *, by: Actor, at: datetime) -> None:
    """A request that named somebody made a record of them: the contact is theirs."""
    if contact.customer_id is None and customer_id is not None:
        contacts.identify_contact(contact.id, customer_id=customer_id, by=by, at=at)


def _case_so_far(service: Service, contact: Contact, answers: Mapping[str, Any], team: str, pack: Pack) -> NewCase:
    known = known_from_answers(service.by_question, answers)
    where = where_is(service, answers, known)
    return NewCase(
        service=service.code, channel=contact.channel, team=team, kind=service.kind, restricted=service.restricted or "",
        answers=dict(answers), pack_version_id=pack.version_id, customer_id=contact.customer_id, contact_id=contact.id,
        uprn=where.uprn, area=where.area, place_text=where.text, latitude=where.latitude, longitude=where.longitude,
        track_email=known.email.lower(), track_postcode="".join((known.postcode or where.postcode).split()),
    )  # fmt: skip
