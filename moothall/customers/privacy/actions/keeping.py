"""Letting go of what is due, class by class in bounded batches; and holds, which keep it longer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from moothall.core.access import require
from moothall.core.actors import SYSTEM, Actor
from moothall.core.events import Happening, record
from moothall.core.months import after_months
from moothall.core.packs import current_pack
from moothall.core.retention import DueRecord, Place, RecordClass, record_class, record_classes, still_needed
from moothall.customers.models import Customer
from moothall.customers.privacy.models import Hold, RetentionRun
from moothall.customers.privacy.pack import PRIVACY
from moothall.customers.privacy.queries.keeping import ahead_of, find_due, held_among

BATCH: Final = 200
"""Records let go in one transaction: few enough that nobody waits for their locks."""
AT_ONCE: Final = 25
"""Batches in one go of the job, before other work has its turn."""
HELD: Final = "On hold"


class NotHeld(ValueError):
    """It cannot be held as asked; the message says what to enter."""


def continue_run(*, at: datetime, batches: int = AT_ONCE, size: int = BATCH) -> bool:
    """Let go of what is due, up to so many batches, each in its own transaction; return whether there is more to do.

    A run that was broken off goes on where it was. What is on hold, or still worked by, is left and counted. Statistics stay:
    each class forgets as an erasure does.
    """
    run = _standing_run(at)
    for kept in record_classes():
        while kept.code not in run.places or run.places[kept.code] is not None:
            if batches <= 0:
                return True
            batches -= _one_batch(run, kept, size, at)
    run.finished_at = at
    run.ahead = {kept.code: ahead_of(kept, at=at) for kept in record_classes()}
    run.save()
    return False


def _standing_run(at: datetime) -> RetentionRun:
    with transaction.atomic():
        standing = RetentionRun.objects.select_for_update().filter(finished_at=None).order_by("started_at").first()
        return standing or RetentionRun.objects.create(started_at=at)


def _one_batch(run: RetentionRun, kept: RecordClass, size: int, at: datetime) -> int:
    """Let go of the next batch of a class and write down how far it came, in one transaction; none costs one query."""
    with transaction.atomic():
        due = kept.due(at, _place(run.places.get(kept.code)), size)
        run.places[kept.code] = [due[-1].since.isoformat(), str(due[-1].id)] if len(due) == size else None
        if not due:
            return 0
        going, left = _sorted(kept, due, at)
        done = kept.forget(going, SYSTEM, at) if going else None
        number = done.count if done else 0
        left.update(done.left if done else {})
        run.forgot[kept.code] = run.forgot.get(kept.code, 0) + number
        if left:
            run.left[kept.code] = dict(Counter(run.left.get(kept.code, {})) + left)
        run.save()
        if number:
            data = {"class": kept.code, "records": number}
            record([Happening("retention.forgot", "retention_run", run.id, at, data=data)], by=SYSTEM)
    return 1


def _place(kept: Sequence[str] | None) -> Place | None:
    return (datetime.fromisoformat(kept[0]), UUID(kept[1])) if kept else None


def _sorted(kept: RecordClass, due: list[DueRecord], at: datetime) -> tuple[list[UUID], Counter[str]]:
    """Which of these go, and why how many do not."""
    held = held_among(kept.code, due)
    rest = [one.id for one in due if one.id not in held]
    needed = still_needed(kept.code, rest, at) if rest else {}
    left = Counter(needed.values())
    if held:
        left[HELD] += len(held)
    return [one for one in rest if one not in needed], left


def hold_record(
    code: str,
    record_id: UUID,
    *,
    since: datetime,
    reason: str,
    note: str,
    review_on: date | None,
    by: Actor,
    at: datetime,
) -> Hold:
    """Keep one record of a class that is due or will be, until the hold is lifted. Held already: the same hold.

    ``since`` is the moment its time counts from, as the list shows it.

    Raises:
        NotHeld: no reason, or a review that is not ahead. LookupError: no such record, or nothing left to keep. Refused.
    """
    require(by, "retention.manage")
    kept = record_class(code)
    found = find_due(kept, record_id, since, at=at) if kept else None
    if found is None:
        raise LookupError("There is no such record.")
    review_on, note = _checked(reason, note, review_on, at)
    with transaction.atomic():
        standing = (
            Hold.objects.select_for_update().filter(record_class=code, record_id=record_id, lifted_at=None).first()
        )
        if standing is not None:
            return standing
        row = Hold.objects.create(
            record_class=code, record_id=record_id, customer_id=found.customer_id, reference=found.reference, reason=reason,
            note=note,
            review_on=review_on, placed_at=at, placed_by=by.id,
        )  # fmt: skip
        _say("hold.placed", row, by=by, at=at)
    return row


def hold_person(customer_id: UUID, *, reason: str, note: str, review_on: date | None, by: Actor, at: datetime) -> Hold:
    """Keep everything of a person, whatever its class, until the hold is lifted; nor is she erased. Held already: that one.

    Raises:
        NotHeld, Refused; LookupError: there is no such person.
    """
    require(by, "retention.manage")
    review_on, note = _checked(reason, note, review_on, at)
    with transaction.atomic():
        person = Customer.objects.select_for_update().filter(pk=customer_id).first()
        if person is not None and person.joined_to_id:
            person = Customer.objects.select_for_update().get(pk=person.joined_to_id)
        if person is None:
            raise LookupError("There is no such customer.")
        standing = Hold.objects.filter(customer_id=person.id, record_id=None, lifted_at=None).first()
        if standing is not None:
            return standing
        row = Hold.objects.create(
            customer_id=person.id, reference=person.reference, reason=reason, note=note, review_on=review_on, placed_at=at,
            placed_by=by.id,
        )  # fmt: skip
        _say("hold.placed", row, by=by, at=at)
    return row


def lift_hold(hold_id: UUID, *, by: Actor, at: datetime) -> None:
    """Let it go its way again. Lifted already is fine. Raises LookupError, Refused."""
    require(by, "retention.manage")
    with transaction.atomic():
        row = Hold.objects.select_for_update().filter(pk=hold_id).first()
        if row is None:
            raise LookupError("There is no such hold.")
        if row.lifted_at is None:
            row.lifted_at, row.lifted_by = at, by.id
            row.save(update_fields=["lifted_at", "lifted_by"])
            _say("hold.lifted", row, by=by, at=at)


def _checked(reason: str, note: str, review_on: date | None, at: datetime) -> tuple[date, str]:
    told = current_pack().one(PRIVACY)
    if reason not in {one.code for one in told.holds}:
        raise NotHeld("Choose why it is kept.")
    if review_on is not None and review_on <= at.date():
        raise NotHeld("Choose a day to look at it again that is still to come.")
    return review_on or after_months(at.date(), told.hold_months), " ".join(note.split())[:200]


def _say(name: str, row: Hold, *, by: Actor, at: datetime) -> None:
    data = {"reason": row.reason} | ({"class": row.record_class} if row.record_class else {})
    record([Happening(name, "hold", row.id, at, customer_id=row.customer_id, data=data)], by=by)
