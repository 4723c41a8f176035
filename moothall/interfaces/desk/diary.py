"""The diary: an officer's own day, a site's day; who has come, who has not; times booked for a group."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from moothall.bookings import actions, links, queries
from moothall.bookings.pack import units_at
from moothall.bookings.queries import BookingView
from moothall.bookings.queries.diary import (
    bookables_at,
    called_off,
    closures_on,
    diary_of_officer,
    diary_of_site,
    officer_units,
    sessions_of,
    sites_with_diaries,
)
from moothall.bookings.rules import FAILED, NotASlot, Spot
from moothall.cases.named import reference_to_quote, references_to_quote
from moothall.core import clock
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.core.staff import username_of
from moothall.core.staff.queries import private_mark
from moothall.core.zone import LONDON, council_date
from moothall.customers.queries import names_of
from moothall.interfaces.desk.screen import day_or_today, draw, go, wrong
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.ui.jinja import with_query
from moothall.promises.rules import say_day

MINE: Final = "mine"
VISITS: Final = "visits"
"""In addresses: what goes out to customers, which stands under no site."""
ACTS: Final = {"here": actions.arrive, "done": actions.attended, "missed": actions.missed}


@require_safe
@policy("staff", needs="booking.manage")
def diary(request: Request) -> HttpResponse:
    """One day: one's own where one has appointments, else a site's. Eight queries, however full it is."""
    told = _told(request.GET.get("told", ""))
    return _draw(request, day_or_today(request.GET.get("day", "")), request.GET.get("where"), booked=told)


def _draw(
    request: Request, day: date, where: str | None, *, error: str = "", booked: str = "", status: int = 200
) -> HttpResponse:
    pack, me = current_pack(), username_of(request.actor.id)
    sites = [(code or VISITS, name) for code, name in sites_with_diaries(pack)]
    own = bool(officer_units(pack, me))
    chosen = (
        where if where in {MINE, *(code for code, _ in sites)} else (MINE if own else (sites[0][0] if sites else ""))
    )
    if chosen == MINE:
        rows = diary_of_officer(me, day, visible_to=request.actor)
    else:
        rows = diary_of_site(_site(chosen), day, visible_to=request.actor)
    mine = chosen == MINE
    off = called_off(me if mine else _site(chosen), day, officer=mine, visible_to=request.actor)
    shown = (*rows, *(gone.view for gone in off))
    people = {one.customer_id for one in shown if one.customer_id}
    names = names_of(people, request.actor) if people and request.actor.may("customer.view") else {}
    here = with_query(reverse("desk:diary"), where=chosen, day=day.isoformat())
    return draw(
        request, "desk/diary.html", status=status, rows=rows, off=off, sessions=sessions_of(rows),
        names=names, quoted=references_to_quote({one.case_id for one in shown if one.case_id}),
        day=day, chosen=chosen, sites=sites, own=own,
        mine=MINE, address=here, before=with_query(reverse("desk:diary"), where=chosen, day=(day - timedelta(1)).isoformat()),
        after=with_query(reverse("desk:diary"), where=chosen, day=(day + timedelta(1)).isoformat()),
        closures=closures_on(_site(chosen), day, visible_to=request.actor) if chosen != MINE else [],
        units=[(unit.code, unit.name) for unit in units_at(pack, _site(chosen))] if chosen != MINE else [],
        bookables=bookables_at(_site(chosen), pack) if chosen != MINE else [], booked=booked,
        feed=_feed(request.actor) if own and mine else "", here="diary",
        errors=(wrong("time", error),) if error else (), today=day_or_today(""), failures=FAILED,
    )  # fmt: skip


def _feed(actor: Actor) -> str:
    """The address of her own calendar, which ends with her password."""
    officer = private_mark(actor.id, may="booking.manage") if actor.id else None
    return links.feed_link(actor.id, officer[1]) if officer and actor.id else ""


def _site(chosen: str) -> str:
    return "" if chosen == VISITS else chosen


@require_POST
@policy("staff", needs="booking.manage")
def mark(request: Request, booking_id: UUID) -> HttpResponse:
    """Record that somebody is here, was seen, or did not come."""
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise Http404
    try:
        view: BookingView = act(booking_id, by=request.actor, at=clock.now())
    except actions.NoSuchBooking:
        raise Http404 from None
    except actions.NotBookable as problem:
        day = day_or_today(request.POST.get("day", ""))
        return _draw(request, day, request.POST.get("where"), error=str(problem), status=409)
    day = council_date(view.starts_at)
    return go("desk:diary", where=request.POST.get("where", ""), day=day.isoformat())


@require_POST
@policy("staff", needs="booking.manage")
def failed(request: Request, booking_id: UUID) -> HttpResponse:
    """Record that a visit was not or cannot be done: the next date is held for nothing, or the money goes back."""
    day, where, reason = (
        day_or_today(request.POST.get("day", "")),
        request.POST.get("where"),
        request.POST.get("reason", ""),
    )
    if reason not in FAILED:
        return _draw(request, day, where, error="Say why it was not done.", status=422)
    try:
        was = datetime.fromisoformat(request.POST.get("was", ""))
        actions.visit_failed(
            booking_id, reason=reason, ours=FAILED[reason][1], was=was, by=request.actor, at=clock.now()
        )
    except actions.NoSuchBooking:
        raise Http404 from None
    except actions.NotBookable as problem:
        return _draw(request, day, where, error=str(problem), status=409)
    except ValueError:
        return _draw(request, day, where, error="Choose the visit again.", status=422)
    return go("desk:diary", where=where or "", day=day.isoformat(), told=str(booking_id))


@require_POST
@policy("staff", needs="booking.manage")
def cancel(request: Request, booking_id: UUID) -> HttpResponse:
    """Cancel a booking, or it and all of its series that follow; who booked is told and paid back by whose wish it is."""
    day, where, wish = (
        day_or_today(request.POST.get("day", "")),
        request.POST.get("where"),
        request.POST.get("wish", ""),
    )
    if wish not in {"theirs", "ours"}:
        return _draw(request, day, where, error="Say whose wish it is: the money depends on it.", status=422)
    try:
        many = actions.cancel_from(
            booking_id, asked=wish == "theirs", all_that_follow=request.POST.get("which") == "rest", by=request.actor,
            at=clock.now(),
        )  # fmt: skip
    except actions.NoSuchBooking:
        raise Http404 from None
    except actions.NotBookable as problem:
        return _draw(request, day, where, error=str(problem), status=409)
    return _draw(
        request, day, where, booked=f"Cancelled {many}. Whoever booked is told, and what goes back goes by itself."
    )


@require_POST
@policy("staff", needs="booking.manage")
def fewer(request: Request, booking_id: UUID) -> HttpResponse:
    """Part of a party does not come: keep so many places; what goes back for the rest depends on whose wish it is."""
    day, where = day_or_today(request.POST.get("day", "")), request.POST.get("where")
    wish = request.POST.get("wish", "")
    if wish not in {"theirs", "ours"}:
        return _draw(request, day, where, error="Say whose wish it is: the money depends on it.", status=422)
    try:
        view = actions.keep_places(
            booking_id, _number(request.POST.get("keep", "")), asked=wish == "theirs",
            reason="asked" if wish == "theirs" else "council", by=request.actor, at=clock.now(),
        )  # fmt: skip
    except actions.NoSuchBooking:
        raise Http404 from None
    except actions.NotBookable as problem:
        return _draw(request, day, where, error=str(problem), status=409)
    except ValueError:
        return _draw(request, day, where, error="Choose how many places they keep.", status=422)
    said = f"{_quoted(view)} is for {view.party} now. Whoever booked is told, and what goes back goes by itself."
    return _draw(request, day, where, booked=said)


@require_POST
@policy("staff", needs="booking.manage")
def close(request: Request) -> HttpResponse:
    """Close a place or one thing at it; who had booked it is moved or paid back, and told why."""
    day, where = day_or_today(request.POST.get("day", "")), request.POST.get("where", "")
    try:
        since, until = (_moment(day, request.POST.get(name, "")) for name in ("from", "until"))
        last = date.fromisoformat(request.POST.get("last", "") or day.isoformat())
        closed = actions.close(
            _site(where), resource=request.POST.get("what", ""), since=since, until=until + (last - day),
            reason=request.POST.get("why", ""), by=request.actor, at=clock.now(),
        )  # fmt: skip
    except actions.NotBookable as problem:
        return _draw(request, day, where, error=str(problem), status=422)
    except ValueError:
        return _draw(request, day, where, error="Enter the times like 18:40, and the last day as a date.", status=422)
    said = f"Closed. {closed.kept} go on beside it, {closed.moved} have a new time, {closed.off} are off."
    return _draw(request, day, where, booked=f"{said} Those whose booking changed are told why.")


@require_POST
@policy("staff", needs="booking.manage")
def open_again(request: Request, closure_id: UUID) -> HttpResponse:
    """Offer again what was closed."""
    actions.open_again(closure_id, by=request.actor, at=clock.now())
    return go("desk:diary", where=request.POST.get("where", ""), day=request.POST.get("day", ""))


def _moment(day: date, text: str) -> datetime:
    """A time of that day; 24:00 is its end. Raises ValueError."""
    whole = text.strip() == "24:00"
    local = datetime.combine(day, time() if whole else time.fromisoformat(text.strip()), tzinfo=LONDON)
    return local + timedelta(days=1) if whole else local


def _quoted(view: BookingView) -> str:
    """The reference the customer has in her hands: her request's, or the booking's own where there is no request."""
    return reference_to_quote(view.case_id, view.reference)


def _told(text: str) -> str:
    """What became of a visit that failed, in one sentence."""
    try:
        view = queries.booking(UUID(text)) if text else None
    except ValueError:
        return ""
    if view is None:
        return ""
    if view.state == "confirmed":
        return f"{_quoted(view)}: a new date is held for nothing, {view.when}. We are telling them now."
    back = "What was paid goes back. " if view.state == "cancelled" else ""
    return f"{_quoted(view)}: no new date. {back}We are telling them why."


@require_POST
@policy("staff", needs="booking.manage")
def book(request: Request) -> HttpResponse:
    """Book the same hour for a group, for as many weeks as it wants."""
    day, site = day_or_today(request.POST.get("day", "")), request.POST.get("where", "")
    try:
        start = datetime.combine(day, time.fromisoformat(request.POST.get("time", "").strip()), tzinfo=LONDON)
        series = actions.book_series(
            request.POST.get("bookable", ""), Spot(_site(site), start).key, title=request.POST.get("title", ""),
            weeks=_number(request.POST.get("weeks", "")), together=_number(request.POST.get("together", "")),
            all_or_none=request.POST.get("clash") == "none",
            by=request.actor, at=clock.now(),
        )  # fmt: skip
    except (actions.NotBookable, NotASlot) as problem:
        return _draw(request, day, site, error=str(problem), status=422)
    except ValueError:
        return _draw(request, day, site, error="Enter the time like 18:40, and how many as numbers.", status=422)
    said = f"Booked {len(series.booked)}."
    if series.taken:
        said += f" Taken already, so left out: {', '.join(say_day(council_date(one)) for one in series.taken)}."
    return _draw(request, day, site, booked=said)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 3):
        raise ValueError
    return int(text)
