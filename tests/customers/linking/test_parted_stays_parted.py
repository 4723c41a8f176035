"""What an officer decided of two holds of whoever they are joined with later: no night joins them under another id."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from moothall.core.actors import SYSTEM
from moothall.customers.actions import create_customer
from moothall.customers.linking.actions import decide_pair, keep_apart, merge, note_pair, unmerge
from moothall.customers.linking.actions.pairs import compare_pair
from moothall.customers.linking.actions.placing import take_pairs
from moothall.customers.linking.models import Merge, Pair
from moothall.customers.linking.weighing import Likely
from moothall.customers.models import Customer
from tests.customers.linking.conftest import OFFICER

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council", "weigher")]
Join = Callable[[UUID, UUID], Merge]


@pytest.fixture
def join(clock: Any) -> Join:
    return lambda one, other: merge(one, other, by=OFFICER, at=clock.advance(minutes=1))


@pytest.fixture
def four(clock: Any) -> list[UUID]:
    """Four people, each older than the next: of two that are joined the earlier stays."""
    made = []
    for name in ("Zed", "Ann", "Bea", "Cis"):
        clock.advance(minutes=1)
        made.append(create_customer(given_name=name, family_name="Dunn", by=SYSTEM, at=clock.now()).id)
    return made


def night(one: UUID, other: UUID, clock: Any) -> tuple[int, int]:
    """A bulk run is sure of these two records, as it would be: nothing that they say has changed."""
    return take_pairs([(one, other, Likely(other, 30.0, [], "auto"))], at=clock.advance(days=1))


def head(one: UUID) -> UUID:
    row = Customer.objects.get(pk=one)
    return row.joined_to_id or row.id


def _unmerged(ann: UUID, bea: UUID, clock: Any) -> None:
    made = merge(ann, bea, by=SYSTEM, at=clock.advance(minutes=1))
    unmerge(made.id, why="Sisters", by=OFFICER, at=clock.advance(minutes=1))


def _unmerged_for_ever(ann: UUID, bea: UUID, clock: Any) -> None:
    made = merge(ann, bea, by=SYSTEM, at=clock.advance(minutes=1))
    unmerge(made.id, why="Sisters", apart=True, by=OFFICER, at=clock.advance(minutes=1))


def _never(ann: UUID, bea: UUID, clock: Any) -> None:
    keep_apart(ann, bea, reason="Sisters", by=OFFICER, at=clock.advance(minutes=1))


def _cannot_be_told(ann: UUID, bea: UUID, clock: Any) -> None:
    pair = note_pair(ann, bea, weight=9.0, parts=[], at=clock.advance(minutes=1))
    assert pair is not None
    decide_pair(pair.id, decision="unsure", by=OFFICER, at=clock.advance(minutes=1))


def _side_by_side(ann: UUID, bea: UUID, clock: Any) -> None:
    compare_pair(ann, bea, by=OFFICER, at=clock.advance(minutes=1))


def _new_all_the_same(ann: UUID, bea: UUID, clock: Any) -> None:
    note_pair(ann, bea, weight=0.0, parts=[], by_hand=True, at=clock.advance(minutes=1))


DECIDED = (_unmerged, _unmerged_for_ever, _never, _cannot_be_told, _side_by_side, _new_all_the_same)


@pytest.mark.parametrize("decide", DECIDED)
@pytest.mark.parametrize("later", [("ann", "zed"), ("bea", "zed"), ("ann", "cis"), ("bea", "cis"), ("both",)])
def test_a_decision_holds_when_either_is_joined_with_somebody_else(
    decide: Callable[..., None], later: tuple[str, ...], four: list[UUID], join: Join, clock: Any
) -> None:
    zed, ann, bea, cis = four
    decide(ann, bea, clock)
    if later == ("both",):
        join(ann, zed)
        join(bea, cis)
    else:
        join({"ann": ann, "bea": bea}[later[0]], {"zed": zed, "cis": cis}[later[1]])
    for one, other in ((ann, bea), (bea, ann), (zed, bea), (cis, ann)):
        if head(one) != head(other):
            night(one, other, clock)
    assert head(ann) != head(bea)
    assert night(ann, bea, clock)[0] == 0


def test_a_merge_deep_in_a_set_that_is_taken_back_stays_back(four: list[UUID], join: Join, clock: Any) -> None:
    """Bea came to Ann, Ann to Zed; Bea is parted from Zed's whole set, then Ann from Zed: Bea and Ann were parted too."""
    zed, ann, bea, _ = four
    first = join(ann, bea)
    second = join(zed, ann)
    unmerge(first.id, why="Sisters", by=OFFICER, at=clock.advance(minutes=1))
    unmerge(second.id, why="Her aunt", by=OFFICER, at=clock.advance(minutes=1))
    for one, other in ((bea, ann), (bea, zed), (ann, zed)):
        assert night(one, other, clock)[0] == 0
    assert len({head(zed), head(ann), head(bea)}) == 3


def test_a_pair_that_another_merge_closed_is_asked_again_once_they_are_parted(
    four: list[UUID], join: Join, clock: Any
) -> None:
    zed, ann, bea, _ = four
    asked = note_pair(zed, bea, weight=8.0, parts=[], at=clock.advance(minutes=1))
    assert asked is not None
    first = join(ann, bea)
    join(zed, ann)
    asked.refresh_from_db()
    assert asked.state == "joined", "inside one set it needs no decision"
    unmerge(first.id, why="Sisters", by=OFFICER, at=clock.advance(minutes=1))
    assert head(zed) != head(bea)
    asked.refresh_from_db()
    assert (asked.state, asked.merge_id, asked.by_hand) == ("open", None, True)
    assert night(zed, bea, clock)[0] == 0


