"""A question of a service that books: what it books, what it needs, what is free, and holding it while the form goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from moothall.bookings import actions as bookings
from moothall.bookings.pack import BOOKABLES, Bookable, bookable_for
from moothall.bookings.queries import BookingView, Wish, bookings_for, card_held
from moothall.bookings.rules import NotASlot, load_of, promised_by, read_key, say_slot, say_weekly
from moothall.core.actors import Actor
from moothall.core.packs import Pack, current_pack
from moothall.core.zone import council_date
from moothall.intake.dialogue import AnswerError
from moothall.services.pack import Question, Service
from moothall.services.rules import unanswered


class SlotGone(AnswerError):
    """The chosen time cannot be had; ``question`` asks for another."""

    def __init__(self, question: str, message: str) -> None:
        self.question = question
        super().__init__(message)


class TooManyTimes(SlotGone):
    """She keeps as many unpaid times as one person may; the message says what to do next. Choosing another time is no use."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a booking needs, as the answers say; a change that does not fit makes a chosen time void."""

    bookable: str
    way: str = ""
    needs: tuple[str, ...] = ()
    language: str = ""
    access: str = ""
    access_needs: frozenset[str] = frozenset()
    card: str = ""
    places: int = 1
    load: Mapping[str, int] = field(default_factory=dict)

    def fits(self, other: Terms) -> bool:
        """Whether a time chosen for these will do for the others: what one wrote of oneself shuts out no time."""
        return replace(self, access="", language="") == replace(other, access="", language="")

    def wish(self, *, must_have: str = "", **more: Any) -> Wish:
        """Return the search for it; ``must_have`` is something more that the place must offer."""
        return Wish(
            self.bookable, way=self.way, needs=self.needs, places=self.places, load=self.load,
            access=self.access_needs | ({must_have} if must_have else set()), card=bool(self.card), **more,
        )  # fmt: skip


def slot_questions(
    service: Service, answers: Mapping[str, Any], pack: Pack | None = None
) -> list[tuple[Question, Bookable]]:
    """Return the questions that book something, given these answers, with what they book."""
    pack = pack or current_pack()
    asked = [
        question for question in service.questions if question.type == "slot" and (question.books or question.books_by)
    ]
    found = [(question, bookable_for(pack, question, answers)) for question in asked]
    return [(question, bookable) for question, bookable in found if bookable is not None]


