"""`moothall due` and `moothall calendar`, as a person and as a script use them."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from moothall.interfaces.cli.main import root


def run(*words: str) -> Result:
    return CliRunner().invoke(root, [*words, "--council", "common"])


def test_due_says_when_and_how_it_was_counted() -> None:
    result = run(
        *("due", "--calendar", "office", "--amount", "2", "--unit", "working_days", "--from", "2026-11-19T18:10"),
        *("--pause", "2026-11-20T10:00/2026-11-20T11:00", "--pause", "2026-11-20T10:30/2026-11-20T15:00"),
    )
    assert result.exit_code == 0, result.output
    assert result.output.strip() == (
        "2 working days. Received Thursday 19 November, 6.10pm, after closing; that day does not count. "
        "Monday 23 counts 1, Tuesday 24 counts 2. Paused, so does not count: Friday 20 November. "
        "Due Tuesday 24 November, 5pm."
    )


def test_due_answers_scripts_with_one_iso_time() -> None:
    result = run(
        *("due", "--calendar", "foi", "--amount", "20", "--unit", "working_days", "--from", "2026-12-10T09:00:00Z"),
        "--json",
    )
    said = json.loads(result.output)
    assert said["due"] == "2027-01-13T23:59:59+00:00"
    assert [d["because"] for d in said["days"] if d["date"] == "2027-01-04"] == ["2nd January"]


@pytest.mark.parametrize(
    ("day", "opens", "closes"),
    [
        ("2026-03-29", "2026-03-29T00:00:00+00:00", "2026-03-30T00:00:00+01:00"),
        ("2026-10-25", "2026-10-25T00:00:00+01:00", "2026-10-26T00:00:00+00:00"),
    ],
)
def test_a_calendar_of_all_hours_on_the_days_the_clocks_change(day: str, opens: str, closes: str) -> None:
    result = run("calendar", "always", "--from", day, "--to", day, "--json")
    assert json.loads(result.output)["intervals"] == [[opens, closes]]


def test_calendar_leaves_out_bank_holidays() -> None:
    result = run("calendar", "office", "--from", "2026-12-24", "--to", "2026-12-29")
    assert result.output.splitlines() == [
        "Thursday 24 December 2026: 9am to 5pm",
        "Tuesday 29 December 2026: 9am to 5pm",
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("calendar", "nowhere", "--from", "2026-01-01", "--to", "2026-01-02"), "There is no calendar “nowhere”"),
        (
            ("due", "--calendar", "office", "--amount", "two", "--unit", "working_days", "--from", "2026-01-03"),
            "'two' is not a whole number from 0 to 1,000,000. Write it in figures, like 2.",
        ),
        (("calendar", "ofice"), "There is no calendar “ofice”"),
        (("calendar", "office", "--from", "2026-01-01"), "Missing option '--to'"),
        (("calendar", "office", "--from", "2026-01-03", "--to", "2026-01-02"), "comes before"),
        (("calendar", "office", "--from", "first of May", "--to", "2026-01-02"), "is not a time"),
        (
            (
                "due",
                "--calendar",
                "office",
                "--amount",
                "2",
                "--unit",
                "working_days",
                "--from",
                "2026-01-03",
                "--pause",
                "x",
            ),
            "Write it as FROM/TO",
        ),
        (
            (
                *("due", "--calendar", "office", "--amount", "2", "--unit", "working_days", "--from", "2026-01-03"),
                *("--pause", "2026-01-05T12:00/2026-01-05T11:00"),
            ),
            "cannot end",
        ),
    ],
)
def test_what_cannot_be_answered_says_what_to_write(words: tuple[str, ...], said: str) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert said in result.output
