"""Pairs that may be one, waiting for somebody to decide; and what waits after two were parted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

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
from moothall.customers.linking.models import Decided, Pair, PairState, Unsettled
from moothall.customers.linking.rules.forest import in_order

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
