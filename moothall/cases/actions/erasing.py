"""A person is forgotten: what she wrote goes, that something was asked and done stays."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.cases.models import Case, Note, Task
from moothall.core.access import require
from moothall.core.actors import Actor


def erase(customer_id: UUID, by: Actor, at: datetime) -> int:
    """Take her words, place and ways to track out of her cases; service, dates, promises and outcome stay.

    Returns how many cases were touched.
    """
    require(by, "customer.erase")
    with transaction.atomic():
        Note.objects.filter(case__customer_id=customer_id).exclude(text="").update(text="")
        Task.objects.filter(case__customer_id=customer_id).exclude(title="", outcome="").update(title="", outcome="")
        return (
            Case.objects.filter(customer_id=customer_id)
            .update(
                answers={}, place_text="", uprn=None, latitude=None, longitude=None, track_email="", track_postcode="",
                external_id="",
                changed_at=at,
            )
        )  # fmt: skip
