"""One person, one record: pairs that may be one, side by side, to join, keep apart or leave; and the way back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from moothall.core import clock
from moothall.core.paging import BadCursor
from moothall.core.staff import staff_names
from moothall.customers.actions import log_look
from moothall.customers.linking import actions, queries
from moothall.customers.linking.actions.households import part_household, tie_again
from moothall.customers.linking.queries import household_of
from moothall.customers.queries import customer_card
from moothall.intake.identity_actions import compare
from moothall.intake.identity_queries import unsettled_lines
from moothall.interfaces.desk.people import show
from moothall.interfaces.desk.screen import draw, found, go, read_id, wrong
from moothall.interfaces.desk.why import with_why
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.ui.jinja import with_query

LATELY = timedelta(days=30)
KEYS = (("j", "The same person"), ("n", "Two people"), ("u", "Cannot be told"), ("r", "Say why"))
KEYS_OF_FIRMS = (("j", "The same organisation"), ("n", "Two organisations"), *KEYS[2:])
SAID = {
    "joined": "Joined. It can be taken back at any time.",
    "apart": "Kept apart, for ever.",
    "unsure": "Left. It is off the list until somebody looks at it again.",
    "parted": "Parted again.",
    "settled": "Settled.",
}


@require_safe
@policy("staff", needs="identity.decide", purpose="records")
def waiting(request: Request) -> HttpResponse:
    """The pairs that wait, the heaviest first; what was decided lately; what nobody owns after two were parted."""
    return listed(request)


def listed(request: Request, *, status: int = 200, errors: tuple[object, ...] = ()) -> HttpResponse:
    """Draw the list."""
    at = clock.now()
    try:
        page = queries.pairs_waiting(request.actor, after=request.GET.get("after", ""))
    except BadCursor:
        return go("desk:records")
    decided = queries.decided_lately(request.actor)
    return draw(
        request, "desk/records.html", page=page, decided=decided, here="records", status=status, errors=errors,
        figures=queries.weighing_figures(request.actor, since=at - LATELY),
        unsettled=unsettled_lines(visible_to=request.actor), owners=staff_names({d.by for d in decided if d.by}),
        said=SAID.get(request.GET.get("said", ""), ""),
        older=with_query(reverse("desk:records"), after=page.after) if page.after else "",
    )  # fmt: skip


@require_safe
@policy("staff", needs="identity.decide", purpose="records")
def pair(request: Request, pair_id: UUID) -> HttpResponse:
    """Two records side by side, with what speaks for and against. Looking at both is logged."""
    return shown(request, pair_id)


def shown(request: Request, pair_id: UUID, *, status: int = 200, problem: str = "") -> HttpResponse:
    """Draw a pair."""
    view = found(queries.pair_page(pair_id, request.actor))
    at = clock.now()
    for side in (view.one, view.other):
        log_look(customer_id=side.id, screen="desk.pair", by=request.actor, at=at)
    by = staff_names({view.decided_by}) if view.decided_by else {}
    return draw(
        request, "desk/pair.html", view=view, here="records", status=status, decided_by=by.get(view.decided_by, ""),
        errors=[wrong("reason", problem)] if problem else (),
        shortcuts=(KEYS_OF_FIRMS if view.organisations else KEYS) if view.state == "open" else (),
        said=SAID.get(request.GET.get("said", ""), ""), widest=max([abs(p.weight) for p in view.parts], default=1.0) or 1.0,
    )  # fmt: skip


@require_POST
@policy("staff", needs="identity.decide", purpose="records")
def decide(request: Request, pair_id: UUID) -> HttpResponse:
    """Decide, and go to the next pair."""
    decision = request.POST.get("decision", "")
    failed = _told(
        lambda: actions.decide_pair(
            pair_id, decision=decision, reason=request.POST.get("reason", ""), by=request.actor, at=clock.now()
        )
    )
    if failed:
        return shown(request, pair_id, status=409, problem=failed)
    following = queries.next_pair(request.actor)
    return go("desk:pair", following, said=decision) if following else go("desk:records", said=decision)


@require_POST
@policy("staff", needs="identity.decide", purpose="records")
def part(request: Request, merge_id: UUID) -> HttpResponse:
    """Take a merge back; with ``apart`` they are never joined again."""
    apart = request.POST.get("apart") == "yes"
    failed = _told(
        lambda: actions.unmerge(
            merge_id, why=request.POST.get("reason", ""), apart=apart, by=request.actor, at=clock.now()
        )
    )
    if failed:
        return listed(request, status=409, errors=(wrong("decided", failed),))
    return go("desk:records", said="parted")


@require_POST
@policy("staff", needs="identity.decide", purpose="records")
def not_theirs(request: Request, record_id: UUID) -> HttpResponse:
    """A record of another system is not this person's: it is a person of its own again, for ever."""
    person = read_id(request.POST.get("person"))
    failed = _told(
        lambda: actions.unlink_record(record_id, why=request.POST.get("reason", ""), by=request.actor, at=clock.now())
    )
    if failed or person is None:
        return listed(request, status=409, errors=(wrong("decided", failed),))
    return go("desk:person", person)


@require_POST
@policy("staff", needs="identity.decide", purpose="records")
def settle(request: Request, unsettled_id: UUID) -> HttpResponse:
    """Say whose something is that was made while two were one."""
    whose = read_id(request.POST.get("whose"))
    failed = "Choose whose it is." if whose is None else _told(
        lambda: actions.settle(unsettled_id, customer_id=whose, by=request.actor, at=clock.now())
    )  # fmt: skip
    if failed:
        return listed(request, status=422, errors=(wrong("unsettled", failed),))
    return go("desk:records", said="settled")


@require_POST
@policy("staff", needs=("identity.decide", "customer.view"), purpose="records")
def side_by_side(request: Request, customer_id: UUID) -> HttpResponse:
    """Put somebody beside another, by reference, to decide whether they are one."""
    try:
        made = compare(customer_id, request.POST.get("reference", ""), by=request.actor, at=clock.now())
    except (ValueError, LookupError) as problem:
        return listed(request, status=422, errors=(wrong("decided", str(problem)),))
    return go("desk:pair", made)


@require_POST
@policy("staff", needs=("identity.decide", "customer.view"), purpose="records")
@with_why
def household(request: Request, customer_id: UUID, tie_id: UUID) -> HttpResponse:
    """Say that somebody is not of their household, or take that back. Only what the page shows can be named."""
    at, card = clock.now(), found(customer_card(customer_id, request.actor, on=clock.now().date()))
    known = household_of(card.ids, card.uprn, request.actor) if card.uprn else ()
    if tie_id not in {one.tie_id for one in known}:
        raise Http404
    again = request.POST.get("do") == "again"
    failed = _told(
        lambda: (
            tie_again(tie_id, by=request.actor, at=at)
            if again
            else part_household(tie_id, why=request.POST.get("why", ""), by=request.actor, at=at)
        )
    )
    if failed:
        return show(request, customer_id, status=422, errors=(wrong(f"apart-{tie_id}", failed),), parting=True)
    return go("desk:person", customer_id)


def _told(act: Callable[[], object]) -> str:
    """Run an action; returns what to say when it could not be done."""
    try:
        act()
    except (ValueError, LookupError) as problem:
        return str(problem)
    return ""
