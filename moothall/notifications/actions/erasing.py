"""Forgetting a person's messages."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import CharField, Q, Value
from django.db.models.functions import Cast, Concat

from moothall.cases.models import Case
from moothall.core.actors import Actor
from moothall.customers.models import ContactPoint
from moothall.notifications.models import Message, MessageState


def erase_messages(customer_id: UUID, *, by: Actor, at: datetime) -> int:
    """Take the address and the words out of every message to a person; return how many. Those that wait are not sent.

    Hers are those to her record, about her cases, and to an address of hers where nobody was named.

    A STOP is kept: forgetting it would start messages again.
    """
    addresses = ContactPoint.objects.filter(customer_id=customer_id).values("value")
    cases = Case.objects.filter(customer_id=customer_id).values("id")
    nobody_named = Q(customer_id=None) & (Q(case_id__in=cases) | Q(to__in=addresses))
    with transaction.atomic():
        ids = list(Message.objects.filter(Q(customer_id=customer_id) | nobody_named).values_list("id", flat=True))
        hers = Message.objects.filter(id__in=ids)
        hers.filter(state__in=[MessageState.QUEUED, MessageState.HELD]).update(state=MessageState.SUPPRESSED)
        return hers.update(
            to="", subject="", body="", values={}, given={}, headers={}, reasons=[], language="", format="", provider_id="",
            error="", settlement="",
            key=Concat(Value("erased:"), Cast("id", CharField())),
        )  # fmt: skip


def forget_receipts(*, at: datetime) -> int:
    """Empty the addresses of receipts of erasures a day after they were written: the last of a person who is gone."""
    old = Message.objects.filter(template="erasure-done", created_at__lt=at - timedelta(days=1)).exclude(to="")
    return old.update(to="", subject="", body="", values={}, given={}, headers={}, provider_id="", error="")
