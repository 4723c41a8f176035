"""Equalities monitoring as sums: nothing here leads to a person."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from moothall.core import clock
from moothall.core.zone import council_date
from moothall.customers.monitoring.queries import NotYet, quarters, sums
from moothall.interfaces.console.screen import draw
from moothall.interfaces.policy import Request, policy


@policy("staff", needs="equality.view", purpose="performance")
@require_safe
def told(request: Request) -> HttpResponse:
    """The counts of one quarter, small ones hidden."""
    today = council_date(clock.now())
    over = quarters(visible_to=request.actor, today=today)
    wanted, error = request.GET.get("quarter", "") or (over[0] if over else ""), ""
    found = []
    if wanted:
        try:
            found = sums(wanted, visible_to=request.actor, today=today)
        except NotYet as not_yet:
            error = str(not_yet)
    return draw(
        request, "equality", here="equality", quarters=over, quarter=wanted, sums=found, error=error,
        status=400 if error else 200,
    )  # fmt: skip
