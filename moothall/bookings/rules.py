"""Which times there are, which are free, how far it is, and how a time is said. Pure: no database, no clock.

Instants inside are whole minutes since 1970 (UTC): cheap to compare, and a day of 23 or 25 hours needs no care.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import asin, cos, radians, sin, sqrt
from typing import Any, NamedTuple

from moothall.bookings.pack import Bookable
from moothall.core.zone import LONDON, council_date
from moothall.promises.rules import Calendar, say_day, say_time

EARTH_KM = 6371.0
KM_PER_MILE = 1.609344
_KEY_TIME = "%Y%m%dT%H%M"
_KEY = re.compile(r"[a-z0-9_-]{0,64}~[0-9]{8}T[0-9]{4}(~[a-z0-9_.-]+)?")
LONGEST_KEY = 160
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
BOOKED_ALONG = frozenset({"interpreter"})
INDOOR = "indoor"
"""Among what a time was looked for with: only what is under a roof."""
DIMENSIONS = ("units", "minutes", "metres", "kilograms")


class NotASlot(ValueError):
    """The text is not the key of a time we offered."""


class Spot(NamedTuple):
    """Where and when: the site's code (empty: we come to the customer) and the start. Its text is the slot's key.

    ``must`` are codes of what it was looked for with (`indoor`, `step_free`): whatever is booked for it has them.
    """

    site: str
    starts_at: datetime
    must: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The key a form carries."""
        must = f"~{'.'.join(self.must)}" if self.must else ""
        return f"{self.site}~{self.starts_at.astimezone(UTC).strftime(_KEY_TIME)}{must}"


def read_key(text: str) -> Spot:
    """Return the place and time of a slot's key.

    Raises:
        NotASlot: nothing we offered looks like this.
    """
    if len(text) > LONGEST_KEY or not _KEY.fullmatch(text):
        raise NotASlot("Choose one of the times shown.")
    site, moment, *must = text.split("~")
    try:
        at = datetime.strptime(moment, _KEY_TIME).replace(tzinfo=UTC)
        return Spot(site, at, tuple(must[0].split(".")) if must else ())
    except ValueError:
        raise NotASlot("Choose one of the times shown.") from None


def minute_of(at: datetime) -> int:
    """Return an instant in whole minutes since 1970."""
    return int(at.timestamp()) // 60


def moment_of(minute: int) -> datetime:
    """Return the instant of a minute, aware, UTC."""
    return datetime.fromtimestamp(minute * 60, tz=UTC)


def starts_on(
    calendar: Calendar, day: date, *, minutes: int, step: int, whole_day: bool = False, times: Sequence[str] = ()
) -> tuple[int, ...]:
    """Return the starts of one day in minutes since 1970, by the wall clock, in order.

    A start and its end lie within one stretch of opening hours. ``whole_day`` has one start, when the calendar opens;
    ``times`` (`18:30`) stand in place of the usual ones and count only while it is open.
    """
    hours = calendar.hours_of(day)
    if not hours:
        return ()
    if whole_day:
        return (_minute(calendar, day, hours[0].opens),)
    if times:
        given = sorted(int(t[:2]) * 60 + int(t[3:5]) for t in times)
        walls = [wall for wall in given if any(h.opens <= wall and wall + minutes <= h.closes for h in hours)]
    else:
        walls = [wall for h in hours for wall in range(h.opens, h.closes - minutes + 1, step)]
    return tuple(sorted({_minute(calendar, day, wall) for wall in walls}))


