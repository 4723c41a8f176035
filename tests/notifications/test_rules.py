"""Which way, when, and how long: by table and by property."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.core.zone import LONDON
from moothall.notifications.rules import (
    gives_up,
    next_allowed,
    pause_after,
    read_reference_of,
    reference_of,
)


def london(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-03-02T07:59", "2026-03-02T08:00"),
        ("2026-03-02T08:00", "2026-03-02T08:00"),
        ("2026-03-02T19:59", "2026-03-02T19:59"),
        ("2026-03-02T20:00", "2026-03-03T08:00"),
        ("2026-03-02T23:59", "2026-03-03T08:00"),
        ("2026-03-28T22:00", "2026-03-29T08:00"),  # the clock goes forward in that night
        ("2026-10-24T22:00", "2026-10-25T08:00"),  # and back in this one
        ("2026-12-31T22:00", "2027-01-01T08:00"),
    ],
)
def test_quiet_hours_by_the_clock_on_the_wall(at: str, expected: str):
    assert next_allowed(london(at).astimezone(UTC), time(8), time(20)) == london(expected)


moments = st.integers(1_700_000_000, 1_900_000_000).map(lambda second: datetime.fromtimestamp(second, UTC))


@given(moments, st.integers(0, 22), st.integers(1, 12))
def test_what_waits_goes_within_a_day_at_an_hour_it_may(at: datetime, opens: int, length: int):
    closes = min(opens + length, 23)
    allowed = next_allowed(at, time(opens), time(closes))
    assert at <= allowed <= at + timedelta(hours=25)
    assert time(opens) <= allowed.astimezone(LONDON).time() < time(closes)
    assert next_allowed(allowed, time(opens), time(closes)) == allowed


def test_pauses_grow_from_a_minute_to_a_day_and_stay_short_while_nobody_is_there():
    pauses = [pause_after(n) for n in range(1, 12)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (timedelta(minutes=1), timedelta(days=1))
    assert max(pause_after(n, unreachable=True) for n in range(1, 200)) == timedelta(minutes=30)
    assert not gives_up(london("2026-03-02T09:00"), london("2026-03-03T09:00"), 5)
    assert gives_up(london("2026-03-02T09:00"), london("2026-03-07T09:00"), 5)


@given(st.uuids(), st.integers(1, 500))
def test_our_reference_comes_back_whole(message_id, attempt):
    assert read_reference_of(reference_of(str(message_id), attempt)) == (str(message_id), attempt)


@given(st.text(max_size=60))
def test_a_reference_that_is_not_ours_is_not_taken_for_ours(text: str):
    read = read_reference_of(text)
    assert read is None or len(read[0]) == 36
