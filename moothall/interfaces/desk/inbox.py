"""The inbox: everything that arrived in writing, on any channel, in one list; and what is done with each piece of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from moothall.cases.actions.rows import NoSuchCase
from moothall.cases.queries import cases_by_id, find_by_reference
from moothall.core import clock
from moothall.core.actors import Actor
from moothall.core.paging import BadCursor
from moothall.core.staff import staff_names
from moothall.documents.queries import content_of_writing
from moothall.inbox import actions, queries
from moothall.inbox.actions import NoSuchWriting
from moothall.inbox.pack import WRITTEN
from moothall.inbox.post_queries import out_of_sight, waiting_replies
from moothall.inbox.queries import InboxFilter, WritingLine
from moothall.intake.draft_actions import keep_draft
from moothall.intake.social import answering as social
from moothall.intake.written import working
from moothall.interfaces.desk import labels
from moothall.interfaces.desk.away import WAITS, feeds_away
from moothall.interfaces.desk.contact_page import frame
from moothall.interfaces.desk.reading import panel
from moothall.interfaces.desk.screen import draw, found, go, wrong
from moothall.interfaces.desk.why import shows_writing
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.ui.jinja import with_query
from moothall.promises.queries import PromiseMark, marks_of

SIZE: Final = 25
WHOSE: Final = (("", "Everyone’s"), ("mine", "Mine"), ("nobody", "Nobody’s yet"))
BOXES: Final = (("", "To answer"), ("machines", "From machines, and spam"), ("done", "Dealt with"))
SHORTCUTS: Final = (("j", "Next row"), ("k", "Row before"), ("Enter", "Open it"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters as the address carries them."""

    team: str = ""
    channel: str = ""
    whose: str = ""
    box: str = ""

    @classmethod
    def read(cls, told: QueryDict) -> Wanted:
        """Read the filters; what cannot be understood filters nothing."""
        got = {name: str(told.get(name, ""))[:80] for name in cls.__dataclass_fields__}
        known = {"whose": WHOSE, "box": BOXES, "channel": [(code, "") for code in WRITTEN]}
        return cls(**{n: v if n not in known or v in dict(known[n]) else "" for n, v in got.items()})

    def as_filter(self, actor: Actor) -> InboxFilter:
        """As the query takes it: without a team, all of one's own."""
        return InboxFilter(
            teams=(self.team,) if self.team else tuple(sorted(actor.teams)), channel=self.channel, box=self.box,
            assignee_id=actor.id if self.whose == "mine" else None, unassigned=self.whose == "nobody",
        )  # fmt: skip

    def query(self) -> str:
        """As the end of an address."""
        return urlencode({name: value for name in self.__dataclass_fields__ if (value := getattr(self, name))})


@dataclass(frozen=True, slots=True)
class Row:
    """One writing of the list, with its promise, its owner's name and its case's reference."""

    line: WritingLine
    mark: PromiseMark | None
    owner: str
    case: str
    link: str
    to_check: bool
    hidden: bool


@require_safe
@policy("staff", needs="contact.view", purpose="contact")
def inbox(request: Request) -> HttpResponse:
    """A page of the inbox. Eight queries beside the frame's, whatever its size."""
    wanted, at = Wanted.read(request.GET), clock.now()
    try:
        page = queries.inbox(
            wanted.as_filter(request.actor), visible_to=request.actor, after=request.GET.get("after", ""), size=SIZE
        )
    except BadCursor:
        return go("desk:inbox")
    lines = page.rows
    marks = marks_of([one.contact_id for one in lines if one.contact_id], at=at)
    owners = staff_names({one.assignee_id for one in lines if one.assignee_id})
    may = request.actor.may("case.view")
    cases = cases_by_id({one.case_id for one in lines if one.case_id}, visible_to=request.actor) if may else {}
    posts = [one.id for one in lines if one.channel == "social"]
    to_check, hidden = waiting_replies(posts), out_of_sight(posts)
    rows = [
        Row(
            one, marks.get(one.contact_id) if one.contact_id else None,
            owners.get(one.assignee_id, "") if one.assignee_id else "",
            cases[one.case_id].reference if one.case_id in cases else "", _page_of(one.id, one.contact_id),
            one.id in to_check, one.id in hidden,
        )
        for one in lines
    ]  # fmt: skip
    address = reverse("desk:inbox")
    return draw(
        request, "desk/inbox.html", rows=rows, away=feeds_away(), waits=WAITS, wanted=wanted, whose=WHOSE, boxes=BOXES,
        here="inbox",
        channels=[(code, labels.channel(code)) for code in WRITTEN], teams=labels.team_choices(), shortcuts=SHORTCUTS,
        older=f"{with_query(address, after=page.after)}&{wanted.query()}" if page.after else "",
        newer=f"{address}?{wanted.query()}" if page.before else "",
        machine_words=queries.machine_words, done=request.GET.get("done", "") in DONE,
    )  # fmt: skip


DONE: Final = frozenset({"1"})


def _page_of(writing_id: UUID, contact_id: UUID | None) -> str:
    return reverse("desk:contact", args=[contact_id]) if contact_id else reverse("desk:writing", args=[writing_id])


@require_safe
@policy("staff", needs="contact.view", purpose="contact")
@shows_writing()
def writing(request: Request, writing_id: UUID) -> HttpResponse:
    """One writing: a person's on the screen of her contact, a machine's on a page of its own."""
    view = found(queries.writing(writing_id=writing_id, visible_to=request.actor))
    if view.contact_id is not None:
        return go("desk:contact", view.contact_id)
    return draw(request, "desk/writing.html", writing=panel(request, view), here="inbox")


