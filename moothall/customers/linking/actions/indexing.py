"""Letting matching know the customers themselves: as they change one by one, or all that it does not know yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import connection, transaction

from moothall.customers.linking import weighing
from moothall.customers.linking.actions.sets import heads
from moothall.customers.linking.models import Link
from moothall.customers.models import ContactPoint, Customer, CustomerKind

BATCH = 2_000


def index_customers(customer_ids: Iterable[UUID], *, new: bool = False) -> int:
    """Let matching know what these customers' own records say now; returns how many.

    Those made of a source record are known by it. ``new``: matching knows none of them yet.
    """
    ids = set(customer_ids)
    made_of_records = set(
        Link.objects.filter(customer_id__in=ids, how="own", undone_at=None).values_list("customer_id", flat=True)
    )
    rows = list(Customer.objects.filter(pk__in=ids - made_of_records).order_by("id"))
    points: dict[UUID, list[tuple[str, str]]] = {}
    for customer_id, kind, value in ContactPoint.objects.filter(customer__in=rows).values_list(
        "customer_id", "kind", "value"
    ):
        points.setdefault(customer_id, []).append((kind, value))
    tops = heads(row.id for row in rows)
    with transaction.atomic():
        keep = weighing.matcher().keep_new if new else weighing.matcher().keep
        keep([(row.id, tops[row.id], weighing.OWN_WORDS, fields_of(row, points.get(row.id, ()))) for row in rows])
    return len(rows)


def index_missing() -> int:
    """Let matching know every customer it does not know, a batch to a transaction; returns how many."""
    total = 0
    last = UUID(int=0)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT c.id FROM customers_customer c WHERE c.id > %s AND NOT EXISTS"
                " (SELECT FROM customer_matching_personkey k WHERE k.record_id = c.id) AND NOT EXISTS"
                " (SELECT FROM customer_matching_firmkey f WHERE f.record_id = c.id) ORDER BY c.id LIMIT %s",
                [last, BATCH],
            )
            ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            return total
        total += index_customers(ids, new=True)
        last = ids[-1]


def fields_of(row: Customer, points: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """Return what a customer's own record says, by the names that matching reads."""
    phones = [value for kind, value in points if kind == "phone"]
    emails = [value for kind, value in points if kind == "email"]
    said = {
        "title": row.title, "given_name": row.given_name, "family_name": row.family_name, "address": row.address_text,
        "date_of_birth": row.date_of_birth.isoformat() if row.date_of_birth else "",
        "uprn": str(row.uprn) if row.uprn else "", "phone": phones[0] if phones else "",
        "phone_2": phones[1] if len(phones) > 1 else "", "email": emails[0] if emails else "",
        "email_2": emails[1] if len(emails) > 1 else "",
    }  # fmt: skip
    if row.kind == CustomerKind.ORGANISATION:
        said |= {"organisation_name": row.organisation_name, "company_number": row.company_number}
    return {name: value for name, value in said.items() if value}
