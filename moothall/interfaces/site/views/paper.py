"""A service's paper form, to print at home, in a library or at our desk."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from moothall.channels.post.forms import print_form
from moothall.channels.post.paper import NoPrinter
from moothall.core import clock
from moothall.core.packs import current_pack
from moothall.intake.actions.raising import NotOnThisChannel
from moothall.interfaces.policy import Request, policy


@policy("public")
@require_safe
def form(request: Request, code: str, large: bool = False) -> HttpResponse:
    """Give the form of a service as a PDF (PDF/UA). Not there for what cannot be asked for on paper."""
    pack = current_pack()
    service = pack.services.get(code)
    if service is None or service.visibility != "public":
        raise Http404
    try:
        made = print_form(pack, service, large=large, at=clock.now())
    except (NotOnThisChannel, NoPrinter) as gone:
        raise Http404 from gone
    name = f"{code}-large-print.pdf" if large else f"{code}.pdf"
    return HttpResponse(
        made.pdf, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )
