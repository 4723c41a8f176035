"""One booking, by its private link: seen, moved, made smaller, cancelled, put in a calendar; and an offer of a time."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moothall.bookings import actions, links, queries
from moothall.bookings.calendar_files import booking_calendar
from moothall.bookings.calendar_files import feed as calendar_feed
from moothall.bookings.errors import DearerTime
from moothall.bookings.queries.diary import feed_of, wait_of
from moothall.bookings.rules import NotASlot, hours_before
from moothall.cases.named import reference_to_quote
from moothall.core import clock
from moothall.core.actors import SYSTEM, customer_actor
from moothall.core.staff.queries import private_mark
from moothall.intake import actions as intake
from moothall.intake.queries import free_because
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.site import booking_shapes as shapes
from moothall.interfaces.site.keys import hold
from moothall.interfaces.site.messages import message
from moothall.interfaces.site.views.paying import to_provider
from moothall.payments.actions.dearer import move_when_paid
from moothall.payments.links import pay_token
from moothall.payments.queries import bill, money_of_booking
from moothall.payments.queries.deposits import deposit_of_booking
from moothall.payments.queries.terms import back_for_fewer

View = Callable[..., HttpResponse]
CALENDAR = "text/calendar; charset=utf-8"
GONE = "The time we kept for you has run out and was offered to the next person. You are still on the list."


log = logging.getLogger("moothall.bookings")


def _refused(use: str, subject: object) -> None:
    """Note that somebody tried a link that opens nothing: one is a slip, many are somebody trying."""
    log.warning("Refused a link that opens nothing", extra={"kind": use, "subject": str(subject)})


def opened(view: View) -> View:
    """Let in whoever holds the booking's link; to everybody else there is no such booking."""

    @wraps(view)
    def held(request: Request, booking: UUID, token: str, **parts: Any) -> HttpResponse:
        found = queries.booking(booking) if links.opens("booking", booking, token) else None
        if found is None:
            _refused("booking", booking)
            raise Http404
        return view(request, found, token, **parts)

    return held


@policy("public")
@never_cache
@require_safe
@opened
def show(request: Request, booking: queries.BookingView, token: str) -> HttpResponse:
    """Show one booking with what can be done about it."""
    return _page(request, booking, token)


def _page(request: Request, booking: queries.BookingView, token: str, *, error: str = "") -> HttpResponse:
    at = clock.now()
    money, smaller = None, None
    change, before = queries.change_of(booking, at), hours_before(booking.starts_at, at)
    if booking.is_live:
        money = money_of_booking(booking.id, hours_before=before, ours=booking.visits_failed > 0)
    if change.allowed and booking.places > 1:
        back = back_for_fewer(booking.id, hours_before=before, ours=booking.visits_failed > 0)
        smaller = shapes.fewer(booking, token, *back, error=error)
    page = shapes.booking(
        booking, token, change, money, said=request.GET.get("done", ""), fewer=smaller,
        deposit=deposit_of_booking(booking.lead), series=queries.series_of(booking),
        free=free_because(booking.case_id) if money is None and booking.is_live and booking.case_id else "",
        reference=reference_to_quote(booking.case_id, booking.reference),
    )  # fmt: skip
    return render(request, "site/booking.html", {"page": page}, status=400 if error else 200)


@policy("public")
@never_cache
@require_POST
@opened
def cancel(request: Request, booking: queries.BookingView, token: str) -> HttpResponse:
    """Cancel it. Twice is once."""
    here = reverse("site:booking", args=[booking.id, token])
    by, following = customer_actor(booking.customer_id), request.POST.get("which") == "following"
    try:
        if following:
            actions.cancel_following(booking.id, by=by, at=clock.now())
        else:
            actions.cancel(booking.id, reason="asked", by=by, at=clock.now())
    except actions.NotBookable as wrong:
        return message(request, "We can’t cancel this here", str(wrong), here, "Back to the booking", status=409)
    return HttpResponseRedirect(f"{here}?done={'following' if following else 'cancelled'}")


@policy("public")
@never_cache
@require_POST
@opened
def fewer(request: Request, booking: queries.BookingView, token: str) -> HttpResponse:
    """Part of the party does not come: keep so many places and give up the others. Twice is once."""
    here, chosen = reverse("site:booking", args=[booking.id, token]), request.POST.get("keep", "")
    if not (chosen.isascii() and chosen.isdigit() and len(chosen) <= 3):
        if queries.change_of(booking, clock.now()).allowed and booking.places > 1:
            return _page(request, booking, token, error="Choose how many places you keep.")
        return HttpResponseRedirect(here)
    try:
        actions.keep_places(booking.id, int(chosen), by=customer_actor(booking.customer_id), at=clock.now())
    except actions.NotBookable as wrong:
        return message(request, "We can’t change this here", str(wrong), here, "Back to the booking", status=409)
    return HttpResponseRedirect(f"{here}?done=fewer")


