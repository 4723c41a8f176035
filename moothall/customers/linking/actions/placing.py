"""Whom new and changed records speak of: asked of matching, decided by the machine only where it is sure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from moothall.core.actors import SYSTEM, Actor
from moothall.core.events import Happening
from moothall.core.events import record as record_events
from moothall.customers.linking import events, weighing
from moothall.customers.linking.actions.indexing import fields_of
from moothall.customers.linking.actions.joining import AlreadyOne, NeverTogether, NotAlike, merge
from moothall.customers.linking.actions.pairs import note_pair, note_pairs
from moothall.customers.linking.actions.parting import ask_about, part_others
from moothall.customers.linking.actions.refreshing import records_of, refresh
from moothall.customers.linking.actions.sets import heads, in_hand, said_not_theirs, two_sets
from moothall.customers.linking.actions.singles import make_singles
from moothall.customers.linking.models import Decided, Link, Pair, PairState, SourceRecord
from moothall.customers.linking.rules.forest import in_order
from moothall.customers.linking.weighing import Likely
from moothall.customers.models import ContactPoint, Customer, CustomerKind
from moothall.customers.rules.organisations import says_organisation

Surely = Callable[[str, Mapping[UUID, Sequence[Likely]]], dict[UUID, Likely]]
"""Whom new records of one system surely speak of, of all they may speak of."""

SHARED = ("company_number", "charity_number", "vat_number", "uprn")
REVIEWED = 3
"""The most pairs one record puts on the list: the likeliest."""


def place(
    records: Sequence[SourceRecord], *, before: Mapping[UUID, Mapping[str, str]] | None = None, by: Actor, at: datetime
) -> None:
    """Link new records, let matching know what changed, and make what their customers show again.

    ``before`` is what known records said until now: one that has come to name somebody else, or that contradicts what else is
    said of its customer, is parted from her, and a person is asked.
    """
    standing = dict(
        Link.objects.filter(record__in=[r.id for r in records], undone_at__isnull=True).values_list(
            "record_id", "customer_id"
        )
    )
    forget([one for one in records if one.gone])
    known = [one for one in records if one.id in standing]
    tops = heads(standing.values())
    there = [one for one in known if not one.gone]
    parted = part_others(there, {one: tops[who] for one, who in standing.items()}, before or {}, at=at)
    weighing.matcher().keep([(r.id, tops[standing[r.id]], r.system, r.fields) for r in there if r.id not in parted])
    if known:
        refresh({standing[r.id] for r in known})
    _place_new([r for r in records if r.id not in standing and not r.gone], at=at)
    again = [one for one in there if one.id in parted]
    _place_new(again, at=at, never=said_not_theirs([one.id for one in again]) if again else {})
    ask_about(again, parted, at=at)


def forget(records: Iterable[SourceRecord]) -> None:
    """Records that are gone are no longer weighed; their links stand, for should they come back."""
    for one in records:
        weighing.matcher().forget(one.id)


def _place_new(
    records: Sequence[SourceRecord], *, at: datetime, never: Mapping[UUID, Collection[UUID]] | None = None
) -> None:
    """Link new records of one system to whom they surely speak of; the others are customers of their own.

    ``never``: whose an officer said that a record is not, whatever it says by now: that is asked.

    Whoever those may be is asked of people. Of people, records that come together are not weighed against one another: a
    system that gives one person two numbers is for a person to see, and a bulk run finds it. Of organisations they are: a
    firm has an account for each of its properties, and its number says so.
    """
    never = never or {}
    _place_together([one for one in records if not says_organisation(one.fields)], _sure, at, never)
    for some in one_after_another([one for one in records if says_organisation(one.fields)]):
        _place_together(some, _sure_firms, at, never)


def _place_together(
    records: Sequence[SourceRecord], surely: Surely, at: datetime, never: Mapping[UUID, Collection[UUID]]
) -> None:
    if not records:
        return
    matcher = weighing.matcher()
    likely = {one.id: matcher.likely(one.fields) for one in records}
    sure = surely(records[0].system, likely)
    sure = {one: who for one, who in sure.items() if who.customer_id not in never.get(one, ())}
    alone = [one for one in records if one.id not in sure]
    owners = dict(zip((one.id for one in alone), make_singles(alone, at=at), strict=True))
    owners |= {record_id: who.customer_id for record_id, who in sure.items()}
    Link.objects.bulk_create(
        Link(
            record=one, customer_id=owners[one.id], at=at, how=Decided.MACHINE if one.id in sure else Decided.OWN,
            weight=sure[one.id].weight if one.id in sure else None, parts=sure[one.id].parts if one.id in sure else [],
        )
        for one in records
    )  # fmt: skip
    matcher.keep([(one.id, owners[one.id], one.system, one.fields) for one in records])
    if sure:
        refresh({who.customer_id for who in sure.values()})
        record_events([_linked(record_id, who, at) for record_id, who in sure.items()], by=SYSTEM)
    note_pairs(
        (
            (owners[one.id], who.customer_id, who if says_organisation(one.fields) else replace(who, reason=""))
            for one in alone
            for who in [who for who in likely[one.id] if who.kind in {"auto", "review"}][:REVIEWED]
        ),
        at=at,
    )


def one_after_another(records: Sequence[SourceRecord]) -> Iterator[list[SourceRecord]]:
    """Part records so that no two of a part share a number or a property: each is weighed against those placed before it."""
    left = list(records)
    while left:
        seen: set[tuple[str, str]] = set()
        now: list[SourceRecord] = []
        later: list[SourceRecord] = []
        for one in left:
            shared = {(name, said) for name in SHARED if (said := one.fields.get(name))}
            (later if seen & shared else now).append(one)
            seen |= shared
        yield now
        left = later


def _linked(record_id: UUID, who: Likely, at: datetime) -> Happening:
    data = {"record": str(record_id), "how": Decided.MACHINE.value, "weight": who.weight}
    return Happening(events.LINKED, "customer", who.customer_id, at, customer_id=who.customer_id, data=data)


def _sure(system: str, likely: Mapping[UUID, Sequence[Likely]]) -> dict[UUID, Likely]:
    """Return whom new records of one system surely speak of: one customer each, whom no other record of the system is.

    Two numbers in one system mean two people, or a double that a person must look at.
    """
    found = {one: [who for who in several if who.kind == "auto"] for one, several in likely.items()}
    alone = {one: several[0] for one, several in found.items() if len(several) == 1}
    wanted = Counter(who.customer_id for who in alone.values())
    known = Link.objects.filter(undone_at__isnull=True, record__system=system, record__gone=False).filter(
        Q(customer__in=wanted) | Q(customer__joined_to__in=wanted)
    )
    taken = {top or one for one, top in known.values_list("customer_id", "customer__joined_to_id")}
    return {one: who for one, who in alone.items() if wanted[who.customer_id] == 1 and who.customer_id not in taken}


def _sure_firms(system: str, likely: Mapping[UUID, Sequence[Likely]]) -> dict[UUID, Likely]:
    """Return which organisations new records surely speak of; one system may hold several records of one."""
    found = {one: [who for who in several if who.kind == "auto"] for one, several in likely.items()}
    return {one: several[0] for one, several in found.items() if len(several) == 1}


def recognise(customer_id: UUID, *, sure: bool = True, at: datetime) -> None:
    """Find who a new customer may be among those known: joined where matching is sure (and ``sure``), else listed.

    An organisation that somebody told us of is only listed: anybody can look up its number and its name.
    """
    row = Customer.objects.filter(pk=customer_id, joined_to=None).first()
    if row is None:
        return
    points = ContactPoint.objects.filter(customer=row).values_list("kind", "value")
    likely = weighing.matcher().likely(fields_of(row, points), but=[customer_id])
    others = [one for one in likely if one.customer_id != customer_id]
    certain = [one for one in others if one.kind == "auto"]
    if sure and len(certain) == 1 and row.kind == CustomerKind.PERSON:
        take_pairs([(customer_id, certain[0].customer_id, certain[0])], at=at)
        return
    for one in [one for one in others if one.kind in {"auto", "review"}][:REVIEWED]:
        note_pair(customer_id, one.customer_id, weight=one.weight, parts=one.parts, at=at, by_hand=not sure)


def look_again(customer_id: UUID, *, at: datetime) -> None:
    """Ask who a customer may be by all that is said of her now: her own record, those joined to it, and every record that
    speaks of them. The likeliest go on the list; the machine joins nobody by this, an officer has just had her in hand."""
    top = heads([customer_id]).get(customer_id)
    if top is None:
        return
    rows = list(Customer.objects.filter(Q(pk=top) | Q(joined_to=top)).order_by("id"))
    ids = [row.id for row in rows]
    points: dict[UUID, list[tuple[str, str]]] = {}
    for owner, kind, value in ContactPoint.objects.filter(customer__in=ids).values_list("customer_id", "kind", "value"):
        points.setdefault(owner, []).append((kind, value))
    records = [one for several in records_of(ids).values() for one in several if not one.gone]
    said = [fields_of(row, points.get(row.id, ())) for row in rows] + [one.fields for one in records]
    but = [*ids, *(one.id for one in records)]
    best: dict[UUID, Likely] = {}
    for fields in said:
        for one in weighing.matcher().likely(fields, but=but):
            if one.kind in {"auto", "review"} and one.customer_id != top:
                held = best.get(one.customer_id)
                best[one.customer_id] = one if held is None or one.weight > held.weight else held
    for one in sorted(best.values(), key=lambda one: (-one.weight, one.customer_id.int))[:REVIEWED]:
        note_pair(top, one.customer_id, weight=one.weight, parts=one.parts, at=at)


def take_pairs(pairs: Iterable[tuple[UUID, UUID, Likely]], *, at: datetime) -> tuple[int, int]:
    """Take what was found between customers: join what is sure, list what may be. Returns (joined, newly listed).

    “Never join” is kept, decided pairs stay decided, and running it again changes nothing. Asked instead of joined: two
    people who are both in one system, two of whom contradicting things are said, and whoever an officer took down as new or
    put side by side. Each join is an act by itself; what is asked is listed at once, after all that are joined.
    """
    joined, asked = 0, []
    for one, other, found in pairs:
        if found.kind == "auto" and _machine_may(one, other):
            try:
                _join(one, other, found, at)
                joined += 1
            except (AlreadyOne, NeverTogether, NotAlike):
                continue
        elif found.kind in {"auto", "review"}:
            asked.append((one, other, found))
    return joined, note_pairs(asked, at=at)


def _join(one: UUID, other: UUID, found: Likely, at: datetime) -> None:
    """Join two, and keep why where officers look for what was decided, and take it back."""
    with transaction.atomic():
        tops = heads([one, other])
        made = merge(one, other, weight=found.weight, parts=found.parts, how=Decided.MACHINE, by=SYSTEM, at=at)
        first, second = in_order(tops[one], tops[other])
        decided = {
            "state": PairState.JOINED,
            "decided_at": at,
            "merge": made,
            "weight": found.weight,
            "parts": found.parts,
        }
        Pair.objects.update_or_create(
            one_id=first, other_id=second, defaults=decided, create_defaults={**decided, "found_at": at}
        )


def _machine_may(one: UUID, other: UUID) -> bool:
    """Nobody has taken it in hand, no system knows both, and nothing said of one contradicts what is said of the other.

    What somebody decided of two holds of the sets they are in now: who was joined to either since brings them no nearer.
    """
    tops = heads([one, other])
    if len(set(tops.values())) < 2:
        return True  # one already: joining says so
    first, second = in_order(tops[one], tops[other])
    two = two_sets(first, second)
    if in_hand(two):
        return False
    systems: dict[UUID, set[str]] = {first: set(), second: set()}
    rows = Link.objects.filter(undone_at__isnull=True, record__gone=False, customer__in=[*two.left, *two.right])
    for customer_id, system in rows.values_list("customer_id", "record__system"):
        systems[first if customer_id in two.left else second].add(system)
    if systems[first] & systems[second] and CustomerKind.ORGANISATION not in two.kinds:
        return False
    return not weighing.matcher().contradiction(first, second)
