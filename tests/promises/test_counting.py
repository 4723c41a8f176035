"""Pauses, months and the laws every count obeys."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.promises.rules import Counting, Pause, Unit, add_months, due_at, explain_count, say_moment, say_time
from tests.promises.calendars import at, calendar, day, made, split_day
from tests.promises.test_calendar import CALENDARS, MOMENTS, named


def pauses(*texts: str) -> tuple[Pause, ...]:
    return tuple(Pause(at(a), at(b)) for a, b in (t.split("/") for t in texts))


@pytest.mark.parametrize(
    ("within", "received", "stops", "due", "why"),
    [
        ("3 working_days", "2026-11-19 10:00", ("2026-11-20 15:00/2026-11-23 10:00",), "2026-11-26 17:00", "a weekend"),
        ("3 working_days", "2026-11-19 10:00", ("2026-11-21 10:00/2026-11-22 10:00",), "2026-11-24 17:00", "only it"),
        (
            "3 working_days",
            "2026-11-19 10:00",
            ("2026-11-20 10:00/2026-11-20 10:01", "2026-11-20 10:01/2026-11-20 10:02"),
            "2026-11-25 17:00",
            "a day paused twice is paused once",
        ),
        ("3 working_days", "2026-11-19 10:00", ("2026-11-19 11:00/2026-11-19 12:00",), "2026-11-24 17:00", "receipt"),
        ("3 working_days", "2026-11-19 10:00", ("2026-11-24 16:59/2026-11-24 18:00",), "2026-11-25 17:00", "at last"),
        ("3 working_days", "2026-11-19 10:00", ("2026-11-24 17:00/2026-11-30 18:00",), "2026-11-24 17:00", "too late"),
        ("3 working_days", "2026-11-19 10:00", ("2026-11-23 10:00/2026-11-23 10:00",), "2026-11-24 17:00", "no time"),
        ("3 working_days", "2026-11-19 10:00", ("2026-11-20 10:00/2026-11-23 00:00",), "2026-11-25 17:00", "midnight"),
        ("3 working_days", "2026-11-19 10:00", ("2026-11-20 18:00/2026-11-20 19:00",), "2026-11-25 17:00", "evening"),
        (
            "3 working_days",
            "2026-11-19 10:00",
            ("2026-11-20 18:00/2026-11-23 10:00",),
            "2026-11-26 17:00",
            "both dates",
        ),
        ("3 working_days", "2026-11-19 10:00", ("2026-11-20 07:00/2026-11-20 08:00",), "2026-11-25 17:00", "early"),
        ("3 working_days", "2026-11-19 10:00", ("2026-11-19 18:00/2026-11-20 00:00",), "2026-11-24 17:00", "receipt's"),
        ("120 working_minutes", "2026-11-20 16:00", ("2026-11-20 16:30/2026-11-23 10:00",), "2026-11-23 11:30", ""),
        ("120 working_minutes", "2026-11-20 16:00", ("2026-11-20 18:00/2026-11-21 10:00",), "2026-11-23 10:00", "shut"),
        ("120 working_minutes", "2026-11-20 10:00", ("2026-11-20 12:00/2026-11-20 14:00",), "2026-11-20 12:00", "late"),
        ("60 seconds", "2026-11-20 10:00", ("2026-11-20 10:00:30/2026-11-20 10:05:30",), "2026-11-20 10:06", ""),
        ("5 calendar_days", "2026-11-19 10:00", ("2026-11-21 10:00/2026-11-22 10:00",), "2026-11-26 17:00", "any day"),
        ("1 calendar_months", "2026-11-19 10:00", ("2026-12-01 10:00/2026-12-03 10:00",), "2026-12-22 17:00", "3 days"),
    ],
)
def test_pauses(within: str, received: str, stops: tuple[str, ...], due: str, why: str) -> None:
    amount, unit = within.split()
    assert due_at(calendar("office"), unit, int(amount), at(received), pauses(*stops)) == at(due), why


@pytest.mark.parametrize(
    ("received", "due", "why"),
    [
        ("2026-11-04 10:00", "2026-12-04 23:59:59", "a Friday"),
        ("2026-11-05 10:00", "2026-12-07 23:59:59", "Saturday rolls to Monday"),
        ("2026-11-25 10:00", "2026-12-29 23:59:59", "Christmas Day rolls past Boxing Day's substitute"),
        ("2026-08-31 10:00", "2026-09-30 23:59:59", "no 31 September"),
    ],
)
def test_subject_access_rolls_to_the_next_working_day(received: str, due: str, why: str) -> None:
    cal = calendar("statutory")
    assert due_at(cal, "calendar_months", 1, at(received), statutory=True, roll=True) == at(due), why


def test_months_never_spill_over() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2026, 1, 31), 13) == date(2027, 2, 28)
    assert add_months(date(2026, 12, 31), 2) == date(2027, 2, 28)
    assert add_months(date(2028, 2, 29), 12) == date(2029, 2, 28)


def test_a_statutory_clock_ends_with_the_day_even_where_the_office_closes() -> None:
    assert due_at(calendar("office"), "working_days", 1, at("2026-11-19 10:00"), statutory=True) == at(
        "2026-11-20 23:59:59"
    )


def test_the_last_second_of_a_day_the_clocks_change() -> None:
    due = due_at(calendar("always"), "calendar_days", 1, at("2026-10-24 10:00"))
    assert due.astimezone(UTC) == datetime(2026, 10, 25, 23, 59, 59, tzinfo=UTC)
    due = due_at(calendar("always"), "calendar_days", 1, at("2026-03-28 10:00"))
    assert due.astimezone(UTC) == datetime(2026, 3, 29, 22, 59, 59, tzinfo=UTC)


def test_what_cannot_be_counted_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot end"):
        Pause(at("2026-11-20"), at("2026-11-19"))
    with pytest.raises(ValueError, match="negative"):
        due_at(calendar("office"), "working_days", -1, at("2026-11-19"))
    with pytest.raises(ValueError, match="needs its zone"):
        due_at(calendar("office"), "working_days", 1, datetime(2026, 11, 19))  # noqa: DTZ001
    with pytest.raises(ValueError, match="working_hours"):
        due_at(calendar("office"), "working_hours", 1, at("2026-11-19"))


@pytest.mark.parametrize(
    ("counting", "words"),
    [
        (
            Counting(split_day(), Unit.WORKING_MINUTES, 240, at("2026-11-20 13:00")),
            "4 working hours. Received Friday 20 November, 1pm, during a break; the clock starts Friday 20 November, 1.30pm. "
            "3 hours 30 minutes on Friday 20 November, 30 minutes on Saturday 21 November. Due Saturday 21 November, 9.30am.",
        ),
        (
            Counting(calendar("office"), Unit.CALENDAR_MONTHS, 1, at("2027-01-30 10:00"), last_second=True, roll=True),
            "1 calendar month. Received Saturday 30 January, 10am, when we are closed; that day does not count. "
            "The last day of next month is Sunday 28 February. Sunday 28 February is not a working day, so the next one. "
            "Due by the end of Monday 1 March.",
        ),
        (
            Counting(calendar("office"), Unit.WORKING_DAYS, 1, at("2026-12-25 08:00")),
            "1 working day. Received Friday 25 December, 8am, when we are closed (Christmas Day); that day does not count. "
            "Tuesday 29 counts 1. Not counted: Monday 28 December (Boxing Day). Due Tuesday 29 December, 5pm.",
        ),
        (
            Counting(calendar("always"), Unit.SECONDS, 12, at("2026-11-19 10:05")),
            "12 seconds. Received Thursday 19 November, 10.05am. Due Thursday 19 November, 10.05.12am.",
        ),
    ],
)
def test_how_it_was_counted_in_words(counting: Counting, words: str) -> None:
    assert explain_count(counting) == words


def test_nobody_says_the_seconds_of_a_time() -> None:
    assert say_time(at("2026-11-19 11:50:37")) == "11.50am"
    assert say_time(at("2026-11-19 12:00:37")) == "midday"
    assert say_moment(at("2026-11-19 17:00:01")) == "Thursday 19 November 2026, 5pm"
    assert say_time(at("2026-11-19 11:50:37"), to_the_second=True) == "11.50.37am"
    counted = explain_count(Counting(calendar("office"), Unit.WORKING_MINUTES, 60, at("2026-11-19 10:05:37")))
    assert "Received Thursday 19 November, 10.05am" in counted
    assert counted.endswith("Due Thursday 19 November, 11.05am.")


# --- laws ---------------------------------------------------------------------------------------------------------------

UNITS = st.sampled_from(list(Unit))
AMOUNTS = st.integers(0, 60)


def stops_after(start: datetime) -> st.SearchStrategy[tuple[Pause, ...]]:
    gap = st.tuples(st.integers(-2_000, 60_000), st.integers(0, 8_000))
    return st.lists(gap, max_size=4).map(
        lambda gaps: tuple(
            Pause(start + timedelta(minutes=a), start + timedelta(minutes=a + length)) for a, length in gaps
        )
    )


@given(CALENDARS, UNITS, AMOUNTS, MOMENTS, st.integers(0, 100_000))
def test_later_receipt_is_never_due_earlier(code: str, unit: Unit, amount: int, start: datetime, minutes: int) -> None:
    cal = named(code)
    assert due_at(cal, unit, amount, start) <= due_at(cal, unit, amount, start + timedelta(minutes=minutes))


@given(CALENDARS, UNITS, AMOUNTS, MOMENTS)
def test_more_is_never_due_earlier_and_nothing_is_due_before_receipt(
    code: str, unit: Unit, amount: int, start: datetime
) -> None:
    cal = named(code)
    assert start <= due_at(cal, unit, amount, start) <= due_at(cal, unit, amount + 1, start)


@given(CALENDARS, UNITS, AMOUNTS, MOMENTS, st.data())
def test_pausing_never_makes_it_due_earlier(
    code: str, unit: Unit, amount: int, start: datetime, data: st.DataObject
) -> None:
    cal, stops = named(code), data.draw(stops_after(start))
    assert due_at(cal, unit, amount, start, stops) >= due_at(cal, unit, amount, start)


@given(
    CALENDARS, UNITS, AMOUNTS, MOMENTS, st.tuples(st.integers(0, 40_000), st.integers(0, 9_000), st.integers(0, 9_000))
)
def test_splitting_a_pause_in_two_changes_nothing(
    code: str, unit: Unit, amount: int, start: datetime, gap: tuple[int, int, int]
) -> None:
    a = start + timedelta(minutes=gap[0])
    b, c = a + timedelta(minutes=gap[1]), a + timedelta(minutes=gap[1] + gap[2])
    cal = named(code)
    whole = due_at(cal, unit, amount, start, [Pause(a, c)])
    assert whole == due_at(cal, unit, amount, start, [Pause(b, c), Pause(a, b)])
    assert whole == due_at(cal, unit, amount, start, [Pause(a, c), Pause(a, b), Pause(b, b)])


@given(CALENDARS, UNITS, st.integers(1, 60), MOMENTS, st.data())
def test_a_pause_that_ends_before_receipt_or_begins_after_due_changes_nothing(
    code: str, unit: Unit, amount: int, start: datetime, data: st.DataObject
) -> None:
    cal = named(code)
    due = due_at(cal, unit, amount, start)
    length = timedelta(minutes=data.draw(st.integers(0, 9_000)))
    early, late = Pause(start - timedelta(days=2) - length, start - timedelta(days=2)), Pause(due, due + length)
    assert due_at(cal, unit, amount, start, [early, late]) == due


@given(CALENDARS, st.integers(0, 5_000), MOMENTS, st.data())
def test_working_time_falls_due_in_open_time(code: str, minutes: int, start: datetime, data: st.DataObject) -> None:
    cal, stops = named(code), data.draw(stops_after(start))
    due = due_at(cal, Unit.WORKING_MINUTES, minutes, start, stops)
    just_before = due.astimezone(UTC) - timedelta(microseconds=1)
    assert cal.is_open(due) or cal.is_open(just_before)
    spent = Counting(cal, Unit.WORKING_MINUTES, minutes, start, stops).used(due)
    assert spent == pytest.approx(minutes)


@given(CALENDARS, st.integers(1, 60), MOMENTS, st.data())
def test_working_days_are_as_many_as_promised(code: str, days: int, start: datetime, data: st.DataObject) -> None:
    cal, stops = named(code), data.draw(stops_after(start))
    counting = Counting(cal, Unit.WORKING_DAYS, days, start, stops)
    counted = [d.day for d in counting.days if d.place]
    assert len(counted) == days == counting.used(counting.due)
    assert all(cal.is_working_day(d) for d in counted)
    assert counted[0] > cal.date_of(start)
    assert counting.due == cal.closing(counted[-1])


@given(CALENDARS, st.integers(1, 60), MOMENTS)
def test_the_quick_way_and_the_explained_way_agree(code: str, amount: int, start: datetime) -> None:
    for unit in (Unit.WORKING_DAYS, Unit.CALENDAR_DAYS):
        quick = Counting(named(code), unit, amount, start)
        assert quick.due == quick.falls_due(quick.days[-1].day)


@given(CALENDARS, UNITS, AMOUNTS, MOMENTS, st.booleans(), st.booleans())
def test_everything_counted_can_be_said(
    code: str, unit: Unit, amount: int, start: datetime, last: bool, roll: bool
) -> None:
    said = explain_count(Counting(named(code), unit, amount, start, (), last, roll))
    assert said.endswith(".")
    assert "Due " in said
    assert "None" not in said


def test_a_24_hour_working_day_can_be_short() -> None:
    night = made(days={"every day": "22:00-24:00"})
    assert due_at(night, "working_days", 1, at("2026-03-28 10:00")) == at("2026-03-29 23:59:59")
    assert day("2026-03-29") == due_at(night, "working_minutes", 130, at("2026-03-28 10:00")).date()
