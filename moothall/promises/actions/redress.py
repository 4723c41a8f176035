"""What the council owes for a broken promise, by the pack's rule: owed once, offered unasked, settled by somebody."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.events import record
from moothall.core.ids import new_id
from moothall.promises import events
from moothall.promises.events import happening
from moothall.promises.models import Promise, RedressOwed
from moothall.promises.terms import fee_of, pack_of, standard_now
from moothall.services.pack import REDRESS, Redress

BY_DEFAULT = "apology"
"""The entry of the pack that is owed where a promise names none."""
AT_HAND = frozenset({"call_answered", "visit_seen"})
"""Kinds kept while the customer waits on the line or in the room: measured, but no new date is sent her when broken."""
UNTOLD = AT_HAND | {"acknowledge", "acknowledgement"}
"""Kinds of which the customer was told no date of her own: nothing is owed by default."""


def owed_for(promise: Promise, at: datetime) -> RedressOwed | None:
    """Return what is owed for a promise that has just broken (not saved), or ``None`` where the pack has nothing for it.

    A refund gives back the fee that was paid; of nothing paid nothing can be refunded, and the default is owed.
    """
    code = standard_now(promise.terms).redress
    if promise.kind == "acknowledge" or (not code and promise.kind in UNTOLD):  # a service's redress is for the work
        return None
    entries = pack_of(promise.pack_version_id).of(REDRESS)
    entry, pence = entries.get(code or BY_DEFAULT), 0
    if entry is not None and entry.kind == "refund":
        pence = fee_of(promise.terms)
        entry = entry if pence else entries.get(BY_DEFAULT)
    if entry is None:
        return None
    return RedressOwed(
        id=new_id(), promise=promise, code=entry.code, kind=entry.kind, pence=pence or _pence(entry), owed_at=at
    )


def offer_redress(promise_id: UUID, *, by: Actor, at: datetime) -> None:
    """Note that the customer was told what she is owed; said once is enough."""
    with transaction.atomic():
        RedressOwed.objects.filter(promise_id=promise_id, offered_at=None).update(offered_at=at)


def settle_redress(promise_id: UUID, *, by: Actor, at: datetime) -> RedressOwed:
    """Note that what was owed has been given: paid, refunded, done. Twice is once.

    Raises:
        Refused: the actor may not work cases.
        LookupError: nothing is owed for this promise.
    """
    require(by, "case.work")
    with transaction.atomic():
        debt = RedressOwed.objects.select_for_update(of=("self",)).select_related("promise")
        row = debt.filter(promise_id=promise_id).first()
        if row is None:
            raise LookupError("Nothing is owed for this promise.")
        if row.settled_at is None:
            row.offered_at, row.settled_at, row.settled_by = row.offered_at or at, at, by.id
            row.save(update_fields=["offered_at", "settled_at", "settled_by"])
            data = {"code": row.code, "redress": row.kind, "pence": row.pence}
            record([happening(events.REDRESS_SETTLED, row.promise, at, **data)], by=by)
        return row


def _pence(entry: Redress) -> int:
    return entry.amount or 0 if entry.kind == "payment" else 0
