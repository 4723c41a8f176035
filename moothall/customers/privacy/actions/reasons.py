"""Why an officer looks at a person's record, said by her where nothing else says it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from moothall.core.access import Refused, require
from moothall.core.actors import Actor, ActorKind
from moothall.core.packs import current_pack
from moothall.customers.privacy.actions.glass import NeedsReason
from moothall.customers.privacy.models import Reason
from moothall.customers.privacy.pack import PRIVACY
from moothall.customers.privacy.queries.reasons import purposes_open_to

SHORTEST = 10


def say_why(*, customer_id: UUID, purpose: str, note: str = "", by: Actor, at: datetime) -> Reason:
    """Write down why an officer must see this person's record. It stands for the pack's `purpose_minutes`.

    Raises:
        NeedsReason: not one of the purposes she may choose, or one that asks for a sentence and there is none.
        Refused: the actor may not see people's records, or is no officer.
    """
    require(by, "customer.view")
    if by.kind is not ActorKind.STAFF or by.id is None:
        raise Refused
    chosen = {one.code: one for one in purposes_open_to(by)}.get(purpose)
    if chosen is None:
        raise NeedsReason("Choose why you need to see it.")
    note = " ".join(note.split())[:300]
    if chosen.explain and len(note) < SHORTEST:
        raise NeedsReason("Say why in a sentence. It is kept, and auditors read it.")
    minutes = current_pack().one(PRIVACY).purpose_minutes
    return Reason.objects.create(
        customer_id=customer_id, staff_id=by.id, purpose=purpose, note=note if chosen.explain else "", said_at=at,
        until=at + timedelta(minutes=minutes),
    )  # fmt: skip
