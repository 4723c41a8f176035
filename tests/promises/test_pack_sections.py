"""Calendars and standards as people write them in a pack, and what they are told when it makes no sense."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from moothall.core.packs import PackErrors, load_pack
from moothall.promises.pack import CalendarSpec, StandardSpec, calendar_of, standard_of, standards_of_service
from moothall.promises.reading import read_dates, read_days, read_hours, read_within
from moothall.promises.rules import Hours, Unit, Warn
from tests.promises.calendars import common, day


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("08:30-12:30, 13:30-17:00", (Hours(510, 750), Hours(810, 1020))),
        ("13:30 to 17:00,8:30–12:30", (Hours(510, 750), Hours(810, 1020))),
        ("all day", (Hours(0, 1440),)),
        ("22:00-24:00", (Hours(1320, 1440),)),
        ("closed", ()),
    ],
)
def test_hours_are_read(text: str, hours: tuple[Hours, ...]) -> None:
    assert read_hours(text) == hours


ALL = tuple(range(7))


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon-fri", (0, 1, 2, 3, 4)),
        ("Saturday", (5,)),
        ("mon, wed", (0, 2)),
        ("fri-mon", (4, 5, 6, 0)),
        ("daily", (*range(7),)),
    ],
)
def test_days_are_read(text: str, days: tuple[int, ...]) -> None:
    assert read_days(text) == days


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("2 working days", (2, Unit.WORKING_DAYS)),
        ("4 working hours", (240, Unit.WORKING_MINUTES)),
        ("1 calendar month", (1, Unit.CALENDAR_MONTHS)),
        ("10 minutes", (600, Unit.SECONDS)),
        ("12 seconds", (12, Unit.SECONDS)),
    ],
)
def test_lengths_are_read(text: str, length: tuple[int, Unit]) -> None:
    assert read_within(text) == length


def test_dates_are_read() -> None:
    assert read_dates("2026-12-29 to 2026-12-31")[0] == (day("2026-12-29"), day("2026-12-30"), day("2026-12-31"))
    assert read_dates("2026-12-24 13:00-17:00") == ((day("2026-12-24"),), "13:00-17:00")


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"days": {"mon-fri": "9 to 5"}}, "Write them like 08:30-12:30, 13:30-17:00"),
        ({"days": {"mon-fri": "22:00-02:00"}}, "22:00-24:00 and 00:00-02:00"),
        ({"days": {"mon-fri": "09:00-13:00, 12:00-17:00"}}, "overlap"),
        ({"days": {"weekdays": "09:00-17:00"}}, "Write mon, tue"),
        ({"days": {"mon-wed": "09:00-17:00", "tue-thu": "10:00-12:00"}}, "hours of tue are given twice"),
        ({"days": {}, "zone": "Europe/Leeds"}, "not a time zone"),
        ({"days": {}, "bank_holidays": "yorkshire"}, "No bank holidays are known"),
        ({"days": {}, "closed": {"25 December": "Christmas"}}, "Write 2026-12-29"),
        ({"days": {}, "closed": {"2026-12-31 to 2026-12-29": "backwards"}}, "Write 2026-12-29"),
        ({"days": {}, "closed_each_year": {"25-12": "Christmas"}}, "Write month and day"),
        ({"days": {}, "opens": {}}, "Extra inputs"),
    ],
)
def test_a_calendar_that_makes_no_sense_says_what_to_write(spec: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        CalendarSpec(code="x", **spec)


def test_fewer_days_win() -> None:
    cal = CalendarSpec(code="x", days={"mon-fri": "09:00-17:00", "wed": "10:00-19:00", "fri": "closed"}).calendar()
    assert cal.week[2] == (Hours(600, 1140),)
    assert cal.week[4] == ()


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"within": "2 days"}, "Write 2 working days"),
        ({"within": "2 working days", "amount": 2}, "not both"),
        ({"within": "2 working days", "warn": {"after": "most"}}, "Write one like 75%"),
        ({"within": "2 working days", "warn": {}}, "either `after`"),
        ({"within": "2 working days", "starts": "met"}, "must name the standard"),
        ({"within": "2 working days", "pauses": ["a"], "restarts": ["a"]}, "not both"),
        ({"within": "2 working days", "valid_from": "2026-02-01", "valid_to": "2026-01-01"}, "cannot end before"),
    ],
)
def test_a_standard_that_makes_no_sense_says_what_to_write(spec: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        StandardSpec.model_validate({"code": "x", "calendar": "office", **spec})


def test_a_standard_as_it_stood() -> None:
    spec = StandardSpec.model_validate(
        {
            "code": "reply",
            "within": "10 working days",
            "calendar": "office",
            "warn": {"before": "1 working day"},
            "extension": {"max": 10},
            "valid_to": "2030-01-01",
            "earlier": [
                {"within": "15 working days", "valid_to": "2024-03-31"},
                {"within": "20 working days", "valid_to": "2020-03-31"},
            ],
        }
    )
    lengths = {
        on: found.amount for on in ("2019-01-01", "2024-03-31", "2024-04-01") if (found := spec.standard(day(on)))
    }
    assert lengths == {"2019-01-01": 20, "2024-03-31": 15, "2024-04-01": 10}
    now = spec.standard()
    assert now is not None
    assert (now.warn, now.extension_max) == (Warn(None, 1, Unit.WORKING_DAYS), 10)
    assert spec.standard(day("2031-01-01")) is None


def write(folder: Path, **files: str) -> Path:
    pack = folder / "small"
    pack.mkdir()
    (pack / "council.yaml").write_text("name: Small\n")
    (pack / "pauses.yaml").write_text("- {code: waiting, says: We asked you something}\n")
    for name, text in files.items():
        (pack / f"{name}.yaml").write_text(text)
    return folder


OFFICE = "- {code: office, days: {mon-fri: 09:00-17:00}}\n"


@pytest.mark.parametrize(
    ("standards", "said"),
    [
        ("- {code: a, within: 1 working day, calendar: ofice}", "there is no such calendar"),
        ("- {code: a, within: 1 working day, calendar: office, pauses: [rain]}", "there is no such pause"),
        ("- {code: a, within: 1 working day, calendar: office, chained_to: b}", "there is no such standard"),
        (
            "- {code: a, within: 1 working day, calendar: office, chained_to: b}\n"
            "- {code: b, within: 1 working day, calendar: office, chained_to: a}",
            "a → b → a",
        ),
        ("- {code: a, within: 1 wroking day, calendar: office}", "standards.yaml:1"),
    ],
)
def test_the_pack_is_told_file_and_line(tmp_path: Path, standards: str, said: str) -> None:
    root = write(tmp_path, calendars=OFFICE, standards=standards)
    with pytest.raises(PackErrors, match=said):
        load_pack("small", root)


def test_a_pack_of_its_own(tmp_path: Path) -> None:
    root = write(
        tmp_path, calendars=OFFICE, standards="- {code: a, within: 1 working day, calendar: office, pauses: [waiting]}"
    )
    pack = load_pack("small", root)
    assert standard_of(pack, "a", date(2026, 1, 1)).pauses == ("waiting",)
    assert calendar_of(pack, "office") is calendar_of(load_pack("small", root), "office")
    with pytest.raises(LookupError, match="There are: office"):
        calendar_of(pack, "offices")
    with pytest.raises(LookupError, match="No standard"):
        standard_of(pack, "b", date(2026, 1, 1))


def test_every_promise_of_the_common_services_can_be_counted() -> None:
    pack, made = common(), 0
    for code, service in pack.services.items():
        for promise in service.promises:
            for kind in ("acknowledge", "complete"):
                standard = standards_of_service(code, promise, kind)
                if standard is not None:
                    calendar_of(pack, standard.calendar)
                    made += 1
                    assert standard.code == f"{code}.{promise.code}.{kind}"
                    assert not (kind == "acknowledge" and (standard.pauses or standard.extension_max))
    assert made > 150
    foi = pack.services["freedom-of-information"].promises[0]
    clock = standards_of_service("freedom-of-information", foi, "complete")
    assert clock is not None
    assert (clock.statutory, clock.restarts, clock.amount) == (True, ("clarification",), 20)
