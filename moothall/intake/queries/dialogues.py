"""A request under way, page by page. The token is what opens it; one query each, besides an address list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from moothall.announcements.queries import AnnouncementView
from moothall.cases.queries import TrackedCase, proven_case
from moothall.core.actors import SYSTEM
from moothall.core.references import show_reference
from moothall.core.zone import council_date
from moothall.customers.representation.queries import name_spoken_for
from moothall.documents.queries import marks_of_dialogue
from moothall.intake.actions.dialogues import Expired, NoSuchDialogue, mark_of, pack_of, service_of
from moothall.intake.actions.holding import held_by
from moothall.intake.actions.raising import refusal_of
from moothall.intake.dialogue import (
    AnswerLine,
    Progress,
    asked_questions,
    first_unanswered,
    lines_of,
    previous_question,
    progress_at,
    prune,
)
from moothall.intake.dialogue.known import Known, known_from_answers, offer
from moothall.intake.facts import course_now
from moothall.intake.lookups import answers_now, disputing, found_in, is_settled
from moothall.intake.models import Dialogue, DialogueState
from moothall.intake.paying import asks_money, how_paid, quote_for, ways_to_pay
from moothall.intake.place import where_is
from moothall.intake.queries.announcing import announced_for
from moothall.intake.queries.slots import SlotFilter, SlotSearch, slot_search
from moothall.intake.slots import booked_day
from moothall.intake.whose import passed_on, referral_standard, whose_job
from moothall.partners.rules import Theirs
from moothall.payments.queries import Bill, bill_of_case
from moothall.payments.rules.pricing import PriceRefused, Quote
from moothall.promises.pack import calendar_of, standards_of_service
from moothall.promises.rules import due_at, is_at_once, say_moment
from moothall.reports.actions.keeping import words_of
from moothall.reports.likeness import Likely
from moothall.reports.pack import is_public
from moothall.reports.queries import Candidate, candidates
from moothall.services.letters import letters_to
from moothall.services.pack import Question, Service
from moothall.services.rules import Course, promise_of, unanswered, work_out
from moothall.services.stops import Stop, stop_in


@dataclass(frozen=True, slots=True)
class FoundLine:
    """What was looked up: under which heading, in words, and the code the tables see."""

    label: str
    says: str
    code: str


@dataclass(frozen=True, slots=True)
class DialoguePage:
    """One question. ``offered`` is what earlier answers already tell us; ``seen`` marks the answer the page is drawn with."""

    id: UUID
    service: Service
    question: Question
    value: Any
    offered: Any
    seen: str
    progress: Progress
    previous: str | None
    channel: str
    today: date
    price: Quote | None
    no_price: str
    ways: tuple[str, ...]
    sent: bool
    slots: SlotSearch | None = None
    found: tuple[FoundLine, ...] = ()
    for_whom: str = ""
    announced: tuple[AnnouncementView, ...] = ()
    stop: Stop | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class CheckPage:
    """All answers in words before sending, with what will happen if they are sent now.

    ``settled``: what was found answers it, and was not said to be wrong; ``dispute`` is the question that would say so.
    """

    id: UUID
    service: Service
    lines: tuple[AnswerLine, ...]
    missing: str | None
    course: Course
    price: Quote | None
    due_words: str
    refused_because: str
    sent: bool
    pays: str = ""
    """How it is paid where there is something to pay: a code of `PAY_WAYS`."""
    same: tuple[Candidate, ...] = ()
    found: tuple[FoundLine, ...] = ()
    for_whom: str = ""
    announced: tuple[AnnouncementView, ...] = ()
    theirs: Theirs | None = None
    stop: Stop | None = None
    settled: bool = False
    dispute: str = ""
    booked: str = ""
    """The day and time that was chosen, where that is the promise."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What became of a sent request: its case, or the rule that answered it."""

    id: UUID
    service: Service
    case: TrackedCase | None
    course: Course
    because: str
    email: str
    phone: str
    for_whom: str = ""
    contact_id: UUID | None = None
    settled: bool = False
    dispute: str = ""
    """The question that would say that what was found is wrong, where it was asked."""
    found: tuple[FoundLine, ...] = ()
    by_post: bool = False
    """She asked for letters and said where to write to."""


def open_row(dialogue_id: UUID, token: str, at: datetime) -> Dialogue:
    """Return the row of a request under way. Raises NoSuchDialogue, Expired."""
    row = Dialogue.objects.filter(id=dialogue_id).first()
    if row is None or held_by(row, token) is None:
        raise NoSuchDialogue
    if row.state == DialogueState.EXPIRED or (row.state == DialogueState.OPEN and row.expires_at <= at):
        raise Expired(row.service)
    return row


def dialogue_service(dialogue_id: UUID) -> str | None:
    """Return which service a request is for, to point to it from a page that cannot be opened. Tells nothing else."""
    return Dialogue.objects.filter(id=dialogue_id).values_list("service", flat=True).first()


