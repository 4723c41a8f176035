"""Matching as linking asks it: what records say goes in standardised, and comes back weighed by customer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from moothall.customers.linking.actions.sets import heads
from moothall.customers.linking.models import Link
from moothall.customers.linking.rules.explaining import parts_of
from moothall.customers.linking.weighing import Likely
from moothall.customers.matching import actions, queries
from moothall.customers.matching.rules import Person, standardise

MOST_PAIRS = 36


class Matched:
    """Keeps what records say in matching, in the caller's transaction, and asks it who they may be."""

    def keep(self, people: Sequence[tuple[UUID, UUID, str, Mapping[str, str]]]) -> None:
        """Know these records: record, its customer, its system, what it says. Organisations are not weighed."""
        actions.keep_people(_read(people))

    def keep_new(self, people: Sequence[tuple[UUID, UUID, str, Mapping[str, str]]]) -> None:
        """Know many records at once, none of which it knows yet."""
        actions.import_people(_read(people))

    def forget(self, record_id: UUID) -> None:
        """Know it no longer."""
        actions.forget_person(record_id)

    def move(self, record_ids: Iterable[UUID], customer_id: UUID) -> None:
        """These records are another customer's now."""
        actions.move_people(list(record_ids), customer_id)

    def likely(
        self, fields: Mapping[str, str], *, but: Iterable[UUID] = (), limit: int = 10, source: str = ""
    ) -> list[Likely]:
        """Return who it may be, best first, each customer once by her best record."""
        if not (fields.get("family_name") or fields.get("given_name")):
            return []
        return best_of(queries.candidates(person_of(fields), but=tuple(but), source=source))[:limit]

    def weigh(self, one: UUID, other: UUID) -> tuple[float, list[dict[str, Any]]]:
        """Return how alike two customers are by the records of theirs that are most alike."""
        left, right = (queries.people_of(_records_of(who)) for who in (one, other))
        pairs = [(a, b) for a in left.values() for b in right.values()][:MOST_PAIRS]
        if not pairs:
            return 0.0, []
        score = max((queries.score_pair(a, b)[0] for a, b in pairs), key=lambda made: made.weight)
        return score.weight, parts_of(score)


def best_of(candidates: Iterable[queries.Candidate]) -> list[Likely]:
    """Return the customers of the records found, best first, each by her best record. One query."""
    found = [(one, one.customer_id) for one in candidates if one.customer_id is not None]
    tops = heads(customer_id for _, customer_id in found)
    best: dict[UUID, Likely] = {}
    for one, customer_id in found:
        top = tops.get(customer_id)
        if top is not None and top not in best:
            kind = str(one.decision.kind.value)
            best[top] = Likely(top, one.score.weight, parts_of(one.score), kind, one.decision.reason)
    return list(best.values())


def _read(people: Iterable[tuple[UUID, UUID, str, Mapping[str, str]]]) -> Iterator[tuple[UUID, UUID, str, Person]]:
    for record_id, customer_id, source, fields in people:
        if fields.get("family_name") or fields.get("given_name"):
            yield record_id, customer_id, source, person_of(fields)


def person_of(fields: Mapping[str, str]) -> Person:
    """Return what a record's fields say, standardised. Ours have the names that matching reads."""
    return standardise(fields)


def _records_of(customer_id: UUID) -> list[UUID]:
    links = Link.objects.filter(customer_id=customer_id, undone_at__isnull=True)
    return [customer_id, *links.values_list("record_id", flat=True)]
