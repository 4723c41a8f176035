"""Why officers said they looked: what stands now, and what is behind the looks of the log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from moothall.core.access import require
from moothall.core.actors import Actor, ActorKind
from moothall.core.packs import current_pack
from moothall.customers.privacy.models import Reason
from moothall.customers.privacy.pack import PRIVACY, Purpose
from moothall.customers.queries import LookLine


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """What one officer said of why she looks at one person's record."""

    staff_id: UUID
    customer_id: UUID
    purpose: str
    note: str
    said_at: datetime


def purposes_open_to(actor: Actor) -> tuple[Purpose, ...]:
    """Return the purposes an officer may choose from, in the pack's order; none where the pack asks her nothing. No query."""
    if actor.kind is not ActorKind.STAFF:
        return ()
    pack = current_pack()
    roles = pack.section("roles")
    hers = {one for code in actor.roles if code in roles for one in getattr(roles[code], "purposes", ())}
    return tuple(one for one in pack.one(PRIVACY).purposes if one.asks and one.role in hers)


def reason_standing(customer_ids: Sequence[UUID], *, staff_id: UUID, at: datetime) -> str:
    """Return the purpose an officer gave last for this person (every id that leads to her) and that still stands, or
    nothing. One query."""
    said = Reason.objects.filter(staff_id=staff_id, customer_id__in=list(customer_ids), until__gt=at)
    return said.order_by("-said_at").values_list("purpose", flat=True).first() or ""


def reasons_behind(lines: Iterable[LookLine], visible_to: Actor) -> dict[UUID, str]:
    """Return what officers wrote of why, by the ids of these looks, where they wrote something. One query.

    Raises:
        Refused: the actor is no auditor.
    """
    require(visible_to, "audit.view")
    asked = [line for line in lines if line.actor_id is not None]
    if not asked:
        return {}
    rows = Reason.objects.filter(
        staff_id__in={line.actor_id for line in asked}, customer_id__in={line.customer_id for line in asked},
        until__gt=min(line.at for line in asked), said_at__lte=max(line.at for line in asked),
    ).exclude(note="").order_by("said_at")  # fmt: skip
    said: dict[tuple[UUID | None, UUID, str], list[Reason]] = {}
    for row in rows:
        said.setdefault((row.staff_id, row.customer_id, row.purpose), []).append(row)
    found = {}
    for line in asked:
        for row in said.get((line.actor_id, line.customer_id, line.purpose), ()):
            if row.said_at <= line.at < row.until:
                found[line.id] = row.note
    return found


def reasons_between(first: datetime, last: datetime, visible_to: Actor) -> Iterator[ReasonLine]:
    """Yield what officers said from ``first`` until before ``last``, oldest first, for an auditor's copy."""
    require(visible_to, "audit.view")
    rows = Reason.objects.filter(said_at__gte=first, said_at__lt=last).order_by("said_at", "id")
    for row in rows.iterator(chunk_size=2000):
        yield ReasonLine(row.staff_id, row.customer_id, row.purpose, row.note, row.said_at)
