"""The supervisor's board: who does what today, what is at risk, and putting it right; the devices crews carry."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from moothall.core import clock
from moothall.core.packs import current_pack
from moothall.field import actions
from moothall.field.pack import CREWS, FIELD_REASONS
from moothall.field.queries import board, devices
from moothall.interfaces.desk.screen import day_or_today, draw, go, wrong
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.ui.jinja import with_query

DONE: Final = {
    "plan": "The day is being planned. This page shows it when it is done.",
    "publish": "Sent. The crews’ devices have their jobs; what you change from now on reaches them at once.",
    "moved": "Moved.",
    "off": "The crew is off. What other crews could take is with them; who waits for the rest is told why and when.",
    "back": "The crew works. What others were given stays with them.",
    "cut": "Cut off. It is let in no more, and forgets what it holds when it is next in touch.",
}


@require_safe
@policy("staff", needs="field.plan")
def crews(request: Request) -> HttpResponse:
    """One day of all crews. Four queries beside the frame's, however many jobs there are."""
    return _draw(request, day_or_today(request.GET.get("day", "")))


def _draw(request: Request, day: date, *, error: str = "", status: int = 200) -> HttpResponse:
    at = clock.now()

    def link(other: date) -> str:
        return with_query(reverse("desk:crews"), day=other.isoformat())

    return draw(
        request, "desk/crews.html", status=status, board=board(day, visible_to=request.actor, at=at), here="crews",
        reasons=[(one.code, one.crew_off) for one in current_pack().of(FIELD_REASONS).values() if one.crew_off],
        day=day, today=day_or_today(""), before=link(day - timedelta(1)), after=link(day + timedelta(1)), this=link(day),
        said=DONE.get(request.GET.get("done", ""), ""), errors=(wrong("crews", error),) if error else (),
    )  # fmt: skip


@require_POST
@policy("staff", needs="field.plan")
def plan(request: Request) -> HttpResponse:
    """Have the day planned, in the background."""
    day = day_or_today(request.POST.get("day", ""))
    actions.ask_for_plan(day, by=request.actor, at=clock.now())
    return go("desk:crews", day=day.isoformat(), done="plan")


@require_POST
@policy("staff", needs="field.plan")
def publish(request: Request) -> HttpResponse:
    """Let devices have the day."""
    day = day_or_today(request.POST.get("day", ""))
    actions.publish_day(day, by=request.actor, at=clock.now())
    return go("desk:crews", day=day.isoformat(), done="publish")


@require_POST
@policy("staff", needs="field.plan")
def move(request: Request, job_id: UUID) -> HttpResponse:
    """Give one job to a crew, at a place in its day or where it costs least; to no crew: it waits."""
    day, place = day_or_today(request.POST.get("day", "")), request.POST.get("place", "").strip()
    try:
        if place and not (place.isascii() and place.isdigit() and 0 < int(place) < 1000):
            raise actions.CannotPlace("Enter the place in the crew’s day as a number, like 3, or leave it empty.")
        actions.give_job(
            job_id, crew=request.POST.get("crew", ""), day=day, place=int(place) if place else None, by=request.actor,
            at=clock.now(),
        )  # fmt: skip
    except actions.CannotPlace as why:
        return _draw(request, day, error=str(why), status=409)
    return go("desk:crews", day=day.isoformat(), done="moved")


@require_POST
@policy("staff", needs="field.plan")
def work(request: Request, crew: str) -> HttpResponse:
    """Say that a crew is off, or works after all."""
    day = day_or_today(request.POST.get("day", ""))
    if crew not in current_pack().of(CREWS):
        raise Http404
    if request.POST.get("off"):
        try:
            actions.crew_off(crew, day, reason=request.POST.get("reason", ""), by=request.actor, at=clock.now())
        except actions.CannotPlace as why:
            return _draw(request, day, error=str(why), status=422)
        return go("desk:crews", day=day.isoformat(), done="off")
    actions.crew_back(crew, day, by=request.actor, at=clock.now())
    return go("desk:crews", day=day.isoformat(), done="back")


@require_safe
@policy("staff", needs="field.plan")
def carried(request: Request) -> HttpResponse:
    """Every device: who has it, when it was last in touch."""
    said = DONE.get(request.GET.get("done", ""), "")
    return draw(request, "desk/devices.html", devices=devices(visible_to=request.actor), here="crews", said=said)


@require_POST
@policy("staff", needs="field.plan")
def cut_off(request: Request, device_id: UUID) -> HttpResponse:
    """Shut a lost or stolen device out."""
    actions.cut_off(device_id, by=request.actor, at=clock.now())
    return go("desk:devices", done="cut")
