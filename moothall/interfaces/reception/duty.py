"""An officer's own desk: on duty or not, the next visitor, and who asks for an expert."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from moothall.core import clock
from moothall.core.staff import skills_of
from moothall.interfaces.desk.screen import draw, found, go, part, wrong
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.reception import shapes
from moothall.reception import actions
from moothall.reception.actions import NotSo
from moothall.reception.queries import ask_for, board, duty_of

PURPOSE = "reception"


@require_safe
@policy("staff", needs="contact.take", purpose=PURPOSE)
def own_desk(request: Request) -> HttpResponse:
    """The officer's page between visitors."""
    return page(request)


def page(request: Request, *, status: int = 200, **more: Any) -> HttpResponse:
    """Draw the officer's page; ``more`` brings what a form found wrong."""
    centre = found(shapes.centre_for(request))
    context = now(request) | {
        "choices": shapes.choices(centre), "picked": centre, "skills": skills_of(request.actor.id), "here": "reception",
        "said": shapes.said(request),
    }  # fmt: skip
    return draw(request, "reception/desk.html", status=status, **(context | more))


def now(request: Request) -> dict[str, Any]:
    """What changes by itself: the queue, whom I called, who asks."""
    at = clock.now()
    on = duty_of(request.actor)
    asks = ask_for(visible_to=request.actor, at=at) if on and request.actor.may("reception.join") else []
    held = board(on.centre, visible_to=request.actor, at=at) if on else None
    mine = [one for one in held.waiting if one.queue in on.queues] if held and on else []
    with_me = [one for one in (*held.called, *held.serving) if one.staff_id == request.actor.id] if held else []
    return {"on": on, "asks": asks, "board": held, "mine": mine, "with_me": with_me, "say": shapes, "at": at}


@require_safe
@policy("staff", needs="contact.take", purpose=PURPOSE, quiet=True)
def desk_now(request: Request) -> HttpResponse:
    """What changes by itself, for the page to put in its place."""
    return part(request, "reception/desk_now.html", **now(request))


@require_POST
@policy("staff", needs="contact.take", purpose=PURPOSE)
def begin(request: Request) -> HttpResponse:
    """Be on duty."""
    post = request.POST
    try:
        actions.begin_duty(
            centre=post.get("centre", ""), desk=post.get("desk", ""), skills=post.getlist("skills"), by=request.actor,
            at=clock.now(),
        )  # fmt: skip
    except NotSo as problem:
        return page(request, status=422, errors=[wrong(problem.field, str(problem))])
    return go("reception:desk", centre=post.get("centre", ""))


@require_POST
@policy("staff", needs="contact.take", purpose=PURPOSE)
def end(request: Request) -> HttpResponse:
    """Go off duty."""
    try:
        actions.end_duty(by=request.actor, at=clock.now())
    except NotSo as problem:
        messages.error(request, str(problem))
    return go("reception:desk")


@require_POST
@policy("staff", needs="contact.take", purpose=PURPOSE)
def call_the_next(request: Request) -> HttpResponse:
    """Call whoever is next."""
    try:
        if actions.call_next(by=request.actor, at=clock.now()) is None:
            messages.info(request, "Nobody waits for you.")
    except NotSo as problem:
        messages.error(request, str(problem))
    return go("reception:desk")


@require_POST
@policy("staff", needs="reception.join", purpose=PURPOSE)
def answer(request: Request, ask_id: UUID) -> HttpResponse:
    """Come, or say that one is busy."""
    try:
        actions.answer_ask(ask_id, comes=request.POST.get("answer") == "coming", by=request.actor, at=clock.now())
    except NotSo as problem:
        messages.error(request, str(problem))
    except LookupError:
        raise Http404 from None
    return go("reception:desk")


@require_safe
@policy("staff", needs="contact.view", purpose=PURPOSE, quiet=True)
def beside(request: Request, visit_id: UUID) -> HttpResponse:
    """How asking for an expert stands, for the contact's page to put in its place."""
    asks = ask_for(visible_to=request.actor, at=clock.now(), visit_id=visit_id)
    return part(request, "reception/asks.html", asks=asks)
