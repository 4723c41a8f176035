"""The work of one's teams: what is due first comes first, and one key leads from a row to its case and to the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import parse_qs, urlencode
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from moothall.cases import actions
from moothall.cases.actions import ChangedMeanwhile, TakenMeanwhile
from moothall.cases.actions.rows import NoSuchCase
from moothall.cases.queries import CaseLine, QueueFilter, cases_by_id, teams_with_work
from moothall.cases.queries import queue as read_queue
from moothall.core import clock
from moothall.core.access import Refused
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.core.paging import BadCursor, Page, pack_cursor
from moothall.core.staff import staff_names
from moothall.interfaces.desk import labels
from moothall.interfaces.desk.screen import draw, go, read_id, wrong
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.ui.jinja import with_query
from moothall.interfaces.ui.words import count
from moothall.promises.queries import PromiseMark, marks_of

SIZE = 25
MOST_AT_ONCE = 100
WHOSE = (("", "Everyone’s"), ("mine", "Mine"), ("nobody", "Nobody’s yet"))
EVERY = "all"
"""What the address says instead of a team where it is the work of all teams that is wanted."""
PACES = (("", "All"), ("late", "Late"), ("at_risk", "At risk"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters as the address carries them."""

    team: str = ""
    whose: str = ""
    pace: str = ""
    service: str = ""

    @classmethod
    def read(cls, told: QueryDict | dict[str, str]) -> Wanted:
        """Read the filters; what cannot be understood filters nothing."""
        return cls(**{name: str(told.get(name, ""))[:80] for name in cls.__dataclass_fields__})

    def as_filter(self, actor: Actor) -> QueueFilter:
        """As the query takes it: without a team, all of one's own. All teams' is for who gives work to teams; they are those
        of the pack: what another system's teams left open in its history is nobody's work here."""
        mine = self.team in ("", EVERY)
        every = self.team == EVERY and sees_every_team(actor)
        return QueueFilter(
            team="" if self.team == EVERY else self.team,
            teams=tuple(sorted(current_pack().teams)) if every else tuple(sorted(actor.teams)) if mine else None,
            assignee_id=actor.id if self.whose == "mine" else None,
            unassigned=self.whose == "nobody",
            late=self.pace == "late",
            at_risk_at=clock.now() if self.pace == "at_risk" else None,
            service=self.service,
        )

    def query(self) -> str:
        """As the end of an address."""
        return urlencode({name: value for name in self.__dataclass_fields__ if (value := getattr(self, name))})


def sees_every_team(actor: Actor) -> bool:
    """Whether the officer leads: who gives work to teams is offered what all of them have."""
    return actor.may("case.assign")


@dataclass(frozen=True, slots=True)
class Row:
    """One case of the queue in words: what it is, how it stands, whose it is, and where it leads."""

    case: CaseLine
    service: str
    status: str
    team: str
    mark: PromiseMark | None
    owner: str
    link: str


@require_safe
@policy("staff", needs="case.view")
def queue(request: Request) -> HttpResponse:
    """A page of the queue: six queries, whatever its size."""
    wanted = Wanted.read(request.GET)
    try:
        page = read_queue(
            wanted.as_filter(request.actor), visible_to=request.actor, after=request.GET.get("after", ""), size=SIZE
        )
    except BadCursor:
        return go("desk:queue")
    return show(request, wanted, page)


def show(request: Request, wanted: Wanted, page: Page[CaseLine], *, status: int = 200, **more: Any) -> HttpResponse:
    """Draw a page of the queue."""
    at = clock.now()
    marks = marks_of([c.id for c in page.rows], at=at)
    owners = staff_names({c.assignee_id for c in page.rows if c.assignee_id})
    leads = links_of(wanted)
    rows = [
        Row(
            c,
            service=labels.service(c.service),
            status="Waiting" if c.state == "waiting" else labels.status(c.status, c.service),
            team=labels.team(c.team),
            mark=marks.get(c.id),
            owner=owners.get(c.assignee_id, "") if c.assignee_id else "",
            link=leads(c),
        )
        for c in page.rows
    ]
    address = reverse("desk:queue")
    teams = labels.team_choices()
    working = teams_with_work([code for code, _ in teams], visible_to=request.actor)
    context = {
        "rows": rows,
        "wanted": wanted,
        "whose": WHOSE,
        "paces": PACES,
        "teams": [
            *([(EVERY, "All teams")] if sees_every_team(request.actor) else ()),
            *((c, name) for c, name in teams if c in working or c == wanted.team),
        ],
        "every": wanted.team == EVERY and sees_every_team(request.actor),
        "my_teams": [(code, labels.team(code)) for code in sorted(request.actor.teams)],
        "wider": f"{address}?{replace(wanted, team=EVERY).query()}"
        if sees_every_team(request.actor) and wanted.team != EVERY
        else "",
        "older": f"{with_query(address, after=page.after)}&{wanted.query()}" if page.after else "",
        "newer": f"{address}?{wanted.query()}" if page.before else "",
        "done": request.GET.get("done", ""),
        "asked": None,
        "here": "queue",
        "shortcuts": SHORTCUTS,
    }
    return draw(request, "desk/queue.html", status=status, **(context | more))


