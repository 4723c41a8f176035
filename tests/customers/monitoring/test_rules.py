"""What is told of counts never gives a small one away."""

from datetime import date
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.customers.monitoring.rules import pseudonym, quarter_of, rounded, tell

COUNTS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 60), min_size=2)


@given(COUNTS, st.integers(3, 12))
def test_no_small_count_is_shown_and_none_stands_hidden_alone(counts, threshold):
    told = tell(counts, threshold=threshold, rounding=1)
    hidden = {code for code, count in told.counts.items() if count is None}
    for code, count in counts.items():
        if 0 < count < threshold:
            assert code in hidden
    if len(hidden) == 1:
        assert told.total is None
    if hidden and any(count for code, count in counts.items() if code not in hidden):
        assert sum(counts[code] for code in hidden) >= threshold  # what is left of the total points at nobody


@given(COUNTS, st.integers(3, 12))
def test_what_is_shown_is_near_the_truth(counts, threshold):
    told = tell(counts, threshold=threshold, rounding=5)
    for code, count in told.counts.items():
        if count is not None:
            assert count % 5 == 0
            assert abs(count - counts[code]) <= 2 or counts[code] == 0


def test_the_second_smallest_goes_with_the_only_small_one():
    told = tell({"a": 40, "b": 5, "c": 3}, threshold=5, rounding=1)
    assert told.counts == {"a": 40, "b": None, "c": None}
    assert told.total == 48


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (5, 5), (7, 5), (8, 10), (12, 10), (13, 15)])
def test_rounding_to_five(count, shown):
    assert rounded(count, 5) == shown


def test_a_pseudonym_is_one_way_and_the_keys_own():
    who = uuid4()
    assert pseudonym(b"one", who) == pseudonym(b"one", who)
    assert pseudonym(b"one", who) != pseudonym(b"two", who)
    assert who.hex not in pseudonym(b"one", who)


def test_quarters():
    assert [quarter_of(date(2026, month, 1)) for month in (1, 3, 4, 12)] == ["2026-Q1", "2026-Q1", "2026-Q2", "2026-Q4"]
