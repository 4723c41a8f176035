"""What the telephone system tells us, kept when it makes sense and left out when it does not."""

from datetime import UTC, datetime, timedelta

import pytest

from moothall.channels.phone import read_call, say_promise

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "number"),
    [
        ("07700 900123", "07700900123"),
        ("sip:+447700900123@pbx.example.org;user=phone", "+447700900123"),
        ("tel:+44-113-496-0123", "+441134960123"),
        ("anonymous", ""),
        ("Withheld", ""),
        ("sip:anonymous@anonymous.invalid", ""),
        ("<script>", ""),
        ("9" * 40, ""),
        ("", ""),
    ],
)
def test_a_number_is_read_however_the_network_wraps_it(told: str, number: str) -> None:
    assert read_call({"number": told}, now=NOW).number == number


def test_time_to_answer_counts_from_when_the_call_was_offered() -> None:
    offered = (NOW - timedelta(seconds=9)).isoformat()
    assert read_call({"offered": offered}, now=NOW).offered_at == NOW - timedelta(seconds=9)
    assert read_call({"offered": str((NOW - timedelta(seconds=9)).timestamp())}, now=NOW).offered_at == NOW - timedelta(
        seconds=9
    )


@pytest.mark.parametrize(
    "offered",
    ["", "yesterday", "2026-03-02T08:59:51", "2026-03-02T09:00:01+00:00", "2025-01-01T00:00:00+00:00", "1e400", "nan"],
)
def test_a_moment_that_cannot_be_right_is_left_out(offered: str) -> None:
    assert read_call({"offered": offered}, now=NOW).offered_at is None


def test_the_promise_is_said_with_the_reference_letter_by_letter() -> None:
    said = say_promise("4HTK7W2C", "Monday 23 November, 5pm")
    assert said == (
        "We’ll do this by Monday 23 November, 5pm. Your reference is 4, Hotel, Tango, Kilo – 7, Whiskey, 2, Charlie."
    )
