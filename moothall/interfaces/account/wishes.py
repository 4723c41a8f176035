"""How she wants to be dealt with: language, format, when texts may come, and what officers must know of her."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from moothall.core import clock
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.customers.accounts.rules.levels import Proof
from moothall.customers.actions import add_need, change_customer, end_need
from moothall.customers.pack import FORMATS, LANGUAGES, NEEDS
from moothall.customers.queries import CustomerCard
from moothall.customers.rules.writing import CannotRead
from moothall.intake.account_queries import own_card
from moothall.intake.details import change_details, check_chosen
from moothall.interfaces.account.pages import FormPage
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.ui.fields import FieldView, OptionView

HOURS = (OptionView("yes", "In the daytime only"), OptionView("no", "At any hour"))


@policy("customer")
@require_http_methods(["GET", "HEAD", "POST"])
def wishes(request: Request) -> HttpResponse:
    """What she wishes; told to every system that holds it once she has shown who she is."""
    card = own_card(request.holder, at=clock.now())
    fields, status = _fields(card), 200
    if request.method == "POST":
        try:
            _change(request, card, at=clock.now())
            return HttpResponseRedirect(f"{reverse('account:home')}?done=details")
        except CannotRead as wrong:
            chosen = {one.id: tuple(request.POST.getlist(one.id)) for one in fields}
            fields = tuple(
                replace(one, value=chosen[one.id] if one.type == "multi_choice" else "".join(chosen[one.id][:1]))
                for one in fields
            )
            fields, status = (replace(fields[0], error=str(wrong)), *fields[1:]), 400
    page = FormPage(
        "Language, format and needs", "Keep it", fields=fields, back=reverse("account:home"),
        hidden=(("key", secrets.token_urlsafe(16)),),
    )  # fmt: skip
    return render(request, "account/form.html", {"page": page}, status=status)


def _fields(card: CustomerCard) -> tuple[FieldView, ...]:
    pack = current_pack()
    formats = tuple(OptionView(code, one.asks or "As usual") for code, one in pack.of(FORMATS).items())
    needs = tuple(OptionView(code, one.asks) for code, one in pack.of(NEEDS).items() if one.asks)
    languages = tuple(
        OptionView(code, f"{one.name} ({one.own_name})" if one.own_name else one.name)
        for code, one in pack.of(LANGUAGES).items()
    )
    quiet = "yes" if card.quiet_hours else "no"
    return (
        FieldView("format", "choice", "How shall what we send you look?", value=card.preferred_format, options=formats),
        FieldView("quiet", "choice", "When may we send you a text?", value=quiet, options=HOURS),
        FieldView(
            "needs", "multi_choice", "What must we know when we speak with you?", required=False, options=needs,
            hint="Officers you deal with read it first.", value=tuple(one.code for one in card.needs),
        ),
        FieldView("language", "choice", "Which language suits you best?", value=card.language, options=languages),
    )  # fmt: skip


def _change(request: Request, card: CustomerCard, *, at: datetime) -> None:
    mine, key = request.actor, request.POST.get("key", "")[:40] or f"{at:%Y%m%d%H%M%S}"
    posted = (("language", "language"), ("format", "preferred_format"))
    changes = {name: request.POST[field] for field, name in posted if request.POST.get(field)}
    check_chosen(changes)
    if request.holder.proof >= Proof.VERIFIED:
        change_details(card.id, changes.get, key=f"wish:{key}:{card.id}", by=mine, at=at)
    else:
        change_customer(customer_id=card.id, changes=changes, by=mine, at=at)
    if request.POST.get("quiet") in {"yes", "no"}:
        quiet = {"quiet_hours": request.POST["quiet"] == "yes"}
        change_customer(customer_id=card.id, changes=quiet, by=mine, at=at)
    _change_needs(set(request.POST.getlist("needs")), card, by=mine, at=at)


def _change_needs(wanted: set[str], card: CustomerCard, *, by: Actor, at: datetime) -> None:
    """What she ticked is known from now on, what she unticked is over; what she is never asked stays as officers know it."""
    asked = {code for code, one in current_pack().of(NEEDS).items() if one.asks}
    held = {one.code: one.id for one in card.needs}
    for code in sorted((wanted & asked) - set(held)):
        add_need(customer_id=card.id, code=code, by=by, at=at)
    for code in sorted((asked & set(held)) - wanted):
        end_need(need_id=held[code], customer_id=card.id, by=by, at=at)
