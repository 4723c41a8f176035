"""After a request was sent: its reference and promise, how she is told of it, and the date for her calendar."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from moothall.announcements.queries import of_contact
from moothall.core import clock
from moothall.core.actors import SYSTEM
from moothall.intake import actions, queries
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.site import request_shapes as shapes
from moothall.interfaces.site.booking_shapes import notices_of_case
from moothall.interfaces.site.calendar import calendar_file
from moothall.interfaces.site.keys import token_in
from moothall.interfaces.site.pay_shapes import notice_of
from moothall.interfaces.site.tracking_proof import remember
from moothall.interfaces.site.views.requests import kept
from moothall.payments.links import pay_path
from moothall.payments.queries import bill_of_case


@policy("public")
@never_cache
@require_safe
@kept
def sent(request: Request, dialogue: UUID) -> HttpResponse:
    """Say what became of the request: reference, promise, what happens next."""
    from moothall.interfaces.site.views.rating import with_question

    page = queries.confirmation(dialogue, token_in(request), at=clock.now())
    if page is None:
        return redirect("site:request", dialogue)
    told = of_contact(page.contact_id, at=clock.now()) if page.case is None and page.contact_id else None
    if told is not None:
        return render(request, "site/done.html", {"page": shapes.told_instead(page, told)})
    tracked = queries.track_page(page.case.case.id, at=clock.now()) if page.case else None
    if tracked is not None:
        remember(request, tracked.case.case.id)
    names = dict(queries.names_of(page.course.offer))
    view = shapes.done(page, tracked, names, chosen="told" in request.GET)
    about = bill_of_case(page.case.case.id, visible_to=SYSTEM) if page.case else None
    if about is not None:
        view = replace(view, notices=(*notice_of(about, pay_path(about.id)), *view.notices))
    elif tracked is not None:
        view = replace(view, notices=(*shapes.free_of_charge(tracked.free), *view.notices))
    if page.case is not None:
        view = replace(view, notices=(*notices_of_case(page.case.case.id), *view.notices))
    return render(request, "site/done.html", {"page": with_question(request, view, page.contact_id, dialogue)})


@policy("public")
@require_POST
@kept
def told_by(request: Request, dialogue: UUID) -> HttpResponse:
    """Take how the customer wants to be kept told."""
    try:
        actions.choose_told_by(dialogue, token_in(request), channel=request.POST.get("by", ""), at=clock.now())
    except ValueError:
        return redirect("site:sent", dialogue)
    return HttpResponseRedirect(f"{reverse('site:sent', args=[dialogue])}?told=1")


@policy("public")
@require_POST
@kept
def dispute(request: Request, dialogue: UUID) -> HttpResponse:
    """Go on with the same request: she says that what we found is wrong. Twice is once."""
    actions.dispute(dialogue, token_in(request), at=clock.now())
    return redirect("site:request", dialogue)


@policy("public")
@never_cache
@require_safe
@kept
def calendar(request: Request, dialogue: UUID) -> HttpResponse:
    """The promise as a calendar entry."""
    page = queries.confirmation(dialogue, token_in(request), at=clock.now())
    if page is None or page.case is None:
        raise Http404
    return calendar_file(page.service.name, page.case, at=clock.now())