def test_who_was_never_in_anybodys_hand_is_still_joined_at_night(four: list[UUID], join: Join, clock: Any) -> None:
    zed, ann, bea, cis = four
    _unmerged(ann, bea, clock)
    join(zed, ann)
    assert night(cis, zed, clock) == (1, 0), "a decision about two says nothing of a third"
    assert head(cis) == head(ann) == zed
    assert night(cis, bea, clock)[0] == 0
    assert Pair.objects.filter(state="open", by_hand=True).exists()


@pytest.mark.parametrize("decide", DECIDED)
@pytest.mark.parametrize("leaves", ["who was joined", "who stays"])
def test_a_decision_holds_of_whoever_leaves_the_set_it_was_said_of(
    decide: Callable[..., None], leaves: str, four: list[UUID], join: Join, clock: Any
) -> None:
    """Ann and Bea are one when Cis is told from them: nobody said of which of the two. Parted, neither is Cis by machine."""
    zed, ann, bea, cis = four
    made = join(ann, bea)
    decide(*((ann, cis) if leaves == "who was joined" else (bea, cis)), clock)
    unmerge(made.id, why="Sisters", by=OFFICER, at=clock.advance(minutes=1))
    for one in (ann, bea):
        assert night(one, cis, clock)[0] == 0
    assert len({head(ann), head(bea), head(cis)}) == 3
    for one in (ann, bea):
        assert Pair.objects.filter(one__in=[one, cis], other__in=[one, cis]).exists() or decide in (
            _never,
            _unmerged_for_ever,
        )
    assert night(zed, cis, clock) == (1, 0), "nobody said anything of Zed"


def test_it_holds_however_often_sets_are_parted(four: list[UUID], join: Join, clock: Any) -> None:
    zed, ann, bea, cis = four
    first, second = join(zed, ann), join(zed, bea)
    keep_apart(zed, cis, reason="Sisters", by=OFFICER, at=clock.advance(minutes=1))
    unmerge(second.id, why="Sisters", by=OFFICER, at=clock.advance(minutes=1))
    third = join(ann, bea)
    unmerge(first.id, why="Sisters", by=OFFICER, at=clock.advance(minutes=1))
    if third.undone_at is None and head(ann) == head(bea):
        unmerge(third.id, why="Sisters", by=OFFICER, at=clock.advance(minutes=1))
    assert [night(one, cis, clock)[0] for one in (zed, ann, bea)] == [0, 0, 0]


def test_it_holds_of_who_leaves_last_though_it_was_said_of_one_who_stays_long_before(
    four: list[UUID], join: Join, clock: Any
) -> None:
    zed, ann, bea, cis = four
    keep_apart(zed, cis, reason="Sisters", by=OFFICER, at=clock.advance(minutes=1))
    first, second = join(zed, ann), join(zed, bea)
    keep_apart(ann, cis, reason="Seen all three", by=OFFICER, at=clock.advance(minutes=1))
    unmerge(first.id, why="Another", by=OFFICER, at=clock.advance(minutes=1))
    unmerge(second.id, why="Another", by=OFFICER, at=clock.advance(minutes=1))
    assert head(bea) not in {head(zed), head(ann), head(cis)}
    assert night(bea, cis, clock)[0] == 0


def test_said_again_it_holds_of_whoever_came_since(four: list[UUID], join: Join, clock: Any) -> None:
    _, ann, bea, cis = four
    keep_apart(ann, cis, reason="Sisters", by=OFFICER, at=clock.advance(minutes=1))
    made = join(ann, bea)
    keep_apart(ann, cis, reason="Seen both", by=OFFICER, at=clock.advance(minutes=1))
    unmerge(made.id, why="Another", by=OFFICER, at=clock.advance(minutes=1))
    assert night(bea, cis, clock)[0] == 0


def test_what_was_decided_before_they_were_one_says_nothing_of_who_came_later(
    four: list[UUID], join: Join, clock: Any
) -> None:
    _, ann, bea, cis = four
    keep_apart(ann, cis, reason="Sisters", by=OFFICER, at=clock.advance(minutes=1))
    made = join(ann, bea)
    assert night(bea, cis, clock)[0] == 0, "while they are one"
    unmerge(made.id, why="Another", by=OFFICER, at=clock.advance(minutes=1))
    assert night(bea, cis, clock) == (1, 0)
    assert head(bea) == head(cis) != head(ann)


def test_a_person_may_still_say_that_who_left_is_the_other(four: list[UUID], join: Join, clock: Any) -> None:
    _, ann, bea, cis = four
    made = join(ann, bea)
    keep_apart(ann, cis, reason="Sisters", by=OFFICER, at=clock.advance(minutes=1))
    unmerge(made.id, why="Sisters", by=OFFICER, at=clock.advance(minutes=1))
    asked = Pair.objects.get(one__in=[bea, cis], other__in=[bea, cis])
    assert (asked.state, asked.by_hand) == ("open", True)
    assert "joined at the time" in asked.reason
    decide_pair(asked.id, decision="joined", by=OFFICER, at=clock.advance(minutes=1))
    assert head(bea) == head(cis)
