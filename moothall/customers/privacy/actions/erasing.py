"""Writing down that somebody was erased, or why not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.events import Happening, record
from moothall.core.people import Kept
from moothall.core.reference_numbers import next_reference
from moothall.customers.privacy.models import Erasure


def note_erasure(
    customer_id: UUID,
    *,
    reference: str,
    done: bool,
    counts: Mapping[str, int],
    kept: Iterable[Kept],
    by: Actor,
    at: datetime,
) -> Erasure:
    """Keep the receipt of an erasure that was done or refused, in the caller's transaction. It names nobody.

    Raises:
        Refused: the actor may not erase.
    """
    require(by, "customer.erase")
    stays: list[dict[str, Any]] = [
        {
            "what": one.what,
            "count": one.count,
            "because": one.because,
            "until": one.until.isoformat() if one.until else "",
        }
        for one in kept
    ]
    row = Erasure.objects.create(
        customer_id=customer_id,
        reference=reference,
        number=next_reference(),
        done=done,
        counts=dict(counts),
        kept=stays,
        at=at,
        by_staff_id=by.id,
    )
    name = "erasure.done" if done else "erasure.refused"
    counted = {"rows": sum(counts.values())}
    record(
        [
            Happening(
                name=name,
                subject_kind="erasure",
                subject_id=row.id,
                occurred_at=at,
                customer_id=customer_id,
                data=counted,
            )
        ],
        by=by,
    )
    return row
