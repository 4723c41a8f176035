"""The only readers of the read models. Everything here is public: figures, never people."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count

from moothall.core.models import Cursor
from moothall.core.zone import council_date
from moothall.insight.disclosure import hidden
from moothall.insight.models import CaseFact, Explanation, MonthlyFigure
from moothall.insight.projection import NAME

ALL = "*"


@dataclass(frozen=True, slots=True)
class Figure:
    """``count`` of ``of`` in one month of one cell; ``total`` sums what the measure adds up (days, seconds)."""

    month: date
    measure: str
    service: str
    channel: str
    area: str
    key: str
    count: int
    of: int
    total: float


@dataclass(frozen=True, slots=True)
class LiveRecord:
    """How often a service kept its promise in a month: "94 times in 100", from ``kept`` of ``of``."""

    service: str
    month: date
    kept: int
    of: int
    hidden: bool = False

    @property
    def in_100(self) -> int | None:
        """Times in 100, or ``None`` where fewer than five fell due or it would give away a month in which they did."""
        return round(100 * self.kept / self.of) if self.of and not self.hidden else None


def month_of(at: datetime) -> date:
    """Return the first day of the month it is in London."""
    return council_date(at).replace(day=1)


def month_before(month: date) -> date:
    """Return the first day of the month before."""
    return (month - timedelta(days=1)).replace(day=1)


def live_records(services: Iterable[str], *, at: datetime, kind: str = "complete") -> Mapping[str, LiveRecord]:
    """Return last month's record of each service that has one, hidden where its published line hides it. One query."""
    month = month_before(month_of(at))
    rows = MonthlyFigure.objects.filter(
        month__range=(month.replace(year=month.year - 1), month), measure="promise", service__in=list(services),
        channel=ALL, area=ALL, key=kind,
    )  # fmt: skip
    lines: dict[str, dict[date, MonthlyFigure]] = {}
    for row in rows:
        lines.setdefault(row.service, {})[row.month] = row
    return {
        code: LiveRecord(
            code, month, line[month].count, line[month].of, month in hidden({m: r.of for m, r in line.items()})
        )
        for code, line in lines.items()
        if month in line
    }


def live_record(service: str, *, at: datetime, kind: str = "complete") -> LiveRecord | None:
    """Return how a service kept its promise last month, or ``None`` where none fell due."""
    return live_records([service], at=at, kind=kind).get(service)


def popular_services(*, at: datetime, days: int = 7, most: int = 8) -> list[str]:
    """Return the services most asked for in the last days, busiest first: from events, not from a committee."""
    rows = CaseFact.objects.filter(opened_at__gte=at - timedelta(days=days), opened_at__lte=at)
    counted = rows.values("service").annotate(n=Count("case_id")).order_by("-n", "service")[:most]
    return [row["service"] for row in counted]


def figures(
    measure: str,
    *,
    since: date,
    until: date,
    service: str = ALL,
    channel: str = ALL,
    area: str = ALL,
    key: str | None = None,
) -> list[Figure]:
    """Return one cell's months in order, first and last included. One query."""
    rows = MonthlyFigure.objects.filter(
        measure=measure, service=service, channel=channel, area=area, month__gte=since, month__lte=until
    )
    if key is not None:
        rows = rows.filter(key=key)
    return [_figure(row) for row in rows.order_by("month", "key")]


def breakdown(
    measure: str, by: str, *, since: date, until: date, service: str = ALL, key: str | None = None
) -> list[Figure]:
    """Return a measure split by ``service``, ``channel`` or ``area`` for a span of months. One query.

    ``service`` narrows a split by channel or area to one service.
    """
    cell = {"service": service, "channel": ALL, "area": ALL}
    cell.pop(by)
    rows = MonthlyFigure.objects.filter(measure=measure, month__gte=since, month__lte=until, **cell)
    rows = rows.exclude(**{by: ALL})
    if key is not None:
        rows = rows.filter(key=key)
    return [_figure(row) for row in rows.order_by("month", by, "key")]


def standards_by_month(keys: Collection[str], *, since: date, until: date) -> list[Figure]:
    """Return how often standards of these codes were kept, whatever was asked for: by month, and by month and channel. One
    query."""
    rows = MonthlyFigure.objects.filter(
        measure="standard", service=ALL, area=ALL, key__in=list(keys), month__gte=since, month__lte=until
    )
    return [_figure(row) for row in rows.order_by("month", "channel", "key")]


def explanations(measure: str, service: str, *, since: date) -> Sequence[Explanation]:
    """Return the published explanations of a service's figures, newest month first."""
    rows = Explanation.objects.filter(measure=measure, service=service, month__gte=since, withdrawn_at=None)
    return list(rows.order_by("-month", "-written_at"))


def explained_months(*, since: date) -> dict[tuple[str, str, date], str]:
    """Return what stands published of each month of each figure: by measure, code and month. One query."""
    rows = Explanation.objects.filter(month__gte=since, withdrawn_at=None).order_by("written_at", "id")
    return {(row.measure, row.service, row.month): row.text for row in rows}


def kept_up_to() -> datetime | None:
    """Return when the read models last moved on, for the page's "as of"."""
    return Cursor.objects.filter(name=NAME).values_list("moved_at", flat=True).first()


def _figure(row: MonthlyFigure) -> Figure:
    return Figure(row.month, row.measure, row.service, row.channel, row.area, row.key, row.count, row.of, row.total)
