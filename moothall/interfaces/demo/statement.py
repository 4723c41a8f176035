"""The provider's file of the last day in a demonstration, to be brought in at the console: two of its lines are wrong."""

from __future__ import annotations

import csv
import io

from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from moothall.core import clock
from moothall.core.zone import council_date
from moothall.interfaces.policy import Request, policy
from moothall.payments.queries.statements import not_seen_yet

PURPOSE = "service"


@policy("staff", needs=("console.view", "payment.reconcile"), purpose=PURPOSE)
@never_cache
@require_safe
def statement(request: Request) -> HttpResponse:
    """What the provider took before today, with one amount wrong and one line twice."""
    today, held = council_date(clock.now()), io.StringIO()
    writer = csv.writer(held)
    writer.writerow(["Reference", "Payment ID", "Type", "Amount", "Date"])
    taken = [one for one in not_seen_yet("govuk_pay", visible_to=request.actor) if council_date(one[3]) < today]
    for number, (id_, reference, pence, at) in enumerate(taken):
        wrong = 100 if number == 2 else 0
        row = [reference, id_, "payment", f"{(pence + wrong) / 100:.2f}", council_date(at).isoformat()]
        writer.writerow(row)
        if number == 5:
            writer.writerow(row)
    answer = HttpResponse(held.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="govuk-pay-{today}.csv"'
    return answer
