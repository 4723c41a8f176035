"""Forgetting a person's messages."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.core.actors import Actor
from moothall.notifications.models import Message, MessageState


def erase_messages(customer_id: UUID, *, by: Actor, at: datetime) -> int:
    """Take the address and the words out of every message to a person; return how many. Those that wait are not sent.

    A STOP is kept: forgetting it would start messages again.
    """
    with transaction.atomic():
        hers = Message.objects.filter(customer_id=customer_id)
        hers.filter(state=MessageState.QUEUED).update(state=MessageState.SUPPRESSED, error="Erased before it was sent.")
        return hers.update(to="", subject="", body="", values={}, given={})
