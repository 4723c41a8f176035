"""What the line-of-business systems say of one person, for the single view."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from moothall.core.access import require, restrictions_visible_to
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.customers.linking.models import Link, Merge
from moothall.customers.linking.pack import SYSTEMS, Figure
from moothall.customers.rules.access import seals_open_to
from moothall.customers.rules.writing import full_name

IT_SAYS = (("address", "Address it holds"), ("phone", "Telephone it holds"), ("mobile", "Mobile it holds"))


@dataclass(frozen=True, slots=True)
class SystemSummary:
    """One record of one system: its own figures as (label, how it is shown, value), and how sure the link is."""

    record_id: UUID
    link_id: UUID
    system: str
    name: str
    key: str
    figures: tuple[tuple[str, str, str | int | date], ...]
    as_of: datetime
    how: str
    weight: float | None
    own: bool


@dataclass(frozen=True, slots=True)
class JoinedLine:
    """A record that was joined to this one, by which merge, when and how."""

    merge_id: UUID
    customer_id: UUID
    reference: str
    name: str
    at: datetime
    how: str


def summaries_of(customer_ids: Iterable[UUID], visible_to: Actor) -> tuple[SystemSummary, ...]:
    """Return the records linked to these customers that stand, in the pack's order of systems. One query.

    Records of a restricted system are not there for an actor who may not know of them.
    """
    require(visible_to, "customer.view")
    systems = current_pack().of(SYSTEMS)
    links = Link.objects.filter(customer__in=list(customer_ids), undone_at__isnull=True, record__gone=False)
    allowed = restrictions_visible_to(visible_to)
    if allowed is not None:
        links = links.filter(record__restricted__in=["", *sorted(allowed)])
    order = {code: place for place, code in enumerate(systems)}
    found = []
    for link in links.select_related("record").order_by("record__key"):
        record = link.record
        system = systems.get(record.system)
        figures = (
            tuple(_figure(one, record.summary[one.code]) for one in system.shows if one.code in record.summary)
            if system
            else ()
        )
        if record.restricted:  # her card shows nothing of it to anybody: here is where it is read
            figures += tuple((label, "text", said) for code, label in IT_SAYS if (said := record.fields.get(code)))
        found.append(
            SystemSummary(
                record.id, link.id, record.system, system.name if system else record.system, record.key, figures,
                record.as_of, link.how, link.weight, record.own_id == link.customer_id,
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda one: (order.get(one.system, len(order)), one.key)))


def joined_of(customer_ids: Iterable[UUID], visible_to: Actor) -> tuple[JoinedLine, ...]:
    """Return the merges that stand inside a set, newest first. One query.

    What was made of a restricted system's record is not there for an actor who may not know of it.
    """
    require(visible_to, "customer.view")
    rows = Merge.objects.filter(joined__in=list(customer_ids), undone_at__isnull=True).select_related("joined")
    if (seals := seals_open_to(visible_to)) is not None:
        rows = rows.filter(joined__sealed__in=seals)
    return tuple(
        JoinedLine(m.id, m.joined_id, m.joined.reference, _name(m), m.at, m.how) for m in rows.order_by("-at", "-id")
    )


def _name(merge: Merge) -> str:
    one = merge.joined
    return full_name(one.title, one.given_name, one.family_name, one.organisation_name)


def _figure(figure: Figure, said: str) -> tuple[str, str, str | int | date]:
    if figure.shown in {"money", "pence"}:
        return figure.label, "pence", int(said)
    if figure.shown == "date":
        return figure.label, "date", date.fromisoformat(said)
    return figure.label, "text", said
