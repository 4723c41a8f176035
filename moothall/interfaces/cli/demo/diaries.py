"""What the invented borough has booked: courts of a fortnight round today, officers' days, cards that people hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random

from moothall.bookings.actions import issue_card
from moothall.bookings.capacity import most_of
from moothall.bookings.importing import ImportedBooking, import_bookings
from moothall.bookings.pack import BOOKABLES, Bookable, Unit, units_of
from moothall.bookings.rules import moment_of, starts_on, weekday_of
from moothall.core.actors import SYSTEM
from moothall.core.packs import Pack
from moothall.core.zone import LONDON, council_date
from moothall.interfaces.cli.demo.borough import Person
from moothall.promises.pack import calendar_of

BACK, AHEAD = 14, 7
CARDS = 300
CLUBS = ("Kirkside Badminton Club", "Hollin Juniors", "Moorside Walking Football", "Over-60s Table Tennis")
LANGUAGES = ("Arabic", "Polish", "Urdu", "Romanian", "Punjabi")
MISSED = 0.07  # of appointments, as a planning assumption: what councils publish lies between 5 and 10 in a hundred


APART = timedelta(minutes=30)
"""Setting up and clearing between what is made up here and what is hired."""


def bring(
    pack: Pack, people: Sequence[Person], hired: Sequence[ImportedBooking], *, at: datetime, seed: int
) -> dict[str, int]:
    """Bring in bookings round a moment, what is ``hired`` among them, and cards. The same seed and moment give the same."""
    bookables = pack.of(BOOKABLES)
    if not bookables or not people:
        return {}
    rng = Random(f"diaries:{seed}")
    made = [one for code in bookables for one in _of(pack, bookables[code], people, at, rng)]
    made = [one for one in made if not any(_meet(one, other) for other in hired)] + list(hired)
    import_bookings(made, by=SYSTEM)
    for n, person in enumerate(people[:: max(1, len(people) // CARDS)][:CARDS]):
        kind, letters = ("leedscard-extra", "LX") if n % 4 == 0 else ("leedscard", "LC")
        if kind in pack.section("cards"):
            issue_card(
                f"{letters}{10_000_000 + n * 7919:08}", card=kind, customer_id=person.id,
                valid_from=at.date() - timedelta(days=200), by=SYSTEM, at=at,
            )  # fmt: skip
    return {"bookings": len(made)}


def _meet(one: ImportedBooking, other: ImportedBooking) -> bool:
    """Whether two bookings want the same thing at the same time."""
    apart = one.starts_at >= other.ends_at + APART or other.starts_at >= one.ends_at + APART
    return one.resource == other.resource and not apart


def _of(
    pack: Pack, bookable: Bookable, people: Sequence[Person], at: datetime, rng: Random
) -> Iterator[ImportedBooking]:
    if bookable.kind == "session":
        yield from _sessions(pack, bookable, people, at, rng)
    if bookable.kind not in {"court", "appointment"}:
        return
    today = council_date(at)
    for unit in units_of(pack, bookable.code):
        for n in range(-BACK, AHEAD + 1):
            yield from _day(pack, bookable, unit, today + timedelta(days=n), people, at, rng)


def _day(
    pack: Pack, bookable: Bookable, unit: Unit, day: date, people: Sequence[Person], at: datetime, rng: Random
) -> Iterator[ImportedBooking]:
    if day in unit.closed:
        return
    length, step = bookable.minutes, bookable.minutes + bookable.set_up + bookable.clear
    for start in starts_on(calendar_of(pack, unit.calendar), day, minutes=length, step=step):
        begins = moment_of(start)
        if rng.random() >= _wanted(bookable, begins, at):
            continue
        person = rng.choice(people)
        past = begins < at
        came = rng.random() >= MISSED
        court = bookable.kind == "court"
        interpreter = not court and rng.random() < 0.12
        yield ImportedBooking(
            bookable=bookable.code, site=unit.resource.site or "", resource=unit.code, starts_at=begins,
            ends_at=begins + timedelta(minutes=length), state=("attended" if came else "missed") if past else "confirmed",
            service="book-court" if court else "", way=unit.resource.ways[0],
            needs=("interpreter",) if interpreter else (), language=rng.choice(LANGUAGES) if interpreter else "",
            customer_id=person.id, minutes_late=rng.choice((0, 0, 0, 0, 7, 12)) if past and came else 0,
            card="leedscard" if court and rng.random() < 0.3 else "",
            title=rng.choice(CLUBS) if court and rng.random() < 0.05 else "",
        )  # fmt: skip


def _sessions(
    pack: Pack, bookable: Bookable, people: Sequence[Person], at: datetime, rng: Random
) -> Iterator[ImportedBooking]:
    """Parties in the classes round today, each fuller the nearer it is."""
    today = council_date(at)
    for unit in units_of(pack, bookable.code):
        most = most_of(unit).get("units") or 0
        for day in (today + timedelta(days=n) for n in range(-BACK, AHEAD + 1)):
            hours = unit.resource.times.get(weekday_of(day), ())  # type: ignore[call-overload]
            starts = starts_on(
                calendar_of(pack, unit.calendar), day, minutes=bookable.minutes, step=bookable.step, times=hours
            )
            for start in starts if hours and day not in unit.closed else ():
                begins, left = moment_of(start), round(most * rng.uniform(0.5, 1))
                past = begins < at
                while left > 0:
                    party = min(left, bookable.places_most, rng.choice((1, 1, 2, 2, 3)))
                    left -= party
                    came = rng.random() >= MISSED
                    yield ImportedBooking(
                        bookable=bookable.code, site=unit.resource.site or "", resource=unit.code, starts_at=begins,
                        ends_at=begins + timedelta(minutes=bookable.minutes), places=party, service="book-class",
                        state=("attended" if came else "missed") if past else "confirmed",
                        customer_id=rng.choice(people).id,
                    )  # fmt: skip


def _wanted(bookable: Bookable, begins: datetime, at: datetime) -> float:
    """How likely a time is taken: evenings and weekends for courts, mornings for officers; less the further ahead."""
    local = begins.astimezone(LONDON)
    busy = local.weekday() >= 5 or local.hour >= 17
    share = (0.8 if busy else 0.25) if bookable.kind == "court" else (0.75 if local.hour < 12 else 0.5)
    ahead = max(0.0, (begins - at).total_seconds() / 86_400)
    return share * max(0.15, 1 - ahead / 10)
