"""Joining the waiting list from a request under way, and going on from an offer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from moothall.bookings import actions as bookings
from moothall.bookings.pack import Bookable
from moothall.bookings.queries import day_bounds
from moothall.bookings.rules import Spot, window_of
from moothall.core.actors import Actor
from moothall.core.limits import TooManyAttempts
from moothall.core.packs import current_pack
from moothall.core.zone import council_date
from moothall.intake.actions.dialogues import service_of, start_dialogue, take
from moothall.intake.dialogue import AnswerError
from moothall.intake.dialogue.people import email_address, phone_number
from moothall.intake.models import Dialogue
from moothall.intake.queries.slots import PARTS, SlotFilter, near_of
from moothall.intake.slots import Terms, kept_answer, slot_questions, terms_of
from moothall.notifications.unproved import CannotWrite, count_unproved
from moothall.services.pack import SERVICES, Service

MOST_AN_HOUR = 10


def wait_for_slot(
    dialogue_id: UUID, token: str, *, question: str, wanted: SlotFilter, to: str, by: Actor, at: datetime,
    sender: str = "",
) -> UUID:  # fmt: skip
    """Put whoever fills this request in on the waiting list for what she searched; return the entry's id.

    Raises:
        AnswerError: no address we can write to. NoSuchDialogue, AlreadySent, Expired; KeyError: nothing is booked there.
    """
    where = told_at(to, sender=sender, at=at)
    with transaction.atomic():
        row = take(dialogue_id, token, at=at)
        return join(
            service_of(row), row.answers, question=question, wanted=wanted, where=where, customer_id=row.customer_id, by=by,
            at=at,
        )  # fmt: skip


def told_at(to: str, *, sender: str, at: datetime) -> str:
    """Return where somebody who waits is told, as it is kept; counted, as nobody has proved that it is hers.

    Raises:
        AnswerError: we cannot write there, or it stands on the list too often already.
    """
    label = "Email address or mobile number"
    where = email_address(to, label, "to").lower() if "@" in to else phone_number(to, label, "to")
    if not where:
        raise AnswerError("Enter an email address or a mobile number, so that we can tell you.", "to")
    try:
        count_unproved(where, kind="waiting", most=MOST_AN_HOUR, sender=sender, at=at)
    except CannotWrite as no:
        raise AnswerError(str(no), "to") from no
    except TooManyAttempts as wait:
        raise AnswerError("That is on the list several times already. Wait an hour, then try again.", "to") from wait
    return where


def join(
    service: Service, answers: Mapping[str, Any], *, question: str, wanted: SlotFilter, where: str,
    customer_id: UUID | None, by: Actor, at: datetime,
) -> UUID:  # fmt: skip
    """Put somebody on the waiting list for what was looked for at a question, with the answers so far; return the entry.

    Raises:
        AnswerError: it has passed, or nothing is booked by that. KeyError: nothing is booked there.
    """
    bookable = {q.id: b for q, b in slot_questions(service, answers)}[question]
    terms = terms_of(bookable, service, answers, on=council_date(at))
    since, until = window_of(bookable, now=at, card=bool(terms.card))
    if wanted.day:
        try:
            first, last = day_bounds(datetime.fromisoformat(wanted.day).date())
        except ValueError:
            raise AnswerError("Choose one of the days shown.") from None
        since, until = max(since, first), min(until, last)
    from_minute, to_minute = PARTS.get(wanted.part, PARTS["any"])
    try:
        return bookings.join_list(
            bookable.code, since=since, until=until, sites=(wanted.site,) if wanted.site else (),
            from_minute=from_minute, to_minute=to_minute, places=terms.places, service=service.code,
            email=where if "@" in where else "", phone="" if "@" in where else where,
            customer_id=customer_id, asked=_asked(bookable, service, answers, terms, wanted), by=by, at=at,
        )  # fmt: skip
    except bookings.NotBookable as wrong:
        raise AnswerError(str(wrong)) from wrong


def _asked(
    bookable: Bookable, service: Service, answers: Mapping[str, Any], terms: Terms, wanted: SlotFilter
) -> bookings.Asked:
    """What she asked for, by her answers and by the search: an offer must be the same."""
    number = answers.get(bookable.asks.card or "")
    must = terms.access_needs | ({wanted.access} if wanted.access else set())
    kept = {one.id for one in service.questions if one.type not in {"slot", "photo", "file"}}
    return bookings.Asked(
        load=terms.load, way=terms.way, needs=(*terms.needs, *sorted(must)), indoor=True if wanted.indoor else None,
        language=terms.language, access=terms.access, card=str(number or ""), near=near_of(wanted.near)[0],
        answers={name: value for name, value in answers.items() if name in kept},
    )  # fmt: skip


def go_on_from_offer(
    wait_id: UUID, *, channel: str = "web", contact_id: UUID | None = None, by: Actor, at: datetime
) -> tuple[UUID, str]:
    """Take an offer of the waiting list: go on with what she had answered, the time chosen; return dialogue id and token.

    Raises:
        HoldGone: the offer has run out. KeyError: the service is gone. NotOnThisChannel: it is asked for otherwise.
    """
    with transaction.atomic():
        wait = bookings.take_offer(wait_id, at=at)
        service = current_pack().of(SERVICES)[wait.service]
        question = next(q for q in service.questions if q.type == "slot" and (q.books or q.books_by))
        answers = {name: value for name, value in wait.answers.items() if name in service.by_question}
        if question.books_by:
            answers[question.books_by] = wait.bookable
        dialogue_id, token = start_dialogue(
            service.code, channel=channel, by=by, at=at, answers=answers, customer_id=wait.customer_id,
            contact_id=contact_id,
        )  # fmt: skip
        held = bookings.hand_over(wait.booking_id, for_kind="dialogue", for_id=dialogue_id, by=by, at=at)
        kept = answers | {question.id: kept_answer(Spot(held.site, held.starts_at).key, held)}
        Dialogue.objects.filter(id=dialogue_id).update(answers=kept)
        return dialogue_id, token