def terms_of(bookable: Bookable, service: Service, answers: Mapping[str, Any], *, on: date) -> Terms:
    """Return what a booking of this needs, read from the other answers. One query where a card is asked for."""
    asks = bookable.asks

    def said(question: str | None) -> Any:
        return answers.get(question) if question else None

    access, number = said(asks.access), said(asks.card)
    wants_card = card_held(str(number), on=on) if isinstance(number, str) and number else None
    interpreter = said(asks.interpreter) in ("yes", True)
    places = said(asks.places)
    return Terms(
        bookable=bookable.code, way=str(said(asks.way) or ""), needs=("interpreter",) if interpreter else (),
        language=str(said(asks.language) or "")[:40] if interpreter else "",
        access=access if isinstance(access, str) else "",
        access_needs=frozenset(access) - {"none"} if isinstance(access, list) else frozenset(),
        card=wants_card.code if wants_card and wants_card.code in bookable.cards else "",
        places=int(places) if isinstance(places, int | float) and places >= 1 else 1,
        load=load_of(bookable, said(asks.items)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class BookedDay:
    """What was chosen where the day booked is the promise: in words ("Wednesday 25 November, any time from 7am"), by when
    that is promised, and what she does before."""

    words: str
    due: datetime
    before: tuple[str, ...]


def booked_day(service: Service, answers: Mapping[str, Any], *, pack: Pack, at: datetime) -> BookedDay | None:
    """Return the day these answers book, where it stands in place of the service's promise; else None. No query."""
    for question, bookable in slot_questions(service, answers, pack):
        value = answers.get(question.id)
        if not (bookable.is_promise and isinstance(value, Mapping) and value.get("slot")):
            continue
        try:
            starts = read_key(str(value["slot"])).starts_at
        except NotASlot:
            continue
        ends = starts + timedelta(minutes=bookable.minutes)
        return BookedDay(say_slot(bookable, starts, ends, near=council_date(at)), promised_by(starts), bookable.before)
    return None


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and value else None
    except ValueError:
        return None


def check_card(service: Service, question: str, value: Any, answers: Mapping[str, Any], *, on: date) -> None:
    """Refuse a card number nobody holds, where a booking asks for one: a slip is found while it can be mended.

    Raises:
        AnswerError.
    """
    pack = current_pack()
    asked_by = [b for b in pack.of(BOOKABLES).values() if b.asks.card == question]
    books = any(q.books or q.books_by for q in service.questions)
    if not (books and asked_by and isinstance(value, str) and value):
        return
    if card_held(value, on=on) is None:
        raise AnswerError("We don’t know a card of that number that is in force. Check it, or leave it empty.")


def unknown_cards(service: Service, answers: Mapping[str, Any], *, on: date) -> dict[str, AnswerError]:
    """Return what is wrong with the card numbers of a whole form, by question id, for channels that read it all at once.
    One query where a card is asked for and was given; else none.
    """
    wrong: dict[str, AnswerError] = {}
    for question in {bookable.asks.card for _, bookable in slot_questions(service, answers)} - {None}:
        try:
            check_card(service, str(question), answers.get(str(question)), answers, on=on)
        except AnswerError as error:
            wrong[str(question)] = error
    return wrong


def hold_slot(
    service: Service, question: Question, value: Any, answers: Mapping[str, Any], *, for_kind: str, for_id: UUID,
    customer_id: UUID | None, by: Actor, at: datetime,
) -> Any:  # fmt: skip
    """Hold the time that was chosen and return the answer as it is kept; a wish, where nothing is booked here, stays one.

    Raises:
        SlotGone: it cannot be had; the message says why.
    """
    bookable = bookable_for(current_pack(), question, answers)
    if bookable is None or value is None:
        return value
    if not (isinstance(value, Mapping) and value.get("slot")):
        raise SlotGone(question.id, "Choose one of the times shown.")
    terms = terms_of(bookable, service, answers, on=council_date(at))
    asked: dict[str, Any] = {
        "for_kind": for_kind, "for_id": for_id, "places": terms.places, "load": terms.load, "way": terms.way,
        "needs": terms.needs, "language": terms.language, "access": terms.access, "access_needs": terms.access_needs,
        "card": terms.card, "customer_id": customer_id, "service": service.code, "by": by, "at": at,
    }  # fmt: skip
    slot = str(value["slot"])
    until = _day(value.get("weekly"))
    try:
        if until is None:
            return kept_answer(slot, bookings.hold(bookable.code, slot, **asked))
        weekly = bookings.hold_weekly(bookable.code, slot, until=until, **asked)
    except bookings.TooManyHeld as many:
        raise TooManyTimes(question.id, str(many)) from many
    except (bookings.NotBookable, NotASlot) as gone:
        raise SlotGone(question.id, str(gone)) from gone
    also = say_weekly([one.starts_at for one in weekly.held], weekly.taken)
    return kept_answer(slot, weekly.held[0], also) | {"weekly": until.isoformat()}


def kept_answer(slot: str, view: BookingView, also: str = "") -> dict[str, str]:
    """Return how a booked time stands among the answers; ``also`` are the others of a series, in words."""
    until = view.expires_at.isoformat() if view.expires_at else ""
    words = "\n".join(filter(None, (view.when, view.where, also)))
    return {"slot": slot, "booking": str(view.id), "words": words, "until": until}


def drop_void_slots(
    service: Service, before: Mapping[str, Any], after: dict[str, Any], *, changed: str, for_id: UUID, by: Actor, at: datetime
) -> dict[str, Any]:  # fmt: skip
    """Take out chosen times that no longer fit what was answered since, and let them go: they are asked again."""
    today = council_date(at)
    kept = dict(after)
    held = {q.id: b for q, b in slot_questions(service, before) if _is_chosen(before.get(q.id)) and q.id != changed}
    now = {q.id: b for q, b in slot_questions(service, after)}
    for question, bookable in held.items():
        new = now.get(question)
        same = (
            question in after
            and new is not None
            and terms_of(bookable, service, before, on=today).fits(terms_of(new, service, after, on=today))
        )
        if not same:
            kept.pop(question, None)
            bookings.release_for("dialogue", for_id, reason="changed", by=by, at=at)
    return kept


def _is_chosen(value: Any) -> bool:
    return isinstance(value, Mapping) and bool(value.get("slot"))


def book_slots(
    service: Service, answers: Mapping[str, Any], *, for_kind: str, for_id: UUID, customer_id: UUID | None, by: Actor,
    at: datetime,
) -> dict[str, Any]:  # fmt: skip
    """Make sure that every time chosen is held for this request: what the dialogue holds already, or held now.

    Raises:
        SlotGone: with the question to ask again.
    """
    booked = dict(answers)
    wanted = [(q, b) for q, b in slot_questions(service, answers) if not unanswered(answers.get(q.id))]
    if not wanted:
        return booked
    held = {view.bookable: view for view in bookings_for([for_id])}
    for question, bookable in wanted:
        value, view = answers[question.id], held.get(bookable.code)
        if not _is_chosen(value):
            continue  # a wish of a channel that cannot book: an officer reads it
        spot = read_key(str(value["slot"]))
        mine = view is not None and (view.site, view.starts_at) == (spot.site, spot.starts_at)
        terms = terms_of(bookable, service, answers, on=council_date(at))
        if mine and view is not None and (view.state == "confirmed" or _is_kept(view, terms, at)):
            if (view.access, view.language) != (terms.access, terms.language):
                bookings.tell_needs(for_kind, for_id, access=terms.access, language=terms.language)
            same = value.get("booking") == str(view.id)  # a series says more than its first time
            booked[question.id] = value if same else kept_answer(str(value["slot"]), view)
            continue
        booked[question.id] = hold_slot(
            service, question, value, answers, for_kind=for_kind, for_id=for_id, customer_id=customer_id, by=by, at=at
        )
    return booked


def _is_kept(view: BookingView, terms: Terms, at: datetime) -> bool:
    """Whether a time is still held, and for as much as the answers say now: a form that is sent whole may say more people,
    or more things, than it did when the time was chosen."""
    as_much = view.places == terms.places and (not terms.load or dict(view.load) == dict(terms.load))
    return as_much and view.expires_at is not None and view.expires_at > at


def release_slots(dialogue_id: UUID, *, by: Actor, at: datetime) -> None:
    """Let go what a request held that was refused or given up."""
    bookings.release_for("dialogue", dialogue_id, reason="not_sent", by=by, at=at)
