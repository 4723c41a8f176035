"""What a customer does about her request after it was sent."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.cases.actions import customer_adds, reopen_case
from moothall.core.actors import Actor
from moothall.core.events import together


def say_not_right(case_id: UUID, *, text: str, by: Actor, at: datetime) -> None:
    """The customer says it was not done, or not right: her words are kept and a finished case is opened again, together."""
    with transaction.atomic(), together():
        customer_adds(case_id, text=text, by=by, at=at)
        reopen_case(case_id, reason="customer_not_right", by=by, at=at)
