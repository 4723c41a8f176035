"""Erasing somebody: found by reference, what would happen, done with the reference typed again, the receipt."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages as notes
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from moothall.core import clock
from moothall.core.references import NotAReference, read_reference
from moothall.core.staff import staff_names
from moothall.customers.actions import log_look
from moothall.customers.privacy.queries import erasure
from moothall.customers.privacy.queries import erasures as done_before
from moothall.customers.queries import references_of
from moothall.intake.erasing import Prospect, asked_waiting, erase_person, prospect_by_reference
from moothall.interfaces.console.screen import draw
from moothall.interfaces.policy import Request, policy


@policy("staff", needs=("console.view", "customer.view", "customer.erase"), purpose="privacy")
@require_http_methods(["GET", "HEAD", "POST"])
def erasures(request: Request) -> HttpResponse:
    """Who is to be erased, by reference, and what was done before."""
    asked = (request.GET.get("reference") or request.POST.get("reference") or "").strip()[:40]
    found, wrong = _find(request, asked) if asked else (None, {})
    if request.method == "POST" and found is not None:
        if request.POST.get("again", "").replace("-", "").strip().upper() == found.card.reference:
            return _erase(request, found)
        wrong = {"again": "Enter the reference again, so that the right record is erased."}
    page = done_before(visible_to=request.actor, after=request.GET.get("after", ""))
    waiting = asked_waiting(visible_to=request.actor, at=clock.now())
    people = references_of([one.customer_id for one, _ in waiting if one.customer_id], request.actor)
    names = staff_names([one.by_staff_id for one in page.rows if one.by_staff_id])
    status = 422 if wrong else 200
    return draw(
        request,
        "erasures",
        here="erasures",
        found=found,
        asked=asked,
        wrong=wrong,
        page=page,
        names=names,
        waiting=waiting,
        people=people,
        status=status,
    )


def _find(request: Request, asked: str) -> tuple[Prospect | None, dict[str, str]]:
    at = clock.now()
    try:
        found = prospect_by_reference(read_reference(asked), visible_to=request.actor, at=at)
    except NotAReference as no:
        return None, {"reference": str(no)}
    if found is None:
        return None, {"reference": "There is no customer with this reference."}
    log_look(customer_id=found.card.id, screen="console.erasures", by=request.actor, at=at)
    return found, {}


def _erase(request: Request, found: Prospect) -> HttpResponse:
    row = erase_person(found.card.id, by=request.actor, at=clock.now())
    if row.done:
        notes.success(request, "Erased. They are told, with what stays and why.")
    else:
        notes.error(request, "Refused. They are told why.")
    return HttpResponseRedirect(reverse("console:erasure", args=[row.id]))


@policy("staff", needs=("console.view", "customer.erase"), purpose="privacy")
@require_safe
def receipt(request: Request, erasure_id: UUID) -> HttpResponse:
    """The receipt, to print and send where there is no address. It names nobody."""
    row = erasure(erasure_id, visible_to=request.actor)
    if row is None:
        raise Http404
    names = staff_names([row.by_staff_id] if row.by_staff_id else [])
    return draw(
        request, "erasure", here="erasures", row=row, by=names.get(row.by_staff_id, "") if row.by_staff_id else ""
    )
