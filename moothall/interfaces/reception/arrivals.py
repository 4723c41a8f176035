"""Reception itself: booking somebody in, everybody who is here at one glance, and the same on a floor walker's phone."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from moothall.core import clock
from moothall.core.ids import new_id
from moothall.intake.dialogue import AnswerError
from moothall.intake.dialogue.people import phone_number
from moothall.interfaces.desk.screen import draw, found, go, part, read_id, wrong
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.reception import shapes
from moothall.reception.actions import Arrival, NotSo, arrive
from moothall.reception.queries import board

RUN = "reception.run"
PURPOSE = "reception"


@require_safe
@policy("staff", needs=RUN, purpose=PURPOSE)
def host(request: Request) -> HttpResponse:
    """The host's page: who comes in, who waits, who is where."""
    return page(request)


def page(request: Request, *, status: int = 200, **more: Any) -> HttpResponse:
    """Draw the host's page; ``more`` brings what a form found wrong, with what was typed."""
    at = clock.now()
    centre = found(shapes.centre_for(request))
    context = shown(request, centre.code, at) | {
        "choices": shapes.choices(centre), "typed": {}, "key": str(new_id()), "here": "reception",
        "said": shapes.said(request), "given": request.GET.get("ticket", ""),
        "screen_link": shapes.screen_link(request, centre.code), "kiosk_link": shapes.kiosk_link(request, centre.code),
    }  # fmt: skip
    return draw(request, "reception/host.html", status=status, **(context | more))


def shown(request: Request, centre: str, at: Any) -> dict[str, Any]:
    """What the lists of a centre show, on every page of reception."""
    return {"board": board(centre, visible_to=request.actor, at=at), "say": shapes, "centre": centre}


@require_safe
@policy("staff", needs=RUN, purpose=PURPOSE, quiet=True)
def board_now(request: Request) -> HttpResponse:
    """The lists as they stand, for the page to put in their place."""
    centre = found(shapes.centre_for(request))
    return part(
        request, "reception/board.html", choices=shapes.choices(centre), **shown(request, centre.code, clock.now())
    )


@require_safe
@policy("staff", needs=RUN, purpose=PURPOSE)
def floor(request: Request) -> HttpResponse:
    """The floor walker's telephone: one card for each person who waits."""
    centre = found(shapes.centre_for(request))
    return draw(
        request, "reception/floor.html", here="reception", said=shapes.said(request), choices=shapes.choices(centre),
        **shown(request, centre.code, clock.now()),
    )  # fmt: skip


@require_safe
@policy("staff", needs=RUN, purpose=PURPOSE, quiet=True)
def floor_now(request: Request) -> HttpResponse:
    """The cards as they stand."""
    centre = found(shapes.centre_for(request))
    return part(
        request, "reception/cards.html", choices=shapes.choices(centre), **shown(request, centre.code, clock.now())
    )


@require_POST
@policy("staff", needs=RUN, purpose=PURPOSE)
def take_in(request: Request) -> HttpResponse:
    """Book somebody in, with or without an appointment."""
    post, at = request.POST, clock.now()
    centre = found(shapes.centre_for(request))
    try:
        ticket = arrive(
            Arrival(
                centre=centre.code, key=post.get("key", ""), service=post.get("service", ""), queue=post.get("queue", ""),
                about=post.get("about", "").strip(), shown_as=post.get("shown_as", ""), find_by=post.get("find_by", ""),
                call_by=post.get("call_by", "screen"), phone=phone_number(post.get("phone", ""), "Mobile number"),
                needs=tuple(post.getlist("needs")), language=post.get("language", ""),
                booking_id=read_id(post.get("booking")),
            ),
            by=request.actor, at=at,
        )  # fmt: skip
    except LookupError:
        raise Http404 from None
    except (NotSo, AnswerError) as problem:
        field = problem.field if isinstance(problem, NotSo) else "phone"
        typed = {name: post.get(name, "") for name in post} | {"needs": post.getlist("needs")}
        return page(request, status=422, typed=typed, key=post.get("key", ""), errors=[wrong(field, str(problem))])
    return go("reception:host", ticket=ticket.ticket)
