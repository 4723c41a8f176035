"""Which request a payment's reference belongs to, or that of an agreement to pay in parts."""

from collections.abc import Collection
from uuid import UUID

from moothall.payments.models import Intent, Mandate


def cases_of_references(references: Collection[str]) -> dict[str, UUID]:
    """Return the case of each payment or agreement whose reference (stored form) this is. Two queries."""
    wanted = list(references)
    paid = Intent.objects.filter(reference__in=wanted).values_list("reference", "case_id")
    agreed = Mandate.objects.filter(reference__in=wanted).values_list("reference", "case_id")
    return {reference: case_id for reference, case_id in (*paid, *agreed) if case_id is not None}
