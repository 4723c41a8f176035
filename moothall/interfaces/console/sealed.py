"""Sealed records that were opened: read and judged by the data-protection officer."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages as notes
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from moothall.core import clock
from moothall.core.access import Refused
from moothall.core.staff import staff_names
from moothall.customers.privacy.actions import NeedsReason, review_opening
from moothall.customers.privacy.queries import openings
from moothall.customers.queries import references_of
from moothall.interfaces.console.screen import draw
from moothall.interfaces.policy import Request, policy


@policy("staff", needs=("console.view", "glass.review"), purpose="privacy")
@require_safe
def listed(request: Request) -> HttpResponse:
    """Those that wait, the oldest first; with `all`, those looked into."""
    return show(request)


def show(request: Request, *, status: int = 200, wrong: dict[str, str] | None = None) -> HttpResponse:
    """Draw the list; `wrong` is what a review lacked, by the id of its box. BadCursor is answered as everywhere."""
    every = "all" in request.GET
    page = openings(visible_to=request.actor, reviewed=every, after=request.GET.get("after", ""))
    staff = {one for line in page.rows for one in (line.staff_id, line.reviewed_by) if one}
    people = references_of([line.customer_id for line in page.rows if line.customer_id], request.actor)
    return draw(
        request, "sealed", here="sealed", page=page, every=every, names=staff_names(staff), people=people, status=status,
        at=clock.now(), wrong=wrong or {},
    )  # fmt: skip


@policy("staff", needs=("console.view", "glass.review"), purpose="privacy")
@require_POST
def review(request: Request, opening_id: UUID) -> HttpResponse:
    """Judge one: justified or not, and what was found."""
    right = request.POST.get("do") == "justified"
    try:
        review_opening(
            opening_id, justified=right, finding=request.POST.get("finding", ""), by=request.actor, at=clock.now()
        )
    except NeedsReason as no:
        return show(request, status=422, wrong={f"finding-{opening_id}": str(no)})
    except Refused as no:
        notes.error(request, str(no))
    except LookupError as no:
        raise Http404 from no
    else:
        notes.success(request, "Kept as justified." if right else "Kept as not justified.")
    return HttpResponseRedirect(reverse("console:sealed"))
