"""Calendars: hours, holidays, closures, and the two days a year when the clocks change."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from moothall.promises.bank_holidays import bank_holidays
from moothall.promises.rules import Calendar, Hours, NeverOpens, due_at
from tests.promises.calendars import LONDON, at, calendar, day, made, split_day
from tests.shared_data import shared_data


def hours_on(cal: Calendar, text: str) -> list[tuple[str, str]]:
    found = cal.open_intervals(at(text), at(text) + timedelta(days=1))
    return [(a.strftime("%H:%M"), b.strftime("%H:%M")) for a, b in found]


@pytest.mark.parametrize(
    ("date", "hours", "why"),
    [
        ("2026-11-19", [("08:30", "12:30"), ("13:30", "17:00")], "a lunch break"),
        ("2026-11-21", [("09:00", "12:00")], "Saturday morning"),
        ("2026-11-22", [], "Sunday"),
        ("2026-12-24", [("08:30", "12:30")], "closed for the afternoon"),
        ("2026-12-25", [], "Christmas Day"),
        ("2026-12-28", [("10:00", "14:00")], "extra opening on a bank holiday"),
        ("2026-12-29", [], "closed by the council"),
    ],
)
def test_hours_of_a_day(date: str, hours: list[tuple[str, str]], why: str) -> None:
    assert hours_on(split_day(), date) == hours, why
    assert split_day().is_working_day(day(date)) is bool(hours)


def test_why_it_is_shut() -> None:
    assert split_day().why_shut(day("2026-12-25")) == "Christmas Day"
    assert split_day().why_shut(day("2026-12-30")) == "Christmas closure"
    assert split_day().why_shut(day("2026-11-22")) == ""
    assert split_day().why_shut(day("2026-11-23")) is None


@pytest.mark.parametrize(
    ("asked", "open_", "next_"),
    [
        ("2026-11-19 08:30", True, "2026-11-19 08:30"),
        ("2026-11-19 12:30", False, "2026-11-19 13:30"),
        ("2026-11-19 17:00", False, "2026-11-20 08:30"),
        ("2026-11-21 12:00", False, "2026-11-23 08:30"),
        ("2026-12-24 13:45", False, "2026-12-26 09:00"),  # GOV.UK moves Boxing Day off this Saturday
        ("2026-12-28 14:00", False, "2027-01-02 09:00"),
    ],
)
def test_open_and_next_opening(asked: str, open_: bool, next_: str) -> None:
    assert split_day().is_open(at(asked)) is open_
    assert split_day().next_opening(at(asked)) == at(next_)


def test_closing_time() -> None:
    assert split_day().closing(day("2026-12-24")) == at("2026-12-24 12:30")
    assert split_day().closing(day("2026-12-25")) is None
    assert calendar("always").closing(day("2026-12-25")) == at("2026-12-25 23:59:59")


def test_clock_changes_of_the_published_list() -> None:
    listed = json.loads(shared_data("sla-holidays/when-do-the-clocks-change.json").read_text())
    entries = [e for year in listed["divisions"]["united-kingdom"].values() for e in year]
    assert len(entries) >= 10
    for entry in entries:
        midnight = datetime.strptime(entry["date"], "%d/%m/%Y").replace(tzinfo=LONDON)
        hours = 23 if "forward" in entry["notes"] else 25
        always = calendar("always")
        assert always.working_minutes(midnight, midnight + timedelta(days=1)) == hours * 60
        assert always.working_minutes(midnight - timedelta(days=1), midnight) == 24 * 60


@pytest.mark.parametrize(
    ("hours", "date", "minutes", "why"),
    [
        ("00:30-01:30", "2026-03-29", 30, "01:00 jumps to 02:00: the second half is never shown"),
        ("01:15-01:45", "2026-03-29", 0, "wholly in the hour that is not there"),
        ("00:30-01:30", "2026-10-25", 90, "the clock shows 01:00 to 01:30 twice"),
        ("01:00-02:00", "2026-10-25", 120, "the hour that comes twice"),
        ("22:00-24:00", "2026-10-25", 120, "the evening is as ever"),
    ],
)
def test_hours_across_the_change(hours: str, date: str, minutes: int, why: str) -> None:
    night = made(days={"every day": hours})
    assert night.working_minutes(at(date), at(date) + timedelta(days=1)) == minutes, why


ZONES = ("Europe/London", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kathmandu")


@given(
    zone=st.sampled_from(ZONES),
    opens=st.integers(0, 24 * 60 - 1),
    length=st.integers(1, 24 * 60),
    when=st.datetimes(datetime(2016, 1, 1), datetime(2019, 1, 1)),  # noqa: DTZ001 - made UTC below
)
@example(zone="Europe/London", opens=30, length=60, when=datetime(2018, 10, 28, 0, 45))  # noqa: DTZ001
@example(zone="America/Sao_Paulo", opens=0, length=1440, when=datetime(2018, 11, 4, 3, 0))  # noqa: DTZ001
def test_open_exactly_when_the_clock_on_the_wall_says_so(zone: str, opens: int, length: int, when: datetime) -> None:
    closes = min(opens + length, 24 * 60)
    cal = Calendar("x", ((Hours(opens, closes),),) * 7, zone=zone)
    moment = when.replace(tzinfo=UTC)
    wall = moment.astimezone(ZoneInfo(zone))
    shown = wall.hour * 60 + wall.minute + (wall.second + wall.microsecond / 1e6) / 60
    assert cal.is_open(moment) is (opens <= shown < closes)


@pytest.mark.parametrize("nation", ["england-and-wales", "scotland", "northern-ireland"])
def test_bank_holidays_are_those_of_gov_uk(nation: str) -> None:
    listed = json.loads(shared_data("sla-holidays/bank-holidays.json").read_text())[nation]["events"]
    ours = {h.day.isoformat() for h in bank_holidays(nation) if 2012 <= h.day.year <= 2028}
    assert ours == {e["date"] for e in listed}
    weekdays = made(days={"mon-fri": "09:00-17:00"}, bank_holidays=nation)
    assert not any(weekdays.is_working_day(day(e["date"])) for e in listed)


@pytest.mark.parametrize(("nation", "part"), [("england-and-wales", "ENG"), ("northern-ireland", "NIR")])
def test_working_days_agree_with_another_library(nation: str, part: str) -> None:
    other = holidays.country_holidays("GB", subdiv=part, years=range(2012, 2041))
    cal = made(days={"mon-fri": "09:00-17:00"}, bank_holidays=nation)
    date = day("2012-01-01")
    while date < day("2041-01-01"):
        assert cal.is_working_day(date) is (date.weekday() < 5 and date not in other), date
        date += timedelta(days=1)


def test_foi_deadlines_of_another_system() -> None:
    with shared_data("sla-holidays/foi_deadline_examples.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 7
    for row in rows:
        due = due_at(calendar("statutory"), "working_days", int(row["working_days"]), at(f"{row['start']} 15:00"))
        assert due.date().isoformat() == row["expected_due"], row


def test_holidays_of_another_country_and_zone() -> None:
    boston = made(zone="America/New_York", days={"mon-fri": "08:30-17:00"}, bank_holidays="US-MA")
    assert not boston.is_working_day(day("2015-04-20"))  # Patriots' Day
    closes = boston.closing(day("2015-04-21"))
    assert closes is not None
    assert closes.astimezone(UTC).isoformat() == "2015-04-21T21:00:00+00:00"


def test_a_calendar_that_never_opens_says_so() -> None:
    shut = made(days={"mon": "closed"})
    with pytest.raises(NeverOpens, match="does not open again"):
        shut.next_opening(at("2026-01-01"))
    with pytest.raises(NeverOpens):
        shut.add_working_days(day("2026-01-01"), 1)
    with pytest.raises(NeverOpens):
        shut.add_working_minutes(at("2026-01-01"), 5)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs its zone"):
        split_day().is_open(datetime(2026, 1, 1))  # noqa: DTZ001


MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)).map(lambda d: d.replace(tzinfo=UTC))  # noqa: DTZ001
CALENDARS = st.sampled_from(["office", "always", "refuse", "foi", "school", "split"])


def named(code: str) -> Calendar:
    return split_day() if code == "split" else calendar(code)


@given(code=CALENDARS, start=MOMENTS, minutes=st.integers(0, 20_000))
def test_minutes_added_are_the_minutes_measured(code: str, start: datetime, minutes: int) -> None:
    cal = named(code)
    end = cal.add_working_minutes(start, minutes)
    assert cal.working_minutes(start, end) == minutes
    if minutes:
        assert cal.working_minutes(cal.subtract_working_minutes(end, minutes), end) == minutes
        assert not cal.is_open(end) or cal.is_open(end.astimezone(UTC) - timedelta(microseconds=1)) or minutes == 0


@given(code=CALENDARS, a=MOMENTS, b=MOMENTS, c=MOMENTS)
def test_working_time_adds_up(code: str, a: datetime, b: datetime, c: datetime) -> None:
    first, middle, last = sorted((a, b, c))
    cal = named(code)
    whole = cal.working_time(first, last)
    assert whole == cal.working_time(first, middle) + cal.working_time(middle, last)
    assert timedelta(0) <= whole <= last - first
    pieces = sum((y.astimezone(UTC) - x.astimezone(UTC) for x, y in cal.open_intervals(first, last)), timedelta())
    assert pieces == whole


@given(code=CALENDARS, start=st.dates(day("2024-01-01"), day("2030-01-01")), days=st.integers(1, 400))
def test_days_added_are_the_days_between(code: str, start: object, days: int) -> None:
    cal = named(code)
    end = cal.add_working_days(start, days)  # type: ignore[arg-type]
    assert cal.is_working_day(end)
    assert cal.working_days_between(start, end) == days  # type: ignore[arg-type]
