"""Everything shown, to download: the same figures with the same ones left out."""

import csv
import io
import json
from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse

from moothall.insight.publishing import Overview, ServiceRecord
from moothall.insight.standards import Line, Share

FIELDS = ("service", "split_by", "cell", "month", "kept", "fell_due", "per_cent", "suppressed")


def rows_of_service(record: ServiceRecord) -> list[dict[str, Any]]:
    """Return a service's months, channels and areas as rows."""
    rows = _months(record.service, record.line)
    for split, table in (("channel", record.by_channel), ("area", record.by_area)):
        rows += [
            _row(record.service, split, cell, f"{record.first:%Y-%m}/{record.last:%Y-%m}", s)
            for cell, s in table.items()
        ]
    return rows


def rows_of_all(page: Overview) -> list[dict[str, Any]]:
    """Return every service's months as rows, the whole council first."""
    rows = _months("*", page.line)
    for code, line in page.services:
        rows += _months(code, line)
    return rows


def as_csv(rows: Iterable[dict[str, Any]], name: str) -> HttpResponse:
    """Return rows as a CSV file (RFC 4180, UTF-8). Cells hold codes and numbers only, so no formula can hide in one."""
    text = io.StringIO()
    writer = csv.DictWriter(text, FIELDS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def as_json(rows: list[dict[str, Any]], name: str, **about: Any) -> HttpResponse:
    """Return rows as JSON, with what they are and when they were counted."""
    text = json.dumps({"about": about, "rows": rows}, default=str, indent=1)
    answer = HttpResponse(text, content_type="application/json")
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


def _months(service: str, line: Line) -> list[dict[str, Any]]:
    return [_row(service, "month", "", f"{m.month:%Y-%m}", m.share) for m in line.months]


def _row(service: str, split: str, cell: str, month: str, shown: Share) -> dict[str, Any]:
    values = (service, split, cell, month, shown.kept, shown.of, shown.per_cent, shown.suppressed)
    return dict(zip(FIELDS, values, strict=True))
