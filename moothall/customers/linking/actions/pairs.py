"""Pairs that may be one, waiting for somebody to decide; and what waits after two were parted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce

from moothall.core.access import require
from moothall.core.actors import Actor, ActorKind
from moothall.core.events import Happening, record, together
from moothall.core.people import person_providers
from moothall.customers.linking import events, weighing
from moothall.customers.linking.actions.joining import (
    LONGEST_REASON,
    AlreadyOne,
    NeverTogether,
    NotAlike,
    keep_apart,
    merge,
    two_of,
)
from moothall.customers.linking.actions.sets import (
    NoSuchRecord,
    apart_between,
    heads,
    locked_sets,
    members,
    root_of,
    two_sets,
)
from moothall.customers.linking.models import Apart, Decided, Pair, PairState, Unsettled
from moothall.customers.linking.rules.forest import in_order
from moothall.customers.linking.weighing import Likely
from moothall.customers.models import Customer

DECISIONS = {"joined": PairState.JOINED, "apart": PairState.APART, "unsure": PairState.UNSURE}


class DecidedAlready(ValueError):
    """A colleague was quicker. ``pair`` is how it stands now."""

    def __init__(self, pair: Pair) -> None:
        self.pair = pair
        super().__init__(f"A colleague has decided this pair already: {PairState(pair.state).label.lower()}.")


def note_pair(
    one: UUID, other: UUID, *, weight: float, parts: Iterable[Mapping[str, Any]], at: datetime, by_hand: bool = False,
    reason: str = "",
) -> Pair | None:  # fmt: skip
    """Put a pair on the list, unless it was decided, is one already, never is to be, or is of a person and an organisation.

    Returns the pair, or nothing.

    A pair that waits takes the new weight. ``by_hand``: no machine decides it from now on. ``reason``: why somebody is asked.
    """
    with transaction.atomic():
        tops = heads([one, other])
        if len(tops) < 2:
            return None
        first, second = in_order(tops[one], tops[other])
        if first == second:
            return None
        two = two_sets(first, second)
        if len(two.kinds) > 1 or apart_between(two.left, two.right) is not None:
            return None
        pair, made = Pair.objects.select_for_update().get_or_create(
            one_id=first, other_id=second,
            defaults={"weight": weight, "parts": list(parts), "found_at": at, "by_hand": by_hand, "reason": reason},
        )  # fmt: skip
        if made:
            return pair
        if pair.state != PairState.OPEN:
            return None
        pair.weight, pair.parts, pair.by_hand = weight, list(parts), pair.by_hand or by_hand
        pair.reason = reason or pair.reason
        pair.save(update_fields=["weight", "parts", "by_hand", "reason"])
        return pair


def note_pairs(found: Iterable[tuple[UUID, UUID, Likely]], *, at: datetime) -> int:
    """Put many pairs on the list as `note_pair` does one, the likeliest of each two; return how many are new there.

    Eight statements, however many pairs.
    """
    coming = list(found)
    tops = heads({one for pair in coming for one in pair[:2]})
    wanted: dict[tuple[UUID, UUID], Likely] = {}
    for one, other, likely in coming:
        if one in tops and other in tops and tops[one] != tops[other]:
            two = in_order(tops[one], tops[other])
            if two not in wanted or wanted[two].weight < likely.weight:
                wanted[two] = likely
    never = _not_to_be_listed(wanted)
    wanted = {two: likely for two, likely in wanted.items() if two not in never}
    if not wanted:
        return 0
    with transaction.atomic():
        either = Q(*(Q(one=one, other=other) for one, other in wanted), _connector=Q.OR)
        held = {
            (pair.one_id, pair.other_id): pair
            for pair in Pair.objects.select_for_update().filter(either).order_by("id")
        }
        waiting = [pair for pair in held.values() if pair.state == PairState.OPEN]
        for pair in waiting:
            likely = wanted[pair.one_id, pair.other_id]
            pair.weight, pair.parts, pair.reason = likely.weight, list(likely.parts), likely.reason or pair.reason
        Pair.objects.bulk_update(waiting, ["weight", "parts", "reason"])
        new = [
            Pair(
                one_id=two[0], other_id=two[1], weight=one.weight, parts=list(one.parts), found_at=at, reason=one.reason
            )
            for two, one in wanted.items()
            if two not in held
        ]
        Pair.objects.bulk_create(new, ignore_conflicts=True)
        return Pair.objects.filter(pk__in=[pair.pk for pair in new]).count() if new else 0


def _not_to_be_listed(wanted: Iterable[tuple[UUID, UUID]]) -> set[tuple[UUID, UUID]]:
    """Which of these are a person and an organisation, or never to be one, whoever either was joined with. Two queries."""
    tops = {one for two in wanted for one in two}
    rows = Customer.objects.filter(Q(pk__in=tops) | Q(joined_to__in=tops)).annotate(head=Coalesce("joined_to_id", "id"))
    kinds: dict[UUID, set[str]] = {}
    head: dict[UUID, UUID] = {}
    for customer_id, top, kind in rows.values_list("id", "head", "kind"):
        head[customer_id] = top
        kinds.setdefault(top, set()).add(kind)
    apart = Apart.objects.filter(one__in=head, other__in=head).values_list("one_id", "other_id")
    never = {in_order(head[one], head[other]) for one, other in apart if head[one] != head[other]}
    return never | {two for two in wanted if len(kinds.get(two[0], set()) | kinds.get(two[1], set())) > 1}


def decide_pair(pair_id: UUID, *, decision: str, reason: str = "", by: Actor, at: datetime) -> Pair:
    """Decide a waiting pair: ``joined``, ``apart`` (for ever) or ``unsure``. The same officer again gets the same answer.

    Raises:
        DecidedAlready: somebody else did, and otherwise. NeverTogether, NotAlike, NoSuchRecord, Refused; ValueError.
    """
    require(by, "identity.decide")
    if decision not in DECISIONS:
        raise ValueError("Say whether they are the same person, two people, or cannot be told.")
    wanted = DECISIONS[decision]
    with transaction.atomic(), together():
        found = Pair.objects.filter(pk=pair_id).first()
        if found is None:
            raise NoSuchRecord("There is no such pair.")
        rows = locked_sets([found.one_id, found.other_id])
        pair = Pair.objects.select_for_update().get(pk=pair_id)
        if pair.state != PairState.OPEN:
            if pair.state == wanted and pair.decided_by == by.id:
                return pair
            raise DecidedAlready(pair)
        made = None
        if wanted == PairState.JOINED:
            if root_of(rows[pair.one_id]) == root_of(rows[pair.other_id]):
                raise AlreadyOne("They are joined already.")
            made = merge(
                pair.one_id, pair.other_id, weight=pair.weight, parts=pair.parts, how=Decided.OFFICER, reason=reason,
                by=by, at=at,
            )  # fmt: skip
        elif wanted == PairState.APART:
            keep_apart(pair.one_id, pair.other_id, reason=reason, by=by, at=at)
        pair.state, pair.decided_at, pair.reason, pair.merge = wanted, at, reason[:LONGEST_REASON], made
        pair.decided_by = by.id if by.kind is ActorKind.STAFF else None
        pair.save(update_fields=["state", "decided_at", "reason", "merge", "decided_by"])
        record(
            [
                Happening(
                    events.PAIR, "customer", pair.one_id, at, customer_id=pair.one_id,
                    data={"pair": str(pair.id), "other": str(pair.other_id), "decision": decision},
                )
            ],
            by=by,
        )  # fmt: skip
        return pair


def settle(unsettled_id: UUID, *, customer_id: UUID, by: Actor, at: datetime) -> Unsettled:
    """Say whose a contact or case is that was made while two were one. Said already is fine: the first word stands.

    Raises:
        NoSuchRecord, Refused; ValueError when it can be neither's.
    """
    require(by, "identity.decide")
    with transaction.atomic(), together():
        found = Unsettled.objects.select_for_update().select_related("merge").filter(pk=unsettled_id).first()
        if found is None:
            raise NoSuchRecord("There is no such thing to settle.")
        if found.settled_at is not None:
            return found
        rows = locked_sets([found.merge.joined_id, found.merge.into_id])
        may = {
            one for side in (found.merge.joined_id, found.merge.into_id) for one in members(rows, root_of(rows[side]))
        }
        if customer_id not in may:
            raise ValueError("Choose one of the two people who were parted.")
        for provider in person_providers():
            if provider.give is not None and provider.kind == found.kind:
                provider.give(found.thing_id, customer_id, by, at)
        found.settled_at, found.settled_to_id = at, customer_id
        found.settled_by = by.id if by.kind is ActorKind.STAFF else None
        found.save(update_fields=["settled_at", "settled_by", "settled_to"])
        return found


def compare_pair(one: UUID, other: UUID, *, by: Actor, at: datetime) -> Pair:
    """Return the pair of two customers that a person wants to compare: weighed where it can be, open again if it was unsure.

    Raises:
        AlreadyOne, NeverTogether, NotAlike, NoSuchRecord, Refused.
    """
    require(by, "identity.decide")
    with transaction.atomic():
        rows = locked_sets([one, other])
        left, right = root_of(rows[one]), root_of(rows[other])
        if left == right:
            raise AlreadyOne("They are one already.")
        if apart_between(members(rows, left), members(rows, right)) is not None:
            raise NeverTogether(f"These two were said to be {two_of(rows[left])}. They are never joined.")
        if rows[left].kind != rows[right].kind:
            raise NotAlike("One is a person and the other an organisation. They cannot be one.")
        first, second = in_order(left, right)
        weight, parts = weighing.matcher().weigh(first, second)
        pair, _ = Pair.objects.select_for_update().get_or_create(
            one_id=first, other_id=second, defaults={"weight": weight, "parts": parts, "found_at": at}
        )
        if pair.state != PairState.OPEN or not pair.by_hand:
            pair.state, pair.decided_at, pair.decided_by, pair.merge = PairState.OPEN, None, None, None
            pair.by_hand = True
            pair.save(update_fields=["state", "decided_at", "decided_by", "merge", "by_hand"])
        return pair
