"""How the running of it stands: background work, searches that found nothing."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from moothall.core import clock
from moothall.core import jobs as background
from moothall.intake.unmet_queries import unmet_searches
from moothall.interfaces.console.screen import draw
from moothall.interfaces.console.shapes import CHANNEL_WORDS
from moothall.interfaces.policy import Request, policy

DAYS = (7, 30, 90)


@policy("staff", needs="jobs.manage", purpose="administration")
@require_safe
def jobs(request: Request) -> HttpResponse:
    """Who works, how long the oldest job has waited, and what was given up."""
    return draw(request, "jobs", here="jobs", health=background.health(), at=clock.now())


@policy("staff", needs="jobs.manage", purpose="administration")
@require_POST
def job_again(request: Request, job_id: UUID) -> HttpResponse:
    """Have a job tried again now."""
    if not background.try_again(job_id):
        messages.error(request, "That job has run meanwhile, or is running now. Nothing was changed.")
    else:
        messages.success(request, "It will be tried again within seconds.")
    return HttpResponseRedirect(reverse("console:jobs"))


@policy("staff", needs="console.view", purpose="administration")
@require_safe
def unmet(request: Request) -> HttpResponse:
    """What people looked for and found nothing, most frequent first."""
    asked = request.GET.get("days", "30")
    if asked not in {str(days) for days in DAYS}:
        raise Http404
    since = clock.now() - timedelta(days=int(asked))
    lines = unmet_searches(request.actor, since=since)
    return draw(request, "unmet", here="unmet", lines=lines, days=int(asked), choices=DAYS, channels=CHANNEL_WORDS)
