"""What fails for many at once: announced, followed with news, ended; and said to whoever rings about it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moothall.announcements import actions
from moothall.announcements.actions import NotSo
from moothall.announcements.models import NewsKind
from moothall.announcements.queries import announcement, finished, live, news_of, queue_words, reached, touched_counts
from moothall.announcements.rules import Reach
from moothall.contacts.actions import ContactClosed
from moothall.core import clock
from moothall.core.idempotency import once
from moothall.core.packs import current_pack
from moothall.core.staff import staff_names
from moothall.intake.actions import answer_about
from moothall.interfaces.desk.announcement_form import Typed, choices, meant
from moothall.interfaces.desk.lines import by_day
from moothall.interfaces.desk.screen import draw, found, go, wrong
from moothall.interfaces.desk.why import shows_contact
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.ui import words
from moothall.interfaces.ui.parts import LineEntry

MAY = "announcement.make"
SAID = {NewsKind.MADE: "Announced", NewsKind.NEWS: "News", NewsKind.OVER: "Over"}
FIELDS = {"services": "services", "since": "since_time", "round": "round", "news": "text", "over": "text"}


@require_safe
@policy("staff", needs="contact.view")
def listing(request: Request) -> HttpResponse:
    """What goes on now with whom it touches, and what is over. Seven queries, however much there is."""
    at = clock.now()
    now, over = live(at=at), finished(at=at)
    return draw(
        request, "desk/announcements.html", now=now, over=over, counts=touched_counts([one.id for one in (*now, *over)]),
        said_in_queue=queue_words(now), here="announcements",
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@policy("staff", needs=MAY)
def new(request: Request) -> HttpResponse:
    """Fill in an announcement; see whom it reaches; make it. Sent twice, it is made once."""
    at, pack = clock.now(), current_pack()
    if request.method != "POST":
        return _form(request, Typed.fresh(at), at)
    typed = Typed.read(request.POST)
    try:
        what = meant(typed, pack, at)
        if request.POST.get("do") == "make":
            made, _ = once(
                "announcement", typed.key(), at=at,
                do=lambda: {"id": str(actions.make_announcement(what, by=request.actor, at=at).id)},
            )  # fmt: skip
            return go("desk:announcement", made["id"])
        actions.check_announcement(what, at=at)
    except NotSo as problem:
        return _form(request, typed, at, problem)
    if request.POST.get("do") == "change":
        return _form(request, typed, at)
    covered = Reach(what.services, what.reach, what.area, what.usrn, what.schedule)
    return draw(
        request, "desk/announcement_check.html", what=what, typed=typed, reached=reached(covered, what.not_today),
        next_news=dict(choices(pack, at)["standards"])[what.next_news],  # type: ignore[call-overload]
        here="announcements",
    )  # fmt: skip


def _form(request: Request, typed: Typed, at: datetime, problem: NotSo | None = None) -> HttpResponse:
    return draw(
        request, "desk/announcement_new.html", status=422 if problem else 200, typed=typed, **choices(current_pack(), at),
        errors=(wrong(FIELDS.get(problem.field, problem.field), str(problem)),) if problem else (),
        problem=problem, here="announcements",
    )  # fmt: skip


@require_safe
@policy("staff", needs="contact.view")
def show(request: Request, announcement_id: UUID) -> HttpResponse:
    """One announcement: what was said, whom it touches, what to say next."""
    return _show(request, announcement_id)


def _show(request: Request, announcement_id: UUID, *, status: int = 200, **more: Any) -> HttpResponse:
    at = clock.now()
    one = found(announcement(announcement_id, at=at))
    said = news_of(announcement_id)
    names = staff_names({line.actor_id for line in said if line.actor_id})
    entries = [
        (line.at, LineEntry(words.clock_24(line.at), SAID[NewsKind(line.kind)], line.text, _name(names, line.actor_id)))
        for line in said
    ]
    return draw(
        request, "desk/announcement.html", status=status, one=one, days=by_day(entries, at),
        counts=touched_counts([announcement_id])[announcement_id], may=request.actor.may(MAY) and one.is_live,
        standards=choices(current_pack(), at)["standards"], here="announcements", **({"typed": {}, "open_act": ""} | more),
    )  # fmt: skip


def _name(names: dict[UUID, str], actor: UUID | None) -> str:
    return names.get(actor, "") if actor else ""


@require_POST
@policy("staff", needs=MAY)
def say(request: Request, announcement_id: UUID, what: str) -> HttpResponse:
    """Give news with the promise of the next, or say that it is over."""
    at, text = clock.now(), request.POST.get("text", "")
    try:
        if what == "over":
            actions.end_announcement(announcement_id, text=text, by=request.actor, at=at)
        else:
            actions.give_news(
                announcement_id, text=text, next_news=request.POST.get("next_news", ""), by=request.actor, at=at
            )
    except NotSo as problem:
        box = f"{what}-next" if problem.field == "next_news" else f"{what}-text"
        return _show(
            request, announcement_id, status=422, errors=[wrong(box, str(problem))], open_act=what, typed=request.POST
        )
    except LookupError:
        raise Http404 from None
    return go("desk:announcement", announcement_id)


@require_POST
@policy("staff", needs="contact.take", purpose="contact")
@shows_contact()
def about_it(request: Request, contact_id: UUID, announcement_id: UUID) -> HttpResponse:
    """They are in touch about this: answered with it, counted with it, and they hear when it is over."""
    try:
        answer_about(contact_id, announcement_id, by=request.actor, at=clock.now())
    except ContactClosed:
        return go("desk:contact", contact_id)
    except LookupError:
        raise Http404 from None
    return go("desk:contact", contact_id, told=str(announcement_id))
