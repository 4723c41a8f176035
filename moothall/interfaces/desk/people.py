"""One person across the whole council, on one page."""

from __future__ import annotations

import secrets
from contextlib import suppress
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from moothall.channels.phone import ArrivedCall
from moothall.core import clock
from moothall.core.packs import current_pack
from moothall.core.paging import BadCursor
from moothall.core.zone import council_date
from moothall.customers.actions import add_need, end_need, log_look, remove_contact_point
from moothall.customers.linking.actions import hear_point
from moothall.customers.linking.queries import not_used
from moothall.customers.pack import NEEDS
from moothall.customers.queries import customer_card
from moothall.intake.desk_actions import begin_contact
from moothall.intake.desk_queries import contact_in_hand
from moothall.intake.details import change_details
from moothall.intake.looking import why_looking
from moothall.intake.person_queries import FILTERS, single_view
from moothall.interfaces.desk import lines, proof_panel
from moothall.interfaces.desk import why as asking
from moothall.interfaces.desk.home import still_in_contact
from moothall.interfaces.desk.outreach import outreach_of
from moothall.interfaces.desk.screen import back_to, draw, found, go, read_id, wrong
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.ui.jinja import with_query
from moothall.interfaces.ui.parts import LinkView
from moothall.permits.queries import permits_of


@require_safe
@policy("staff", needs="customer.view", purpose="contact")
def person(request: Request, customer_id: UUID) -> HttpResponse:
    """The single view. Looking is logged, with the purpose; where no work of hers says why, she is asked first."""
    return show(request, customer_id)


def show(request: Request, customer_id: UUID, *, status: int = 200, **more: object) -> HttpResponse:
    """Draw the single view, or ask why it must be seen."""
    at = clock.now()
    why = why_looking(customer_id, visible_to=request.actor, at=at)
    if why is None:
        return asking.ask(request, customer_id, back=request.GET.get("back", "")[:300])
    looking = request.actor.because(why.purpose)
    kind, after = request.GET.get("show", ""), request.GET.get("after", "")
    try:
        view = found(single_view(customer_id, visible_to=looking, at=at, kind=kind, after=after))
    except (BadCursor, ValueError):
        return go("desk:person", customer_id)
    log_look(customer_id=view.card.id, screen="desk.person", case_id=why.case_id, by=looking, at=at)
    address = reverse("desk:person", args=[customer_id])
    context = {
        "view": view,
        "days": lines.of_person(view.line.entries, at),
        "filters": [LinkView(words, with_query(address, show=code), code == kind) for code, words in FILTERS],
        "older": with_query(address, show=kind, after=view.line.after) if view.line.after else "",
        "newer": with_query(address, show=kind) if after else "",
        "held": permits_of(view.card.ids, visible_to=looking, at=at),
        "need_choices": [(code, str(n.name)) for code, n in current_pack().of(NEEDS).items()],
        "key": secrets.token_urlsafe(16),
        "unused": not_used(view.card),
        "shortcuts": (("b", "Begin a contact with them"), ("d", "Change their details")),
    } | proof_panel.panel(view.card, council_date(at))
    return draw(request, "desk/person.html", status=status, **(context | more))


@require_POST
@policy("staff", needs=("contact.take", "customer.view"), purpose="contact")
def begin(request: Request, customer_id: UUID) -> HttpResponse:
    """Begin a contact with this person: they ring, or stand here."""
    channel = "counter" if request.POST.get("channel") == "counter" else "phone"
    if held := contact_in_hand(visible_to=request.actor):
        return still_in_contact(request, held, call=ArrivedCall(), told=request.POST, customer=customer_id)
    begun = begin_contact(
        channel=channel, customer_id=customer_id, outreach=outreach_of(request), by=request.actor, at=clock.now()
    )
    return go("desk:contact", begun.id)


@require_POST
@policy("staff", needs=("customer.view", "customer.change"), purpose="contact")
@asking.with_why
def needs(request: Request, customer_id: UUID) -> HttpResponse:
    """Write down a need of theirs, or that it is past."""
    at = clock.now()
    ended = read_id(request.POST.get("end"))
    try:
        if ended is not None:
            end_need(need_id=ended, customer_id=customer_id, by=request.actor, at=at)
        else:
            add_need(customer_id=customer_id, code=request.POST.get("code", ""), note=request.POST.get("need-note", ""),
                     by=request.actor, at=at)  # fmt: skip
    except (ValueError, LookupError) as problem:
        return show(request, customer_id, status=422, errors=[wrong("code", str(problem))], needing=True)
    return go("desk:person", customer_id)


@require_POST
@policy("staff", needs=("customer.view", "customer.change"), purpose="contact")
@asking.with_why
def reach(request: Request, customer_id: UUID) -> HttpResponse:
    """Write down what they say of an address or number: that it is theirs, or not. Only what the page shows can be named;
    one that is gone meanwhile is gone."""
    at, point = clock.now(), read_id(request.POST.get("point"))
    card = found(customer_card(customer_id, request.actor, on=council_date(at)))
    if point is not None and point in {one.id for one in card.points}:
        with suppress(LookupError):
            if request.POST.get("say") == "theirs":
                hear_point(customer_id, point, by=request.actor, at=at)
            elif request.POST.get("say") == "not":
                remove_contact_point(customer_id=customer_id, point_id=point, by=request.actor, at=at)
    return back_to(request, "desk:person", customer_id)


@require_POST
@policy("staff", needs=("customer.view", "customer.change"), purpose="contact")
@asking.with_why
def details(request: Request, customer_id: UUID) -> HttpResponse:
    """Change their details once: every system that holds them is told."""
    key = request.POST.get("key", "")[:60] or f"{customer_id}:{clock.now():%Y%m%d%H%M}"
    try:
        change_details(customer_id, request.POST.get, key=key, by=request.actor, at=clock.now())
    except (ValueError, LookupError) as problem:
        return show(request, customer_id, status=422, errors=[wrong("details-address", str(problem))], changing=True)
    return go("desk:person", customer_id)
