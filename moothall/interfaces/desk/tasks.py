"""What one has to do: promised calls first, then the tasks of one's teams, by when they are due."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from moothall.cases.actions import finish_task
from moothall.cases.actions.rows import NoSuchCase
from moothall.cases.queries import cases_by_id, tasks_of_team
from moothall.cases.queries.lists import TeamTask
from moothall.core import clock
from moothall.core.paging import BadCursor
from moothall.core.staff import staff_names
from moothall.customers.linking.actions import settle_telling
from moothall.customers.linking.queries import telling_tasks
from moothall.customers.queries import names_of
from moothall.interfaces.desk.screen import draw, go, wrong
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.ui.jinja import with_query

SIZE = 25
ENDS = {"spoke": "Spoke to them", "left_word": "Left word", "done": "Done"}


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task with the names around it: who it is for, who has it."""

    task: TeamTask
    customer: str
    owner: str
    late: bool


@require_safe
@policy("staff", needs="case.view")
def tasks(request: Request) -> HttpResponse:
    """A page of tasks: one's own, or everyone's in one's teams. Seven queries, whatever its size."""
    return shown(request)


def shown(request: Request, *, status: int = 200, errors: tuple[object, ...] = ()) -> HttpResponse:
    """Draw the tasks, and the changes that systems of one's teams did not take."""
    mine = request.GET.get("whose", "") == "mine"
    at = clock.now()
    try:
        page = tasks_of_team(
            request.actor.teams, visible_to=request.actor, assignee_id=request.actor.id if mine else None,
            after=request.GET.get("after", ""), size=SIZE,
        )  # fmt: skip
    except BadCursor:
        return go("desk:tasks")
    cases = cases_by_id({t.case_id for t in page.rows}, visible_to=request.actor)
    people = {c.customer_id for c in cases.values() if c.customer_id}
    names = names_of(people, request.actor) if people and request.actor.may("customer.view") else {}
    owners = staff_names({t.assignee_id for t in page.rows if t.assignee_id})
    rows = []
    for task in page.rows:
        held = cases.get(task.case_id)
        name = names.get(held.customer_id, "") if held and held.customer_id else ""
        owner = owners.get(task.assignee_id, "") if task.assignee_id else ""
        rows.append(TaskRow(task, name, owner, task.due_at is not None and task.due_at < at))
    older = with_query("", after=page.after, whose="mine" if mine else "") if page.after else ""
    return draw(
        request,
        "desk/tasks.html",
        rows=rows,
        mine=mine,
        older=older,
        newer="?" if page.before else "",
        ends=ENDS,
        here="tasks",
        tellings=telling_tasks(request.actor),
        errors=errors,
        status=status,
    )


@require_POST
@policy("staff", needs="case.work")
def told(request: Request, telling_id: UUID) -> HttpResponse:
    """A change that a system did not take was dealt with by a person, who says how."""
    try:
        settle_telling(telling_id, how=request.POST.get("how", ""), by=request.actor, at=clock.now())
    except (ValueError, LookupError) as problem:
        return shown(request, status=422, errors=(wrong(f"how-{telling_id}", str(problem)),))
    return go("desk:tasks")


@require_POST
@policy("staff", needs=("case.view", "case.work"), purpose="case")
def done(request: Request, task_id: UUID) -> HttpResponse:
    """Finish a task; the promise that hangs on it is kept now."""
    outcome = ENDS.get(request.POST.get("outcome", ""), "Done")
    try:
        finish_task(task_id, outcome=outcome, by=request.actor, at=clock.now())
    except NoSuchCase:
        return draw(request, "desk/gone.html", status=404)
    return go("desk:tasks", whose=request.POST.get("whose", ""))
