"""Writing down who looked at whom, and why."""

from datetime import datetime
from uuid import UUID

from moothall.core.actors import Actor
from moothall.customers.models import Look


def log_look(*, customer_id: UUID, screen: str, case_id: UUID | None = None, by: Actor, at: datetime) -> Look:
    """Write down that the actor saw this person's record on this screen, for the purpose it acts for.

    Every screen that shows a person calls this in the request that shows her. The row can never be changed.
    """
    return Look.objects.create(
        at=at,
        customer_id=customer_id,
        actor_kind=by.kind.value,
        actor_id=by.id,
        purpose=by.purpose,
        screen=screen,
        case_id=case_id,
    )
