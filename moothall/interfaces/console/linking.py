"""What linking learnt: the weights of each version, how well records are filled in, and what came of using them."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from moothall.core.staff import staff_names
from moothall.customers.linking.queries import runs_lately
from moothall.customers.matching.queries import kept_model, model_in_use, models_kept
from moothall.customers.matching.rules.report import filled_in, strongest, weight_bars
from moothall.interfaces.console.screen import draw
from moothall.interfaces.policy import Request, policy


@policy("staff", needs=("console.view", "linking.view"), purpose="records")
@require_safe
def learnt(request: Request) -> HttpResponse:
    """The weights in use, or those of `?version=`."""
    wanted, unread = request.GET.get("version", ""), ""
    shown = None
    if wanted:
        if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 10):
            raise Http404
        try:
            shown = kept_model(int(wanted))
        except ValueError as other:
            unread = str(other)
        if shown is None and not unread:
            raise Http404
    shown = shown or model_in_use()
    kept = models_kept()
    groups = weight_bars(shown.model)
    return draw(
        request, "linking", here="linking", shown=shown, kept=kept, weights=groups, strongest=strongest(groups),
        known=filled_in(shown.known), runs=runs_lately(visible_to=request.actor), unread=unread,
        names=staff_names(one.trained_by for one in kept if one.trained_by),
    )  # fmt: skip
