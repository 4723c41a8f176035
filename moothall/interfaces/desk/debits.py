"""A Direct Debit taken at the desk: the account and day, every payment read out with the Guarantee, then agreed."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from moothall.core import clock
from moothall.interfaces.desk.screen import draw, found, go
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.ui import words
from moothall.interfaces.ui.debits import guarantee, in_parts, may_agree, read_account_form, read_form
from moothall.payments.actions import CannotPay
from moothall.payments.actions.agreeing import agree, change_account, end
from moothall.payments.queries import Bill, bill_of_case
from moothall.payments.queries.debits import agreements_of_case

PURPOSE = "service"
TWO = "Somebody else has to agree to payments from this account, so the bank needs the form, signed by each. Send it by post."


@require_http_methods(["GET", "HEAD", "POST"])
@policy("staff", needs=("case.view", "payment.take"), purpose=PURPOSE)
def set_up(request: Request, case_id: UUID) -> HttpResponse:
    """Ask, show what is agreed to, and make the agreement when the caller says yes."""
    about: Bill = found(bill_of_case(case_id, visible_to=request.actor))
    plans = may_agree(about)
    if not plans:
        return go("desk:case", case_id)
    given = request.POST.dict() if request.method == "POST" else None
    form = read_form(about, given, clock.now())
    trouble, status = "", 422 if form.errors else 200
    if form.account is not None and not form.alone:
        trouble = TWO
    elif form.account is not None and given is not None and given.get("step") == "agree":
        try:
            agree(about.id, plan=form.plan, day=form.day, account=form.account, alone=True, channel="phone",
                  by=request.actor, at=clock.now())  # fmt: skip
            return go("desk:case", case_id)
        except CannotPay as no:
            trouble, status = str(no), 409
    check = form.account is not None and not trouble and (given or {}).get("step") != "change"
    return draw(
        request, "desk/debit.html", status=status, what=about.what,
        title=f"{words.pence(about.pence)} by Direct Debit, {in_parts(plans)}", form=form, check=check, trouble=trouble,
        guarantee=guarantee(), case_id=case_id, errors=form.errors,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@policy("staff", needs=("case.view", "payment.take"), purpose=PURPOSE)
def account(request: Request, case_id: UUID) -> HttpResponse:
    """Another bank account for what is still to come, read out and agreed like a new Direct Debit."""
    live = [one for one in agreements_of_case(case_id, visible_to=request.actor) if one.live and one.scheme == "bacs"]
    held = next((one for one in live if one.next is not None), None)
    if held is None:
        return go("desk:case", case_id)
    given = request.POST.dict() if request.method == "POST" else None
    form = read_account_form(held, given, clock.now())
    trouble, status, step = "", 422 if form.errors else 200, (given or {}).get("step")
    if form.account is not None and not form.alone:
        trouble = TWO
    elif form.account is not None and step == "agree":
        try:
            change_account(held.id, account=form.account, alone=True, channel="phone", by=request.actor, at=clock.now())
            return go("desk:case", case_id)
        except CannotPay as no:
            trouble, status = str(no), 409
    check = form.account is not None and not trouble and step != "change"
    return draw(
        request, "desk/debit.html", status=status, title="Direct Debit from another account", what=held.what, form=form,
        check=check, trouble=trouble, guarantee=guarantee(), case_id=case_id, errors=form.errors,
    )  # fmt: skip


@require_POST
@policy("staff", needs=("case.view", "payment.take"), purpose=PURPOSE)
def stop(request: Request, case_id: UUID) -> HttpResponse:
    """End the Direct Debit because the payer asks for it."""
    for held in agreements_of_case(case_id, visible_to=request.actor):
        if held.live:
            end(held.id, who="payer", why="asked", by=request.actor, at=clock.now())
    return go("desk:case", case_id)
