"""A difference is settled by somebody who says how; what it leaves wrong in the books is put right in the same commit.

After that a provider's account stands for what the provider has: what came of nothing, or never came, is in *differences*,
where finance decides what becomes of it.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.events import record, together
from moothall.payments import events
from moothall.payments.actions.banking import short_payout
from moothall.payments.actions.ledger import post
from moothall.payments.actions.refunding import given_elsewhere
from moothall.payments.actions.statements import happened
from moothall.payments.models import Difference
from moothall.payments.rules import ledger


def settle_difference(difference_id: UUID, *, how: str, by: Actor, at: datetime) -> Difference:
    """Say that a difference was looked into and how it was settled. Again changes nothing.

    Money that was taken back leaves the books; a refund that we did not send is booked as one; what the statement has more or
    less than we have is moved between the provider's account and *differences*.

    Raises:
        Refused; ValueError: nothing was said of how; Difference.DoesNotExist.
    """
    require(by, "payment.reconcile")
    if not how.strip():
        raise ValueError("Say in a few words what was done about it, so that a colleague understands it later.")
    with transaction.atomic(), together():
        rows = Difference.objects.select_for_update(of=("self",)).select_related("attempt__intent", "line")
        row = rows.get(id=difference_id)
        if row.settled_at is not None:
            return row
        row.settled_at, row.settled_by, row.how = at, by.id, how.strip()[:300]
        row.save(update_fields=["settled_at", "settled_by", "how"])
        _book(row, by, at)
        record([happened(events.DIFFERENCE_SETTLED, row.id, at, kind=row.kind, pence=row.pence)], by=by)
        return row


def _book(row: Difference, by: Actor, at: datetime) -> None:
    attempt = row.attempt
    if row.kind == "reversed" and attempt is not None:
        sides = ledger.moved(-row.pence, out_of=ledger.provider(row.source), into="disputed")
        post("reversed", sides, key=f"reversed:{row.id}", at=at, intent=attempt.intent, attempt=attempt)
        told = {"attempt_id": str(attempt.id), "pence": -row.pence}
        record([events.about(events.REVERSED, attempt.intent, at, **told)], by=by)
        return
    if row.kind == "refund_unknown" and _is_refund(row, by, at):
        return
    if row.source == "bank":
        sides = short_payout(row) if row.kind == "wrong_amount" else ledger.differs(row.pence, "bank")
        if row.line is not None:
            row.line.matched = True
            row.line.save(update_fields=["matched"])
    else:
        sides = ledger.differs(row.pence, ledger.provider(row.source))
    post("settled", sides, key=f"settled:{row.id}", at=at)


def _is_refund(row: Difference, by: Actor, at: datetime) -> bool:
    """Whether what somebody gave back at the provider could be booked as a refund of the payment it names."""
    if row.attempt is None or row.line is None:
        return False
    return given_elsewhere(row.attempt.id, -row.pence, refund_id=row.line.provider_id, note=row.how, by=by, at=at)