@require_safe
@policy("staff", needs="contact.view", purpose="contact")
@shows_writing()
def file(request: Request, writing_id: UUID, document_id: UUID) -> HttpResponse:
    """A file that came with a writing: saved, never opened here, whatever it says it is."""
    found(queries.writing(writing_id=writing_id, visible_to=request.actor))
    try:
        line, content = found(content_of_writing(document_id, writing_id=writing_id, visible_to=request.actor))
    except FileNotFoundError:
        raise Http404 from None
    answer = HttpResponse(content, content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = _attachment(line.name)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _attachment(name: str) -> str:
    from django.utils.http import content_disposition_header

    return content_disposition_header(as_attachment=True, filename=name) or "attachment"


@require_POST
@policy("staff", needs=("contact.view", "inbox.answer"), purpose="contact")
@shows_writing()
def act(request: Request, writing_id: UUID, what: str) -> HttpResponse:
    """Do something with a writing; what is wrong is said beside what was typed."""
    at, post = clock.now(), request.POST
    view = found(queries.writing(writing_id=writing_id, visible_to=request.actor))
    if what == "answer" and request.headers.get("X-Autosave"):
        keep_draft(working.answer_key(view.contact_id or view.id), post.lists(), by=request.actor, at=at)
        return HttpResponse(status=204)
    if what not in ACTS:
        raise Http404
    try:
        ended = ACTS[what](request, writing_id)
    except (NoSuchWriting, NoSuchCase):
        raise Http404 from None
    except ValueError as problem:
        return _shown_again(request, view, what, str(problem))
    if what in {"answer", "agree", "finish", "give"} and ended != "waiting":
        return go("desk:inbox", done="1")
    return go("desk:writing", writing_id)


def _shown_again(request: Request, view: queries.WritingView, what: str, message: str) -> HttpResponse:
    errors = [wrong(FIELDS.get(what, "writing"), message)]
    if view.contact_id is None:
        return draw(
            request, "desk/writing.html", status=422, errors=errors, here="inbox",
            writing=panel(request, view, what=what, typed=request.POST),
        )  # fmt: skip
    return frame(
        request, view.contact_id, status=422, errors=errors, writing=panel(request, view, what=what, typed=request.POST)
    )


FIELDS: Final = {
    "answer": "answer-text", "ask": "ask-text", "tell": "tell-text", "give": "give-team", "case": "case-reference",
    "finish": "finish-cause", "back": "back-why", "private": "private-text", "hide": "hide-reason",
    "mute": "mute-reason",
}  # fmt: skip


def _take(request: Request, writing_id: UUID) -> None:
    over = request.POST.get("over") == "yes"
    actions.take_on(writing_id, by=request.actor, at=clock.now(), over=over)


def _give(request: Request, writing_id: UUID) -> None:
    actions.give_to(writing_id, team=request.POST.get("team", ""), by=request.actor, at=clock.now())


def _ask(request: Request, writing_id: UUID) -> None:
    post = request.POST
    actions.ask(
        writing_id, team=post.get("team", ""), text=post.get("text", "")[:8000], by=request.actor, at=clock.now()
    )


def _tell(request: Request, writing_id: UUID) -> None:
    actions.tell(writing_id, text=request.POST.get("text", "")[:8000], by=request.actor, at=clock.now())


def _answer(request: Request, writing_id: UUID) -> str:
    post = request.POST
    words, ask = {"text": post.get("text", ""), "cause": post.get("cause", "")}, "no-ask" not in post
    view = found(queries.writing(writing_id=writing_id, visible_to=request.actor))
    if view.channel == social.CHANNEL:
        return social.answer(writing_id, **words, ask=ask, by=request.actor, at=clock.now())
    working.answer(writing_id, **words, ask=ask, by=request.actor, at=clock.now())
    return "sent"


def _finish(request: Request, writing_id: UUID) -> None:
    ask = "no-ask" not in request.POST
    working.finish(writing_id, cause=request.POST.get("cause", ""), ask=ask, by=request.actor, at=clock.now())


def _case(request: Request, writing_id: UUID) -> None:
    case = find_by_reference(request.POST.get("reference", "")[:40], visible_to=request.actor)
    if case is None:
        raise ValueError("No case of ours has that reference. Check each letter and number.")
    working.attach_to_case(writing_id, case_id=case.id, by=request.actor, at=clock.now())


def _person(request: Request, writing_id: UUID) -> None:
    working.by_a_person(writing_id, by=request.actor, at=clock.now())


def _agree(request: Request, writing_id: UUID) -> None:
    social.agree(writing_id, by=request.actor, at=clock.now())


def _back(request: Request, writing_id: UUID) -> None:
    social.send_back(writing_id, why=request.POST.get("why", ""), by=request.actor, at=clock.now())


def _private(request: Request, writing_id: UUID) -> None:
    social.take_private(writing_id, text=request.POST.get("text", ""), by=request.actor, at=clock.now())


def _hide(request: Request, writing_id: UUID) -> None:
    social.hide(writing_id, reason=request.POST.get("reason", ""), by=request.actor, at=clock.now())


def _mute(request: Request, writing_id: UUID) -> None:
    social.mute(writing_id, reason=request.POST.get("reason", ""), by=request.actor, at=clock.now())


ACTS: Final[dict[str, Any]] = {
    "take": _take, "give": _give, "ask": _ask, "tell": _tell, "answer": _answer, "finish": _finish, "case": _case,
    "person": _person, "agree": _agree, "back": _back, "private": _private, "hide": _hide, "mute": _mute,
}  # fmt: skip
