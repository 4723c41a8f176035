"""How a round stands at one door, from its plan and whatever came from the cab."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.rounds.rules import Cab, Door, Standing, collection_meant, standing_of

SEVEN = datetime(2026, 7, 6, 7, tzinfo=UTC)
ENDS = SEVEN + timedelta(hours=10)
MILL, HIGH = 1, 2
PLAN = {MILL: SEVEN + timedelta(hours=2), HIGH: SEVEN + timedelta(hours=5)}
DOOR = Door(uprn=100, usrn=HIGH, planned=PLAN[HIGH])


def at(hours: float) -> datetime:
    return SEVEN + timedelta(hours=hours)


def street(kind: str, hours: float, usrn: int = HIGH) -> Cab:
    return Cab(kind, at(hours), usrn=usrn)


def door(kind: str, hours: float, uprn: int = 100) -> Cab:
    return Cab(kind, at(hours), uprn=uprn)


CASES = [
    ("nothing heard: the plan holds", [], 3, Standing("not_yet", expected=at(5))),
    ("an hour late elsewhere", [street("passed_street", 3, MILL)], 3.5, Standing("not_yet", expected=at(6), late=True)),
    ("early elsewhere is not promised", [street("passed_street", 1, MILL)], 3, Standing("not_yet", expected=at(5))),
    ("passed", [street("passed_street", 5.2)], 6, Standing("passed", at=at(5.2))),
    ("still to come when asked", [street("passed_street", 5.2)], 5, Standing("not_yet", expected=at(5.5))),
    ("not out", [door("not_out", 5.1), street("passed_street", 5.2)], 6, Standing("not_out", at=at(5.1))),
    ("next door's is not mine", [door("not_out", 5, 101), street("passed_street", 5.2)], 6, Standing("passed", at=at(5.2))),
    ("blocked, then done", [street("blocked", 5), street("passed_street", 7)], 8, Standing("passed", at=at(7))),
    ("blocked", [street("blocked", 5)], 8, Standing("blocked", at=at(5))),
    ("broken down", [Cab("broken_down", at(4))], 6, Standing("stopped", at=at(4))),
    ("going again", [Cab("broken_down", at(4)), Cab("resumed", at(4.5))], 4.6, Standing("not_yet", expected=at(5))),
    ("done before it broke down", [street("passed_street", 5), Cab("broken_down", at(5.5))], 6, Standing("passed", at=at(5))),
    ("finished without my street", [Cab("finished", at(9))], 9.5, Standing("unknown")),
    ("the day is over, nothing heard", [], 12, Standing("unknown")),
]  # fmt: skip


@pytest.mark.parametrize(("events", "hours", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_how_it_stands(events: list[Cab], hours: float, expected: Standing) -> None:
    assert standing_of(DOOR, events, PLAN, ENDS, at(hours)) == expected


kinds = st.sampled_from(
    ["started", "passed_street", "not_out", "contaminated", "blocked", "broken_down", "resumed", "finished"]
)
events = st.builds(
    lambda kind, hours: (
        door(kind, hours) if kind in {"not_out", "contaminated"}
        else street(kind, hours) if kind in {"passed_street", "blocked"} else Cab(kind, at(hours))
    ),
    kinds, st.integers(0, 40).map(lambda n: n / 4),
)  # fmt: skip


@given(st.lists(events, max_size=8), st.randoms(), st.integers(0, 48).map(lambda n: n / 4))
def test_order_and_repetition_change_nothing(sent: list[Cab], rng: object, hours: float) -> None:
    shuffled = [*sent, *sent]
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    first = standing_of(DOOR, sent, PLAN, ENDS, at(hours))
    assert standing_of(DOOR, shuffled, PLAN, ENDS, at(hours)) == first
    assert first.expected is None or first.expected >= at(hours) or first.expected >= ENDS


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([6], 6), ([5], 5), ([2], 2), ([1], None), ([1, 6, 13], 6), ([7], None), ([], None),
    ],
)  # fmt: skip
def test_which_collection_a_report_is_about(days: list[int], expected: int | None) -> None:
    found = collection_meant([date(2026, 7, day) for day in days], date(2026, 7, 6), 4)
    assert found == (date(2026, 7, expected) if expected else None)
