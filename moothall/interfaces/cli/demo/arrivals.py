"""When contacts come: by month, weekday, holiday and half hour, as the pack's demand says. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from random import Random

from moothall.core.zone import LONDON
from moothall.insight.pack import Arrivals, Demand, LineOfBusiness
from moothall.services.questions import on_channel

KIND = {"phone": "phone", "web": "web", "counter": "counter"}
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody gets in touch."""

    at: datetime
    channel: str
    line: LineOfBusiness


class Calendar:
    """How many come on a day, and at what time, for a borough of so many residents."""

    def __init__(self, demand: Demand, residents: int, holidays: frozenset[date]) -> None:
        self.demand, self.holidays = demand, holidays
        self.shapes: dict[str, Arrivals] = {one.code: one for one in demand.arrivals}
        self.slots: dict[str, tuple[list[float], list[float]]] = {code: _sums(one) for code, one in self.shapes.items()}
        channels = {code: weight for code, weight in demand.channels.weights.items() if code in self.shapes}
        whole = sum(channels.values()) or 1
        a_day = residents * demand.contacts.per_resident / 365
        self.rates: list[tuple[str, LineOfBusiness, float]] = []
        for channel, weight in channels.items():
            kind = KIND.get(channel, "written")
            lines = [(line, getattr(line.share, kind)) for line in demand.lines]
            total = sum(share for _, share in lines) or 1
            self.rates += [(channel, line, a_day * weight / whole * share / total) for line, share in lines if share]

    def on(self, day: date, rng: Random) -> Iterator[Arrival]:
        """Yield the contacts of a day, in no order."""
        noise = math.exp(rng.gauss(0, self.demand.noise.day))
        for channel, line, rate in self.rates:
            shape = self.shapes[channel]
            months, days = line.months, shape.days
            lam = rate * noise * months[day.month - 1] * 12 / sum(months) * days[day.weekday()] * 7 / sum(days)
            lam *= self._holiday(day, channel)
            sums = self.slots[channel][1 if day.weekday() > 4 and shape.weekend else 0]
            for slot in rng.choices(range(48), cum_weights=sums, k=_poisson(lam, rng)):
                wall = datetime.combine(day, time(slot // 2, 30 * (slot % 2)), tzinfo=LONDON)
                yield Arrival(wall.astimezone(UTC) + timedelta(seconds=rng.randrange(1800)), channel, line)

    def _holiday(self, day: date, channel: str) -> float:
        given = self.demand.bank_holidays
        if day in self.holidays:
            return on_channel(given.on_the_day, channel) or 0
        before = day - DAY
        while before.weekday() > 4:
            before -= DAY
        return given.day_after if before in self.holidays and day.weekday() < 5 else 1


def _sums(shape: Arrivals) -> tuple[list[float], list[float]]:
    return list(accumulate(shape.weekday)), list(accumulate(shape.weekend or shape.weekday))


def _poisson(lam: float, rng: Random) -> int:
    if lam <= 0:
        return 0
    if lam > 30:
        return max(round(rng.gauss(lam, math.sqrt(lam))), 0)
    limit, count, product = math.exp(-lam), 0, rng.random()
    while product > limit:
        count += 1
        product *= rng.random()
    return count
