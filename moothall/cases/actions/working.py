"""A case is worked: handed over, noted, paused, resumed, answered by the customer."""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from moothall.cases import events
from moothall.cases.actions.rows import refresh_due, save, take
from moothall.cases.models import Case, CaseState, Note
from moothall.core.actors import Actor
from moothall.core.events import record, together
from moothall.core.ids import new_id
from moothall.core.rows import add_rows
from moothall.promises import actions as promises


def assign_case(
    case_id: UUID,
    *,
    team: str,
    assignee_id: UUID | None,
    reason: str,
    by: Actor,
    at: datetime,
    version: int | None = None,
) -> Case:
    """Hand a case to a team and, if named, a person. ``reason`` is a code of the pack."""
    with transaction.atomic(), together():
        case = take(case_id, by=by, permission="case.assign", version=version)
        before, case.team, case.assignee_id = case.team, team, assignee_id
        if before != team:
            promises.hand_promises(case.id, from_team=before, to_team=team, at=at)
        save(case, at, "team", "assignee_id")
        assigned = str(assignee_id) if assignee_id else None
        record(
            [
                events.happening(
                    events.ASSIGNED, case, at, team=team, assignee_id=assigned, from_team=before, reason=reason
                )
            ],
            by=by,
        )
        return case


def note_case(
    case_id: UUID, *, text: str, visible_to_customer: bool, by: Actor, at: datetime, version: int | None = None
) -> Note:
    """Write a note. One the customer may read is sent to her by the handler of its event."""
    with transaction.atomic():
        case = take(case_id, by=by, version=version)
        return _note(case, events.NOTED, text, visible_to_customer, by, at)


def customer_adds(case_id: UUID, *, text: str, by: Actor, at: datetime) -> Note:
    """The customer tells us more about her case. If it was waiting for her, the clock runs again.

    A closed case keeps its state: a "thank you" after closing reopens nothing; the team sees it and decides.
    """
    with transaction.atomic(), together():
        case = take(case_id, by=by)
        note = _note(case, events.ANSWERED, text, True, by, at)
        if case.state == CaseState.WAITING:
            _run_on(case, "customer_answered", by, at)
        return note


def wait_for(case_id: UUID, *, reason: str, by: Actor, at: datetime, version: int | None = None) -> Case:
    """Wait for somebody else, with a reason of the pack; the clocks that may pause for it pause.

    Raises:
        NotAllowed: none of the case's clocks may pause for this reason; the message says for which they may.
    """
    with transaction.atomic(), together():
        case = take(case_id, by=by, version=version)
        promises.pause_promises(case.id, reason=reason, by=by, at=at)
        case.state = CaseState.WAITING
        refresh_due(case)
        save(case, at, "state", "due_at", "late")
        record([events.happening(events.WAITING, case, at, reason=reason)], by=by)
        return case


def resume_case(case_id: UUID, *, reason: str = "", by: Actor, at: datetime, version: int | None = None) -> Case:
    """Go on with a waiting case; its clocks run again."""
    with transaction.atomic(), together():
        case = take(case_id, by=by, version=version)
        if case.state == CaseState.WAITING:
            _run_on(case, reason, by, at)
        return case


def set_status(case_id: UUID, *, status: str, by: Actor, at: datetime, version: int | None = None) -> Case:
    """Set the word the customer sees. The same word again changes nothing and tells nobody."""
    with transaction.atomic():
        case = take(case_id, by=by, version=version)
        if case.status != status:
            before, case.status = case.status, status
            save(case, at, "status")
            happening = events.happening(events.STATUS_CHANGED, case, at, status=status, **{"from": before})
            record([happening], by=by)
        return case


def be_present(case_id: UUID, *, staff_id: UUID, at: datetime) -> None:
    """Say that an officer has the case open, for colleagues to see; stale after a minute."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_presence (id, case_id, staff_id, seen_at) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (case_id, staff_id) DO UPDATE SET seen_at = EXCLUDED.seen_at",
            [new_id(), case_id, staff_id, at],
        )


def _run_on(case: Case, reason: str, by: Actor, at: datetime) -> None:
    promises.resume_promises(case.id, by=by, at=at)
    case.state = CaseState.OPEN
    refresh_due(case)
    save(case, at, "state", "due_at", "late")
    record([events.happening(events.RESUMED, case, at, reason=reason)], by=by)


def _note(case: Case, event: str, text: str, visible: bool, by: Actor, at: datetime) -> Note:
    note = Note(
        id=new_id(), case=case, at=at, actor_kind=by.kind.value, actor_id=by.id, text=text, visible_to_customer=visible
    )
    add_rows(note)
    save(case, at)
    record([events.happening(event, case, at, note_id=str(note.id), visible_to_customer=visible)], by=by)
    return note
