"""The customers that are one, locked together: every action that joins or parts begins here."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Coalesce

from moothall.customers.linking.models import Apart, Link, Merge, Pair, PairState
from moothall.customers.linking.rules.forest import roots
from moothall.customers.models import Customer


class NoSuchRecord(LookupError):
    """There is no such record or customer (any more)."""


def locked_sets(customer_ids: Iterable[UUID]) -> dict[UUID, Customer]:
    """Return every customer of the sets these are in, by id, locked in order until the transaction ends.

    Raises:
        NoSuchRecord: one of them is not there.
    """
    wanted = set(customer_ids)
    while True:
        tops = _tops(wanted)
        rows = {
            row.id: row
            for row in Customer.objects.select_for_update(of=("self",))
            .filter(Q(pk__in=tops) | Q(joined_to__in=tops) | Q(pk__in=wanted))
            .order_by("id")
        }
        if wanted - set(rows):
            raise NoSuchRecord("There is no such customer.")
        if _tops(wanted) == tops:  # nobody joined or parted them while we waited for the lock
            return rows


def _tops(ids: set[UUID]) -> set[UUID]:
    return set(heads(ids).values())


def heads(ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return the id that each of these leads to now. One query, no lock."""
    rows = Customer.objects.filter(pk__in=set(ids)).annotate(head=Coalesce("joined_to_id", "id"))
    return {row.id: row.head for row in rows.only("id")}


def members(rows: dict[UUID, Customer], root: UUID) -> list[UUID]:
    """Return the ids of one set, the root first."""
    return [root, *sorted((row.id for row in rows.values() if row.joined_to_id == root), key=lambda one: one.int)]


def root_of(row: Customer) -> UUID:
    """Return the id this customer leads to."""
    return row.id if row.joined_to_id is None else row.joined_to_id


def write_roots(rows: dict[UUID, Customer]) -> None:
    """Make ``joined_to`` of these what the merges that stand say. The only writer of it."""
    standing = Merge.objects.filter(joined__in=rows, undone_at__isnull=True)
    found = roots(rows, dict(standing.values_list("joined_id", "into_id")))
    for row in rows.values():
        top = found[row.id] if found[row.id] != row.id else None
        if row.joined_to_id != top:
            row.joined_to_id = top
            row.save(update_fields=["joined_to"])


@dataclass(frozen=True, slots=True)
class Two:
    """The ids of two sets, and the kinds of customer in them."""

    left: tuple[UUID, ...]
    right: tuple[UUID, ...]
    kinds: frozenset[str]


def two_sets(left: UUID, right: UUID) -> Two:
    """Return every id that leads to each of these two now. One query, no lock."""
    found: dict[UUID, list[UUID]] = {left: [], right: []}
    kinds = set()
    rows = Customer.objects.filter(Q(pk__in=found) | Q(joined_to__in=found)).order_by("id")
    for one, top, kind in rows.annotate(head=Coalesce("joined_to_id", "id")).values_list("id", "head", "kind"):
        found[top].append(one)
        kinds.add(kind)
    return Two(tuple(found[left]), tuple(found[right]), frozenset(kinds))


def between(ones: Iterable[UUID], others: Iterable[UUID], *, one: str = "one", other: str = "other") -> Q:
    """Return what holds of a row that names one of each, whichever stands first."""
    left, right = list(ones), list(others)
    return Q(**{f"{one}__in": left, f"{other}__in": right}) | Q(**{f"{one}__in": right, f"{other}__in": left})


def in_hand(two: Two) -> bool:
    """Say whether somebody has taken any of the one set and any of the other in hand: put them side by side, decided, taken a
    merge of them back, or said that a record the one has now is not the other's. It holds whoever was joined to either
    since. Three queries at most."""
    pairs = Pair.objects.filter(between(two.left, two.right)).filter(Q(by_hand=True) | ~Q(state=PairState.OPEN))
    parted = Merge.objects.filter(between(two.left, two.right, one="joined", other="into"), undone_at__isnull=False)
    return pairs.exists() or parted.exists() or _said_not_theirs(two)


def _said_not_theirs(two: Two) -> bool:
    now = {"record__links__undone_at__isnull": True}
    moved = Q(customer__in=two.left, record__links__customer__in=two.right, **now) | Q(
        customer__in=two.right, record__links__customer__in=two.left, **now
    )
    return Link.objects.filter(moved, undone_by__isnull=False).exists()


def said_not_theirs(record_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Return to whom an officer said that each of these records does not belong, as those are known now. Two queries."""
    rows = Link.objects.filter(record__in=record_ids, undone_by__isnull=False).values_list("record_id", "customer_id")
    tops = heads(customer_id for _, customer_id in rows) if rows else {}
    found: dict[UUID, set[UUID]] = {}
    for record_id, customer_id in rows:
        if customer_id in tops:
            found.setdefault(record_id, set()).add(tops[customer_id])
    return found


def apart_between(ones: Iterable[UUID], others: Iterable[UUID]) -> Apart | None:
    """Return the “never join” that stands between two sets, if there is one."""
    return Apart.objects.filter(between(ones, others)).order_by("at", "id").first()
