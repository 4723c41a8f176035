"""The chain of events: checked for a period, and taken away by auditors."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import date

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from moothall.core import clock
from moothall.core.seals import verify
from moothall.customers.privacy.audit import write_audit
from moothall.interfaces.console.screen import draw
from moothall.interfaces.policy import Request, policy

MOST_MONTHS = 24
WORDS = {
    "changed": "Changed", "missing": "Taken out", "inserted": "Put in", "chain": "The seals themselves",
}  # fmt: skip


def _period(request: Request) -> tuple[date, date, str]:
    """The months asked for, by default the present one; and what is wrong with them."""
    today = clock.now().date().replace(day=1)
    given = [request.GET.get(name, "").strip() for name in ("first", "last")]
    if not any(given):
        return today, today, ""
    try:
        first, last = (date.fromisoformat(f"{text}-01") for text in given)
    except ValueError:
        return today, today, "Enter both months as year and month, like 2026-03."
    if last < first or (last.year - first.year) * 12 + last.month - first.month >= MOST_MONTHS or first.year < 2000:
        return today, today, f"Choose up to {MOST_MONTHS} months, the earlier one first."
    return first, last, ""


@policy("staff", needs="audit.view", purpose="audit")
@require_safe
def checked(request: Request) -> HttpResponse:
    """What the check of a period finds."""
    first, last, error = _period(request)
    verdict = None if error else verify(first, last)
    months = (f"{first:%Y-%m}", f"{last:%Y-%m}")
    return draw(
        request, "chain", here="chain", verdict=verdict, first=request.GET.get("first") or months[0],
        last=request.GET.get("last") or months[1], error=error, kinds=WORDS, status=400 if error else 200,
    )  # fmt: skip


@policy("staff", needs="audit.view", purpose="audit")
@require_safe
def taken_away(request: Request) -> HttpResponseBase:
    """The auditor's copy of a period."""
    first, last, error = _period(request)
    if error:
        raise Http404
    answer = StreamingHttpResponse(_file(request, first, last), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="events-{first:%Y-%m}-{last:%Y-%m}.zip"'
    return answer


def _file(request: Request, first: date, last: date) -> Iterator[bytes]:
    with tempfile.TemporaryFile() as out:
        write_audit(out, first, last, by=request.actor, at=clock.now())
        out.seek(0)
        while part := out.read(65_536):
            yield part
