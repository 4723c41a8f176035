"""Something is owed, or is not owed any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from moothall.core.actors import Actor
from moothall.core.events import record, together
from moothall.core.ids import new_id
from moothall.core.reference_numbers import next_reference
from moothall.payments import events
from moothall.payments.models import Intent, IntentState


@dataclass(frozen=True, slots=True)
class NewIntent:
    """What is owed and for what. ``lines`` are those of the quote, as plain data."""

    service: str
    description: str
    channel: str
    pence: int
    income: str
    vat: int = 0
    deposit: int = 0
    lines: Sequence[dict[str, Any]] = ()
    case_id: UUID | None = None
    booking_id: UUID | None = None
    customer_id: UUID | None = None
    team: str = ""
    area: str = ""
    restricted: str = ""
    how: str = ""
    expires_at: datetime | None = None


def owe(new: NewIntent, *, by: Actor, at: datetime) -> Intent:
    """Write down that something is owed. Nothing to pay is settled at once.

    Raises:
        ValueError: a price below nothing.
    """
    if new.pence < 0:
        raise ValueError("Nobody owes less than nothing.")
    with transaction.atomic(), together():
        intent = Intent(
            id=new_id(), reference=next_reference(), case_id=new.case_id, booking_id=new.booking_id,
            customer_id=new.customer_id, service=new.service, channel=new.channel, team=new.team, area=new.area,
            restricted=new.restricted,
            description=new.description[:200], lines=list(new.lines), income=new.income, amount_pence=new.pence,
            vat_pence=new.vat, deposit_pence=new.deposit, how=new.how, expires_at=new.expires_at, created_at=at,
            changed_at=at,
        )  # fmt: skip
        free = new.pence == 0
        if free:
            intent.state, intent.done_at = IntentState.DONE, at
        intent.save(force_insert=True)
        said = [events.about(events.OWED, intent, at, pence=new.pence, reference=intent.reference)]
        if free:
            said.append(events.about(events.SETTLED, intent, at, pence=0))
        record(said, by=by)
        return intent


def take_intent(intent_id: UUID) -> Intent:
    """Lock an intent: always before its attempts, refunds, booking and case.

    Raises:
        Intent.DoesNotExist.
    """
    return Intent.objects.select_for_update().get(id=intent_id)


def void(intent_id: UUID, *, why: str, by: Actor, at: datetime) -> Intent:
    """Say that it is not owed any more: what has come goes back, and tries under way are cancelled. Done or void stays.

    ``why`` is a code: ``expired``, ``withdrawn``, ``unpaid``.
    """
    from moothall.payments import saga

    with transaction.atomic(), together():
        intent = take_intent(intent_id)
        if intent.state == IntentState.OWED:
            saga.make_void(intent, why=why, by=by, at=at)
        return intent
