"""Which organisation might this be: the records that share a number, a door or a postcode, weighed by the rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, fields
from itertools import combinations
from typing import Final
from uuid import UUID

from django.db import connection

from moothall.customers.matching.models import FirmKey
from moothall.customers.matching.rules.deciding import Kind
from moothall.customers.matching.rules.firms import FirmsWeighed, keys_of_firm, weigh_firms
from moothall.customers.rules.organisations import Firm

FIRM: Final = tuple(one.name for one in fields(Firm))
A_KEY: Final = 100
"""Records looked at for one key: what more share says little by itself, and a number leads to one customer anyhow."""
TOGETHER: Final = 60
"""A door, postcode or VAT number that more customers share is left out of the look through all."""


@dataclass(frozen=True, slots=True)
class FirmCandidate:
    """A record that may be of the same organisation, and what was weighed."""

    record_id: UUID
    customer_id: UUID
    source: str
    weighed: FirmsWeighed


@dataclass(frozen=True, slots=True)
class FirmPair:
    """Two customers that share something, by the two records of theirs that are most alike."""

    one: UUID
    other: UUID
    weighed: FirmsWeighed
    sources: tuple[str, str]


def firm_candidates(firm: Firm, *, but: Collection[UUID] = ()) -> list[FirmCandidate]:
    """Return the records that may be of this organisation, the likeliest first; those the rules leave apart are not there.

    `but`: records that are not asked about. One query.
    """
    keys = keys_of_firm(firm)
    if not keys:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT f.record_id, f.customer_id, f.source, {', '.join(f'f.{name}' for name in FIRM)}"  # noqa: S608
            " FROM unnest(%s::varchar[]) k CROSS JOIN LATERAL (SELECT * FROM customer_matching_firmkey"
            f" WHERE keys @> ARRAY[k] AND customer_id IS NOT NULL LIMIT {A_KEY}) f WHERE f.record_id <> ALL(%s::uuid[])",
            [keys, list(but)],
        )
        rows = cursor.fetchall()
    found = [FirmCandidate(row[0], row[1], row[2], weigh_firms(firm, Firm(*row[3:]))) for row in rows]
    near = [one for one in found if one.weighed.kind is not Kind.APART]
    return sorted(near, key=lambda one: (-one.weighed.weight, one.record_id.int))


def firms_of(customer_ids: Iterable[UUID], *, but: Collection[UUID] = ()) -> dict[UUID, list[Firm]]:
    """Return what the records of each of these organisations say, each thing once; who has none is left out. One query."""
    found: dict[UUID, list[Firm]] = {}
    rows = FirmKey.objects.filter(customer_id__in=set(customer_ids)).exclude(record_id__in=but)
    for customer_id, *said in rows.values_list("customer_id", *FIRM).order_by("customer_id", *FIRM).distinct():
        if customer_id is not None:
            found.setdefault(customer_id, []).append(Firm(*said))
    return found


def firm_pairs() -> Iterator[FirmPair]:
    """Look through every organisation: the customers that share something and may be one, the likeliest first. One query."""
    kept = {
        row[0]: (row[1], row[2], row[3], Firm(*row[4:]))
        for row in FirmKey.objects.filter(customer_id__isnull=False)
        .order_by("record_id")
        .values_list("record_id", "customer_id", "source", "keys", *FIRM)
    }
    sharing: dict[str, dict[UUID, list[tuple[str, Firm]]]] = {}
    for customer_id, source, keys, firm in kept.values():
        for key in keys:
            several = sharing.setdefault(key, {}).setdefault(customer_id, [])
            if (source, firm) not in several:
                several.append((source, firm))
    best: dict[tuple[UUID, UUID], FirmPair] = {}
    for key, customers in sharing.items():
        if len(customers) > TOGETHER and key[0] in "uvp":
            continue
        for one, other in combinations(sorted(customers), 2):
            for mine, first in customers[one]:
                for theirs, second in customers[other]:
                    weighed = weigh_firms(first, second)
                    held = best.get((one, other))
                    if weighed.kind is not Kind.APART and (held is None or held.weighed.weight < weighed.weight):
                        best[one, other] = FirmPair(one, other, weighed, (mine, theirs))
    yield from sorted(best.values(), key=lambda pair: (-pair.weighed.weight, pair.one.int, pair.other.int))
