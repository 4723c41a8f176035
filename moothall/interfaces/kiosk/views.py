"""The kiosk's own pages: the first one, finishing, being helped, taking a ticket, and telling it where it stands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moothall.contacts.models import NotOnline
from moothall.core import clock
from moothall.core.ids import new_id
from moothall.core.limits import TooManyAttempts
from moothall.core.packs import current_pack
from moothall.intake import queries
from moothall.intake.dialogue import AnswerError
from moothall.intake.dialogue.people import phone_number
from moothall.interfaces.kiosk import mount
from moothall.interfaces.kiosk.sitting import Sitting, keep, set_point
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.reception.shapes import opens_point
from moothall.interfaces.site import shapes
from moothall.interfaces.site.pages import Tile
from moothall.interfaces.site.speaking import chosen_in, offered_in
from moothall.reception.actions import Arrival, NotSo, arrive_at_kiosk
from moothall.reception.pack import CENTRES, QUEUES
from moothall.reception.queries import find_booking
from moothall.reception.rules import say_wait, why_no_text


def _sitting(request: Request) -> Sitting:
    return cast("Sitting", request.kiosk)  # type: ignore[attr-defined]


@policy("public")
@never_cache
@require_safe
def home(request: Request) -> HttpResponse:
    """The first page: what people come for, tracking, a ticket to see somebody."""
    page = shapes.home(queries.home_page(at=clock.now()))
    context = {"tiles": _tiles(request, page.popular), "point": _sitting(request).point, "over": "over" in request.GET}
    return render(request, "kiosk/home.html", {"page": page, **context})


def _tiles(request: Request, popular: Iterable[Tile]) -> tuple[Tile, ...]:
    """What people come for; before it what can be asked for in the language that was chosen here."""
    codes = [code for code, _ in offered_in(current_pack()).get(chosen_in(request), ())]
    names = queries.names_of(codes)
    hers = [Tile(names[code], reverse("site:service", args=[code])) for code in codes]
    return (*hers, *(one for one in popular if one.link not in {tile.link for tile in hers}))


@policy("public")
@never_cache
@require_safe
def over(request: Request) -> HttpResponse:
    """Finished, or nobody there any more: forget everything."""
    return mount.over(request, _sitting(request))


@policy("public", quiet=True)
@require_POST
def stay(request: Request) -> HttpResponse:
    """Somebody is there: the page says so now and then while it is touched."""
    keep(request, _sitting(request))
    return HttpResponse(status=204)


@policy("public")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def helped(request: Request) -> HttpResponse:
    """Somebody helps at the kiosk: why it could not be done alone goes with what is sent."""
    sitting = _sitting(request)
    if request.method == "POST":
        because = request.POST.get("because", "")
        sitting.helped = because if because in NotOnline.values else ""
        keep(request, sitting)
        return redirect("kiosk:home")
    return render(request, "kiosk/helped.html", {"reasons": NotOnline.choices, "chosen": sitting.helped})


@policy("public")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check_in(request: Request) -> HttpResponse:
    """Take a ticket, or say that one is here for an appointment."""
    centre = _sitting(request).point
    if centre is None:
        raise Http404
    queues = [(code, current_pack().of(QUEUES)[code].name) for code in centre.queues]
    context: dict[str, Any] = {"queues": queues, "centre": centre, "key": str(new_id()), "error": "", "typed": {}}
    if request.method != "POST":
        return render(request, "kiosk/arrive.html", context)
    try:
        return _ticket(request, centre.code)
    except TooManyAttempts:
        error, status = "Many tickets were taken here just now. Wait a minute and try again, or go to reception.", 429
    except (NotSo, AnswerError) as problem:
        error, status = str(problem), 422
    context |= {"error": error, "typed": request.POST.dict(), "key": request.POST.get("key", "")}
    return render(request, "kiosk/arrive.html", context, status=status)


def _ticket(request: Request, centre: str) -> HttpResponse:
    """Take whoever stands here in, and show the ticket."""
    post, at = request.POST, clock.now()
    booked = find_booking(post.get("reference", ""), centre, at=at) if post.get("reference") else None
    if post.get("reference") and booked is None:
        raise NotSo("reference", "We find no appointment here today with that reference. Check it, or take a ticket.")
    phone = phone_number(post.get("phone", ""), "Mobile number")
    new = Arrival(
        centre=centre, how="kiosk", key=post.get("key", ""), queue=post.get("queue", ""), phone=phone,
        booking_id=booked.id if booked else None,
    )  # fmt: skip
    ticket = arrive_at_kiosk(new, kiosk=_sitting(request).kiosk, by=request.actor, at=at)
    by_text = ticket.call_by == "text"
    told = {"by_text": by_text, "no_text": why_no_text(phone) if phone and not by_text else ""}
    wait = "" if booked else say_wait(ticket.place.seconds)
    return render(request, "kiosk/ticket.html", {"ticket": ticket, "booked": booked, "wait": wait, **told})


@policy("public")
@never_cache
@require_safe
def point(request: Request, centre: str, key: str) -> HttpResponse:
    """Tell this browser that it is a kiosk of a centre."""
    if centre not in current_pack().of(CENTRES) or not opens_point(key, centre):
        raise Http404
    response = redirect("kiosk:home")
    set_point(response, centre)
    return response
