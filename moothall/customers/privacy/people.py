"""What this room knows of a person: when what is sealed about her was opened, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.core.people import Kept, PersonEntry, PersonProvider, register_person_provider
from moothall.customers.privacy.models import Copy, CopyLine, CopyState, Hold, Opening, Reason
from moothall.customers.privacy.pack import PRIVACY


def timeline(customer_ids: Iterable[UUID], visible_to: Actor, limit: int, until: datetime | None) -> list[PersonEntry]:
    """Return nothing: that something sealed was opened is as private as what was sealed."""
    return []


def export(customer_id: UUID) -> Mapping[str, Any]:
    """Return each opening: when, why, and what was found of it; and why officers said they looked. Officers are not named.

    What the pack hides from her (an investigation she must not be warned of) is left out.
    """
    hidden = [one.code for one in current_pack().one(PRIVACY).purposes if one.hidden]
    fields = ("opened_at", "until", "kind", "reason", "sought", "justified", "finding")
    asked = Copy.objects.filter(customer_id=customer_id).values("asked_at", "released_at", "fetched_at")
    return {
        "sealed_records_opened": list(Opening.objects.filter(customer_id=customer_id).values(*fields)),
        "copies_asked_for": list(asked),
        "why_officers_looked": list(
            Reason.objects.filter(customer_id=customer_id)
            .exclude(purpose__in=hidden)
            .values("said_at", "purpose", "note")
        ),
        "kept_longer": list(
            Hold.objects.filter(customer_id=customer_id).values("reason", "note", "placed_at", "review_on", "lifted_at")
        ),
    }


def keeps(ids: Iterable[UUID], at: datetime) -> list[Kept]:
    """Return the openings nobody has looked into yet, and the holds that stand: both stop an erasure. Two queries."""
    found = []
    if waiting := Opening.objects.filter(customer_id__in=list(ids), reviewed_at=None).count():
        because = "Somebody opened a sealed record. That has to be looked into first."
        found.append(Kept("Openings of sealed records", waiting, because, stops=True))
    says = {one.code: str(one.because) for one in current_pack().one(PRIVACY).holds}
    held = Hold.objects.filter(customer_id__in=list(ids), lifted_at=None).values_list("reason", flat=True)
    return found + [
        Kept("Kept on hold", 1, says.get(reason, "We have been told to keep it."), stops=True) for reason in held
    ]


def erase(customer_id: UUID, by: Actor, at: datetime) -> int:
    """Take the words out; that a sealed record was opened, when, by whom and what was found of it stays."""
    require(by, "customer.erase")
    gone = CopyLine.objects.filter(copy__customer_id=customer_id).delete()[0]
    Copy.objects.filter(customer_id=customer_id).update(state=CopyState.OVER)
    gone += Reason.objects.filter(customer_id=customer_id).delete()[0]
    gone += Hold.objects.filter(customer_id=customer_id).exclude(note="").update(note="")
    return gone + Opening.objects.filter(customer_id=customer_id).exclude(reason="", finding="", sought="").update(
        reason="", finding="", sought=""
    )


register_person_provider(PersonProvider("privacy", timeline, export, erase, keeps=keeps))
