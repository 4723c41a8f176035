"""A booking moved at the desk: other times with what each costs; where it is their wish, a dearer one is paid for first."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from moothall.bookings import actions, queries
from moothall.bookings.paying import more_to_move
from moothall.bookings.queries import BookingView
from moothall.bookings.queries.diary import diary_of_site
from moothall.bookings.rules import NotASlot, read_key
from moothall.core import clock
from moothall.core.actors import Actor
from moothall.core.money import pounds
from moothall.core.zone import council_date
from moothall.interfaces.desk.screen import day_or_today, draw, found, go, wrong
from moothall.interfaces.policy import Request, policy
from moothall.payments.actions.dearer import move_when_paid

MOST_SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
@policy("staff", needs="booking.manage")
def move(request: Request, booking_id: UUID) -> HttpResponse:
    """Choose another time for a booking that stands."""
    view: BookingView = found(_in_diary(booking_id, request.actor))
    if request.method != "POST":
        return _draw(request, view)
    slot, wish = request.POST.get("slot", ""), request.POST.get("wish", "")
    if wish not in {"theirs", "ours"}:
        return _draw(request, view, error=("wish", "Say whose wish it is: the money depends on it."))
    try:
        return _moved(view, slot, theirs=wish == "theirs", by=request.actor)
    except (actions.NotBookable, NotASlot) as problem:
        return _draw(request, view, error=("slot", str(problem)))


def _moved(view: BookingView, slot: str, *, theirs: bool, by: Actor) -> HttpResponse:
    at = clock.now()
    if theirs and more_to_move(view, [read_key(slot).starts_at])[0] > 0:
        owed = move_when_paid(view.id, slot, channel="phone", by=by, at=at)
        return go("desk:case", owed.case_id) if owed.case_id else _to_day(view)
    return _to_day(actions.move(view.id, slot, reason="asked" if theirs else "council", by=by, at=at))


def _to_day(view: BookingView) -> HttpResponse:
    return go("desk:diary", where=view.site, day=council_date(view.starts_at).isoformat())


def _in_diary(booking_id: UUID, actor: Actor) -> BookingView | None:
    """A booking that this officer may see in the diary, or None."""
    view = queries.booking(booking_id)
    if view is None or view.state != "confirmed":
        return None
    day = diary_of_site(view.site, council_date(view.starts_at), visible_to=actor)
    return next((one for one in day if one.id == view.id), None)


def _draw(request: Request, view: BookingView, *, error: tuple[str, str] | None = None) -> HttpResponse:
    day = day_or_today(request.GET.get("to") or council_date(view.starts_at).isoformat())
    since, until = queries.day_bounds(day)
    wish = replace(queries.like(view), since=max(since, clock.now()), until=until)
    slots = [
        one
        for one in queries.find(wish, at=clock.now()).slots[:MOST_SHOWN]
        if (one.site, one.starts_at) != (view.site, view.starts_at)
    ]
    costs = more_to_move(view, [one.starts_at for one in slots])
    options = [(one.key, _words(one, more)) for one, more in zip(slots, costs, strict=True)]
    return draw(
        request, "desk/diary_move.html", status=422 if error else 200, booking=view, options=options,
        dearer=any(more > 0 for more in costs), cheaper=any(more < 0 for more in costs),
        errors=(wrong(*error),) if error else (), here="diary",
        chosen=request.POST.get("slot", ""), wish=request.POST.get("wish", ""),
        day=council_date(view.starts_at).isoformat(), to=day.isoformat(),
    )  # fmt: skip


def _words(slot: queries.FreeSlot, more: int) -> str:
    beside = f", {pounds(abs(more))} {'more' if more > 0 else 'less'}" if more else ""
    left = f", {slot.left_words}" if slot.left_words else ""
    return f"{slot.when}{f', {slot.site_name}' if slot.site_name else ''}{left}{beside}"
