"""Who sends a request: the resident who is signed in, a colleague who began it for herself, or nobody known."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

from moothall.core import clock
from moothall.core.actors import Actor
from moothall.core.models import Staff
from moothall.core.packs import current_pack
from moothall.core.staff import actor_of_staff
from moothall.intake import queries
from moothall.intake.account_queries import known_of
from moothall.intake.colleagues import known_of_staff
from moothall.intake.dialogue.known import Known
from moothall.interfaces.account_session import actor_in, holder_in


def sender(request: HttpRequest, dialogue: UUID) -> Actor:
    """Return who sends this request. One query, two more where a resident is signed in."""
    staff_id = queries.begun_by_staff(dialogue)
    if staff_id is None:
        return actor_in(request)
    user = request.user
    return (
        actor_of_staff(user, current_pack()) if isinstance(user, Staff) and user.id == staff_id else actor_in(request)
    )


def known_to_us(request: HttpRequest, dialogue: UUID) -> Known | None:
    """What we know of whoever asks, so that she is not asked twice; nothing while she asks for somebody else."""
    mine = holder_in(request)
    if mine is not None and queries.asks_for_herself(dialogue, mine.customer_id):
        return known_of(mine, at=clock.now())
    user = request.user
    if isinstance(user, Staff) and queries.begun_by_staff(dialogue) == user.id:
        return known_of_staff(user.id, at=clock.now())
    return None
