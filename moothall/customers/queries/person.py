"""This room's part of a person's time line and of the copy she may ask for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from moothall.core import clock
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.core.people import PersonEntry
from moothall.customers.models import Consent, Customer, Look, Need, Warning
from moothall.customers.pack import CONSENTS
from moothall.customers.rules.access import require_view


def timeline(ids: Iterable[UUID], visible_to: Actor, limit: int, until: datetime | None) -> list[PersonEntry]:
    """Return when the record was made and what she agreed to and took back, newest first, at most `limit`. Two queries."""
    wanted = list(ids)
    for customer_id in wanted:
        require_view(visible_to, customer_id)
    end = until or clock.now()
    kinds = current_pack().of(CONSENTS)
    entries = [
        PersonEntry(made, "customer.created", "Record made")
        for made in Customer.objects.filter(pk__in=wanted, created_at__lte=end).values_list("created_at", flat=True)
    ]
    changed = Q(given_at__lte=end) | Q(withdrawn_at__lte=end)
    for row in Consent.objects.filter(changed, customer_id__in=wanted).order_by("-given_at")[:limit]:
        name = kinds[row.code].name if row.code in kinds else row.code
        if row.given_at <= end:
            entries.append(PersonEntry(row.given_at, "consent.given", f"Agreed to: {name}", channel=row.channel))
        if row.withdrawn_at is not None and row.withdrawn_at <= end:
            entries.append(PersonEntry(row.withdrawn_at, "consent.withdrawn", f"Took back: {name}"))
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:limit]


def export(customer_id: UUID) -> Mapping[str, Any]:
    """Return all this room holds of a person, as plain values for her copy: the record, ways to reach her, who looked.

    Officers are not named, only the screen and purpose of each look (UK GDPR article 15: recipients, not colleagues).
    """
    person = Customer.objects.prefetch_related("contact_points").get(pk=customer_id)
    return {
        "record": {
            field: getattr(person, field)
            for field in (
                "reference",
                "title",
                "given_name",
                "family_name",
                "organisation_name",
                "company_number",
                "date_of_birth",
                "address_text",
                "uprn",
                "language",
                "preferred_channel",
                "preferred_format",
                "proof",
                "created_at",
            )
        },
        "ways_to_reach_you": [
            {"kind": point.kind, "value": point.shown, "stopped": point.stopped_at is not None}
            for point in person.contact_points.all()
        ],
        "needs": list(Need.objects.filter(customer=person).values("code", "note", "since", "until")),
        "warnings": list(
            Warning.objects.filter(customer=person).values("code", "note", "since", "review_on", "ended_at")
        ),
        "consents": list(
            Consent.objects.filter(customer=person).values(
                "code", "asked", "why", "channel", "given_at", "withdrawn_at", "withdrawn_channel"
            )
        ),
        "looks": list(Look.objects.filter(customer_id=customer_id).order_by("at").values("at", "purpose", "screen")),
    }
