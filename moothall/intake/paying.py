"""Money in a request: what the answers cost, what is owed when it is sent, and the link by which it is paid."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from moothall.bookings import actions as bookings
from moothall.bookings.queries import BookingView, booking, series_of
from moothall.cases.actions import wait_for
from moothall.core.actors import SYSTEM, Actor
from moothall.core.packs import Pack
from moothall.core.zone import council_date
from moothall.intake.dialogue.known import known_from_answers
from moothall.intake.facts import course_now
from moothall.intake.place import where_is
from moothall.intake.slots import TooManyTimes, slot_questions, terms_of
from moothall.payments.actions import NewIntent, owe
from moothall.payments.models import Intent
from moothall.payments.pack import DIRECT_DEBIT, MONEY, OUTSTANDING, PRICES, Price
from moothall.payments.providers import provider
from moothall.payments.queries import price_of
from moothall.payments.queries.prices import methods_of
from moothall.payments.rules.pricing import PriceRefused, Quote, is_peak, many_times
from moothall.promises.rules import NotAllowed
from moothall.services.pack import Service
from moothall.services.rules import Course, unanswered

_ZONE = ZoneInfo(settings.TIME_ZONE)


def booking_in(service: Service, answers: Mapping[str, Any]) -> BookingView | None:
    """Return the booking that the answers hold, or None. One query where there is one."""
    for question in service.questions:
        held = answers.get(question.id) if question.type == "slot" else None
        if isinstance(held, Mapping) and held.get("booking"):
            return booking(UUID(str(held["booking"])))
    return None


def quote_for(
    service: Service, answers: Mapping[str, Any], *, pack: Pack, at: datetime, course: Course | None = None
) -> Quote:
    """Return what these answers cost this customer now, and why; the hour of a booking, the card shown for it and what is
    known of the address count. Without ``course`` it is worked out here, as sending would.

    Raises:
        PriceRefused: no price is known, or it is out of all bounds.
    """
    today = council_date(at)
    worked = course or _course_of(service, answers, at)
    held = booking_in(service, answers)
    facts: dict[str, Any] = {}
    if held is not None:
        peak = is_peak(held.starts_at.astimezone(_ZONE), pack.one(MONEY).peak)
        facts["peak"] = "yes" if peak else "no"
    one = price_of(
        service, answers, worked, pack=pack, on=today, facts=facts, card=_card(service, answers, held, pack, today)
    )
    return many_times(one, len(held_with(held)), pack.one(MONEY).most)


def _card(
    service: Service, answers: Mapping[str, Any], held: BookingView | None, pack: Pack, today: date
) -> str | None:
    """The card that brings the price down: where what is booked asks for one, only a card that somebody holds and that is in
    force, as when the time was kept; None where the number alone counts. One query where nothing is kept yet.
    """
    asks = next((bookable for _, bookable in slot_questions(service, answers, pack) if bookable.asks.card), None)
    if asks is None:
        return None
    return held.card if held is not None else terms_of(asks, service, answers, on=today).card


def _course_of(service: Service, answers: Mapping[str, Any], at: datetime) -> Course:
    known = known_from_answers(service.by_question, answers)
    return course_now(service, answers, where_is(service, answers, known), known, at=at)


def held_with(view: BookingView | None) -> list[BookingView]:
    """Return what is held together with a booking, itself first: a series is paid as one. One query for a series."""
    return [] if view is None else [one for one in series_of(view) if one.state == "held"] or [view]


def asks_money(service: Service) -> bool:
    """Whether the service asks for a payment at all."""
    return any(question.type == "payment" for question in service.questions)


def price_now(
    service: Service, answers: Mapping[str, Any], *, pack: Pack, at: datetime, course: Course | None = None
) -> Quote | None:
    """Return what a service that asks for money costs by these answers; None where it asks none or none is known."""
    if not asks_money(service):
        return None
    try:
        return quote_for(service, answers, pack=pack, at=at, course=course)
    except PriceRefused:
        return None


def prices_by_hour(
    service: Service, answers: Mapping[str, Any], *, card: str | None, pack: Pack, at: datetime
) -> Callable[[datetime], int | None] | None:
    """Return what works out the price of a time by when it starts, by the answers so far; None where nothing is paid. A price
    nobody knows yet is None. ``card`` as for `price_of`. No query but those of the service's facts.
    """
    if not asks_money(service):
        return None
    today, course = council_date(at), _course_of(service, answers, at)
    peaks, known = pack.one(MONEY).peak, dict[bool, int | None]()

    def price(starts_at: datetime) -> int | None:
        peak = is_peak(starts_at.astimezone(_ZONE), peaks)
        if peak not in known:
            facts = {"peak": "yes" if peak else "no"}
            try:
                known[peak] = price_of(service, answers, course, pack=pack, on=today, facts=facts, card=card).pence
            except PriceRefused:
                known[peak] = None
        return known[peak]

    return price


def nothing_to_pay(service: Service, decisions: Iterable[Mapping[str, Any]], fee_pence: int) -> str:
    """Return why a request that was sent costs nothing, of a service that asks for money; else nothing."""
    if fee_pence or not asks_money(service):
        return ""
    free = (one for one in decisions if one["table"] == "fee" and one["outputs"].get("fee") == 0)
    return next((str(one["because"]) for one in free), "")


def without_way_to_pay(
    service: Service, answers: Mapping[str, Any], *, pack: Pack, at: datetime, course: Course | None = None
) -> dict[str, Any]:
    """Return the answers without how she would pay, where there is nothing to pay: nobody chose that."""
    asked = {question.id for question in service.questions if question.type == "payment"}
    if not any(answers.get(one) for one in asked):
        return dict(answers)
    price = price_now(service, answers, pack=pack, at=at, course=course)
    return {k: v for k, v in answers.items() if k not in asked} if price is not None and price.free else dict(answers)


def how_paid(service: Service, answers: Mapping[str, Any]) -> str:
    """Return how the customer said she would pay (a code of `PAY_WAYS`), or nothing."""
    held = next((answers.get(question.id) for question in service.questions if question.type == "payment"), None)
    return str(held.get("how", "")) if isinstance(held, Mapping) else ""


def chose_card(service: Service, answers: Mapping[str, Any]) -> bool:
    """Whether she pays by card there and then."""
    return how_paid(service, answers) == "card"


def owe_for(
    service: Service, answers: Mapping[str, Any], course: Course, *, case_id: UUID, customer_id: UUID | None, area: str,
    pack: Pack, channel: str, by: Actor, at: datetime,
) -> Intent | None:  # fmt: skip
    """A request was sent: write down what is owed for it, and tie what it booked to its case. In the caller's transaction.

    The price is worked out here, from the answers as they were kept; nothing that a browser sends is a price.
    None: nothing is owed.

    Raises:
        HoldGone: the time that was held is another's now. PriceRefused: the price is out of all bounds.
    """
    held = booking_in(service, answers)
    together = held_with(held)
    quoted = _quoted(service, answers, course, pack, at)
    pence = quoted.pence if quoted is not None else 0
    if held is not None:
        each = (pence - quoted.deposit) // len(together) if quoted is not None else 0
        try:
            held = bookings.attach(
                held.id, case_id=case_id, customer_id=customer_id, owes_pence=pence, each=each, service=service.code,
                by=by, at=at,
            )  # fmt: skip
        except bookings.TooManyHeld as many:
            raise TooManyTimes(_asked(service, answers), str(many)) from many
    if quoted is None or quoted.free:
        return None
    price = pack.of(PRICES).get(service.code)
    days = price.unpaid_after if price is not None else 28
    intent = owe(
        NewIntent(
            service=service.code, description=_described(service, held, len(together)),
            channel=channel, pence=quoted.pence, income=price.income if price is not None else "other", vat=quoted.vat,
            deposit=quoted.deposit, lines=[line.as_dict() for line in quoted.lines], case_id=case_id,
            booking_id=held.id if held is not None else None, customer_id=customer_id, area=area, team=course.team,
            restricted=service.restricted or "", how=_how(how_paid(service, answers), price),
            expires_at=held.expires_at if held is not None else at + timedelta(days=days),
        ),
        by=by, at=at,
    )  # fmt: skip
    try:
        wait_for(case_id, reason=OUTSTANDING, by=SYSTEM, at=at)
    except NotAllowed:
        pass  # this service's promise runs whether or not it is paid yet
    return intent


def _how(said: str, price: Price | None) -> str:
    """How it is paid: as she said, where she did not by link, or in the one way there is. A Direct Debit only where it is a
    way."""
    ways = price.methods if price is not None else ()
    if said == DIRECT_DEBIT or not said:
        return DIRECT_DEBIT if ways == (DIRECT_DEBIT,) or (said and DIRECT_DEBIT in ways) else "link"
    return said


def _asked(service: Service, answers: Mapping[str, Any]) -> str:
    """The question that the time was chosen at."""
    slots = (one.id for one in service.questions if one.type == "slot" and answers.get(one.id))
    return next(slots, service.questions[0].id)


def _described(service: Service, held: BookingView | None, many: int) -> str:
    if held is None:
        return service.name
    return f"{service.name}: {held.words}{f', and {many - 1} weeks more' if many > 1 else ''}"


def _quoted(service: Service, answers: Mapping[str, Any], course: Course, pack: Pack, at: datetime) -> Quote | None:
    """What is to be paid now; None where no payment is asked for, or where an officer must say the price first."""
    asked = [question for question in service.questions if question.type == "payment"]
    price = pack.of(PRICES).get(service.code)
    said = price is not None and not unanswered(answers.get(price.amount_question or ""))
    if not asked or (course.fee == 0 and not said and unanswered(answers.get(asked[0].id))):
        return None
    try:
        return quote_for(service, answers, pack=pack, at=at, course=course)
    except PriceRefused:
        if course.fee is None:
            return None
        raise


def ways_to_pay(service: Service, pack: Pack) -> tuple[str, ...]:
    """Return the ways this service may be paid here and now, best first; a card only where somebody takes cards."""
    open_ = provider() is not None
    return tuple(way for way in methods_of(service.code, pack) if way != "card" or open_)
