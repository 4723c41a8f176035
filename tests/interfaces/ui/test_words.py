"""Dates, times, money and counts as a person would say them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.core.zone import LONDON
from moothall.interfaces.ui import words


def london(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


NOW = london("2026-11-22T10:42")


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2026-11-26T17:00", "5pm"),
        ("2026-11-26T17:30", "5.30pm"),
        ("2026-11-26T09:05", "9.05am"),
        ("2026-11-26T12:00", "midday"),
        ("2026-11-26T12:30", "12.30pm"),
        ("2026-11-26T00:00", "midnight"),
        ("2026-11-26T00:30", "12.30am"),
    ],
)
def test_a_time_of_day(moment: str, said: str) -> None:
    assert words.clock_time(london(moment)) == said


def test_times_are_written_one_way_save_in_columns_and_on_clocks() -> None:
    root = Path(words.__file__).parents[1]
    plain = re.compile(r"(?:Saved |<span class=\"figure\">)?\{\{ [^}]*\| clock_24 \}\}")
    other = [
        f"{file.name}: {found[0]}"
        for file in root.rglob("*.html")
        for found in plain.finditer(file.read_text(encoding="utf-8"))
        if not found[0].startswith(("Saved", "<span"))
    ]
    assert other == [], "in a sentence or a cell it is clock_time: 10.42am"


def test_a_promise_is_said_with_its_weekday() -> None:
    assert words.by_when(london("2026-11-26T17:00")) == "Thursday 26 November, 5pm"
    assert words.by_when(london("2026-11-26T23:59:59")) == "the end of Thursday 26 November"
    assert words.by_when(london("2026-11-27T00:00")) == "the end of Thursday 26 November"


def test_times_are_shown_in_london_summer_and_winter() -> None:
    assert words.clock_time(datetime(2026, 7, 1, 16, tzinfo=UTC)) == "5pm"
    assert words.clock_time(datetime(2026, 12, 1, 16, tzinfo=UTC)) == "4pm"
    assert words.day(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == "Wednesday 1 July"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        words.clock_time(datetime(2026, 11, 26, 17))  # noqa: DTZ001


def test_dates() -> None:
    d = date(2026, 11, 26)
    assert words.day(d) == "Thursday 26 November"
    assert words.day_year(d) == "26 November 2026"
    assert words.day_short(d) == "26 Nov"
    assert words.weekday_short(d) == "Thu 26 Nov"
    assert words.month(d) == "November 2026"
    assert words.day_time(london("2026-11-26T17:00")) == "26 November, 5pm"


@pytest.mark.parametrize(
    ("due", "said"),
    [
        ("2026-11-22T17:00", "today, 5pm"),
        ("2026-11-23T09:00", "tomorrow, 9am"),
        ("2026-11-26T17:00", "Thu 26 Nov, 5pm"),
        ("2027-01-07T17:00", "Thu 7 Jan, 5pm"),
        ("2027-05-23T17:00", "Sun 23 May, 5pm"),
        ("2027-05-24T17:00", "Mon 24 May 2027, 5pm"),
        ("2027-08-18T23:59", "Wed 18 Aug 2027"),
        ("2026-11-22T23:59", "today"),
        ("2026-11-26T23:59", "Thu 26 Nov"),
        ("2026-11-22T09:42", "1 hour late"),
        ("2026-11-19T10:00", "3 days late"),
    ],
)
def test_due_times_in_a_queue(due: str, said: str) -> None:
    assert words.due_in_words(london(due), NOW) == said


@pytest.mark.parametrize(
    ("then", "said"),
    [
        ("2026-11-22T10:42", "just now"),
        ("2026-11-22T10:43", "just now"),
        ("2026-11-22T10:40", "2 minutes ago"),
        ("2026-11-22T07:42", "3 hours ago"),
        ("2026-11-21T17:00", "yesterday, 5pm"),
        ("2026-11-12T09:05", "12 November, 9.05am"),
        ("2025-11-12T09:05", "12 November 2025"),
    ],
)
def test_how_long_ago(then: str, said: str) -> None:
    assert words.ago(london(then), NOW) == said


@given(st.integers(min_value=-(10**9), max_value=10**9))
def test_pence_are_never_lost(pence: int) -> None:
    said = words.pence(pence)
    read = Decimal(said.replace("£", "").replace(",", "").replace("−", "-"))
    assert read * 100 == pence


def test_counts_and_lists() -> None:
    assert words.count(1, "day") == "1 day"
    assert words.count(3, "day") == "3 days"
    assert words.count(405565, "home") == "405,565 homes"
    assert words.count(2, "person", "people") == "2 people"
    assert words.in_words(3) == "three"
    assert words.in_words(12) == "12"
    assert words.listed([]) == ""
    assert words.listed(["a"]) == "a"
    assert words.listed(["a", "b", "c"]) == "a, b and c"


def test_lengths() -> None:
    assert words.span(timedelta(seconds=20)) == "less than a minute"
    assert words.span(timedelta(minutes=2)) == "2 minutes"
    assert words.duration_clock(timedelta(seconds=42)) == "0:42"
    assert words.duration_clock(timedelta(hours=1, minutes=3, seconds=9)) == "1:03:09"
    assert words.file_size(400) == "below 1 KB"
    assert words.file_size(12_400) == "12 KB"
    assert words.file_size(1_400_000) == "1.4 MB"


def test_references_can_be_read_out() -> None:
    assert words.spoken_reference("MB7K2PQ4") == "MB7K 2PQ4"
    assert words.spoken_reference("MB7K 2PQ4") == "MB7K 2PQ4"