def begun_by_staff(dialogue_id: UUID) -> UUID | None:
    """Return who, with a staff account, began this request for herself. One query."""
    return Dialogue.objects.filter(id=dialogue_id).values_list("staff_id", flat=True).first()


def asks_for_herself(dialogue_id: UUID, customer_id: UUID) -> bool:
    """Say whether a request under way is not asked for another person than this one. One query."""
    row = Dialogue.objects.filter(id=dialogue_id).values_list("representation_id", "customer_id").first()
    return row is not None and row[0] is None and row[1] in {None, customer_id}


def dialogue_page(
    dialogue_id: UUID, token: str, *, question: str = "", at: datetime, wanted: SlotFilter | None = None,
    held: Known | None = None,
) -> DialoguePage | None:  # fmt: skip
    """Return one question's page; without ``question`` the one to answer next. ``None``: all is answered.

    With ``wanted`` the page of a question that books holds the free times that fit. ``held`` is what we know of whoever is
    signed in and asks; it is offered where no earlier answer says otherwise.

    Raises:
        NoSuchDialogue, Expired; KeyError for a question that is not asked.
    """
    row = open_row(dialogue_id, token, at)
    service, today = service_of(row), council_date(at)
    answers = prune(service, answers_now(service, row.answers, channel=row.channel, at=at), today, row.channel)
    if question:
        one = {q.id: q for q in asked_questions(service, answers, today, row.channel)}[question]
    else:
        following = first_unanswered(service, answers, today, row.channel)
        if following is None:
            return None
        one = following
    value = answers.get(one.id)
    known = known_from_answers(service.by_question, {k: v for k, v in answers.items() if k != one.id})
    offered = offer(one, known) or (offer(one, held) if held else None) if unanswered(value) else None
    paying = one.type == "payment"
    price, no_price = _price(row, service, answers, at) if paying else (None, "")
    previous = previous_question(service, answers, one.id, today, row.channel)
    return DialoguePage(
        id=row.id, service=service, question=one, value=value, offered=offered, seen=mark_of(value),
        progress=progress_at(service, answers, one.id, today, row.channel), previous=previous.id if previous else None,
        channel=row.channel, today=today, price=price, no_price=no_price,
        ways=ways_to_pay(service, pack_of(row)) if paying else (), for_whom=_for_whom(row),
        stop=stop_in(service, answers), announced=_announced_before(service, answers, previous, at),
        sent=row.state == DialogueState.SENT, code=show_reference(row.code) if row.code else "",
        found=_found_before(service, answers, one, row.channel, today),
        slots=slot_search(service, one, answers, wanted, at=at) if wanted is not None and one.type == "slot" else None,
    )  # fmt: skip


def _found_before(
    service: Service, answers: Mapping[str, Any], shown: Question, channel: str, today: date
) -> tuple[FoundLine, ...]:
    """What was looked up between the question asked before this one and this one: said once, as soon as it is known."""
    places = [question.id for question in service.questions]
    asked = [question.id for question in asked_questions(service, answers, today, channel)]
    before = asked[asked.index(shown.id) - 1] if shown.id in asked[1:] else None
    begins = places.index(before) if before else 0
    between = set(places[begins : places.index(shown.id)])
    return _found_lines(service, {key: one for key, one in found_in(service, answers).items() if key in between})


def _announced_before(
    service: Service, answers: Mapping[str, Any], previous: Question | None, at: datetime
) -> tuple[AnnouncementView, ...]:
    """What goes on where this is about: said on the first question, and again once the place is known."""
    if previous is not None and previous.type not in {"place", "address"}:
        return ()
    return announced_for(service, answers if previous is not None else {}, at=at)


def _found_lines(service: Service, found: Mapping[str, Any]) -> tuple[FoundLine, ...]:
    return tuple(FoundLine(service.by_question[key].label, one["says"], one["code"]) for key, one in found.items())


def check_answers(dialogue_id: UUID, token: str, *, at: datetime) -> CheckPage:
    """Return the answers in words and what sending them now would lead to.

    Raises:
        NoSuchDialogue, Expired.
    """
    row = open_row(dialogue_id, token, at)
    service, today = service_of(row), council_date(at)
    answers = prune(service, answers_now(service, row.answers, channel=row.channel, at=at), today, row.channel)
    left = first_unanswered(service, answers, today, row.channel)
    found = found_in(service, answers)
    known = known_from_answers(service.by_question, answers)
    where = where_is(service, answers, known)
    course = course_now(service, answers, where, known, at=at)
    theirs = whose_job(service, answers, where, pack_of(row)) if course.accept != "no" else None
    course = passed_on(course, theirs, pack_of(row)) if theirs else course
    booked = booked_day(service, answers, pack=pack_of(row), at=at) if theirs is None else None
    price = _price(row, service, answers, at, course)[0]
    return CheckPage(
        id=row.id, service=service, lines=_own_lines(service, answers, today, row.channel, price),
        settled=is_settled(service, answers, at=at), dispute=disputing(service, answers),
        missing=left.id if left else None, course=course, price=price,
        due_words=_due_words(row, service, course, at, theirs), theirs=theirs,
        refused_because=refusal_of(course), sent=row.state == DialogueState.SENT, pays=how_paid(service, answers) or "link",
        found=_found_lines(service, found), for_whom=_for_whom(row),
        same=_already_reported(row, service, answers, at) if left is None else (),
        announced=announced_for(service, answers, at=at), stop=stop_in(service, answers),
        booked=booked.words if booked and course.accept != "no" else "",
    )  # fmt: skip


