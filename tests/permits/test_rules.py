"""What is issued from when until when, who may renew, who is reminded: by tables."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.permits.pack import PermitRule
from moothall.permits.rules import (
    Dates,
    dates_of,
    kept_for_renewal,
    may_renew,
    reminder_due,
    standing,
    term_of,
    what_for,
)

RULE = PermitRule.model_validate(
    {
        "code": "parking-permit", "name": "Permit", "letters": "RP", "what": "car", "starts": "start", "closing": "done",
        "terms": [
            {"when": {"do": ["stop"]}, "issues": False}, {"when": {"do": ["temp"]}, "days": 30},
            {"when": {"do": ["renew"]}, "months": 12, "renews": True}, {"months": 12},
        ],
        "again": {"do": "renew"}, "remind_days": [28, 7], "renew_from_days": 42, "renew_until_days": 28,
    }
)  # fmt: skip
TODAY = date(2026, 3, 2)
HELD = Dates(date(2025, 3, 9), date(2026, 3, 8))


@pytest.mark.parametrize(
    ("answers", "asked", "before", "expected"),
    [
        ({"do": "new"}, None, None, (date(2026, 3, 2), date(2027, 3, 1))),
        ({"do": "new"}, date(2026, 3, 9), None, (date(2026, 3, 9), date(2027, 3, 8))),
        ({"do": "new"}, date(2026, 2, 1), None, (date(2026, 3, 2), date(2027, 3, 1))),  # never from a day that is past
        ({"do": "new"}, None, HELD, (date(2026, 3, 2), date(2027, 3, 1))),  # a second one does not wait for the first
        ({"do": "temp"}, None, None, (date(2026, 3, 2), date(2026, 3, 31))),
        ({"do": "renew"}, None, HELD, (date(2026, 3, 9), date(2027, 3, 8))),
        ({"do": "renew"}, None, Dates(date(2025, 2, 1), date(2026, 1, 31)), (date(2026, 3, 2), date(2027, 3, 1))),
        ({"do": "renew"}, None, None, (date(2026, 3, 2), date(2027, 3, 1))),
    ],
)
def test_from_when_until_when(
    answers: dict[str, Any], asked: date | None, before: Dates | None, expected: tuple[date, date]
) -> None:
    term = term_of(RULE, answers)
    assert term is not None
    assert dates_of(RULE, term, asked=asked, before=before, today=TODAY) == Dates(*expected)


def test_nothing_is_issued_for_what_is_given_up() -> None:
    assert term_of(RULE, {"do": "stop"}) is None


@given(st.dates(date(2024, 1, 1), date(2040, 12, 31)), st.integers(1, 60))
def test_renewed_year_after_year_there_is_neither_a_gap_nor_an_overlap(first: date, times: int) -> None:
    term = term_of(RULE, {"do": "renew"})
    assert term is not None
    held = dates_of(RULE, term, asked=None, before=None, today=first)
    for _ in range(times):
        following = dates_of(RULE, term, asked=None, before=held, today=held.ends)
        assert following.starts == held.ends + timedelta(days=1)
        assert following.ends > following.starts
        held = following


@pytest.mark.parametrize(
    ("today", "ended", "how"),
    [
        (date(2025, 3, 8), False, "coming"), (date(2025, 3, 9), False, "in_force"), (date(2026, 3, 8), False, "in_force"),
        (date(2026, 3, 9), False, "over"), (date(2025, 6, 1), True, "ended"),
    ],
)  # fmt: skip
def test_how_it_stands(today: date, ended: bool, how: str) -> None:
    assert standing(HELD, ended=ended, today=today) == how


@pytest.mark.parametrize(
    ("days_before", "may"), [(43, False), (42, True), (0, True), (-28, True), (-29, False)]
)  # fmt: skip
def test_it_is_renewed_around_its_end_and_once(days_before: int, may: bool) -> None:
    today = HELD.ends - timedelta(days=days_before)
    assert may_renew(RULE, HELD, ended=False, followed=False, today=today) is may
    assert not may_renew(RULE, HELD, ended=True, followed=False, today=today)
    assert not may_renew(RULE, HELD, ended=False, followed=True, today=today)


@pytest.mark.parametrize(
    ("days_before", "reminded", "due"),
    [
        (29, None, None), (28, None, 28), (20, None, 28), (20, 28, None), (7, 28, 7), (6, None, 7), (5, 7, None), (0, 28, 7),
        (-1, None, None),
    ],
)  # fmt: skip
def test_each_reminder_comes_once_and_none_after_the_end(
    days_before: int, reminded: int | None, due: int | None
) -> None:
    assert reminder_due(RULE, HELD.ends, reminded, HELD.ends - timedelta(days=days_before)) == due


def test_what_is_known_is_not_asked_again() -> None:
    types = {
        "do": "choice", "car": "vehicle", "proof": "file", "start": "date", "pay": "payment", "declare": "declaration",
        "address": "address", "note": "text",
    }  # fmt: skip
    before = {
        "do": "new", "car": {"registration": "AB12CDE"}, "proof": [{"id": "1"}], "start": "2025-03-09",
        "pay": {"how": "card"}, "declare": "yes", "address": {"text": "14 Mill Lane"}, "note": None, "gone": "x",
    }  # fmt: skip
    kept = kept_for_renewal(RULE, before, types)
    assert kept == {"do": "renew", "car": {"registration": "AB12CDE"}, "address": {"text": "14 Mill Lane"}}


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"registration": "ab12cde"}, "AB12CDE"),
        ({"text": "The Fox, Otley"}, "The Fox, Otley"),
        (None, ""),
        ("x  y", "x y"),
    ],
)
def test_what_it_is_for(answer: Any, words: str) -> None:
    assert what_for(answer) == words
