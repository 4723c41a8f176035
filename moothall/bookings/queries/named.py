"""Which request a booking's reference belongs to."""

from collections.abc import Collection
from uuid import UUID

from moothall.bookings.models import Booking


def cases_of_references(references: Collection[str]) -> dict[str, UUID]:
    """Return the case of each booking whose reference (stored form) this is. One query."""
    rows = Booking.objects.filter(reference__in=list(references), case_id__isnull=False)
    return {reference: case_id for reference, case_id in rows.values_list("reference", "case_id") if case_id}
