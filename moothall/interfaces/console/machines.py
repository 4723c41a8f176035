"""Payment machines in the console: their tills, counts and bags of cash, and money that nobody has settled."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages as notes
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from moothall.core import clock
from moothall.core.money import to_the_penny
from moothall.interfaces.console.screen import draw
from moothall.interfaces.policy import Request, policy
from moothall.payments.actions.tills import settle_held
from moothall.payments.queries.tills import tills, unsettled_sales

PURPOSE = "service"


@policy("staff", needs=("console.view", "payment.view"), purpose=PURPOSE)
@require_safe
def listed(request: Request) -> HttpResponse:
    """Tills that are open and the last that were counted; what is held."""
    return draw(
        request, "machines", here="machines", exact=to_the_penny, tills=tills(visible_to=request.actor),
        held=unsettled_sales(visible_to=request.actor),
    )  # fmt: skip


@policy("staff", needs=("console.view", "payment.refund"), purpose=PURPOSE)
@require_POST
def settle(request: Request, sale_id: UUID) -> HttpResponse:
    """Say how money that a machine kept was given back."""
    try:
        settle_held(sale_id, how=" ".join(request.POST.get("how", "").split()), by=request.actor, at=clock.now())
        notes.success(request, "Settled. It is kept with what you wrote.")
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    except ValueError as no:
        notes.error(request, str(no))
    return HttpResponseRedirect(reverse("console:machines"))
