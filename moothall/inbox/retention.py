"""What somebody wrote, and what came with it, goes with the contact it was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from moothall.core.actors import Actor
from moothall.core.retention import register_companion
from moothall.documents.actions import erase_received
from moothall.inbox.actions import erase_writings
from moothall.inbox.models import Writing


def forget_contacts(ids: Sequence[UUID], by: Actor, at: datetime) -> int:
    """Empty the writings of these contacts and delete their files; that something came in stays."""
    return _forget(list(Writing.objects.filter(contact_id__in=ids).values_list("id", flat=True)), by)


def forget_cases(ids: Sequence[UUID], by: Actor, at: datetime) -> int:
    """Empty what machines wrote about these cases."""
    return _forget(list(Writing.objects.filter(case_id__in=ids, contact_id=None).values_list("id", flat=True)), by)


def _forget(written: Sequence[UUID], by: Actor) -> int:
    erase_writings(written, by=by)
    return len(written) + erase_received(written, by=by)


register_companion("contact", "inbox", forget_contacts)
register_companion("case", "inbox", forget_cases)
