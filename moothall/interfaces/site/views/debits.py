"""Paying a bill by Direct Debit: the account and day, a look at every payment and the Guarantee, its own page after."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moothall.core import clock
from moothall.core.actors import SYSTEM, customer_actor
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.site.money_links import by_link
from moothall.interfaces.site.views.paying import known
from moothall.interfaces.ui import words
from moothall.interfaces.ui.debits import agreement_rows, day_field, guarantee, may_agree, read_form
from moothall.payments.actions import CannotPay
from moothall.payments.actions.agreeing import CannotAgree, agree, change_day, end
from moothall.payments.links import debit_token, opens_debit
from moothall.payments.queries import Bill
from moothall.payments.queries.debits import Agreement, agreement

PAYER = customer_actor(None).because("payment")


@policy("public")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@known
def set_up(request: Request, about: Bill, token: str) -> HttpResponse:
    """Ask for the account and the day, show what is agreed to, and make the agreement."""
    plans = may_agree(about)
    if not plans:
        return redirect("site:pay", about.id, token)
    given = request.POST.dict() if request.method == "POST" else None
    form, trouble, status = read_form(about, given, clock.now()), "", 200
    if given is not None and form.errors:
        status = 422
    if form.account is not None and given is not None and given.get("step") == "agree":
        try:
            made = agree(about.id, plan=form.plan, day=form.day, account=form.account, alone=form.alone, channel="web",
                         by=PAYER, at=clock.now())  # fmt: skip
            return redirect("site:debit", made.id, debit_token(made.id))
        except CannotPay as no:
            trouble, status = str(no), 409
    elif form.account is not None and not form.alone:
        trouble = (
            "Where more than one person has to agree to payments, the bank needs a signature of each. Call us for the form,"
            " or pay by card."
        )
    page = {
        "title": f"Pay {words.pence(about.pence)} in {plans[0].payments} parts", "what": about.what, "trouble": trouble,
        "form": form, "back": reverse("site:pay", args=[about.id, token]), "guarantee": guarantee(),
        "check": form.account is not None and form.alone and not trouble,
        "change": given is not None and given.get("step") == "change",
    }  # fmt: skip
    return render(request, "site/debit_set_up.html", {"page": page, "errors": form.errors}, status=status)


@policy("public")
@never_cache
@require_safe
def show(request: Request, mandate: UUID, token: str) -> HttpResponse:
    """An agreement by its link: what is taken when, and the ways to change or end it."""
    held = _opened(request, mandate, token)
    return held if isinstance(held, HttpResponse) else _draw(request, held, token)


@policy("public")
@never_cache
@require_POST
def change(request: Request, mandate: UUID, token: str) -> HttpResponse:
    """Another day of the month, or the end of it."""
    held = _opened(request, mandate, token)
    if isinstance(held, HttpResponse):
        return held
    try:
        if request.POST.get("do") == "end":
            end(mandate, who="payer", why="asked", by=PAYER, at=clock.now())
        else:
            day = request.POST.get("day", "")
            change_day(
                mandate,
                day=int(day) if day.isascii() and day.isdigit() and len(day) < 3 else 0,
                by=PAYER,
                at=clock.now(),
            )
    except CannotAgree as no:
        return _draw(request, held, token, trouble=str(no), status=409)
    return redirect("site:debit", mandate, token)


def _opened(request: Request, mandate: UUID, token: str) -> Agreement | HttpResponse:
    find = (lambda: agreement(mandate, visible_to=SYSTEM)) if opens_debit(token, mandate) else (lambda: None)
    return by_link(request, find, about=mandate, what="this Direct Debit")


def _draw(request: Request, held: Agreement, token: str, *, trouble: str = "", status: int = 200) -> HttpResponse:
    if held.scheme != "bacs":
        raise Http404
    coming = held.next
    if not held.live:
        says = "It is all paid. Thank you." if held.state == "done" else "Nothing more is taken by it."
    elif coming is None:
        says = "The last payment is on its way."
    else:
        says = f"We collect {words.pence(coming.pence)} on {words.day_year(coming.on)}."
    title = {"ended": "Your Direct Debit has ended", "done": "Your Direct Debit is paid"}.get(
        held.state, "Your Direct Debit is set up"
    )
    page = {
        "title": title, "what": held.what, "says": says, "reference": held.reference, "rows": agreement_rows(held),
        "fresh": held.live, "trouble": trouble, "guarantee": guarantee(), "can_change": held.live and coming is not None,
        "day": day_field(held), "action": reverse("site:debit-change", args=[held.id, token]),
    }  # fmt: skip
    return render(request, "site/debit.html", {"page": page}, status=status)
