"""Reading representations: who acts for somebody, whom she acts for, and whether that covers a service."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from moothall.core.packs import current_pack
from moothall.customers.models import Customer
from moothall.customers.representation.models import Acting, Representation
from moothall.customers.representation.pack import REPRESENTATIONS
from moothall.customers.representation.rules import covers
from moothall.customers.rules.writing import full_name


@dataclass(frozen=True, slots=True)
class RepresentationLine:
    """One representation as a page shows it: the other person, what she is, what it covers, until when, shown by what.

    ``says`` is her role where she acts for an organisation.
    """

    id: UUID
    other_id: UUID
    other: str
    kind: str
    says: str
    areas: tuple[str, ...]
    services: tuple[str, ...]
    evidence: str
    since: date
    until: date | None
    outside: str
    instead: str = ""

    @property
    def covers_nothing(self) -> bool:
        """Whether it ended while it was used."""
        return self.areas == ("",)

    def covers(self, service: str, area: str) -> bool:
        """Say whether it covers a service of an area."""
        return covers(self.areas, self.services, area=area, service=service)


def acts_for(customer_ids: Iterable[UUID], *, on: date) -> list[RepresentationLine]:
    """Return whom this person (every id that leads to her) may speak for today. One query."""
    return [_line(row, row.customer) for row in _standing(on).filter(representative_id__in=list(customer_ids))]


def acting_for(customer_ids: Iterable[UUID], *, on: date) -> list[RepresentationLine]:
    """Return who may speak for this person today. One query."""
    return [_line(row, row.representative) for row in _standing(on).filter(customer_id__in=list(customer_ids))]


def representation(representation_id: UUID, *, on: date) -> RepresentationLine | None:
    """Return one representation that stands today, with who may speak as the other person; ``None`` for any else."""
    row = _standing(on).filter(pk=representation_id).first()
    return _line(row, row.representative) if row else None


def spoken_by(customer_id: UUID, representation_id: UUID, *, on: date) -> RepresentationLine | None:
    """Return what lets a person (a survivor's id) speak for another today; ``None`` where nothing does. One query."""
    hers = Q(representative_id=customer_id) | Q(representative__joined_to_id=customer_id)
    row = _standing(on).filter(hers, pk=representation_id).first()
    return _line(row, row.customer) if row else None


def name_spoken_for(representation_id: UUID) -> str:
    """Return the name of whom a representation is for, whether it stands or not. One query."""
    row = Representation.objects.select_related("customer").filter(pk=representation_id).first()
    return _name(row.customer) if row else ""


def contacts_of_representative(customer_ids: Iterable[UUID], *, on: date) -> dict[UUID, RepresentationLine]:
    """Return the contacts in which this person spoke for others, under what stands today. One query."""
    standing = _standing(on).filter(representative_id__in=list(customer_ids))
    rows = Acting.objects.filter(representation__in=standing).select_related("representation__customer")
    return {row.contact_id: _line(row.representation, row.representation.customer) for row in rows.order_by("-at")[:50]}


def acting_in(contact_id: UUID, *, on: date) -> RepresentationLine | None:
    """Return under which representation somebody speaks in this contact, and who she is; ``None`` when the customer speaks
    herself. One that ended meanwhile covers nothing any more.
    """
    row = Acting.objects.select_related("representation__representative").filter(contact_id=contact_id).first()
    if row is None:
        return None
    found = _line(row.representation, row.representation.representative)
    still = _standing(on).filter(pk=row.representation_id).exists()
    return found if still else replace(found, areas=("",), services=())  # a scope that nothing is in


def _standing(on: date) -> QuerySet[Representation]:
    rows = Representation.objects.filter(ended_at__isnull=True, since__lte=on)
    return (
        rows.filter(Q(until__isnull=True) | Q(until__gte=on))
        .select_related("customer", "representative")
        .order_by("since", "id")
    )


def _name(person: Customer) -> str:
    return full_name(person.title, person.given_name, person.family_name, person.organisation_name)


def _line(row: Representation, other: Customer) -> RepresentationLine:
    kind = current_pack().of(REPRESENTATIONS).get(row.kind)
    seen = next((one.name for one in kind.evidence if one.code == row.evidence), row.evidence) if kind else row.evidence
    return RepresentationLine(
        row.id, other.id, _name(other), row.kind,
        row.role or (kind.says if kind else row.kind), tuple(row.areas), tuple(row.services), seen, row.since, row.until,
        kind.outside if kind else "", kind.instead if kind else "",
    )  # fmt: skip
