"""Direct Debits in the console: the next file for the bank, its reports, and what came back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages as notes
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from moothall.core import clock
from moothall.core.money import to_the_penny
from moothall.core.packs import current_pack
from moothall.core.paging import BadCursor
from moothall.core.zone import council_date
from moothall.interfaces.console.screen import draw
from moothall.interfaces.policy import Request, policy
from moothall.payments.actions.agreeing import CannotAgree, terms_on
from moothall.payments.actions.collecting import BadReport, bring_report, make_submission
from moothall.payments.queries.debits import agreement_lines, debit_files, submission_text, to_send

PURPOSE = "service"


@policy("staff", needs=("console.view", "payment.view"), purpose=PURPOSE)
@require_safe
def listed(request: Request) -> HttpResponse:
    """What goes next, the files, and the agreements; with `returned`, those with a payment that came back."""
    at, trouble = clock.now(), "returned" in request.GET
    try:
        page = agreement_lines(visible_to=request.actor, after=request.GET.get("after", ""), trouble=trouble)
    except BadCursor as wrong:
        raise Http404 from wrong
    try:
        terms = terms_on(current_pack(), at)
    except CannotAgree:
        raise Http404 from None
    on = terms.calendar.add_working_days(council_date(at), terms.debits.lead_days)
    return draw(
        request, "debits", here="debits", page=page, trouble=trouble, on=on, exact=to_the_penny,
        next=to_send(on, visible_to=request.actor), files=debit_files(visible_to=request.actor),
    )  # fmt: skip


@policy("staff", needs=("console.view", "payment.collect"), purpose=PURPOSE)
@require_POST
def make(request: Request) -> HttpResponse:
    """Make the next file for the bank."""
    try:
        made = make_submission(by=request.actor, at=clock.now())
        if made is None:
            notes.success(request, "There is nothing to send today.")
        else:
            notes.success(
                request, f"{made.name}: {made.rows} records, {to_the_penny(made.pence)}. Download it and send it."
            )
    except CannotAgree as no:
        notes.error(request, str(no))
    return HttpResponseRedirect(reverse("console:debits"))


@policy("staff", needs=("console.view", "payment.collect"), purpose=PURPOSE)
@require_safe
def download(request: Request, file_id: UUID) -> HttpResponse:
    """A file for the bank, as it is sent."""
    found = submission_text(file_id, visible_to=request.actor)
    if found is None:
        raise Http404
    answer = HttpResponse(found[1], content_type="text/plain; charset=us-ascii")
    answer["Content-Disposition"] = f'attachment; filename="{found[0]}"'
    return answer


@policy("staff", needs=("console.view", "payment.collect"), purpose=PURPOSE)
@require_POST
def report(request: Request) -> HttpResponse:
    """Bring in a report: AUDDIS, ADDACS or ARUDD."""
    sent = request.FILES.get("file")
    if sent is None:
        notes.error(request, "Choose the report’s file.")
        return HttpResponseRedirect(reverse("console:debits"))
    try:
        done = bring_report(sent.read(), name=sent.name or "", by=request.actor, at=clock.now())
    except BadReport as wrong:
        notes.error(request, str(wrong))
        return HttpResponseRedirect(reverse("console:debits"))
    if done.again:
        notes.error(request, "This report was brought in before. Nothing was taken twice.")
    else:
        notes.success(
            request, f"{done.kind.upper()}: {done.taken} taken, {done.unknown} that speak of nothing we know."
        )
    return HttpResponseRedirect(reverse("console:debits"))
