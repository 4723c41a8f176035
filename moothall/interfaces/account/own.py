"""Her own details, and who looked at them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from moothall.core import clock
from moothall.core.packs import current_pack
from moothall.core.zone import council_date
from moothall.customers.accounts.rules.levels import Proof
from moothall.customers.actions import change_customer, give_consent, withdraw_consent
from moothall.customers.linking.queries import changes_of
from moothall.customers.monitoring.actions import answer_freely
from moothall.customers.monitoring.pack import MONITORING, QUESTIONS, MonitoringQuestion
from moothall.customers.monitoring.rules import NOT_SAID
from moothall.customers.pack import CONSENTS
from moothall.customers.queries import CustomerCard
from moothall.customers.rules.writing import CannotRead
from moothall.intake.account_queries import own_card, own_looks
from moothall.intake.details import change_details
from moothall.interfaces.account.pages import FormPage
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.ui import words
from moothall.interfaces.ui.fields import FieldView, OptionView

CHANNELS = (
    OptionView("email", "By email"), OptionView("sms", "By text message"), OptionView("post", "By letter"),
    OptionView("none", "Only when you must"),
)  # fmt: skip


@policy("customer")
@require_safe
def looks(request: Request) -> HttpResponse:
    """Who looked at her record, and why."""
    rows = own_looks(own_card(request.holder, at=clock.now()))
    listed = [(words.day_time(one.at), one.who, one.why) for one in rows]
    return render(request, "account/looks.html", {"rows": listed})


def _fields(card: CustomerCard, *, proved: bool, named: bool) -> tuple[FieldView, ...]:
    """Her details as fields. Her address only once she has shown who she is: it goes to every system that holds it. Her name
    only where it was not checked (``named``), or by who has shown who she is: or somebody could put his own in its place and
    then prove that."""
    consents = {one.code for one in card.consents}
    asked = current_pack().of(CONSENTS)
    return (
        *((
            FieldView("given", "text", "First name", value=card.given_name, width="20", autocomplete="given-name"),
            FieldView("family", "text", "Last name", value=card.family_name, width="20", autocomplete="family-name"),
        ) if named else ()),
        *((FieldView("address", "text", "Address", value=card.address, hint="With the postcode"),) if proved else ()),
        FieldView("channel", "choice", "How shall we keep you told?", value=card.preferred_channel, options=CHANNELS),
        FieldView(
            "consent", "multi_choice", "What you agree to", required=False, value=tuple(sorted(consents)),
            options=tuple(OptionView(code, one.asks, one.why) for code, one in asked.items()),
        ),
    )  # fmt: skip


@policy("customer")
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: Request) -> HttpResponse:
    """What we hold of her that she can change herself."""
    at = clock.now()
    card = own_card(request.holder, at=at)
    proved = request.holder.proof >= Proof.VERIFIED
    named = proved or request.holder.held < Proof.VERIFIED
    fields, status = _fields(card, proved=proved, named=named), 200
    if request.method == "POST":
        try:
            _change(request, card, proved=proved, named=named)
            return HttpResponseRedirect(f"{reverse('account:home')}?done=details")
        except CannotRead as wrong:
            fields, status = tuple(replace(one, value=_typed(request, one)) for one in fields), 400
            fields = (replace(fields[0], error=str(wrong)), *fields[1:])
    once = (("key", secrets.token_urlsafe(16)),)
    page = FormPage("My details", "Keep it", fields=fields, back=reverse("account:home"), hidden=once)
    changed = changes_of(card.ids, request.actor)
    context = {"page": page, "card": card, "proved": proved, "named": named, "changed": changed, "points": card.points}
    return render(request, "account/details.html", context, status=status)


def _typed(request: Request, field: FieldView) -> Any:
    if field.type == "multi_choice":
        return tuple(request.POST.getlist(field.id))
    return request.POST.get(field.id, field.value)


def _change(request: Request, card: CustomerCard, *, proved: bool, named: bool) -> None:
    """Change what she typed. Who has shown who she is changes it everywhere at once; anybody else in our record only."""
    at, mine = clock.now(), request.actor
    typed = {"given_name": request.POST.get("given", ""), "family_name": request.POST.get("family", "")}
    names = typed if named else {}
    channel = request.POST.get("channel", "")
    if named and not any(one.strip() for one in names.values()):
        raise CannotRead("Enter your name.")
    known = {one.value for one in CHANNELS}
    changes = names | ({"preferred_channel": channel} if channel in known else {})
    address = " ".join(request.POST.get("address", "").split())
    if proved:
        if address and address != card.address:
            changes["address_text"] = address
        key = f"own:{request.POST.get('key', '')[:40] or f'{at:%Y%m%d%H%M%S}'}:{card.id}"
        change_details(card.id, changes.get, key=key, by=mine, at=at)
    else:
        change_customer(customer_id=card.id, changes=changes, by=mine, at=at)
    wanted, held = set(request.POST.getlist("consent")), {one.code for one in card.consents}
    for code in current_pack().of(CONSENTS):
        if code in wanted - held:
            give_consent(customer_id=card.id, code=code, channel="web", by=mine, at=at)
        elif code in held - wanted:
            withdraw_consent(customer_id=card.id, code=code, channel="web", by=mine, at=at)


@policy("customer")
@require_http_methods(["GET", "HEAD", "POST"])
def equality(request: Request) -> HttpResponse:
    """Take what she chooses to tell about herself, apart from everything else."""
    pack = current_pack()
    questions = pack.of(QUESTIONS)
    if request.method == "POST":
        given = {code: request.POST.getlist(code) for code in questions}
        answer_freely(request.holder.customer_id, given, on=council_date(clock.now()))
        return HttpResponseRedirect(f"{reverse('account:home')}?done=equality")
    context = {"questions": _asked(questions.values()), "why": pack.one(MONITORING).why}
    return render(request, "account/equality.html", context)


def _asked(questions: Iterable[MonitoringQuestion]) -> list[FieldView]:
    """The questions as fields. Nothing is filled in: what was said before cannot be read back."""
    return [
        FieldView(
            one.code, "multi_choice" if one.many else "choice", one.asks, hint=one.hint or "", required=False,
            options=(
                *(OptionView(a.code, f"{a.group}: {a.name}" if a.group else a.name) for a in one.answers),
                OptionView(NOT_SAID, "Prefer not to say", exclusive=True),
            ),
        )
        for one in questions
    ]  # fmt: skip
