"""Paying a bill by Direct Debit: the account and day, a look at every payment and the Guarantee, its own page after."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moothall.cases.named import reference_to_quote
from moothall.core import clock
from moothall.core.actors import SYSTEM, customer_actor
from moothall.core.references import show_reference
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.site.money_links import by_link
from moothall.interfaces.site.mounted import channel_of, mounted
from moothall.interfaces.site.views.paying import known
from moothall.interfaces.ui import words
from moothall.interfaces.ui.debits import (
    agreement_rows,
    card_notice,
    card_rows,
    day_field,
    guarantee,
    in_parts,
    may_agree,
    may_agree_by_card,
    read_account_form,
    read_form,
)
from moothall.payments.actions import AlreadyPaid, CannotPay, NotNow
from moothall.payments.actions.agreeing import CannotAgree, agree, change_account, change_day, end
from moothall.payments.actions.card_plans import begin
from moothall.payments.links import debit_path, debit_token, opens_debit, pay_token
from moothall.payments.queries import Bill
from moothall.payments.queries.debits import Agreement, agreement, agreement_of_bill

PAYER = customer_actor(None).because("payment")
TWO = "Where more than one person has to agree to payments, the bank needs a signature of each. Ring us for the form"


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
        trouble = f"{TWO}, or pay by card."
    page = {
        "title": f"Pay {words.pence(about.pence)} {in_parts(plans)}", "what": about.what, "trouble": trouble,
        "form": form, "back": reverse("site:pay", args=[about.id, token]), "guarantee": guarantee(),
        "check": form.account is not None and form.alone and not trouble,
        "change": given is not None and given.get("step") == "change", "back_words": "Pay another way",
    }  # fmt: skip
    return render(request, "site/debit_set_up.html", {"page": page, "errors": form.errors}, status=status)


@policy("public")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@known
def by_card(request: Request, about: Bill, token: str) -> HttpResponse:
    """Show every part and what is agreed to; then off to the provider's page, where the first is paid."""
    plans = may_agree_by_card(about)
    if not plans:
        return redirect("site:pay", about.id, token)
    chosen = next((one for one in plans if one.code == request.POST.get("plan")), plans[0])
    trouble, status = "", 200
    if request.method == "POST":

        def come_back(bill: UUID) -> str:
            return request.build_absolute_uri(mounted(request, reverse("site:pay-back", args=[bill, pay_token(bill)])))

        try:
            page = begin(
                about.id, plan=chosen.code, come_back=come_back, channel=channel_of(request), by=PAYER, at=clock.now()
            )
            return HttpResponseRedirect(page)
        except AlreadyPaid:
            return redirect("site:pay", about.id, token)
        except NotNow as later:
            trouble, status = str(later), 503
        except CannotPay as no:
            trouble, status = str(no), 409
    page_of = {
        "title": f"Pay {words.pence(about.pence)} in {chosen.payments} parts by card", "what": about.what,
        "trouble": trouble, "plan": chosen.code, "rows": card_rows(about, chosen, clock.now()),
        "back": reverse("site:pay", args=[about.id, token]), "notice": card_notice(),
    }  # fmt: skip
    return render(request, "site/card_parts.html", {"page": page_of}, status=status)


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


@policy("public")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: Request, mandate: UUID, token: str) -> HttpResponse:
    """Another bank account for what is still to come: asked, shown with its days and the Guarantee, then agreed."""
    held = _opened(request, mandate, token)
    if isinstance(held, HttpResponse):
        return held
    if held.scheme != "bacs" or not held.live or held.next is None:
        return redirect("site:debit", mandate, token)
    given = request.POST.dict() if request.method == "POST" else None
    form = read_account_form(held, given, clock.now())
    trouble, status, step = "", 422 if form.errors else 200, (given or {}).get("step")
    if form.account is not None and not form.alone:
        trouble = f"{TWO}."
    elif form.account is not None and step == "agree":
        try:
            made = change_account(mandate, account=form.account, alone=True, channel="web", by=PAYER, at=clock.now())
            return redirect("site:debit", made.id, debit_token(made.id))
        except CannotAgree as no:
            trouble, status = str(no), 409
    page = {
        "title": "Pay from another account", "what": held.what, "trouble": trouble, "form": form,
        "back": reverse("site:debit", args=[mandate, token]), "back_words": "Leave it as it is", "guarantee": guarantee(),
        "check": form.account is not None and not trouble, "change": step == "change",
    }  # fmt: skip
    return render(request, "site/debit_set_up.html", {"page": page, "errors": form.errors}, status=status)


def _opened(request: Request, mandate: UUID, token: str) -> Agreement | HttpResponse:
    find = (lambda: agreement(mandate, visible_to=SYSTEM)) if opens_debit(token, mandate) else (lambda: None)
    return by_link(request, find, about=mandate, what="this Direct Debit")


def _draw(request: Request, held: Agreement, token: str, *, trouble: str = "", status: int = 200) -> HttpResponse:
    if held.scheme == "card":
        return _draw_card(request, held, token, trouble=trouble, status=status)
    coming, quoted = held.next, _quoted(held)
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
        "title": title, "what": held.what, "says": says, "reference": quoted, "rows": agreement_rows(held, quoted),
        "fresh": held.live, "trouble": trouble, "guarantee": guarantee(), "can_change": held.live and coming is not None,
        "day": day_field(held), "action": reverse("site:debit-change", args=[held.id, token]),
        "account": reverse("site:debit-account", args=[held.id, token]), "newer": _newer(held),
    }  # fmt: skip
    return render(request, "site/debit.html", {"page": page}, status=status)


def _quoted(held: Agreement) -> str:
    """Return the one reference to quote: the request's where there is one. One query."""
    return reference_to_quote(held.case_id, show_reference(held.reference))


def _newer(held: Agreement) -> str:
    """Where it goes on from another account; empty where it does not. Two queries for one that is over."""
    newest = None if held.live else agreement_of_bill(held.intent_id, visible_to=SYSTEM)
    return debit_path(newest.id) if newest is not None and newest.id != held.id else ""


def _draw_card(request: Request, held: Agreement, token: str, *, trouble: str, status: int) -> HttpResponse:
    coming = held.next
    says = {
        "done": "It is all paid. Thank you.",
        "ended": "We take nothing more from your card.",
        "pending": "Pay the first part, and the rest is taken by the same card.",
    }.get(held.state, "The last payment is on its way.")
    if held.state == "active" and coming is not None:
        says = f"We take {words.pence(coming.pence)} on {words.day_year(coming.on)}, and write to you before."
    left = sum(one.pence for one in held.parts if one.state == "stopped")
    if held.state == "ended" and held.ended_by in {"payer", "bank"} and left:
        says = f"{says} What was left, {words.pence(left)}, is paid another way: we wrote to you how."
    first = reverse("site:pay-parts", args=[held.intent_id, pay_token(held.intent_id)])
    titles = {"done": "You have paid it all by card", "ended": "Payments by card have ended"}
    page = {
        "title": titles.get(held.state, "You pay in parts by card"), "what": held.what, "says": says, "trouble": trouble,
        "rows": agreement_rows(held, _quoted(held)), "can_stop": held.live and coming is not None,
        "go_on": first if held.state == "pending" else "",
        "action": reverse("site:debit-change", args=[held.id, token]),
    }  # fmt: skip
    return render(request, "site/card_agreement.html", {"page": page}, status=status)
