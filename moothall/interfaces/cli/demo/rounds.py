"""Collection rounds for the invented borough: a lorry a ward and weekday, and what its crews recorded lately. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from moothall.core.zone import LONDON, council_date
from moothall.interfaces.cli.demo.borough import Place, Street
from moothall.rounds.actions import CabReport

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
BACK, AHEAD = 21, 400
GARDEN_MONTHS = range(3, 12)
MINUTES = 9 * 60 + 15  # from seven in the morning to a quarter past four
ODD = (("not_out", 0.010), ("contaminated", 0.006), ("too_heavy", 0.001))
"""How many of a hundred doors a crew leaves with a record, and why."""


@dataclass(frozen=True, slots=True)
class Round:
    """One schedule: its streets in the order the lorry takes them, and the minute each is planned for."""

    code: str
    weekday: int
    streets: tuple[tuple[Street, int], ...]
    odd_week: bool


def rounds_of(place: Place) -> list[Round]:
    """Return the rounds of a borough: each ward's streets shared over the working week."""
    found = []
    for n, (ward, _, _name) in enumerate(place.wards):
        streets = [street for street in place.streets if street.ward == ward]
        for weekday, short in enumerate(WEEKDAYS):
            mine = streets[weekday::5]
            if mine:
                step = MINUTES / len(mine)
                plan = tuple((street, round(step * (i + 1))) for i, street in enumerate(mine))
                found.append(Round(f"{ward.removeprefix('ward-')}-{short}", weekday, plan, (n + weekday) % 2 == 1))
    return found


def stops_of(place: Place, rounds: Sequence[Round]) -> Iterator[tuple[int, str, int | None]]:
    """Yield every home with its round."""
    of_street = {street.usrn: one.code for one in rounds for street, _ in one.streets}
    return ((home.uprn, of_street.get(home.usrn or 0, ""), home.usrn) for home in place.premises)


def days_of(rounds: Sequence[Round], today: date) -> Iterator[tuple[str, date, str]]:
    """Yield the collections from three weeks back to a year ahead: rubbish and recycling in turn, food weekly."""
    for one in rounds:
        for n in range(-BACK, AHEAD):
            day = today + timedelta(days=n)
            if day.weekday() != one.weekday:
                continue
            odd = (day.toordinal() // 7 % 2 == 1) != one.odd_week
            yield one.code, day, "general" if odd else "recycling"
            yield one.code, day, "food"
            if odd and day.month in GARDEN_MONTHS:
                yield one.code, day, "garden"


def records_of(place: Place, rounds: Sequence[Round], at: datetime, seed: int) -> Iterator[CabReport]:
    """Yield what the cabs sent in the last days, up to now: streets done, and doors left with a reason."""
    today = council_date(at)
    homes: dict[int, list[int]] = {}
    for home in place.premises:
        homes.setdefault(home.usrn or 0, []).append(home.uprn)
    for code, day, bin_ in days_of(rounds, today):
        if not today - timedelta(days=5) <= day <= today:
            continue
        rng = Random(f"cab:{seed}:{code}:{day}:{bin_}")
        one = next(r for r in rounds if r.code == code)
        starts, late = datetime.combine(day, time(7), LONDON), max(rng.gauss(5, 12), 0)
        for street, minute in one.streets:
            passed = starts + timedelta(minutes=minute + late)
            if passed > at:
                break
            yield CabReport(_id(rng), code, day, bin_, "passed_street", passed, usrn=street.usrn)
            for uprn in homes.get(street.usrn, ()):
                kind = _oddity(rng)
                if kind:
                    yield CabReport(_id(rng), code, day, bin_, kind, passed - timedelta(minutes=1), uprn=uprn)


def _oddity(rng: Random) -> str:
    drawn = rng.random()
    for kind, share in ODD:
        if drawn < share:
            return kind
        drawn -= share
    return ""


def _id(rng: Random) -> UUID:
    return UUID(int=rng.getrandbits(128), version=4)
