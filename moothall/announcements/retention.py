"""Whom an announcement touched goes with the case or the contact."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from moothall.announcements.models import Touched
from moothall.core.actors import Actor
from moothall.core.retention import register_companion


def forget_cases(ids: Sequence[UUID], by: Actor, at: datetime) -> int:
    """Take who it was out of what these cases were told of."""
    return Touched.objects.filter(case_id__in=ids, customer_id__isnull=False).update(customer_id=None)


def forget_contacts(ids: Sequence[UUID], by: Actor, at: datetime) -> int:
    """Take who it was out of what these contacts were told of."""
    return Touched.objects.filter(contact_id__in=ids, customer_id__isnull=False).update(customer_id=None)


register_companion("case", "announcements", forget_cases)
register_companion("contact", "announcements", forget_contacts)
