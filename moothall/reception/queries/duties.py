"""Who is on duty where."""

from __future__ import annotations

from uuid import UUID

from moothall.core.actors import Actor
from moothall.reception.models import Duty


def id_of(actor: Actor) -> UUID:
    """Return whose duty it is. ValueError: nobody who works here."""
    if actor.id is None:
        raise ValueError("Only officers are on duty.")
    return actor.id


def duty_row(actor: Actor, *, locked: bool = False) -> Duty | None:
    """Return where an officer is on duty, or None; ``locked``: for a change in the caller's transaction. One query."""
    rows = Duty.objects.filter(staff_id=id_of(actor), ended_at=None)
    return (rows.select_for_update() if locked else rows).first()
