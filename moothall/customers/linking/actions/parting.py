"""Records that have come to speak of somebody else: parted from whom they were linked to, for a person to look at.

An account is re-used, or a date of birth arrives that nobody had: what was decided, was decided of what the record said then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from moothall.core.actors import SYSTEM
from moothall.core.events import Happening
from moothall.core.events import record as record_events
from moothall.customers.linking import events, weighing
from moothall.customers.linking.actions.indexing import index_customers
from moothall.customers.linking.actions.joining import LONGEST_REASON
from moothall.customers.linking.actions.pairs import note_pair
from moothall.customers.linking.models import Decided, Link, SourceRecord
from moothall.customers.models import Customer
from moothall.customers.rules.organisations import name_said, says_organisation
from moothall.customers.rules.writing import full_name

NAMING: Final = ("given_name", "family_name", "date_of_birth")
NAMING_FIRMS: Final = ("organisation_name", "trading_name", "company_number", "charity_number")


@dataclass(frozen=True, slots=True)
class Parted:
    """Whose a record was, and why it no longer is, in words."""

    customer_id: UUID
    words: str


def part_others(
    records: Iterable[SourceRecord],
    owners: Mapping[UUID, UUID],
    before: Mapping[UUID, Mapping[str, str]],
    *,
    at: datetime,
) -> dict[UUID, Parted]:
    """Undo the links of records that can no longer be of their customers, and return those. In the caller's transaction.

    ``owners``: who the customer of each record is; ``before``: what it said. A name that the customer has already, told by
    herself or by another system, is hers. Nothing else of her is touched.
    """
    changed = [one for one in records if (said := before.get(one.id)) and _names(said) != _names(one.fields)]
    shown = Customer.objects.in_bulk({owners[one.id] for one in changed})
    parted: dict[UUID, Parted] = {}
    for one in changed:
        if _has_it(shown[owners[one.id]], one.fields, before[one.id]):
            continue
        if why := weighing.matcher().another(one.id, owners[one.id], before[one.id], one.fields):
            parted[one.id] = Parted(owners[one.id], _words(one, before[one.id], why))
            _part(one, parted[one.id].words, at)
    return parted


def _names(said: Mapping[str, str]) -> list[str]:
    naming = (*NAMING, *NAMING_FIRMS) if says_organisation(said) else NAMING
    return [said.get(name, "").casefold() for name in naming]


def _has_it(customer: Customer, now: Mapping[str, str], before: Mapping[str, str]) -> bool:
    """Whether a customer has this name already, and this date of birth where that is what changed."""
    if says_organisation(now) or says_organisation(before):  # a number tells more than a name: matching says
        return False
    born = customer.date_of_birth.isoformat() if customer.date_of_birth else ""
    shown = {"given_name": customer.given_name, "family_name": customer.family_name, "date_of_birth": born}
    wanted = [name for name in NAMING if name != "date_of_birth" or now.get(name) != before.get(name)]
    return all(shown[name].casefold() == now.get(name, "").casefold() for name in wanted)


def ask_about(records: Iterable[SourceRecord], parted: Mapping[UUID, Parted], *, at: datetime) -> None:
    """Put those that found nobody else beside whose they were, for a person to decide."""
    links = Link.objects.filter(record__in=[one.id for one in records], undone_at__isnull=True)
    for link in links.exclude(how=Decided.MACHINE).order_by("record_id"):
        was = parted[link.record_id]
        weight, parts = weighing.matcher().weigh(link.customer_id, was.customer_id)
        note_pair(link.customer_id, was.customer_id, weight=weight, parts=parts, at=at, by_hand=True, reason=was.words)


def _part(one: SourceRecord, words: str, at: datetime) -> None:
    link = Link.objects.select_for_update().get(record=one, undone_at__isnull=True)
    link.undone_at, link.undone_why = at, words
    link.save(update_fields=["undone_at", "undone_why"])
    one.own_id = None
    one.save(update_fields=["own"])
    weighing.matcher().forget(one.id)
    if link.how == Decided.OWN:  # who was made of it is known by her own words from now on
        index_customers([link.customer_id])
    data = {"record": str(one.id), "how": link.how, "weight": link.weight}
    record_events(
        [Happening(events.UNLINKED, "customer", link.customer_id, at, customer_id=link.customer_id, data=data)],
        by=SYSTEM,
    )


def _words(one: SourceRecord, before: Mapping[str, str], why: str) -> str:
    """What is told of it: of a restricted record, only that there is something."""
    if one.restricted:
        return "What a record says has changed, and it may no longer be hers."
    return f"A record that said {_who(before)} now says {_who(one.fields)}. {why}."[:LONGEST_REASON]


def _who(said: Mapping[str, str]) -> str:
    if says_organisation(said):
        number = said.get("company_number", "")
        return f"{name_said(said)}, company number {number}" if number else name_said(said)
    name = full_name(said.get("title", ""), said.get("given_name", ""), said.get("family_name", ""), "")
    born = date.fromisoformat(said["date_of_birth"]) if said.get("date_of_birth") else None
    return f"{name}, born {born.day} {born:%B %Y}" if born else name