def _minute(calendar: Calendar, day: date, wall: int) -> int:
    # A wall time that the change to summer time leaves out falls an hour later, as on any clock that was put forward.
    moment = datetime.combine(day, time(wall // 60 % 24, wall % 60), tzinfo=calendar.tz)
    return minute_of(moment + timedelta(days=wall // 1440))


def weekday_of(day: date) -> str:
    """Return `mon` … `sun`."""
    return _WEEKDAYS[day.weekday()]


def window_of(bookable: Bookable, *, now: datetime, card: bool) -> tuple[datetime, datetime]:
    """Return from when to when a booking may start if it is made now: the notice we need, and how far ahead."""
    days = bookable.card_horizon if card and bookable.card_horizon else bookable.horizon
    last = datetime.combine(council_date(now) + timedelta(days=days + 1), time(), tzinfo=LONDON)
    return now + timedelta(minutes=bookable.lead), last


def any_left(since: datetime, until: datetime, from_minute: int = 0, to_minute: int = 24 * 60) -> bool:
    """Say whether a moment from ``since`` until before ``until`` lies within these minutes of its day on our clocks."""
    day = council_date(since)
    for ahead in range(3):  # a whole day among them has every hour
        midnight = datetime.combine(day + timedelta(days=ahead), time(), tzinfo=LONDON)
        opens, shuts = (midnight + timedelta(minutes=minute) for minute in (from_minute, to_minute))
        if max(opens, since) < min(shuts, until):
            return True
    return False


def access_in(needs: Iterable[str]) -> frozenset[str]:
    """Return what a site or room must have, among the needs of a booking; the rest is booked along."""
    return frozenset(needs) - BOOKED_ALONG


def load_of(bookable: Bookable, items: Any) -> dict[str, int]:
    """Return what a list of items takes of a crew's day: units, minutes, kilograms, and the driving to one stop."""
    if bookable.kind != "collection":
        return {}
    units = minutes = kilograms = 0
    for item in items if isinstance(items, list | tuple) else ():
        if not isinstance(item, Mapping):
            continue
        count = max(0, int(item.get("quantity", 1)))
        weight = bookable.weights.get(str(item.get("item")))
        units += count
        minutes += count * (weight.minutes if weight else 0)
        kilograms += count * (weight.kilograms if weight else 0)
    return {
        "units": units, "minutes": minutes + bookable.stop_minutes, "metres": bookable.stop_metres,
        "kilograms": kilograms,
    }  # fmt: skip


def fits(taken: Mapping[str, int], most: Mapping[str, int | None], load: Mapping[str, int]) -> bool:
    """Say whether a load still goes on top of what is taken."""
    return all(limit is None or taken.get(what, 0) + load.get(what, 0) <= limit for what, limit in most.items())


def kilometres(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Return the distance as the crow flies, in kilometres (great circle, WGS 84 degrees in)."""
    lat1, lon1, lat2, lon2 = map(radians, (*here, *there))
    a = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(a))


def say_distance(km: float) -> str:
    """Return "about 1.2 miles away"; as the crow flies, so "about"."""
    miles = km / KM_PER_MILE
    if miles < 0.1:
        return "close by"
    return f"about {miles:.1f} miles away" if miles < 10 else f"about {round(miles)} miles away"


FAILED = {
    "vehicle": ("Our vehicle broke down", True), "crew": ("Too few of our crew could come", True),
    "weather": ("The weather", True), "overrun": ("The round took longer than the day", True),
    "no_access": ("We could not get to it", False), "not_out": ("Nothing was out", False),
    "wrong_items": ("It was not what was booked", False),
}  # fmt: skip
"""Why a visit failed, by code: in words for officers, and whether the fault is ours."""

ACCESS = {
    "step_free": "step-free", "accessible_changing": "accessible changing room", "hearing_loop": "hearing loop",
    "quiet_room": "quiet room", "interpreter": "interpreter",
}  # fmt: skip


def say_access(code: str) -> str:
    """Return what a place offers, in words: `step-free`; a code we have no words for says itself."""
    return ACCESS.get(code, code.replace("_", " "))


def say_slot(bookable: Bookable, starts_at: datetime, ends_at: datetime, *, near: date | None = None) -> str:
    """Return "Thursday 26 November, 6pm to 6.40pm", or the day and from when for what takes the whole day."""
    start, end = starts_at.astimezone(LONDON), ends_at.astimezone(LONDON)
    day = say_day(start.date(), near)
    if bookable.whole_day:
        return f"{day}, any time from {say_time(start)}"
    return f"{day}, {say_time(start)} to {say_time(end)}"


def promised_by(starts_at: datetime) -> datetime:
    """Return by when what is booked for a moment is promised to be done: the last second of that day here."""
    return datetime.combine(council_date(starts_at), time(23, 59, 59), tzinfo=LONDON)


def say_until(at: datetime) -> str:
    """Return the time of day by our clocks: "6.10pm"."""
    return say_time(at.astimezone(LONDON))


MOVE = "move"
"""What a hold is for that a booking is moved to once the difference is paid; `for_id` is that booking."""
SERIES = "series"
"""What the later bookings of a customer's series are held for: the first of it, by its id."""


def weekly(first: Spot, until: date) -> list[Spot]:
    """Return the same hour on the wall every week, from the first up to and with a day."""
    local = first.starts_at.astimezone(LONDON)
    weeks = max(0, (until - local.date()).days // 7)
    return [Spot(first.site, local + timedelta(weeks=n), first.must) for n in range(weeks + 1)]


def say_weekly(held: Sequence[datetime], taken: Sequence[datetime]) -> str:
    """Return the later times of a series and those left out, a line each: "And at the same time on 1, 8 December"."""
    lines = []
    if held[1:]:
        lines.append(f"{len(held)} times: then every week on {_days(held[1:])}")
    if taken:
        lines.append(f"Not free, so left out: {_days(taken)}")
    return "\n".join(lines)


def _days(moments: Sequence[datetime]) -> str:
    """Return days in order, the month said once: "1, 8 and 15 December"."""
    by_month: dict[str, list[str]] = {}
    for moment in moments:
        day = council_date(moment)
        by_month.setdefault(f"{day:%B}", []).append(str(day.day))
    parts = [
        f"{', '.join(days[:-1])} and {days[-1]} {month}" if len(days) > 1 else f"{days[0]} {month}"
        for month, days in by_month.items()
    ]
    return ", ".join(parts)


def hours_before(starts_at: datetime, at: datetime) -> int:
    """Return how many whole hours lie between now and the start; 0 when it has begun."""
    return max(0, int((starts_at - at).total_seconds() // 3600))


@dataclass(frozen=True, slots=True)
class MayChange:
    """Whether the customer may still move or cancel, and until when she may."""

    allowed: bool
    until: datetime


def may_change(bookable: Bookable, starts_at: datetime, at: datetime, *, ours: bool = False) -> MayChange:
    """Say whether a customer may change a booking herself at a moment. ``ours``: it is a date that we chose for her, which
    she may change or give back until it begins, however soon that is."""
    until = starts_at if ours else starts_at - timedelta(minutes=bookable.change_until)
    return MayChange(at <= until, until)


def card_number(text: str) -> str:
    """Return a card's number as it is kept: upper case, no spaces or dashes."""
    return "".join(c for c in text.upper() if c.isalnum())[:30]


def remind_at(bookable: Bookable | None, starts_at: datetime, at: datetime) -> datetime | None:
    """Return when to remind, or None: the pack says nothing, or it is too late for a reminder to help."""
    if bookable is None or bookable.remind is None:
        return None
    moment = starts_at - timedelta(minutes=bookable.remind)
    return moment if moment > at else None
