"""The published pages' content: fixed queries, whatever the council's size."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from moothall.insight.crossing import Crossed, crossed
from moothall.insight.models import Explanation
from moothall.insight.queries import Figure, breakdown, explanations, figures, kept_up_to, month_before, month_of
from moothall.insight.standards import (
    Line,
    Share,
    counts_of,
    counts_together,
    helped_of,
    line_of,
    services_in_order,
    share,
    table_of,
    together,
)

MONTHS = 13
KIND = "complete"
OTHER = "other"
"""All services together whose figures are not for everyone."""


@dataclass(frozen=True, slots=True)
class Overview:
    """How the council is doing in all services whose figures are published. ``last`` is the last full month."""

    last: date
    first: date
    line: Line
    services: tuple[tuple[str, Line], ...]
    channels: dict[str, int | None]
    ratings: dict[str, int | None]
    explained: Share
    as_of: datetime | None


@dataclass(frozen=True, slots=True)
class ServiceRecord:
    """How one service is doing."""

    service: str
    last: date
    first: date
    line: Line
    by_channel: dict[str, Share]
    by_area: dict[str, Share]
    crossed: Crossed
    ratings: dict[str, int | None]
    explanations: Sequence[Explanation]
    as_of: datetime | None


@dataclass(frozen=True, slots=True)
class AreaRecord:
    """How one ward is served: the promises to its people beside the whole council's, and what they said of us."""

    first: date
    last: date
    line: Line
    council: Line
    ratings: dict[str, int | None]
    as_of: datetime | None


@dataclass(frozen=True, slots=True)
class HelpRecord:
    """Who did not ask alone, and why; and who was met away from our offices. Small counts are hidden.

    ``assisted`` is the share of all requests in which somebody was helped with what can be done online.
    """

    first: date
    last: date
    assisted: Share
    by_service: dict[str, Share]
    by_channel: dict[str, Share]
    because: dict[str, int | None]
    outreach: dict[str, int | None]
    outreach_areas: dict[str, int | None]
    as_of: datetime | None


def span(at: datetime) -> tuple[date, date]:
    """Return the first and last month shown: the last full one and the twelve before it."""
    last = month_before(month_of(at))
    return date(last.year - 1, last.month, 1), last


def overview(*, at: datetime, services: Collection[str]) -> Overview:
    """Return the front page's content: of these services alone, so that no figure of others is given away. Five queries."""
    first, last = span(at)
    lines = {
        code: line_of(rows, first, last)
        for code, rows in _by_service(
            breakdown("promise", "service", since=first, until=last, key=KIND), services
        ).items()
    }
    told = _by_service(breakdown("explained", "service", since=first, until=last, key=KIND), services).values()
    rated = _by_service(breakdown("rating", "service", since=first, until=last), services)
    return Overview(
        last=last, first=first, line=together(lines.values(), first, last),
        services=tuple((code, lines[code]) for code in services_in_order(lines)),
        channels=counts_of(breakdown("contact", "channel", since=last, until=last), "channel"),
        ratings=counts_together(rated.values(), "key"),
        explained=share(sum(f.count for rows in told for f in rows), sum(f.of for rows in told for f in rows)),
        as_of=kept_up_to(),
    )  # fmt: skip


def _by_service(found: Sequence[Figure], services: Collection[str]) -> dict[str, list[Figure]]:
    parted: dict[str, list[Figure]] = {}
    for figure in found:
        if figure.service in services:
            parted.setdefault(figure.service, []).append(figure)
    return parted


def service_record(service: str, *, at: datetime) -> ServiceRecord:
    """Return one service's content. Six queries."""
    first, last = span(at)
    line = line_of(figures("promise", since=first, until=last, service=service, key=KIND), first, last)
    of_channels = breakdown("promise", "channel", since=first, until=last, service=service, key=KIND)
    by_channel = table_of(of_channels, "channel")
    return ServiceRecord(
        service=service, last=last, first=first, line=line, by_channel=by_channel,
        crossed=crossed(of_channels, line, by_channel),
        by_area=table_of(breakdown("promise", "area", since=first, until=last, service=service, key=KIND), "area"),
        ratings=counts_of(figures("rating", since=first, until=last, service=service), "key"),
        explanations=explanations("promise", service, since=first), as_of=kept_up_to(),
    )  # fmt: skip


def area_record(area: str, *, at: datetime) -> AreaRecord:
    """Return how one ward is served, of all services together, small counts hidden. Four queries."""
    first, last = span(at)
    return AreaRecord(
        first=first, last=last,
        line=line_of(figures("promise", since=first, until=last, area=area, key=KIND), first, last),
        council=line_of(figures("promise", since=first, until=last, key=KIND), first, last),
        ratings=counts_of(figures("rating", since=first, until=last, area=area), "key"), as_of=kept_up_to(),
    )  # fmt: skip


def help_record(*, at: datetime, services: Collection[str]) -> HelpRecord:
    """Return who was helped and met elsewhere in the last 13 months, by these services and all others. Seven queries."""
    first, last = span(at)
    whole = figures("assisted", since=first, until=last)
    by_service = [
        one if one.service in services else replace(one, service=OTHER)  # the total is public: nothing may be left over
        for one in breakdown("assisted", "service", since=first, until=last)
    ]
    return HelpRecord(
        first=first, last=last, assisted=share(sum(one.count for one in whole), sum(one.of for one in whole)),
        by_service=helped_of(by_service, "service"),
        by_channel=helped_of(breakdown("assisted", "channel", since=first, until=last), "channel"),
        because=counts_of(figures("because", since=first, until=last), "key"),
        outreach=counts_of(figures("outreach", since=first, until=last), "key"),
        outreach_areas=counts_of(breakdown("outreach", "area", since=first, until=last), "area"), as_of=kept_up_to(),
    )  # fmt: skip
