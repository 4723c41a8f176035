"""Which of the records that are one with hers may say where what concerns her goes, and who it is that speaks (adr/0085)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from moothall.customers.linking.models import Decided, Merge, SourceRecord
from moothall.customers.models import Customer


def speaking_for(customer_id: UUID, others: Iterable[UUID]) -> set[UUID]:
    """Return which of these records of her set may say how she is reached in what was asked for with ``customer_id``.

    Its own; what an officer said is one with it; what a system delivered, or whoever proved who she is. Not what anybody
    typed and the machine took for hers: name, date of birth and address are no secret, and with them a stranger would have
    her messages sent to him. Two queries at most.
    """
    wanted = set(others)
    if wanted <= {customer_id}:
        return wanted
    return (_said_to_be_one(customer_id, wanted) | _sure(wanted)) & wanted


def spoken_for(customer_id: UUID, others: Iterable[UUID]) -> set[UUID]:
    """Return with which of these records of her set something was asked for that an address of this one's may be told of:
    the other way round. Two queries at most."""
    wanted = set(others)
    if wanted <= {customer_id} or _sure({customer_id}):
        return wanted
    return _said_to_be_one(customer_id, wanted) & wanted


def _said_to_be_one(customer_id: UUID, others: set[UUID]) -> set[UUID]:
    every = others | {customer_id}
    edges = Merge.objects.filter(undone_at__isnull=True).exclude(how=Decided.MACHINE)
    said = list(edges.filter(Q(joined__in=every) | Q(into__in=every)).values_list("joined", "into"))
    found, before = {customer_id}, 0
    while len(found) != before:
        before = len(found)
        found |= {one for pair in said if found & set(pair) for one in pair}
    return found


def _sure(customer_ids: set[UUID]) -> set[UUID]:
    """Records that a system delivered, or of whoever proved who she is."""
    sure = Q(imported=True) | Q(proof="verified") | Q(Exists(SourceRecord.objects.filter(own=OuterRef("pk"))))
    return set(Customer.objects.filter(pk__in=customer_ids).filter(sure).values_list("pk", flat=True))
