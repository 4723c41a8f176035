"""What a council promises of contact itself, and how often it keeps it: the read side of its charter. Fixed queries."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from moothall.insight.crossing import Crossed, crossed
from moothall.insight.models import Explanation
from moothall.insight.publishing import KIND, span
from moothall.insight.queries import ALL, Figure, breakdown, explanations, kept_up_to, standards_by_month
from moothall.insight.standards import Line, Share, line_of, table_of

MEASURE: Final = "standard"


@dataclass(frozen=True, slots=True)
class Charter:
    """How each standard of contact was kept, in the order asked for. ``last`` is the last full month."""

    first: date
    last: date
    lines: tuple[tuple[str, Line], ...]
    by_channel: dict[str, dict[str, Share]]
    crossed: dict[str, Crossed]
    services: tuple[tuple[str, Line], ...]
    as_of: datetime | None


@dataclass(frozen=True, slots=True)
class StandardRecord:
    """How one standard of contact was kept."""

    code: str
    first: date
    last: date
    line: Line
    by_channel: dict[str, Share]
    crossed: Crossed
    explanations: Sequence[Explanation]
    as_of: datetime | None


def charter(codes: Collection[str], *, services: Collection[str] = (), at: datetime) -> Charter:
    """Return how standards of these codes were kept, whatever was asked for, and the published lines of these services.
    Three queries.

    Standards of contact are split by no service, so nothing of a restricted one can be had.
    """
    first, last = span(at)
    found = standards_by_month(codes, since=first, until=last)
    records = [_record(code, [one for one in found if one.key == code], first, last) for code in codes]
    done = breakdown("promise", "service", since=first, until=last, key=KIND) if services else []
    return Charter(
        first=first, last=last, lines=tuple((code, line) for code, line, _, _ in records),
        by_channel={code: ways for code, _, ways, _ in records}, crossed={code: both for code, _, _, both in records},
        services=tuple(
            (code, line_of((one for one in done if one.service == code), first, last)) for code in services
        ),
        as_of=kept_up_to(),
    )  # fmt: skip


def standard_record(code: str, *, at: datetime) -> StandardRecord:
    """Return one standard's content. Three queries."""
    first, last = span(at)
    _, line, by_channel, both = _record(code, standards_by_month([code], since=first, until=last), first, last)
    return StandardRecord(
        code=code, first=first, last=last, line=line, by_channel=by_channel, crossed=both,
        explanations=explanations(MEASURE, code, since=first), as_of=kept_up_to(),
    )  # fmt: skip


def _record(code: str, rows: Sequence[Figure], first: date, last: date) -> tuple[str, Line, dict[str, Share], Crossed]:
    """One standard by month, by channel, and by both: each such that the others give nothing of it away."""
    line = line_of((one for one in rows if one.channel == ALL), first, last)
    of_channels = [one for one in rows if one.channel != ALL]
    by_channel = table_of(of_channels, "channel")
    return code, line, by_channel, crossed(of_channels, line, by_channel)
