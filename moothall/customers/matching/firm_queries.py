"""Which organisation might this be: the records that share a number, a door or a postcode, weighed by the rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import combinations, groupby, pairwise
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from moothall.customers.matching.models import FirmKey
from moothall.customers.matching.rules.deciding import Kind
from moothall.customers.matching.rules.firms import FirmsWeighed, keys_of_firm, weigh_firms
from moothall.customers.rules.organisations import Firm, name_words

FIRM: Final = tuple(one.name for one in fields(Firm))
A_KEY: Final = 100
"""Records looked at for one key: what more share says little by itself, and a number leads to one customer anyhow."""
TOGETHER: Final = 60
"""A door, postcode or VAT number that more customers share is left out of the look through all."""
AT_ONCE: Final = 2_000
"""Rows read at a time in the look through all."""


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
    """Look through every organisation: the customers that share something and may be one, the likeliest first.

    One query, read a few thousand rows at a time: what is held is those of one key, and the pairs found.
    """
    best: dict[tuple[UUID, UUID], FirmPair] = {}
    with transaction.atomic():  # in which the rows are read on from where we were
        for key, rows in groupby(_sharing(), key=itemgetter(0)):
            customers: dict[UUID, list[tuple[str, Firm]]] = {}
            for _, customer_id, source, *said in rows:
                customers.setdefault(customer_id, []).append((source, Firm(*said)))
            for one, other in _together(key, customers):
                for mine, first in customers[one]:
                    for theirs, second in customers[other]:
                        weighed = weigh_firms(first, second)
                        held = best.get((one, other))
                        if weighed.kind is not Kind.APART and (held is None or held.weighed.weight < weighed.weight):
                            best[one, other] = FirmPair(one, other, weighed, (mine, theirs))
    yield from sorted(best.values(), key=lambda pair: (-pair.weighed.weight, pair.one.int, pair.other.int))


def _sharing() -> Iterator[tuple[Any, ...]]:
    """What customers that share a key say, key by key: key, customer, source, firm. PostgreSQL finds and sorts them."""
    said = ", ".join(f"f.{name}" for name in FIRM)
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            "WITH keyed AS (SELECT k.key, f.customer_id, f.record_id FROM customer_matching_firmkey f"  # noqa: S608
            " CROSS JOIN LATERAL unnest(f.keys) k(key) WHERE f.customer_id IS NOT NULL),"
            " several AS (SELECT key FROM keyed GROUP BY key HAVING count(DISTINCT customer_id) > 1"
            f" AND (count(DISTINCT customer_id) <= {TOGETHER} OR left(key, 1) IN ('c', 'h')))"
            f" SELECT DISTINCT key, f.customer_id, f.source, {said} FROM several JOIN keyed USING (key)"
            f" JOIN customer_matching_firmkey f USING (record_id) ORDER BY key, f.customer_id, f.source, {said}"
        )
        while rows := cursor.fetchmany(AT_ONCE):
            yield from rows


def _together(key: str, customers: Mapping[UUID, Sequence[tuple[str, Firm]]]) -> Iterable[tuple[UUID, UUID]]:
    """Which of the customers that share a key are weighed: each with each. Of a company's or charity's number that very many
    share, which hardly is one, those next to each other by name: alike names are joined one by one all the same."""
    if len(customers) <= TOGETHER:
        return combinations(sorted(customers), 2)
    by_name = sorted(customers, key=lambda who: (name_words(customers[who][0][1].name), who))
    return [(one, other) if one.int < other.int else (other, one) for one, other in pairwise(by_name)]
