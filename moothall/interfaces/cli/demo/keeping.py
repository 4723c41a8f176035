"""How well the invented council keeps its promises: by service and month, with the turns that the pack tells of. Pure."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from random import Random

from moothall.core.packs import Pack
from moothall.core.zone import LONDON, council_date
from moothall.insight.pack import Demand, LineOfBusiness, Turn
from moothall.promises.pack import calendar_of, standards_of_service
from moothall.promises.rules import Standard, due_at
from moothall.services.pack import Promise, Service

WOBBLE = 0.25  # how far a month strays from a service's own level, on the scale of log odds
HOUR = timedelta(hours=1)


class Keeper:
    """Draws when work is done. `last` is the first day of the last full month."""

    def __init__(self, pack: Pack, demand: Demand, seed: int, last: date) -> None:
        self.pack, self.seed = pack, seed
        self.turns: dict[tuple[str, date], Turn] = {
            (turn.service, month_earlier(last, turn.months_ago)): turn for turn in demand.turns
        }
        self._odds: dict[tuple[str, date], float] = {}
        self._standards: dict[tuple[str, str, str], Standard | None] = {}

    def standard(self, service: Service, promise: Promise, kind: str) -> Standard | None:
        """Return one clock of a promise, made once."""
        key = (service.code, promise.code, kind)
        if key not in self._standards:
            self._standards[key] = standards_of_service(service.code, promise, kind)
        return self._standards[key]

    def due(self, standard: Standard, at: datetime) -> datetime:
        """Return when a clock started at `at` runs out."""
        return due_at(
            calendar_of(self.pack, standard.calendar), standard.unit, standard.amount, at,
            statutory=standard.statutory, roll=standard.roll_to_working_day,
        )  # fmt: skip

    def share(self, line: LineOfBusiness, service: str, due: datetime) -> float:
        """Return how likely a promise of a service that falls due then is kept."""
        month = council_date(due).replace(day=1)
        if (service, month) not in self._odds:
            turn = self.turns.get((service, month))
            level = turn.kept if turn else line.kept_by_service.get(service, line.kept)
            if 0 < level < 1 and turn is None:
                strays = Random(f"{self.seed}:{service}:{month}").gauss(0, WOBBLE)
                level = 1 / (1 + math.exp(-math.log(level / (1 - level)) - strays))
            self._odds[service, month] = level
        return self._odds[service, month]

    def done(self, start: datetime, due: datetime, kept: bool, rng: Random) -> datetime:
        """Return when the work is done: before it is due, in working hours where there are any, or late."""
        length = due - start
        if not kept:
            late = rng.expovariate(1 / 0.45) * length + rng.uniform(1, 20) * HOUR
            return max(_at_work(due + late, rng), due + HOUR)
        fraction = rng.betavariate(2.2, 2.0)
        at = start + length * fraction
        worked = _at_work(at, rng) if length > 20 * HOUR else at
        return worked if start < worked <= due else at


def _at_work(at: datetime, rng: Random) -> datetime:
    """The same day between half past eight and half past four, or the Friday before a weekend."""
    wall = at.astimezone(LONDON)
    wall -= timedelta(days=max(wall.weekday() - 4, 0))
    minutes = rng.triangular(8.5 * 60, 16.5 * 60, 11 * 60)
    wall = wall.replace(hour=int(minutes // 60), minute=int(minutes % 60), second=rng.randrange(60), microsecond=0)
    return wall.astimezone(at.tzinfo)


def month_earlier(month: date, count: int) -> date:
    """Return the first of the month so many before."""
    whole = month.year * 12 + month.month - 1 - count
    return date(whole // 12, whole % 12 + 1, 1)
