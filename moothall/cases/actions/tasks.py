"""Pieces of a case's work. A promised call-back is a task with a promise of its own."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.cases import events
from moothall.cases.actions.rows import refresh_due, save, take
from moothall.cases.models import Task
from moothall.core.actors import Actor
from moothall.core.events import record, together
from moothall.core.ids import new_id
from moothall.core.rows import add_rows
from moothall.promises import actions as promises
from moothall.promises.rules import Standard


def add_task(
    case_id: UUID, *, title: str, team: str, by: Actor, at: datetime, kind: str = "work", assignee_id: UUID | None = None,
    due_at: datetime | None = None, standard: Standard | None = None,
) -> Task:  # fmt: skip
    """Add a task. With ``standard`` it is promised to the customer (a call-back): its own clock starts now."""
    with transaction.atomic(), together():
        case = take(case_id, by=by)
        task = Task(
            id=new_id(),
            case=case,
            title=title,
            kind=kind,
            team=team,
            assignee_id=assignee_id,
            created_at=at,
            due_at=due_at,
        )
        if standard is not None:
            promise = promises.make_promises(
                [
                    promises.NewPromise(
                        kind=kind, standard=standard, subject_kind="case", subject_id=case.id, received_at=at,
                        customer_id=case.customer_id, service=case.service, channel=case.channel, team=team,
                        area=case.area, pack_version_id=case.pack_version_id,
                    )
                ],
                by=by, at=at,
            )[0]  # fmt: skip
            task.promise_id, task.due_at = promise.id, promise.due_at
        add_rows(task)
        refresh_due(case)
        save(case, at, "due_at", "late")
        record([events.happening(events.TASK_ADDED, case, at, task_id=str(task.id), kind=kind)], by=by)
        return task


def finish_task(task_id: UUID, *, outcome: str, by: Actor, at: datetime) -> Task:
    """Finish a task; a promise that hangs on it is met. Twice is once."""
    with transaction.atomic(), together():
        task = Task.objects.get(id=task_id)
        case = take(task.case_id, by=by)
        task = Task.objects.select_for_update().get(id=task_id)
        if task.done_at is not None:
            return task
        task.done_at, task.outcome = at, outcome
        task.save(update_fields=["done_at", "outcome"])
        if task.promise_id and task.kind != "escalation":
            promises.meet_promise(task.promise_id, by=by, at=at)
        refresh_due(case)
        save(case, at, "due_at", "late")
        record([events.happening(events.TASK_DONE, case, at, task_id=str(task.id), kind=task.kind)], by=by)
        return task
