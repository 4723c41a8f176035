"""Her payments, her bookings, and what she agreed to."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

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
    until = (
        f"Pay by {words.day_time(one.expires_at)}" if one.payable and one.expires_at else words.day_year(one.at.date())
    )
    return Row(what, f"{one.state_words} · {until}", pay_path(one.id))


def _booking(one: BookingView, owed: Mapping[UUID, Bill]) -> Row:
    """A booking; one that is only held says until when, and leads to where it is paid for."""
    text = f"{one.when}, {one.where}" if one.where else one.when
    link, about = reverse("site:booking", args=[one.id, token_of("booking", one.id)]), owed.get(one.lead)
    if one.state == "held" and one.expires_at is not None:
        text = f"{text}. We’re keeping this for you until {words.day_time(one.expires_at)}."
    pay = (f"Pay {about.says}", pay_path(about.id)) if one.state == "held" and about is not None else None
    return Row(one.what, text, link, more=pay)


@policy("customer")
@require_safe
def payments(request: Request) -> HttpResponse:
    """What she owes and what she paid."""
    open_, settled = own_bills(request.holder, own_card(request.holder, at=clock.now()))
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
    card = own_card(request.holder, at=at)
    found, (open_, _) = own_bookings(request.holder, card, at=at), own_bills(request.holder, card)
    owed = {one.booking_id: one for one in open_ if one.booking_id is not None}
    sections = tuple(
        (heading, [_booking(one, owed) for one in listed])
        for heading, listed in (("Coming up", found.coming), ("Over", found.over))
    )
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
