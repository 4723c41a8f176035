"""What an officer decided of a set holds of whoever leaves it: the machine asks, and never joins what she parted.

Whoever says “two people” has both sets before her with all their records, and need not say of which of them she says it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q

from moothall.customers.linking import weighing
from moothall.customers.linking.actions.sets import apart_between, heads, in_hand, two_sets
from moothall.customers.linking.models import Apart, Merge, Pair, PairState
from moothall.customers.linking.rules.forest import in_order
from moothall.customers.models import Customer

WHY: Final = "Said of somebody with whom one of them was joined at the time"


def hold_for(leaving: Sequence[UUID], stays: Sequence[UUID], *, since: datetime, at: datetime) -> None:
    """Have the machine ask of those who leave a set what was decided of those who stay there, since they were one.

    Both are whole sets, the head first; who was erased is no question. “Never join” is handed on as a question, too: a
    person may still see that it was said of the others alone. Four queries, and a few more for each whom something was
    decided of. Twice asks nothing more.
    """
    tops = set(heads(_decided_of(stays, but={*leaving, *stays}, since=since)).values())
    for top in [row.id for row in Customer.objects.filter(pk__in=tops).order_by("id") if is_somebody(row)]:
        first, second = in_order(leaving[0], top)
        two = two_sets(first, second)
        if len(two.kinds) > 1:
            continue
        never = apart_between(two.left, two.right) is not None
        if never or in_hand(two):
            keep_date(first, second, state=PairState.APART if never else PairState.UNSURE, at=at)
            continue
        weight, parts = weighing.matcher().weigh(first, second)
        Pair.objects.update_or_create(
            one_id=first, other_id=second, defaults={"by_hand": True, "reason": WHY},
            create_defaults={"weight": weight, "parts": parts, "found_at": at, "by_hand": True, "reason": WHY},
        )  # fmt: skip


def keep_date(first: UUID, second: UUID, *, state: PairState, at: datetime) -> None:
    """Keep with its date that something was decided of two sets that were in hand before.

    Nobody need be asked of them again. But what stands was said of some of them, perhaps long ago: whoever came since and
    leaves later takes along what was said of her, too.
    """
    held = Pair.objects.select_for_update().filter(one=first, other=second).first()
    if held is None:
        weight, parts = weighing.matcher().weigh(first, second)
        held = Pair(one_id=first, other_id=second, weight=weight, parts=parts, found_at=at, reason=WHY)
        held.state, held.decided_at = state, at
    elif held.state == PairState.OPEN:
        held.by_hand = True
    else:
        held.decided_at = at
        if held.state == PairState.JOINED:  # they were, and were parted
            held.state = state
    held.save()


def is_somebody(row: Customer) -> bool:
    """Whether a record still names anybody: whom nobody knows any more, after an erasure, nobody can compare."""
    return bool(row.given_name or row.family_name or row.organisation_name)


def _decided_of(ids: Sequence[UUID], *, but: Collection[UUID], since: datetime) -> Iterator[UUID]:
    """Whom something was decided of with any of these. A pair put side by side does not say when: it counts at any time."""
    ours = Q(one__in=ids) | Q(other__in=ids)
    told = Q(state__in=[PairState.APART, PairState.UNSURE], decided_at__gte=since)
    waits = Q(state=PairState.OPEN, by_hand=True)
    parted = Merge.objects.filter(Q(joined__in=ids) | Q(into__in=ids), undone_at__gte=since)
    for rows in (
        Apart.objects.filter(ours, at__gte=since).values_list("one_id", "other_id"),
        Pair.objects.filter(ours).filter(told | waits).values_list("one_id", "other_id"),
        parted.values_list("joined_id", "into_id"),
    ):
        for two in rows:
            yield from (one for one in two if one not in but)
