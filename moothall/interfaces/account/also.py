"""Her payments, her bookings, and what she agreed to."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from moothall.bookings.links import token_of
from moothall.bookings.queries import BookingView
from moothall.core import clock
from moothall.customers.actions import withdraw_consent
from moothall.customers.queries import consent_receipts
from moothall.intake.account_more import own_bills, own_bookings
from moothall.intake.account_queries import own_card
from moothall.interfaces.account.pages import Row
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.ui import words
from moothall.payments.links import pay_path
from moothall.payments.queries import Bill

HOW = {
    "web": "on the web", "app": "in the app", "phone": "by telephone", "counter": "at the counter", "email": "by email",
    "post": "by letter", "sms": "by text message",
}  # fmt: skip


def _bill(one: Bill) -> Row:
    what = f"{one.says} for {one.what}"
    return Row(what, f"{one.state_words} · {words.day_year(one.at.date())}", pay_path(one.id))


def _booking(one: BookingView) -> Row:
    text = f"{one.when}, {one.where}" if one.where else one.when
    return Row(one.what, text, reverse("site:booking", args=[one.id, token_of("booking", one.id)]))


@policy("customer")
@require_safe
def payments(request: Request) -> HttpResponse:
    """What she owes and what she paid."""
    open_, settled = own_bills(own_card(request.holder, at=clock.now()))
    sections = (("To pay", [_bill(one) for one in open_]), ("Settled", [_bill(one) for one in settled]))
    context = {
        "title": "My payments",
        "sections": sections,
        "nothing": "You owe us nothing",
        "why": "What you pay for stands here.",
    }
    return render(request, "account/sections.html", context)


@policy("customer")
@require_safe
def bookings(request: Request) -> HttpResponse:
    """What she booked: each opens where it can be moved and cancelled."""
    at = clock.now()
    found = own_bookings(own_card(request.holder, at=at), at=at)
    sections = (("Coming up", [_booking(one) for one in found.coming]), ("Over", [_booking(one) for one in found.over]))
    context = {
        "title": "My bookings",
        "sections": sections,
        "nothing": "Nothing is booked",
        "why": "What you book stands here.",
    }
    return render(request, "account/sections.html", context)


@policy("customer")
@require_http_methods(["GET", "HEAD", "POST"])
def agreements(request: Request) -> HttpResponse:
    """What she agreed to, when and how; each can be taken back at once."""
    card = own_card(request.holder, at=clock.now())
    if request.method == "POST":
        code = request.POST.get("code", "")
        if code in {one.code for one in card.consents}:
            withdraw_consent(customer_id=card.id, code=code, channel="web", by=request.actor, at=clock.now())
        return HttpResponseRedirect(f"{reverse('account:agreements')}?done=1")
    receipts = consent_receipts(card.ids, request.actor)
    held = [one for one in receipts if one.withdrawn_at is None]
    over = [one for one in receipts if one.withdrawn_at is not None]
    context = {"held": held, "over": over, "done": "done" in request.GET, "how": HOW}
    return render(request, "account/agreements.html", context)
