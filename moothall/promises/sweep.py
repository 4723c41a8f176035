"""Looking ahead and owning up: warnings before the break, and at the break an explanation with a new date, unasked."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q

from moothall.core.actors import SYSTEM, Actor
from moothall.core.events import record, together
from moothall.promises import events
from moothall.promises.actions import explain, mark_broken
from moothall.promises.events import happening
from moothall.promises.models import Promise, PromiseState
from moothall.promises.rules import due_at
from moothall.promises.terms import calendar, from_terms

UNEXPLAINED = "no_reason_recorded"
BATCH = 200


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
        for promise in rows:
            promise.warned_at = at
        Promise.objects.bulk_update(rows, ["warned_at"])
        record((happening(events.AT_RISK, promise, at) for promise in rows), by=by)
        return len(rows)


def _own_up(at: datetime, by: Actor) -> int:
    with transaction.atomic(), together():
        due = Promise.objects.select_for_update(skip_locked=True).filter(
            state=PromiseState.RUNNING, broken_at=None, due_at__lt=at, imported=False
        )
        rows = list(due.order_by("due_at")[:BATCH])
        for promise in rows:
            mark_broken(promise, by=by, at=at)
            if promise.promised_again_at is None or promise.promised_again_at <= at:
                explain(promise, new_date=_again(promise, at), reason=UNEXPLAINED, by=by, at=at)
        return len(rows)


def _own_up_again(at: datetime, by: Actor) -> int:
    with transaction.atomic(), together():
        again = Promise.objects.select_for_update(skip_locked=True).filter(
            Q(promised_again_at__gt=F("due_at")),
            state=PromiseState.RUNNING, broken_at__isnull=False, promised_again_at__lt=at, imported=False,
        )  # fmt: skip
        rows = list(again.order_by("promised_again_at")[:BATCH])
        for promise in rows:
            explain(promise, new_date=_again(promise, at), reason=UNEXPLAINED, by=by, at=at)
        return len(rows)


def _again(promise: Promise, at: datetime) -> datetime:
    """The new date: the same standard counted afresh from now, which a team may better with a word of its own."""
    standard = from_terms(promise.terms)
    hours = calendar(standard.calendar, promise.pack_version_id)
    return due_at(hours, standard.unit, standard.amount, at)
