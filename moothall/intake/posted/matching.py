"""Whose letter it is: those who may have written are fetched by what it says, and judged by the post room's rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Q

from moothall.cases.models import Case as CaseRow
from moothall.cases.models import CaseContact, CaseState
from moothall.contacts.models import Contact
from moothall.core.packs import Pack, current_pack
from moothall.core.zone import council_date
from moothall.customers.models import Customer
from moothall.customers.queries import IN_THE_OPEN, customers_at, customers_with_ids, find_customers, survivor_of
from moothall.customers.queries.finding import CustomerLine
from moothall.postroom.rules import Case, Clues, Judgement, Person, clues_in, judge, weigh
from moothall.services.pack import SERVICES
from moothall.services.search import words_of

MOST_AT_POSTCODE = 60
MOST_NAMED = 30
MOST_CASES = 200


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a letter was judged to be."""

    judgement: Judgement
    clues: Clues

    def kept(self) -> dict[str, Any]:
        """The proposal as it is kept with the letter: ids, points and reasons, no names."""
        judged = self.judgement
        return {
            "people": [
                {"id": str(one.person.id), "points": one.points, "reasons": list(one.reasons)} for one in judged.people
            ],
            "case": str(judged.case_id) if judged.case_id else "",
            "case_reason": judged.case_reason,
            "doubts": list(judged.doubts),
            "sure": judged.sure,
            "sure_case": judged.sure_case,
        }

    @property
    def files_itself(self) -> bool:
        """Whether no person needs to look: the writer is sure, and so is the case, or that there is none."""
        return self.judgement.sure and self.judgement.sure_case


def proposal_for(text: str, *, coded: Iterable[str] = (), at: datetime) -> Proposal:
    """Return whose letter it probably is and which case it is about. ``coded`` are references of printed codes.

    A number of queries that does not grow with the letter: at most two for each of three postcodes, three names, two points.
    """
    clues, codes = clues_in(text), tuple(coded)
    wanted = (*codes, *clues.references, *clues.mended)
    touches = _contacts_named(wanted)
    named = _cases_named(wanted, touches)
    people = _people(clues, named, touches)
    ids = list(people)
    hers = CaseRow.objects.filter(customer_id__in=_with_joined(ids)).exclude(state=CaseState.MERGED)
    cases = {row.id: row for row in (*named, *hers.order_by("-opened_at")[:MOST_CASES])}
    judged = judge(
        clues,
        people.values(),
        [_case(row, current_pack()) for row in cases.values()],
        coded=codes,
        today=council_date(at),
        other_names={
            one.reference: (survivor_of(one.customer_id) if one.customer_id else None, one.case_id) for one in touches
        },
    )
    return Proposal(judged, clues)


@dataclass(frozen=True, slots=True)
class Touch:
    """An earlier contact whose reference stands in a letter: our answer to a letter bears it."""

    reference: str
    customer_id: UUID | None
    case_id: UUID | None


def _contacts_named(references: Sequence[str]) -> list[Touch]:
    wanted = list(dict.fromkeys(references))[:200]
    rows = (
        list(Contact.objects.filter(reference__in=wanted).values_list("id", "reference", "customer_id"))
        if wanted
        else []
    )
    cases: dict[UUID, UUID] = {}
    if rows:
        about = CaseContact.objects.filter(contact_id__in=[row[0] for row in rows]).order_by("at")
        cases = dict(about.values_list("contact_id", "case_id"))
    return [Touch(reference, customer, cases.get(contact)) for contact, reference, customer in rows]


def _cases_named(references: Sequence[str], touches: Sequence[Touch]) -> list[CaseRow]:
    wanted = list(dict.fromkeys(references))[:200]
    if not wanted:
        return []
    named = Q(reference__in=wanted) | Q(id__in=[one.case_id for one in touches if one.case_id])
    return list(CaseRow.objects.filter(named).exclude(state=CaseState.MERGED))


def _people(clues: Clues, named: Sequence[CaseRow], touches: Sequence[Touch]) -> dict[UUID, Person]:
    """Everybody who may have written: whom a reference names, who lives at a postcode in it, who is called as it says."""
    found: dict[UUID, CustomerLine] = {}

    def add(lines: Iterable[CustomerLine]) -> None:
        found.update({line.id: line for line in lines})

    ids = [one for row in named if row.customer_id is not None and (one := survivor_of(row.customer_id)) is not None]
    ids += [one for touch in touches if touch.customer_id and (one := survivor_of(touch.customer_id)) is not None]
    references = [*clues.references, *clues.mended][:100]
    if references:
        ids += list(Customer.objects.filter(reference__in=references, joined_to=None).values_list("id", flat=True))
    add(customers_with_ids(list(dict.fromkeys(ids)), IN_THE_OPEN))
    for postcode in clues.postcodes[:4]:
        add(find_customers(postcode, IN_THE_OPEN, limit=MOST_AT_POSTCODE))
    for point in (*clues.phones[:2], *clues.emails[:2]):
        add(customers_at(point, IN_THE_OPEN))
    people = _persons(found.values())
    if not any(weigh(clues, person).enough for person in people.values()):
        found.clear()
        for name in clues.names[:3]:  # the postcode was misread, or is not there: whoever else is called as it says
            add(find_customers(name, IN_THE_OPEN, limit=MOST_NAMED))
        people |= _persons(line for line in found.values() if line.id not in people)
    return people


def _persons(lines: Iterable[CustomerLine]) -> dict[UUID, Person]:
    held = {line.id: line for line in lines}
    if not held:
        return {}
    rows = Customer.objects.filter(id__in=list(held)).only("id", "given_name", "family_name", "organisation_name")
    names = {row.id: row for row in rows}
    return {line.id: _person(line, names.get(line.id)) for line in held.values()}


def _person(line: CustomerLine, row: Customer | None) -> Person:
    organisation = row.organisation_name if row else ""
    return Person(
        id=line.id, name=line.name, given="" if organisation or row is None else row.given_name,
        family=organisation or (row.family_name if row else ""), address=line.address, born=line.date_of_birth,
        points=line.points, reference=line.reference,
    )  # fmt: skip


def _with_joined(ids: Sequence[UUID]) -> list[UUID]:
    joined = Customer.objects.filter(joined_to_id__in=ids).values_list("id", flat=True) if ids else []
    return [*ids, *joined]


def _case(row: CaseRow, pack: Pack) -> Case:
    return Case(
        id=row.id, reference=row.reference, customer_id=survivor_of(row.customer_id) if row.customer_id else None,
        service=row.service, opened=council_date(row.opened_at), is_open=row.state == CaseState.OPEN,
        phrases=_phrases(pack, row.service),
    )  # fmt: skip


@lru_cache(maxsize=512)
def _phrases(pack: Pack, service: str) -> tuple[frozenset[str], ...]:
    """What people call a service: its name and synonyms, each as its telling words."""
    known = pack.of(SERVICES).get(service)
    if known is None:
        return ()
    dull = {
        "report",
        "apply",
        "for",
        "a",
        "an",
        "the",
        "my",
        "of",
        "to",
        "and",
        "or",
        "in",
        "on",
        "not",
        "is",
        "your",
        "about",
        "ask",
        "tell",
        "us",
    }
    phrases = {frozenset(words_of(one)) - dull for one in (known.name, *known.synonyms)}
    return tuple(one for one in sorted(phrases, key=sorted) if one and sum(map(len, one)) >= 4)
