"""A case ends, honestly: closed is not fixed; and begins again when it was not."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.cases import events
from moothall.cases.actions.rows import check_version, refresh_due, save, take
from moothall.cases.models import Case, CaseState
from moothall.core.actors import Actor
from moothall.core.events import record, together
from moothall.promises import actions as promises


def close_case(
    case_id: UUID,
    *,
    outcome: str,
    resolved: bool,
    by: Actor,
    at: datetime,
    version: int | None = None,
    status: str = "",
    told: bool = False,
) -> Case:
    """Close a case with one of its service's outcomes and whether the customer got what was asked.

    Its open promises are met now, in time or late as their clocks say; a call that was promised and not made is
    neither kept nor broken by closing. Closing a closed case again changes nothing. ``told``: the customer hears of it by a
    message of its own.
    """
    with transaction.atomic(), together():
        case = take(case_id, by=by, permission="case.close")
        if case.state == CaseState.CLOSED and (case.outcome, case.resolved) == (outcome, resolved):
            return case  # the same again, maybe by who never heard the first answer: nobody was overtaken
        check_version(case, version)
        if case.state in (CaseState.CLOSED, CaseState.MERGED):
            return case
        promises.resume_promises(case.id, by=by, at=at)
        promises.withdraw_promises(case.id, reason="closed_with_case", kinds=["call_back"], by=by, at=at)
        promises.meet_promises(case.id, by=by, at=at)
        case.tasks.filter(done_at=None).update(done_at=at, outcome="closed with the case")
        _end(case, status or ("done" if resolved else "closed_not_done"), outcome, resolved, at)
        days = (at - case.opened_at).days
        data = {"outcome": outcome, "resolved": resolved, "days": days, **({"told": True} if told else {})}
        record([events.happening(events.CLOSED, case, at, **data)], by=by)
        return case


def withdraw_case(case_id: UUID, *, by: Actor, at: datetime) -> Case:
    """The customer does not want it any more: clocks end without a verdict."""
    with transaction.atomic(), together():
        case = take(case_id, by=by)
        if case.state in (CaseState.CLOSED, CaseState.MERGED):
            return case
        promises.withdraw_promises(case.id, reason="withdrawn_by_customer", by=by, at=at)
        case.tasks.filter(done_at=None).update(done_at=at, outcome="withdrawn by the customer")
        _end(case, "withdrawn", "withdrawn", None, at)
        days = (at - case.opened_at).days
        record([events.happening(events.CLOSED, case, at, outcome="withdrawn", resolved=None, days=days)], by=by)
        return case


def reopen_case(case_id: UUID, *, reason: str, by: Actor, at: datetime, version: int | None = None) -> Case:
    """Open a closed case again: it was not done, or not right. The clock of the work goes on from where it stopped."""
    with transaction.atomic(), together():
        case = take(case_id, by=by, version=version)
        if case.state != CaseState.CLOSED:
            return case
        promises.reopen_promises(case.id, kinds=["complete", "reply"], by=by, at=at)
        case.state, case.status, case.closed_at, case.outcome, case.resolved = (
            CaseState.OPEN,
            "checking",
            None,
            "",
            None,
        )
        refresh_due(case)
        save(case, at, "state", "status", "closed_at", "outcome", "resolved", "due_at", "late")
        record([events.happening(events.REOPENED, case, at, reason=reason)], by=by)
        return case


def _end(case: Case, status: str, outcome: str, resolved: bool | None, at: datetime) -> None:
    case.state, case.status, case.outcome, case.resolved, case.closed_at = (
        CaseState.CLOSED,
        status,
        outcome,
        resolved,
        at,
    )
    case.due_at, case.late = None, False
    save(case, at, "state", "status", "outcome", "resolved", "closed_at", "due_at", "late")