SHORTCUTS = (("x", "Mark the row"), ("a", "Give the marked ones to me"), ("g", "Give them to a team"))


def links_of(wanted: Wanted) -> Callable[[CaseLine], str]:
    """Where a list's rows lead: each to its case, which knows the list it came from and its place in it."""
    some = UUID(int=0)
    before, after = reverse("desk:case", args=[some]).split(str(some))
    named = urlencode({"list": wanted.query() or "all"})

    def link(case: CaseLine) -> str:
        return f"{before}{case.id}{after}?{named}&at={pack_cursor((case.due_at, case.id))}"

    return link


@require_safe
@policy("staff", needs="case.view")
def after_this(request: Request) -> HttpResponse:
    """Go on to the next case of the list one came from, or back to the list at its end."""
    told = {name: texts[0] for name, texts in parse_qs(request.GET.get("list", "")).items()}
    wanted = Wanted.read(told)
    try:
        page = read_queue(
            wanted.as_filter(request.actor), visible_to=request.actor, after=request.GET.get("at", ""), size=1
        )
    except BadCursor:
        return go("desk:queue")
    if not page.rows:
        return go("desk:queue", **told | {"done": "That was the last of the list."})
    from django.http import HttpResponseRedirect

    return HttpResponseRedirect(links_of(wanted)(page.rows[0]))


@require_POST
@policy("staff", needs=("case.view", "case.assign"))
def many(request: Request) -> HttpResponse:
    """Give several cases at once to oneself or to a team. Each stands alone: one that cannot be given stops no other, and
    what is a colleague's is asked about first."""
    wanted = Wanted.read(request.POST)
    ids = list(dict.fromkeys(found for text in request.POST.getlist("case") if (found := read_id(text))))[:MOST_AT_ONCE]
    team, mine = request.POST.get("to_team", ""), request.POST.get("do") == "mine"
    if not ids or (not mine and team not in dict(labels.team_choices())):
        page = read_queue(wanted.as_filter(request.actor), visible_to=request.actor, size=SIZE)
        message = "Mark at least one row first." if not ids else "Choose the team to give them to."
        return show(request, wanted, page, status=422, errors=[wrong("to_team" if ids else "case-1", message)])
    whom = "you" if mine else labels.team(team)
    seen = dict(text.partition(":")[::2] for text in request.POST.getlist("theirs"))
    ends = {case_id: _give(case_id, team, mine, read_id(seen.get(str(case_id))), request.actor) for case_id in ids}
    given, theirs = sum(end == "given" for end in ends.values()), [i for i, end in ends.items() if end == "theirs"]
    said = f"{count(given, 'case')} given to {whom}." if given or not theirs else ""
    if left := len(ids) - given - len(theirs):
        said = f"{said} {count(left, 'case')} could not be.".strip()
    if theirs:
        page = read_queue(wanted.as_filter(request.actor), visible_to=request.actor, size=SIZE)
        asked = Asked(_held(theirs, request.actor), team="" if mine else team, whom=whom)
        return show(request, wanted, page, status=409, asked=asked, done=said)
    kept = {name: getattr(wanted, name) for name in wanted.__dataclass_fields__}
    return go("desk:queue", **kept, done=said)


@dataclass(frozen=True, slots=True)
class Asked:
    """What stays where it is until the officer says it again: the cases of colleagues, each with whose it is, and who would
    have them. ``team`` is empty where it is the officer herself."""

    cases: list[tuple[CaseLine, str]]
    team: str
    whom: str


def _held(ids: list[UUID], actor: Actor) -> list[tuple[CaseLine, str]]:
    """The cases and the names of whose they are."""
    lines = cases_by_id(ids, visible_to=actor)
    names = staff_names({line.assignee_id for line in lines.values() if line.assignee_id})
    return [
        (line, names.get(line.assignee_id, "a colleague")) for i in ids if (line := lines.get(i)) and line.assignee_id
    ]


def _give(case_id: UUID, team: str, mine: bool, seen: UUID | None, actor: Actor) -> Literal["given", "theirs", ""]:
    """Give one case; what is a colleague's stays hers unless the officer has ``seen`` that and said it again."""
    try:
        if mine:
            actions.take_case(case_id, seen=seen, by=actor, at=clock.now())
        else:
            actions.hand_on(case_id, team=team, seen=seen, by=actor, at=clock.now())
    except TakenMeanwhile:
        return "theirs"
    except (NoSuchCase, ChangedMeanwhile, Refused):
        return ""
    return "given"
