"""The account's first page, her requests and messages, and earlier requests brought in."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moothall.core import clock
from moothall.core.limits import TooManyAttempts
from moothall.core.references import show_reference
from moothall.core.zone import council_date
from moothall.customers.accounts.rules.levels import WORDS
from moothall.customers.representation.actions import end_representation
from moothall.customers.representation.queries import acting_for, acts_for
from moothall.intake.account_actions import claim_by_contact, claim_by_reference
from moothall.intake.account_queries import (
    OwnRequest,
    asked_for_others,
    claimable_cases,
    own_card,
    own_messages,
    own_requests,
    own_slots,
    owns_case,
    with_promise,
)
from moothall.intake.queries.tracking import cannot_be
from moothall.interfaces import account_session as session
from moothall.interfaces.account.pages import FormPage, Row
from moothall.interfaces.policy import Request, address_of, policy
from moothall.interfaces.site.pages import TRACK_FIELDS, NoticeView
from moothall.interfaces.site.tracking_proof import remember
from moothall.interfaces.ui import words
from moothall.interfaces.ui.fields import FieldView

NONE_TICKED = "Tick each request that is yours, then bring them in. Nothing is added yet."
NOT_FOUND = "We could not find a request with both of these. Check each one, and try again."
DONE = {
    "claimed": NoticeView("Added to your account", "You find it under your requests.", "kept"),
    "ended": NoticeView("It has ended", "They can’t speak for you any more.", "kept"),
    "equality": NoticeView("Thank you", "Your answers are kept apart from everything else.", "kept"),
    "details": NoticeView("We have changed it", "", "kept"),
    "reach": NoticeView("We have changed how we reach you", "", "kept"),
}
SENT = {"email": "Email", "sms": "Text message", "post": "Letter"}


def row_of(one: OwnRequest) -> Row:
    """Return a request as a line of a list."""
    line = one.case
    if line.closed_at is not None:
        text = f"Finished on {words.day_year(line.closed_at.date())}"
    elif one.waits:
        text = one.waits
    elif one.promise is not None:
        text = f"We do it by {one.promise.new_date_words or one.promise.due_words}"
    else:
        text = "Under way"
    late = "late" if line.late and line.closed_at is None else ("done" if line.closed_at else "on_track")
    return Row(
        one.service, f"{text} · {show_reference(line.reference)}", reverse("account:request", args=[line.id]), late
    )


@policy("customer")
@require_safe
def home(request: Request) -> HttpResponse:
    """What is hers at a glance."""
    at = clock.now()
    card = own_card(request.holder, at=at)
    requests = own_requests(request.holder, card, at=at)
    context = {
        "holder": request.holder, "card": card,
        "open": [row_of(one) for one in requests if one.case.closed_at is None],
        "closed": [row_of(one) for one in requests if one.case.closed_at is not None][:10],
        "proof": WORDS[request.holder.held], "slots": own_slots(request.holder, card, at=at),
        "helpers": acting_for(card.ids, on=council_date(at)), "helped": acts_for(card.ids, on=council_date(at)),
        "for_others": [
            replace(row_of(one), title=f"{one.service}, for {name}") for one, name in asked_for_others(card, at=at)
        ],
        "claimable": len(claimable_cases(request.holder.account_id)),
        "done": DONE.get(request.GET.get("done", "")),
    }  # fmt: skip
    return render(request, "account/home.html", context)


@policy("customer")
@require_safe
def request_page(request: Request, case: UUID) -> HttpResponse:
    """Open one of her requests where it is tracked."""
    if not owns_case(request.holder, case, at=clock.now()):
        raise Http404
    remember(request, case)
    return redirect("site:case", case)


@policy("customer")
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: Request) -> HttpResponse:
    """Bring in what she asked for before she had an account."""
    at, account = clock.now(), request.holder.account_id
    fields, status = TRACK_FIELDS, 200
    if request.method == "POST" and "offered" in request.POST:
        chosen = [UUID(one) for one in request.POST.getlist("case") if _is_id(one)]
        if claim_by_contact(account, chosen, at=at):
            return HttpResponseRedirect(f"{reverse('account:home')}?done=claimed")
        return _claim_page(request, TRACK_FIELDS, at=at, unticked=NONE_TICKED, status=400)
    if request.method == "POST":
        typed = [request.POST.get(one.id, "").replace("\x00", "")[:254] for one in TRACK_FIELDS]
        wrong = cannot_be(typed[0], typed[1])
        try:
            found = None if any(wrong) else claim_by_reference(
                account, typed[0], typed[1], address=address_of(request), at=at
            )  # fmt: skip
            error = wrong[0] if any(wrong) else NOT_FOUND
        except TooManyAttempts as limit:
            found, error = None, str(limit)
        if found is not None:
            return HttpResponseRedirect(f"{reverse('account:home')}?done=claimed")
        fields = (
            replace(TRACK_FIELDS[0], value=typed[0], error=error),
            replace(TRACK_FIELDS[1], value=typed[1], error=wrong[1]),
        )
        status = 400
    return _claim_page(request, fields, at=at, status=status)


def _claim_page(
    request: Request, fields: tuple[FieldView, ...], *, at: datetime, unticked: str = "", status: int = 200
) -> HttpResponse:
    """What may be hers, none of it ticked: an address can be a whole household's, so she says herself what is hers."""
    page = FormPage("Bring in earlier requests", "Find it", fields=fields, back=reverse("account:home"))
    offered = with_promise(claimable_cases(request.holder.account_id), at=at)
    ticks = FieldView("case", "multi_choice", "Which are yours?", error=unticked if offered else "")
    context = {"page": page, "offered": offered, "ticks": ticks}
    return render(request, "account/claim.html", context, status=status)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


@policy("customer")
@require_safe
def messages(request: Request) -> HttpResponse:
    """What we wrote to her."""
    card = own_card(request.holder, at=clock.now())
    rows = [
        Row(
            line.subject or line.body[:160], f"{SENT.get(line.channel, line.channel)}, {words.day_time(line.created_at)}",
            state=line.state_words,
        )
        for line in own_messages(card)
    ]  # fmt: skip
    return render(request, "account/messages.html", {"rows": rows})


@policy("customer")
@require_POST
def end_helper(request: Request, representation: UUID) -> HttpResponse:
    """End that somebody may speak for her."""
    try:
        end_representation(
            representation_id=representation, customer_id=request.actor.id, because="", by=request.actor, at=clock.now()
        )
    except LookupError:
        raise Http404 from None
    return HttpResponseRedirect(f"{reverse('account:home')}?done=ended")


@policy("public")
@require_POST
def out(request: Request) -> HttpResponse:
    """Sign out."""
    if request.COOKIES:
        session.end(request)
    return redirect("site:home")
