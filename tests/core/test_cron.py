"""Schedules in cron's five words."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.core.cron import NotASchedule, next_time

MONDAY = datetime(2026, 3, 2, 9, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("* * * * *", "2026-03-02T09:01"),
        ("*/15 * * * *", "2026-03-02T09:15"),
        ("0 9 * * *", "2026-03-03T09:00"),
        ("5 4 1 * *", "2026-04-01T04:05"),
        ("0 6 * * 0", "2026-03-08T06:00"),
        ("0,30 8-9 * * 1-5", "2026-03-02T09:30"),
        ("0 0 29 2 *", "2028-02-29T00:00"),
        ("0 5/6 * * *", "2026-03-02T11:00"),
    ],
)
def test_the_next_time(words: str, expected: str):
    assert next_time(words, MONDAY) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "words", ["", "* * * *", "60 * * * *", "x * * * *", "5-1 * * * *", "*/0 * * * *", "0 0 31 2 *"]
)
def test_what_is_no_schedule_is_told(words: str):
    with pytest.raises(NotASchedule):
        next_time(words, MONDAY)


moments = st.integers(1_577_836_800, 2_051_222_400).map(lambda second: datetime.fromtimestamp(second, UTC))


@given(moments, st.integers(0, 59), st.integers(0, 23))
def test_a_daily_time_comes_within_a_day_and_never_now(after: datetime, minute: int, hour: int):
    due = next_time(f"{minute} {hour} * * *", after)
    assert after < due <= after + timedelta(days=1)
    assert (due.minute, due.hour, due.second) == (minute, hour, 0)
