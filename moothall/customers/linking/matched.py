"""Matching as linking asks it: what records say goes in standardised, and comes back weighed by customer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from moothall.customers.linking.actions.sets import heads
from moothall.customers.linking.matched_firms import (
    another_organisation,
    firms_differ,
    likely_firms,
    pairs_of_firms,
    weigh_organisations,
)
from moothall.customers.linking.models import Link
from moothall.customers.linking.rules.explaining import parts_of
from moothall.customers.linking.weighing import Likely
from moothall.customers.matching import actions, queries
from moothall.customers.matching.rules import Person, standardise
from moothall.customers.matching.rules.deciding import conflict, contradiction, names_another, plainly_one, same_name
from moothall.customers.matching.rules.firms import firm_of
from moothall.customers.rules.organisations import says_organisation

MOST_PAIRS = 36


class Matched:
    """Keeps what records say in matching, in the caller's transaction, and asks it who they may be."""

    def keep(self, people: Sequence[tuple[UUID, UUID, str, Mapping[str, str]]]) -> None:
        """Know these records: record, its customer, its system, what it says."""
        actions.keep_people(_read(people))
        _keep_firms(people)

    def keep_new(self, people: Sequence[tuple[UUID, UUID, str, Mapping[str, str]]]) -> None:
        """Know many records at once, none of which it knows yet."""
        actions.import_people(_read(people))
        _keep_firms(people)

    def forget(self, record_id: UUID) -> None:
        """Know it no longer."""
        actions.forget_person(record_id)

    def move(self, record_ids: Iterable[UUID], customer_id: UUID) -> None:
        """These records are another customer's now."""
        actions.move_people(list(record_ids), customer_id)

    def likely(self, fields: Mapping[str, str], *, but: Iterable[UUID] = (), limit: int = 10) -> list[Likely]:
        """Return who it may be, best first, each customer once by her best record.

        Sure of nobody where it fits two, or where anything that is said of her contradicts it: those are for a person.
        An organisation is never a person, nor a person one.
        """
        if says_organisation(fields):
            return likely_firms(fields, but=but)[:limit]
        if not _named(fields):
            return []
        person = person_of(fields)
        return _surely(person, best_of(queries.candidates(person, but=tuple(but))))[:limit]

    def contradiction(self, one: UUID, other: UUID) -> str:
        """Return why two customers cannot be one by what all their records say, or nothing."""
        said = queries.people_by_customer([one, other])
        pairs = ((a, b) for a in said.get(one, ()) for b in said.get(other, ()))
        why = next((why for a, b in pairs if (why := contradiction(a, b))), "")
        return why if said else firms_differ(one, other)

    def another(self, record_id: UUID, customer_id: UUID, before: Mapping[str, str], now: Mapping[str, str]) -> str:
        """Return why a record that said `before` can no longer be of its customer, or nothing."""
        if says_organisation(before) != says_organisation(now):
            return "One is a person and the other an organisation"
        if says_organisation(now):
            return another_organisation(record_id, customer_id, before, now)
        if not (_named(before) and _named(now)):
            return ""
        old, new = person_of(before), person_of(now)
        others = queries.people_by_customer([customer_id], but=[record_id]).get(customer_id, [])
        if any(plainly_one(new, one) or (new.dob == old.dob and same_name(new, one)) for one in others):
            return ""  # somebody had said so already
        if names_another(old, new):
            return contradiction(old, new)
        return next((contradiction(new, one) for one in others if conflict(new, one) and not conflict(old, one)), "")

    def weigh(self, one: UUID, other: UUID) -> tuple[float, list[dict[str, Any]]]:
        """Return how alike two customers are by the records of theirs that are most alike."""
        left, right = (queries.people_of(_records_of(who)) for who in (one, other))
        pairs = [(a, b) for a in left.values() for b in right.values()][:MOST_PAIRS]
        if not pairs:
            return weigh_organisations(one, other)
        score = max((queries.score_pair(a, b)[0] for a, b in pairs), key=lambda made: made.weight)
        return score.weight, parts_of(score)

    def pairs_of_firms(self) -> Iterator[tuple[UUID, UUID, Likely]]:
        """Return the organisations that may be one among all that are known, the surest first. One query."""
        return pairs_of_firms()


def _surely(person: Person, found: list[Likely]) -> list[Likely]:
    """Leave sure only who is it alone, and of whom nothing is said that contradicts. One query, where anybody is sure."""
    sure = [one.customer_id for one in found if one.kind == "auto"]
    if not sure:
        return found
    why = dict.fromkeys(sure, "Fits two people") if len(sure) > 1 else {}
    if len(sure) == 1:
        said = queries.people_by_customer(sure).get(sure[0], ())
        why = {sure[0]: next((no for one in said if (no := contradiction(person, one))), "")}
    return [
        replace(one, kind="review", reason=why[one.customer_id]) if why.get(one.customer_id) else one for one in found
    ]


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
        if _named(fields):
            yield record_id, customer_id, source, person_of(fields)


def _keep_firms(people: Iterable[tuple[UUID, UUID, str, Mapping[str, str]]]) -> None:
    firms = [(record, who, source, firm_of(said)) for record, who, source, said in people if says_organisation(said)]
    if firms:
        actions.keep_firms(firms)


def _named(fields: Mapping[str, str]) -> bool:
    return bool(fields.get("family_name") or fields.get("given_name"))


def person_of(fields: Mapping[str, str]) -> Person:
    """Return what a record's fields say, standardised. Ours have the names that matching reads."""
    return standardise(fields)


def _records_of(customer_id: UUID) -> list[UUID]:
    links = Link.objects.filter(customer_id=customer_id, undone_at__isnull=True)
    return [customer_id, *links.values_list("record_id", flat=True)]
