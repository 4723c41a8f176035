"""Why somebody was referred and what was said of it goes with her case; that she was, and how it went, stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.retention import register_companion
from moothall.partners.models import PersonReferral


def forget(ids: Sequence[UUID], by: Actor, at: datetime) -> int:
    """Empty why the customers of these cases were referred, what they agreed to and what partners said to them."""
    require(by, "customer.erase")
    rows = PersonReferral.objects.filter(case_id__in=ids)
    return rows.exclude(about="", words="", agreed="").update(about="", words="", agreed="")


register_companion("case", "partners", forget)
