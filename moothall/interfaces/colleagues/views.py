"""Ask for something as oneself, see what became of it; and for a councillor, her ward without who asked."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from moothall.core import clock
from moothall.intake.actions import NotOnThisChannel
from moothall.intake.colleagues import begin_as_self, own_asks, own_services, ward_page
from moothall.interfaces.account.home import row_of
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.published import open_data, words
from moothall.interfaces.site.keys import hold
from moothall.interfaces.site.messages import message
from moothall.interfaces.site.tracking_proof import remember


def _me(request: Request) -> UUID:
    if request.actor.id is None:
        raise Http404
    return request.actor.id


@policy("staff", purpose="service")
@require_safe
def home(request: Request) -> HttpResponse:
    """What there is to ask for, and what was asked."""
    at = clock.now()
    asked = own_asks(_me(request), at=at)
    rows = [replace(row_of(one), link=reverse("colleagues:request", args=[one.case.id])) for one in asked]
    context = {
        "name": request.actor.name, "services": own_services(request.actor),
        "open": [row for row in rows if row.state != "done"], "closed": [row for row in rows if row.state == "done"][:10],
        "has_ward": request.actor.may("ward.view"),
    }  # fmt: skip
    return render(request, "colleagues/home.html", context)


@policy("staff", purpose="service")
@require_POST
def ask(request: Request, code: str) -> HttpResponse:
    """Begin a request as oneself."""
    try:
        dialogue, token = begin_as_self(code, by=request.actor, at=clock.now())
    except KeyError:
        raise Http404 from None
    except NotOnThisChannel as other:
        return message(
            request, "This can’t be asked for here", str(other), reverse("colleagues:home"), "Back", status=409
        )
    return hold(redirect("site:request", dialogue), dialogue, token)


@policy("staff", purpose="service")
@require_safe
def request_page(request: Request, case: UUID) -> HttpResponse:
    """Open one of one's own requests where it is tracked."""
    if case not in {one.case.id for one in own_asks(_me(request), at=clock.now())}:
        raise Http404
    remember(request, case)
    return redirect("site:case", case)


@policy("staff", needs="ward.view", purpose="representation")
@require_safe
def ward(request: Request) -> HttpResponse:
    """A councillor's ward: how the cases stand, and nothing of who asked."""
    wanted = request.GET.get("ward", "")[:20]
    page = ward_page(wanted, visible_to=request.actor, at=clock.now(), after=request.GET.get("after", ""))
    if page is None and wanted:
        raise Http404
    return render(request, "colleagues/ward.html", {"page": page, "words": words})


@policy("staff", needs="ward.view", purpose="representation")
@require_safe
def ward_figures(request: Request) -> HttpResponse:
    """The same figures to download, to be laid before scrutiny."""
    page = ward_page(request.GET.get("ward", "")[:20], visible_to=request.actor, at=clock.now())
    if page is None:
        raise Http404
    rows = open_data.rows_of_ward(page.code, page.name, page.record, [one.count for one in page.lines])
    return open_data.as_csv(rows, f"ward-{page.code}")
