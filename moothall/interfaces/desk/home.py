"""The desk between contacts: take the next one, go on with what was left, see what was promised for today."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.views.decorators.http import require_POST, require_safe

from moothall.cases.queries import late_cases, tasks_of_team
from moothall.channels.phone import ArrivedCall, read_call
from moothall.contacts.models import Outreach
from moothall.core import clock
from moothall.core.packs import current_pack
from moothall.core.zone import council_date
from moothall.customers.actions import log_shown
from moothall.customers.queries import customers_at, names_of
from moothall.intake.desk import OpenContact
from moothall.intake.desk_actions import begin_contact
from moothall.intake.desk_queries import contact_in_hand, finished_contacts, start_of_day
from moothall.interfaces.desk.away import told as told_of_others
from moothall.interfaces.desk.outreach import outreach_of, outreach_words
from moothall.interfaces.desk.queue import sees_every_team
from moothall.interfaces.desk.screen import THEME_COOKIE, THEMES, back_to, draw, go, read_id, wrong
from moothall.interfaces.policy import Request, policy
from moothall.services.knowledge import kept, wanting

COUNTERED = {"phone", "counter"}


@require_safe
@policy("staff", needs="contact.view")
def home(request: Request) -> HttpResponse:
    """The desk itself. The telephone system may open it with ``?number=&call=&offered=`` as a call is put through."""
    at = clock.now()
    call = read_call(request.GET.dict(), now=at)
    tasks = tasks_of_team(request.actor.teams, visible_to=request.actor, assignee_id=request.actor.id, size=8)
    maybe = customers_at(call.number, request.actor) if call.number and request.actor.may("customer.search") else []
    log_shown((line.id for line in maybe), screen="desk.caller", by=request.actor, at=at)
    return draw(
        request,
        "desk/home.html",
        call=call,
        told=request.GET,
        maybe=maybe,
        tasks=tasks.rows,
        late_of_all=late_cases(visible_to=request.actor) if sees_every_team(request.actor) else None,
        again=len(wanting(kept(current_pack(), teams=request.actor.teams), council_date(at))),
        finished=finished_contacts(visible_to=request.actor, since=start_of_day(at)),
        here="home",
        outreach=outreach_words(request),
        away=told_of_others(at),
        outreach_kinds=Outreach.choices,
        still=None,
        chosen=None,
    )


@require_POST
@policy("staff", needs="contact.take")
def begin(request: Request) -> HttpResponse:
    """Begin a contact: a call taken or a visitor at the counter."""
    at = clock.now()
    call = read_call(request.POST.dict(), now=at)
    channel = request.POST.get("channel", "phone")
    if channel not in COUNTERED:
        return draw(request, "desk/home.html", status=400, call=call, told=request.POST, maybe=[], tasks=(), finished=(),
                    still=None, chosen=None, errors=[wrong("number", "Choose a call or a visitor.")])  # fmt: skip
    customer = read_id(request.POST.get("customer"))
    if not request.POST.get("another") and (held := contact_in_hand(visible_to=request.actor, call=call.call_id)):
        return still_in_contact(request, held, call=call, told=request.POST, customer=customer)
    begun = begin_contact(
        channel=channel,
        caller=call.number,
        external_id=call.call_id,
        offered_at=call.offered_at,
        customer_id=customer,
        outreach=outreach_of(request),
        by=request.actor,
        at=at,
    )
    return go("desk:contact", begun.id)


def still_in_contact(
    request: Request, held: OpenContact, *, call: ArrivedCall, told: QueryDict, customer: UUID | None = None
) -> HttpResponse:
    """Ask before a second contact begins: the one in hand is not finished, and its words would go to the wrong call."""
    names = names_of([customer], request.actor) if customer else {}
    return draw(
        request, "desk/home.html", status=409, call=call, told=told, maybe=[], tasks=(), finished=(), here="home",
        still=held, chosen=(customer, names.get(customer, "")) if customer else None,
    )  # fmt: skip


@require_POST
@policy("staff")
def theme(request: Request) -> HttpResponse:
    """Keep the officer's choice of a light or dark screen in this browser."""
    answer = back_to(request, "desk:home")
    chosen = request.POST.get("theme", "auto")
    if chosen in THEMES:
        answer.set_cookie(
            THEME_COOKIE, chosen, max_age=365 * 86_400, httponly=True, samesite="Lax", secure=request.is_secure()
        )
    return answer
