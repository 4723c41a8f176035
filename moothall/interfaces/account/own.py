"""Her own details, and who looked at them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from moothall.core import clock
from moothall.core.packs import current_pack
from moothall.customers.actions import change_customer, give_consent, withdraw_consent
from moothall.customers.monitoring.actions import answer_freely
from moothall.customers.monitoring.pack import MONITORING, QUESTIONS, MonitoringQuestion
from moothall.customers.monitoring.rules import NOT_SAID
from moothall.customers.pack import CONSENTS
from moothall.customers.queries import CustomerCard
from moothall.customers.rules.writing import CannotRead
from moothall.intake.account_queries import own_card, own_looks
from moothall.intake.council_time import council_date
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


def _fields(card: CustomerCard) -> tuple[FieldView, ...]:
    consents = {one.code for one in card.consents}
    asked = current_pack().of(CONSENTS)
    return (
        FieldView("given", "text", "First name", value=card.given_name, width="20", autocomplete="given-name"),
        FieldView("family", "text", "Last name", value=card.family_name, width="20", autocomplete="family-name"),
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
    fields, status = _fields(card), 200
    if request.method == "POST":
        try:
            _change(request, card)
            return HttpResponseRedirect(f"{reverse('account:home')}?done=details")
        except CannotRead as wrong:
            typed = {"given": request.POST.get("given", ""), "family": request.POST.get("family", "")}
            fields = tuple(replace(one, value=typed.get(one.id, one.value)) for one in fields)
            fields, status = (replace(fields[0], error=str(wrong)), *fields[1:]), 400
    page = FormPage("My details", "Keep it", fields=fields, back=reverse("account:home"))
    return render(request, "account/details.html", {"page": page, "card": card}, status=status)


def _change(request: Request, card: CustomerCard) -> None:
    at, mine = clock.now(), request.actor
    names = {"given_name": request.POST.get("given", ""), "family_name": request.POST.get("family", "")}
    channel = request.POST.get("channel", "")
    if not (names["given_name"].strip() or names["family_name"].strip()):
        raise CannotRead("Enter your name.")
    known = {one.value for one in CHANNELS}
    changes = names | ({"preferred_channel": channel} if channel in known else {})
    change_customer(customer_id=card.id, changes=changes, by=mine, at=at)
    wanted, held = set(request.POST.getlist("consent")), {one.code for one in card.consents}
    for code in current_pack().of(CONSENTS):
        if code in wanted - held:
            give_consent(customer_id=card.id, code=code, channel="web", by=mine, at=at)
        elif code in held - wanted:
            withdraw_consent(customer_id=card.id, code=code, by=mine, at=at)


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
