"""What a visitor said and needed goes with the contact the visit was; that somebody came stays, counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from moothall.core.actors import Actor
from moothall.core.retention import register_companion
from moothall.reception.actions.forgetting import forget_visits


def forget(ids: Sequence[UUID], by: Actor, at: datetime) -> int:
    """Forget who came in these contacts."""
    return forget_visits(ids, by=by)


register_companion("contact", "reception", forget)
