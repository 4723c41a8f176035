"""Who looked at whom, when and why: read and taken away by auditors."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from moothall.core.packs import current_pack
from moothall.core.paging import BadCursor, pack_cursor, unpack_moment
from moothall.core.references import NotAReference, read_reference, show_reference
from moothall.core.sheets import csv_line
from moothall.core.staff import staff_id_of, staff_names
from moothall.customers.privacy.queries import reasons_behind
from moothall.customers.queries import LookLine, customer_of_reference, looks, references_of
from moothall.interfaces.console.naming import KINDS, screen_name, why_name
from moothall.interfaces.console.screen import draw
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.ui.words import local

PAGE = 50
AT_ONCE = 1_000


class _Asked:
    """What the auditor asked for, read from the address."""

    def __init__(self, request: Request) -> None:
        self.customer, self.officer = request.GET.get("customer", "")[:40], request.GET.get("officer", "")[:150]
        self.error, self.nobody = "", False
        self.filters: dict[str, Any] = {}
        if self.customer.strip():
            self._read_customer(request)
        if self.officer.strip():
            self.filters["actor_id"] = staff_id_of(self.officer)
            self.nobody = self.nobody or self.filters["actor_id"] is None

    def _read_customer(self, request: Request) -> None:
        try:
            found = customer_of_reference(read_reference(self.customer), request.actor)
        except NotAReference as wrong:
            self.error, self.nobody = str(wrong), True
            return
        self.filters["customer_id"], self.nobody = found, found is None


@policy("staff", needs="audit.view", purpose="audit")
@require_safe
def looked(request: Request) -> HttpResponse:
    """The log, newest first, by customer or officer."""
    asked = _Asked(request)
    lines = [] if asked.nobody else looks(request.actor, **asked.filters, after=_after(request), limit=PAGE + 1)
    shown = lines[:PAGE]
    older = pack_cursor((shown[-1].at, shown[-1].id)) if len(lines) > PAGE else ""
    return draw(
        request, "looks", here="looks", rows=_rows(shown, request), asked=asked, older=older,
        screen_name=screen_name, why_name=partial(why_name, current_pack()),
        status=400 if asked.error else 200,
    )  # fmt: skip


@policy("staff", needs="audit.view", purpose="audit")
@require_safe
def looked_csv(request: Request) -> HttpResponseBase:
    """The same as a file, whole; read and sent a thousand lines at a time."""
    asked = _Asked(request)
    if asked.error:
        raise Http404
    answer = StreamingHttpResponse(_file(request, asked), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="looks.csv"'
    return answer


def _file(request: Request, asked: _Asked) -> Iterator[str]:
    yield csv_line(["at", "officer", "customer", "purpose", "screen", "case", "said"])
    after: tuple[datetime, UUID] | None = None
    while not asked.nobody:
        lines = looks(request.actor, **asked.filters, after=after, limit=AT_ONCE)
        for row in _rows(lines, request):
            yield csv_line(
                [row["at"].isoformat(), row["officer"], row["customer"], row["purpose"], row["screen"], row["case"],
                 row["said"]]
            )  # fmt: skip
        if len(lines) < AT_ONCE:
            return
        after = (lines[-1].at, lines[-1].id)


def _rows(lines: list[LookLine], request: Request) -> list[dict[str, Any]]:
    """The lines with the officer's name and the customer's reference, and what was said of why; three queries more."""
    officers = staff_names([line.actor_id for line in lines if line.actor_id])
    said = reasons_behind(lines, request.actor)
    people = references_of([line.customer_id for line in lines], request.actor)
    return [
        {
            "at": local(line.at),
            "officer": (officers.get(line.actor_id) if line.actor_id else "")
            or KINDS.get(line.actor_kind, line.actor_kind),
            "customer": show_reference(people[line.customer_id]) if line.customer_id in people else "Erased",
            "purpose": line.purpose,
            "screen": line.screen,
            "case": str(line.case_id or ""),
            "said": said.get(line.id, ""),
        }
        for line in lines
    ]


def _after(request: Request) -> tuple[datetime, UUID] | None:
    text = request.GET.get("after", "")
    try:
        return unpack_moment(text) if text else None
    except BadCursor as wrong:
        raise Http404 from wrong
