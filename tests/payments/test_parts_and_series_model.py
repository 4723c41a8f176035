"""Any order of customer, provider, clock and crash, with a weekly series and a bill in parts by card, ends balanced.

No week is booked and unpaid or paid and unbooked; no part is taken twice, unannounced, or beside the whole.
"""

import pytest
from hypothesis import Phase, given
from hypothesis import strategies as st

from tests.payments.money_world_parts import STEPS, PartsWorld
from tests.payments.test_saga_model import _run, model

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council"), pytest.mark.long]

KNOWN = (
    ["begin", "pay", "back", "cancels_second", "work", "nine_days", "closes_third"],
    ["begin", "pay", "back", "cancels_rest", "cancels", "work"],
    ["begin", "pay", "down", "half_hour", "up", "other_takes_third", "back", "work"],
    ["begin_hold", "half_hour", "pay", "back", "work", "moves_second", "cancels"],
    ["begin", "pay", "back", "nine_days", "keeps_some", "closes_third", "work"],
    ["part_begins", "part_pays", "work", "month", "work", "month", "work", "month", "work"],
    ["part_begins", "part_pays", "in_one", "work"],
    ["part_begins", "in_one", "part_begins", "work"],
    ["part_begins", "stops", "part_pays", "work", "part_begins", "part_pays", "work"],
    ["part_begins", "part_pays", "stops", "work", "herself"],
    ["part_begins", "part_pays", "work", "fails", "month", "herself", "work", "fails_for_good", "month", "work"],
    ["part_begins", "part_short", "month", "work"],
    ["part_begins", "part_pays", "work", "lose_answer", "month", "crash", "work", "month", "down", "month", "up", "work"],
    ["part_begins", "month", "in_one"],
    ["part_begins", "in_one", "month"],
    ["part_begins", "part_pays", "month", "work"],
    ["part_begins", "part_pays", "down", "work", "month", "work", "up", "work"],
    ["part_begins", "part_pays", "down", "month", "stops", "work"],
    ["part_begins", "month", "part_short", "work", "in_one"],
    ["begin", "decline", "crash_after_answer", "two_hours"],
)  # fmt: skip
"""Ways through that went wrong once, or that somebody will ask about."""


@pytest.mark.timeout(300)
def test_known_ways_through(council, clock, pay):
    for steps in KNOWN:
        _run(council, clock, pay, steps, PartsWorld)


@pytest.mark.timeout(300)
@model(8, phases=[Phase.generate])  # what it finds is short enough to read
@given(steps=st.lists(st.sampled_from(STEPS), min_size=5, max_size=16))
def test_any_order_ends_balanced(council, clock, pay, steps):
    _run(council, clock, pay, steps, PartsWorld)
