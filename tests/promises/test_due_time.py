"""Tables of due times: each sentence of the standard, with the words a person hears."""

from __future__ import annotations

from datetime import UTC

import pytest

from moothall.promises.rules import due_at
from tests.promises.calendars import at, calendar


@pytest.mark.parametrize(
    ("code", "within", "received", "due", "why"),
    [
        ("office", "2 working_days", "2026-11-19 18:10", "2026-11-23 17:00", "after closing keeps the date"),
        ("office", "2 working_days", "2026-11-19 09:30", "2026-11-23 17:00", "the day of receipt does not count"),
        ("office", "1 working_days", "2026-11-21 11:00", "2026-11-23 17:00", "received on a Saturday"),
        ("office", "1 working_days", "2026-12-24 11:00", "2026-12-29 17:00", "Boxing Day is kept on Monday 28th"),
        ("office", "2 working_days", "2027-03-25 11:00", "2027-03-31 17:00", "Good Friday and Easter Monday"),
        ("office", "0 working_days", "2026-11-19 11:00", "2026-11-19 17:00", "the same working day"),
        ("office", "0 working_days", "2026-11-20 17:30", "2026-11-23 17:00", "too late for the same day"),
        ("office", "0 working_days", "2026-11-21 10:00", "2026-11-23 17:00", "same day, asked on a Saturday"),
        ("office", "1 working_days", "2028-12-22 10:00", "2028-12-27 17:00", "the end of GOV.UK's list"),
        ("office", "1 working_days", "2033-12-23 10:00", "2033-12-28 17:00", "beyond GOV.UK's list: substitute days"),
        ("office", "240 working_minutes", "2026-11-20 16:00", "2026-11-23 12:00", "minutes carry over a weekend"),
        ("office", "240 working_minutes", "2026-11-20 13:00", "2026-11-20 17:00", "ends at closing, not next opening"),
        ("office", "1 working_minutes", "2026-11-20 17:00", "2026-11-23 09:01", "closing time is already shut"),
        ("office", "60 working_minutes", "2026-11-20 07:00", "2026-11-20 10:00", "starts at the next opening"),
        (
            "office",
            "0 working_minutes",
            "2026-11-20 18:00",
            "2026-11-23 09:00",
            "nothing to do still needs someone in",
        ),
        ("office", "12 seconds", "2026-11-20 23:59:55", "2026-11-21 00:00:07", "elapsed seconds know no hours"),
        (
            "office",
            "10 calendar_days",
            "2026-11-19 18:10",
            "2026-11-29 23:59:59",
            "a shut day ends at its last second",
        ),
        ("office", "4 calendar_days", "2026-11-19 18:10", "2026-11-23 17:00", "an open day ends at closing"),
        ("office", "1 calendar_months", "2026-11-19 18:10", "2026-12-19 23:59:59", "the same date next month"),
        ("office", "1 calendar_months", "2026-01-31 10:00", "2026-02-28 23:59:59", "last day if there is none"),
        ("office", "1 calendar_months", "2028-01-31 10:00", "2028-02-29 17:00", "leap year"),
        ("office", "13 calendar_months", "2026-12-15 10:00", "2028-01-15 23:59:59", "across a year"),
        ("always", "1 working_days", "2026-11-20 10:00", "2026-11-21 23:59:59", "24:00 belongs to the day it ends"),
        ("always", "120 working_minutes", "2027-03-28 00:30", "2027-03-28 03:30", "an hour lost in spring"),
        ("always", "120 working_minutes", "2026-10-25 00:30", "2026-10-25 01:30 second", "an hour gained in autumn"),
        ("refuse", "2 working_days", "2026-12-24 10:00", "2026-12-29 17:00", "rounds go out on the substitute day"),
        ("refuse", "1 working_days", "2027-12-24 10:00", "2027-12-27 17:00", "Christmas Day on a Saturday is off"),
        ("foi", "1 working_days", "2026-11-27 10:00", "2026-12-01 23:59:59", "St Andrew's Day counts against England"),
        ("foi", "1 working_days", "2026-06-12 10:00", "2026-06-16 23:59:59", "Scotland's World Cup holiday"),
        ("foi", "1 working_days", "2027-07-09 10:00", "2027-07-13 23:59:59", "the Battle of the Boyne, 12 July"),
    ],
)
def test_due(code: str, within: str, received: str, due: str, why: str) -> None:
    amount, unit = within.split()
    assert due_at(calendar(code), unit, int(amount), at(received)).astimezone(UTC) == at(due).astimezone(UTC), why
