"""The pack's word on how long a class of record is kept, for every room that keeps one."""

from __future__ import annotations

from datetime import datetime

from moothall.core.packs import current_pack
from moothall.core.retention import over_before
from moothall.customers.privacy.pack import RETENTION


def months_of(code: str) -> int | None:
    """Return how many months a class of record is kept, or ``None`` where the pack gives no number."""
    rule = current_pack().of(RETENTION).get(code)
    return rule.months if rule else None


def ended_before(code: str, until: datetime) -> tuple[datetime, int] | None:
    """Return the moment before which a record of this class must have ended to be over at ``until``, and the months."""
    months = months_of(code)
    return (over_before(until, months), months) if months is not None else None
