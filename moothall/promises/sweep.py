"""Looking ahead and owning up: warnings before the break, and at the break an explanation with a new date, unasked."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from moothall.core.actors import SYSTEM, Actor
from moothall.core.events import record, together
from moothall.promises import events
from moothall.promises.actions.facts import facts_of
from moothall.promises.actions.owning_up import UNEXPLAINED, again, explain_promises, own_up
from moothall.promises.events import happening
from moothall.promises.models import ClockFact, Promise, PromiseState
from moothall.promises.rules import FactKind

BATCH = 500


def sweep(at: datetime, *, by: Actor = SYSTEM) -> dict[str, int]:
    """Warn of promises at risk, and own up to broken ones. Returns how many of each.

    Safe to run twice and by several workers at once: rows are taken with ``SKIP LOCKED`` and each is marked in the
    transaction that records its event. A break is recorded with its explanation and new date in one transaction.
    """
    counts = {"at_risk": 0, "broken": 0, "broken_again": 0}
    while n := _warn(at, by):
        counts["at_risk"] += n
    while n := _own_up(at, by):
        counts["broken"] += n
    while n := _own_up_again(at, by):
        counts["broken_again"] += n
    return counts


def _warn(at: datetime, by: Actor) -> int:
    with transaction.atomic():
        waiting = Promise.objects.select_for_update(skip_locked=True).filter(
            state=PromiseState.RUNNING, warned_at=None, broken_at=None, warn_at__lte=at, due_at__gt=at, imported=False
        )
        rows = list(waiting.order_by("warn_at")[:BATCH])
        Promise.objects.filter(id__in=[promise.id for promise in rows]).update(warned_at=at)
        record((happening(events.AT_RISK, promise, at) for promise in rows), by=by)
        return len(rows)


def _own_up(at: datetime, by: Actor) -> int:
    """Own up to one batch; return how many were broken. A chained clock not begun cannot break."""
    begun = Exists(ClockFact.objects.filter(promise=OuterRef("id"), kind=FactKind.STARTED.value))
    with transaction.atomic(), together():
        due = Promise.objects.select_for_update(skip_locked=True).filter(
            Q(after=None) | begun, state=PromiseState.RUNNING, broken_at=None, due_at__lt=at, imported=False
        )
        rows = list(due.order_by("due_at")[:BATCH])
        return own_up(rows, by=by, at=at)


def _own_up_again(at: datetime, by: Actor) -> int:
    with transaction.atomic(), together():
        late = Promise.objects.select_for_update(skip_locked=True).filter(
            Q(promised_again_at__gt=F("due_at")),
            state=PromiseState.RUNNING, broken_at__isnull=False, promised_again_at__lt=at, imported=False,
        )  # fmt: skip
        rows = list(late.order_by("promised_again_at")[:BATCH])
        if rows:
            dates = {promise.id: again(promise, at) for promise in rows}
            explain_promises(rows, dates, facts_of(rows), reason=UNEXPLAINED, by=by, at=at)
        return len(rows)
