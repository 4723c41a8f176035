"""What a case may issue, beside it: the permit or licence, ending one, and the papers it is decided on."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from moothall.cases.queries import case_page
from moothall.core import clock
from moothall.customers.actions import log_look
from moothall.documents.queries import content_of, documents_of_case
from moothall.intake.looking import why_about_case
from moothall.interfaces.desk.screen import found, go, read_id
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.site.permit_shapes import STANDING
from moothall.permits.actions import CannotIssue, end, issue
from moothall.permits.queries import issuing


def beside(request: Request, service: str, case_id: UUID, *, at: datetime) -> dict[str, Any]:
    """Return what the case page shows of what may be issued and of the files that came with it. One query for the files;
    none more for services that issue nothing."""
    return {
        "permit": issuing(case_id, service, visible_to=request.actor, at=at),
        "permit_standing": STANDING,
        "files": documents_of_case(case_id, visible_to=request.actor),
    }


def issued(case_id: UUID, request: Request, at: datetime) -> None:
    """Issue what the case asks for."""
    version = request.POST.get("version", "")
    seen = int(version) if version.isascii() and version.isdigit() and len(version) < 9 else None
    issue(case_id, renews=read_id(request.POST.get("renews")), by=request.actor, at=at, version=seen)


def ended(case_id: UUID, request: Request, at: datetime) -> None:
    """End what was issued before its day."""
    chosen = read_id(request.POST.get("permit"))
    if chosen is None:
        raise CannotIssue("Choose which one ends.")
    end(chosen, because=request.POST.get("because", ""), by=request.actor, at=at)


@require_safe
@policy("staff", needs=("case.view", "case.work"), purpose="case")
def file(request: Request, case_id: UUID, document_id: UUID) -> HttpResponse:
    """A file that came with a case: saved, never opened here, whatever it says it is. Whoever must say why first is asked."""
    at = clock.now()
    page = found(case_page(case_id, visible_to=request.actor, at=at))
    shown = why_about_case(page.case.customer_id, case_id, visible_to=request.actor, at=at)
    if page.case.customer_id is not None and shown.why is None:
        return go("desk:case", case_id)
    try:
        line, content = found(content_of(document_id, case_id=case_id, visible_to=request.actor))
    except FileNotFoundError:
        raise Http404 from None
    if page.case.customer_id is not None:
        looking = request.actor.because(shown.why.purpose) if shown.why else request.actor
        log_look(customer_id=page.case.customer_id, screen="desk.case", case_id=case_id, by=looking, at=at)
    answer = HttpResponse(content, content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = content_disposition_header(True, line.name) or "attachment"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
