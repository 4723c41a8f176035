"""The months below their ordinary range, for whoever is responsible to say why: each with what was said so far."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.insight.charter import MEASURE as STANDARD
from moothall.insight.publishing import KIND, span
from moothall.insight.queries import ALL, breakdown, explained_months, standards_by_month
from moothall.insight.standards import Line, Share, line_of

PROMISE = "promise"


@dataclass(frozen=True, slots=True)
class Dip:
    """One month of one published line that is below its ordinary range. ``said`` is what stands there, or nothing yet."""

    measure: str
    code: str
    month: date
    share: Share
    said: str


def dips(*, services: Collection[str], standards: Collection[str], visible_to: Actor, at: datetime) -> list[Dip]:
    """Return the months that dipped in what is published, newest first; of one month in the order of codes. Three queries.

    Raises:
        Refused: the actor may not explain figures.
    """
    require(visible_to, "report.explain")
    first, last = span(at)
    done = breakdown(PROMISE, "service", since=first, until=last, key=KIND)
    kept = [one for one in standards_by_month(standards, since=first, until=last) if one.channel == ALL]
    lines = {(PROMISE, code): line_of((one for one in done if one.service == code), first, last) for code in services}
    lines |= {(STANDARD, code): line_of((one for one in kept if one.key == code), first, last) for code in standards}
    said = explained_months(since=first)
    found = [dip for (measure, code), line in lines.items() for dip in _dips(measure, code, line, said)]
    return sorted(found, key=lambda dip: (-dip.month.toordinal(), dip.measure, dip.code))


def _dips(measure: str, code: str, line: Line, said: dict[tuple[str, str, date], str]) -> Iterator[Dip]:
    for one in line.dips:
        yield Dip(measure, code, one.month, one.share, said.get((measure, code, one.month), ""))
