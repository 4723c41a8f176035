"""Whose turn it is and how long it takes: tables and properties, no database."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.reception.rules import (
    OpenDesk,
    Place,
    Told,
    Waiter,
    in_order,
    places,
    remaining,
    replay,
    say_wait,
    spoken,
    turn_at,
)

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
TEN = timedelta(minutes=10)


def minute(n: float) -> datetime:
    return NINE + timedelta(minutes=n)


@pytest.mark.parametrize(
    ("arrived", "booked", "ahead", "turn"),
    [
        (0, None, 0, 10),  # a walk-in: what we promise
        (0, None, 4, 6),  # a need brings it nearer
        (0, 30, 0, 30),  # early for an appointment: the appointed time
        (34, 30, 0, 30),  # a little late still counts as in time
        (36, 30, 0, 46),  # too late: as whoever walks in
        (0, 30, 8, 22),
    ],
)
def test_turns(arrived: int, booked: int | None, ahead: int, turn: int) -> None:
    found = turn_at(
        minute(arrived), within=TEN, booked=minute(booked) if booked is not None else None, late=timedelta(minutes=5),
        ahead=timedelta(minutes=ahead),
    )  # fmt: skip
    assert found == minute(turn)


def waiter(n: int, queue: str = "a", turn: float | None = None) -> Waiter:
    return Waiter(UUID(int=n), queue, minute(n if turn is None else turn), n)


def test_each_desk_takes_the_first_it_serves() -> None:
    one, two, three, four = waiter(1), waiter(2, "b"), waiter(3), waiter(4, "c")
    desks = [OpenDesk(frozenset({"a"}), 0), OpenDesk(frozenset({"a", "b"}), 120)]
    found = places([three, two, one, four], desks, {"a": 600, "b": 900})
    assert found == {
        one.id: Place(0, 0), two.id: Place(0, 120), three.id: Place(1, 600), four.id: Place(0, None),
    }  # fmt: skip


@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from("ab")), max_size=30), st.integers(1, 4))
def test_who_is_later_in_a_queue_never_has_the_shorter_wait(people: list[tuple[int, str]], desks: int) -> None:
    waiting = [waiter(n, queue, turn) for n, (turn, queue) in enumerate(people)]
    found = places(waiting, [OpenDesk(frozenset("ab"), 30.0 * n) for n in range(desks)], {"a": 300, "b": 700})
    for queue in "ab":
        order = [found[one.id] for one in in_order(waiting) if one.queue == queue]
        assert [place.ahead for place in order] == list(range(len(order)))
        seconds = [place.seconds for place in order]
        assert seconds == sorted(seconds)  # type: ignore[type-var]


def test_what_happened_tells_who_waits() -> None:
    told = [
        Told("visit.arrived", UUID(int=1), minute(0), "a", minute(10), 1),
        Told("visit.arrived", UUID(int=2), minute(1), "a", minute(5), 2),
        Told("visit.arrived", UUID(int=3), minute(2), "b", minute(12), 1),
        Told("visit.called", UUID(int=2), minute(3)),
        Told("visit.left", UUID(int=3), minute(3)),
        Told("visit.handed", UUID(int=2), minute(8), "b", minute(5), 2),
    ]
    assert [one.id.int for one in replay(told[:3])] == [2, 1, 3]
    assert [one.id.int for one in replay(told[:5])] == [1]
    assert [(one.id.int, one.queue) for one in replay(told)] == [(2, "b"), (1, "a")]


def test_words() -> None:
    assert [say_wait(n) for n in (None, 0, 59, 60, 61, 600)] == [
        "nobody is at a desk for this just now", "less than a minute", "less than a minute", "about 1 minute",
        "about 2 minutes", "about 10 minutes",
    ]  # fmt: skip
    assert spoken("A12", "", "Desk 3") == "Ticket A, 12. Please go to Desk 3."
    assert spoken("A12", "Amina", "Room 1") == "Amina. Please go to Room 1."
    assert (remaining(600, 100), remaining(600, 900)) == (500, 60)
