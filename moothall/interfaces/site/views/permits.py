"""One permit or licence by its private link: what it is for, until when, and the way to its renewal."""

from __future__ import annotations

import logging
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from moothall.core import clock
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.site.permit_shapes import facts_of
from moothall.permits.links import opens
from moothall.permits.queries import permit

log = logging.getLogger("moothall.permits")


@policy("public")
@never_cache
@require_safe
def show(request: Request, permit_id: UUID, token: str) -> HttpResponse:
    """Show a permit to whoever holds the link; to everybody else there is none."""
    if not opens(permit_id, token):
        log.warning("Refused a link that opens nothing", extra={"kind": "permit", "subject": str(permit_id)})
        raise Http404
    view = permit(permit_id, at=clock.now())
    if view is None:
        raise Http404
    return render(request, "site/permit.html", {"permit": view, "rows": facts_of(view)})