def _own_lines(
    service: Service, answers: Mapping[str, Any], today: date, channel: str, price: Quote | None
) -> tuple[AnswerLine, ...]:
    """The answers in words, without what nobody was asked (that is said above them) and without how nothing is paid."""
    left = set(found_in(service, answers))
    if price is not None and price.free:
        left |= {question.id for question in service.questions if question.type == "payment"}
    return tuple(line for line in lines_of(service, answers, today, channel) if line.question not in left)


def _price(
    row: Dialogue, service: Service, answers: Mapping[str, Any], at: datetime, course: Course | None = None
) -> tuple[Quote | None, str]:
    """What it costs; or why no price can be said. One query where something is booked."""
    if not asks_money(service):
        return None, ""
    try:
        return quote_for(service, answers, pack=pack_of(row), at=at, course=course), ""
    except PriceRefused as refused:
        return None, str(refused)


def _due_words(row: Dialogue, service: Service, course: Course, at: datetime, theirs: Theirs | None) -> str:
    """When it would be done (or answered by whose job it is) if it were sent now; the promise is made at sending."""
    standard = standards_of_service(service.code, promise_of(service, course), "complete")
    if theirs:
        standard = referral_standard(pack_of(row), service.code, on=council_date(at))
    if standard is None or course.accept == "no" or is_at_once(standard.amount, standard.unit):
        return ""  # what is done straight away wants no time by which
    calendar = calendar_of(pack_of(row), standard.calendar)
    due = due_at(
        calendar, standard.unit, standard.amount, at, statutory=standard.statutory, roll=standard.roll_to_working_day
    )
    return say_moment(due, council_date(at))


def bill_of_dialogue(dialogue_id: UUID, token: str, *, at: datetime) -> Bill | None:
    """Return what is owed for a sent request, or None.

    Raises:
        NoSuchDialogue, Expired.
    """
    row = open_row(dialogue_id, token, at)
    return bill_of_case(row.case_id, visible_to=SYSTEM) if row.case_id else None


def confirmation(dialogue_id: UUID, token: str, *, at: datetime) -> Confirmation | None:
    """Return what became of a sent request; ``None`` while it is not sent.

    Raises:
        NoSuchDialogue, Expired.
    """
    row = open_row(dialogue_id, token, at)
    if row.state != DialogueState.SENT:
        return None
    service, today = service_of(row), council_date(row.changed_at)
    case = proven_case(row.case_id, at=at) if row.case_id else None
    course = work_out(service, row.answers, today=today)
    known = known_from_answers(service.by_question, row.answers)
    return Confirmation(
        id=row.id,
        service=service,
        case=case,
        course=course,
        because=refusal_of(course),
        email=known.email,
        phone=known.phone,
        by_post=letters_to(service, row.answers) is not None,
        for_whom=_for_whom(row),
        contact_id=row.contact_id,
        settled=is_settled(service, row.answers, at=row.changed_at),
        found=_found_lines(service, found_in(service, row.answers)),
        dispute=disputing(service, row.answers),
    )


def _for_whom(row: Dialogue) -> str:
    """The name of whom a request is for, where somebody else asks. One query there, none else."""
    return name_spoken_for(row.representation_id) if row.representation_id else ""


def _already_reported(
    row: Dialogue, service: Service, answers: Mapping[str, Any], at: datetime
) -> tuple[Candidate, ...]:
    """The public reports that may be of the same thing as a request about to be sent, likeliest first.

    None for a service whose reports are not public, or a place we do not know on the map. At most three queries.
    """
    if not is_public(pack_of(row), service.code):
        return ()
    place = next((answers.get(q.id) for q in service.questions if q.type == "place"), None) or {}
    latitude, longitude = place.get("latitude"), place.get("longitude")
    if latitude is None or longitude is None:
        return ()
    new = Likely(
        service.code, float(latitude), float(longitude), at, words_of(answers, str(place.get("text", "")), service.code),
        marks_of_dialogue(row.id),
    )  # fmt: skip
    return tuple(candidates(new, at=at))