@policy("public")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@opened
def move(request: Request, booking: queries.BookingView, token: str) -> HttpResponse:
    """Choose another time."""
    here, error = reverse("site:booking", args=[booking.id, token]), ""
    at = clock.now()
    if not queries.change_of(booking, at).allowed:
        return HttpResponseRedirect(here)
    if request.method == "POST":
        try:
            actions.move(booking.id, request.POST.get("slot", ""), by=customer_actor(booking.customer_id), at=at)
            return HttpResponseRedirect(f"{here}?done=moved")
        except DearerTime:
            return _pay_and_move(request, booking, token)
        except (actions.NotBookable, NotASlot) as wrong:
            error = str(wrong)
    page = shapes.moving(booking, token, queries.find(queries.like(booking), at=at), error=error)
    return render(request, "site/booking_move.html", {"page": page}, status=400 if error else 200)


def _pay_and_move(request: Request, booking: queries.BookingView, token: str) -> HttpResponse:
    """Off to pay the difference; what comes of it moves the booking, and until then it stands."""
    at, by = clock.now(), customer_actor(booking.customer_id)
    try:
        owed = move_when_paid(booking.id, request.POST.get("slot", ""), channel="web", by=by, at=at)
    except (actions.NotBookable, NotASlot) as wrong:
        page = shapes.moving(booking, token, queries.find(queries.like(booking), at=at), error=str(wrong))
        return render(request, "site/booking_move.html", {"page": page}, status=400)
    about = bill(owed.id, visible_to=SYSTEM)
    if about is None:
        raise Http404
    return to_provider(request, about, pay_token(about.id))


@policy("public")
@never_cache
@require_safe
@opened
def calendar(request: Request, booking: queries.BookingView, token: str) -> HttpResponse:
    """The booking as a calendar entry."""
    quoted = reference_to_quote(booking.case_id, booking.reference)
    content = booking_calendar(booking, at=clock.now(), link=links.booking_link(booking.id), reference=quoted)
    response = HttpResponse(content, content_type=CALENDAR)
    response["Content-Disposition"] = f'attachment; filename="booking-{quoted}.ics"'
    return response


@policy("public")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: Request, wait: UUID, token: str) -> HttpResponse:
    """Show what was offered to somebody on the waiting list; take it, or leave the list."""
    if not links.opens("offer", wait, token):
        _refused("offer", wait)
        raise Http404
    try:
        stands = wait_of(wait)
    except LookupError:
        raise Http404 from None
    at = clock.now()
    if request.method == "POST" and "leave" in request.POST:
        actions.leave_list(wait, by=customer_actor(None), at=at)
        return message(request, "You’re off the list", "We won’t write to you about this again.", kind="kept")
    if request.method == "POST":
        try:
            dialogue, key = intake.go_on_from_offer(wait, by=request.actor, at=at)
        except (actions.HoldGone, KeyError):
            return message(request, "This offer has run out", GONE, status=409)
        return hold(redirect("site:request", dialogue), dialogue, key)
    held = queries.booking(stands.booking_id) if stands.booking_id and stands.state == "offered" else None
    if held is None or held.state != "held" or held.expires_at is None or held.expires_at <= at:
        return message(
            request,
            "This offer has run out",
            GONE if stands.state == "waiting" else "It is not open any more.",
            status=410,
        )
    page = shapes.offer(held, away=stands.away(held.site))
    return render(request, "site/offer.html", {"page": replace(page, action=request.path)})


@policy("public")
@never_cache
@require_safe
def feed(request: Request, staff_id: UUID, token: str) -> HttpResponse:
    """An officer's calendar, for a calendar program to read: by its private link, without names of customers.

    Nobody reads it once the account is closed, sees nobody any more, or has another password.
    """
    officer, at = private_mark(staff_id, may="booking.manage"), clock.now()
    if officer is None or not links.opens("feed", officer[1], token):
        _refused("feed", staff_id)
        raise Http404
    return HttpResponse(calendar_feed(feed_of(officer[0], at=at), name="Appointments", at=at), content_type=CALENDAR)
