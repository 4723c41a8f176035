"""Everything shown, to download: the same figures with the same ones left out.

A row is one figure: how a promise was kept (``promise``), or a standard of contact, whose code stands where else a service's
does (``standard``); how many were in touch (``contacts``), what people said of us
(``rating``), how often we told of a delay before we were asked (``told_first``), what became of what was booked (``booked``).
Of one ward ``open``, ``waiting`` and ``late`` are cases as they stand now.
Of requests made with help (``assisted``) ``kept`` is how many, ``fell_due`` of how many; ``because`` counts why people were
helped, ``outreach`` where we met them.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.http import HttpResponse

from moothall.bookings.queries import Attendance
from moothall.cases.queries import FEW, AreaCount
from moothall.core.sheets import csv_lines
from moothall.insight.charter import Charter
from moothall.insight.crossing import TOGETHER, Crossed
from moothall.insight.publishing import AreaRecord, HelpRecord, Overview, ServiceRecord
from moothall.insight.standards import Line, Share
from moothall.interfaces.published import words
from moothall.places.queries import area_names
from moothall.services.past import service_named

ALL = "*"
FIELDS = (
    "measure", "service", "service_name", "split_by", "cell", "cell_name", "month", "kept", "fell_due", "per_cent", "count",
    "suppressed",
)  # fmt: skip


def rows_of_service(record: ServiceRecord, went: Attendance) -> list[dict[str, Any]]:
    """Return a service's months, channels, areas, ratings and bookings as rows."""
    span, rows = _span(record.first, record.last), _months(record.service, record.line)
    for split, table, names in (
        ("channel", record.by_channel, words.CHANNELS), ("area", record.by_area, area_names()),
    ):  # fmt: skip
        rows += [_share("promise", record.service, split, cell, names, span, share) for cell, share in table.items()]
    rows += _both("promise", record.service, record.crossed)
    rows += _counts("rating", record.service, "score", record.ratings, words.SCORES, span)
    for said, n in words.attendance_shares(went):
        if isinstance(n, Share):
            rows.append(_row("booked", record.service, "outcome", said, said, "last four weeks", per_cent=n.per_cent))
        else:
            rows += _counts("booked", record.service, "outcome", {said: n}, {}, "last four weeks")
    return rows


def rows_of_all(page: Overview) -> list[dict[str, Any]]:
    """Return every service's months as rows, the whole council first, and what else is said of the whole council."""
    rows = _months(ALL, page.line)
    for code, line in page.services:
        rows += _months(code, line)
    span = _span(page.first, page.last)
    rows.append(_share("told_first", ALL, "", "", {}, span, page.explained))
    rows += _counts("contacts", ALL, "channel", page.channels, words.CHANNELS, f"{page.last:%Y-%m}")
    return rows + _counts("rating", ALL, "score", page.ratings, words.SCORES, span)


def rows_of_charter(page: Charter, sentences: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return each standard of contact by month, by channel and by both as rows; its name is the promise itself."""
    span, rows = _span(page.first, page.last), list[dict[str, Any]]()
    for code, line in page.lines:
        mine = [_share("standard", code, "month", "", {}, f"{m.month:%Y-%m}", m.share) for m in line.months]
        mine += [
            _share("standard", code, "channel", cell, words.CHANNELS, span, one)
            for cell, one in page.by_channel[code].items()
        ]
        mine += _both("standard", code, page.crossed[code])
        rows += [row | {"service_name": sentences.get(code, code)} for row in mine]
    return rows


def rows_of_help(record: HelpRecord) -> list[dict[str, Any]]:
    """Return who was helped by service, channel and reason, and who was met elsewhere, as rows."""
    span = _span(record.first, record.last)
    rows = [_share("assisted", ALL, "", "", {}, span, record.assisted)]
    rows += [_share("assisted", code, "service", "", {}, span, one) for code, one in record.by_service.items()]
    rows += [
        _share("assisted", ALL, "channel", code, words.CHANNELS, span, one) for code, one in record.by_channel.items()
    ]
    rows += _counts("because", ALL, "reason", record.because, words.BECAUSE, span)
    rows += _counts("outreach", ALL, "place", record.outreach, words.OUTREACH, span)
    return rows + _counts("outreach", ALL, "area", record.outreach_areas, area_names(), span)


def rows_of_ward(code: str, name: str, record: AreaRecord, counts: Iterable[AreaCount]) -> list[dict[str, Any]]:
    """Return what a councillor sees of one ward as rows, for scrutiny: its months beside the whole council's, what people
    said there, and what is open. What her page hides is left out here too."""
    names, span = {code: name}, _span(record.first, record.last)
    rows = [
        _share("promise", ALL, "area and month", code, names, f"{m.month:%Y-%m}", m.share)
        for m in (record.line.months if record.line.of >= FEW else ())
    ]
    rows += _months(ALL, record.council)
    rows += [one | {"cell_name": f"{name}: {one['cell_name']}"} for one in _counts(
        "rating", ALL, "area and score", record.ratings, words.SCORES, span
    )]  # fmt: skip
    for one in counts:
        for state, n in (("open", one.open), ("waiting", one.waiting), ("late", one.late)):
            rows.append(_row(state, one.service, "area", code, name, "now", count=n, suppressed=n is None))
    return rows


def as_csv(rows: Iterable[dict[str, Any]], name: str) -> HttpResponse:
    """Return rows as a CSV file (RFC 4180, UTF-8)."""
    lines = csv_lines(FIELDS, ([row[name] for name in FIELDS] for row in rows))
    answer = HttpResponse("".join(lines), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def as_json(rows: list[dict[str, Any]], name: str, **about: Any) -> HttpResponse:
    """Return rows as JSON, with what they are and when they were counted."""
    text = json.dumps({"about": about, "rows": rows}, default=_plain, indent=1)
    answer = HttpResponse(text, content_type="application/json")
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


def _months(service: str, line: Line) -> list[dict[str, Any]]:
    return [_share("promise", service, "month", "", {}, f"{m.month:%Y-%m}", m.share) for m in line.months]


def _both(measure: str, service: str, table: Crossed) -> list[dict[str, Any]]:
    """Month and channel together; ``other`` is every way that has no column of its own."""
    names = words.CHANNELS | {"other": words.OTHER_WAYS}
    return [
        _share(measure, service, "month and channel", "other" if way == TOGETHER else way, names, f"{month:%Y-%m}", one)
        for month, shares in table.rows
        for way, one in zip(table.ways, shares, strict=True)
    ]


def _counts(
    measure: str, service: str, split: str, counts: Mapping[str, int | None], names: Mapping[str, str], month: str
) -> list[dict[str, Any]]:
    return [
        _row(measure, service, split, cell, names.get(cell, cell), month, count=n, suppressed=n is None)
        for cell, n in counts.items()
        if cell
    ]


def _share(
    measure: str, service: str, split: str, cell: str, names: Mapping[str, str], month: str, shown: Share
) -> dict[str, Any]:
    return _row(
        measure, service, split, cell, names.get(cell, cell), month, kept=shown.kept, fell_due=shown.of,
        per_cent=shown.per_cent, suppressed=shown.suppressed,
    )  # fmt: skip


def _row(
    measure: str, service: str, split: str, cell: str, cell_name: str, month: str, *, kept: int | None = None,
    fell_due: int | None = None, per_cent: float | None = None, count: int | None = None, suppressed: bool = False,
) -> dict[str, Any]:  # fmt: skip
    name = "All services" if service == ALL else service_named(service)
    values = (measure, service, name, split, cell, cell_name, month, kept, fell_due, per_cent, count, suppressed)
    return dict(zip(FIELDS, values, strict=True))


def _span(first: date, last: date) -> str:
    return f"{first:%Y-%m}/{last:%Y-%m}"


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime | date) else str(value)
