"""Any order and repetition of customer, provider, staff, machine, bank, clock and crash ends balanced to the penny: nothing
paid and unbooked, nothing booked and unpaid.

Miss Lee's court (with tax and a deposit) is held, paid, moved, cancelled; her money comes by card, telephone, machine, early,
late, twice, short, or is only set aside. Beside it Mrs Jones pays by Direct Debit out of the same ledger, and asks for garden
waste, whose case waits for its fee: no case is paid for and not worked on, and none worked on and not paid for.
"""

import os
import random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, currently_in_test_context, given, note, seed, settings
from hypothesis import strategies as st

from tests.payments.money_world import STEPS, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]


def _run(council, clock, pay, steps, of=World):
    for kept in (pay.payments, pay.hooks, pay.agreements, pay.keys, pay.declines):
        kept.clear()
    pay.faults, pay.down = [], False
    marker = transaction.savepoint()
    try:
        world = of(clock, pay)
        if currently_in_test_context():
            note(f"These examples again: MOOTHALL_MODEL_SEED={SEED}")
        with world.may_die():
            for step in steps:
                world.do(step)
            world.let_it_rest()
        world.check()
    finally:
        transaction.savepoint_rollback(marker)


KNOWN = (
    ["begin", "pay", "back"],
    ["begin", "half_hour", "pay", "back"],
    ["begin", "half_hour", "other_takes_it", "work", "pay", "webhook", "work"],
    ["begin", "begin_twice", "pay", "back", "pay_first", "work"],
    ["begin", "pay", "down", "back", "half_hour", "up"],
    ["lose_answer", "begin", "begin", "pay"],
    ["begin", "pay", "back", "cancels", "lose_answer", "work"],
    ["begin", "withdraws", "pay", "old_webhook"],
    ["begin_hold", "pay", "back", "work"],
    ["begin_hold", "pay", "half_hour", "other_takes_it", "back", "work"],
    ["begin", "pay", "crash", "back", "back", "closes", "crash", "work", "work"],
    ["begin", "takes_less", "back", "gives_some", "begin", "pay", "back"],
    ["begin", "coins_and_cut", "pay", "back", "sent_again", "gives_all", "agrees", "work"],
    ["too_few_and_cut", "begin", "takes_more", "back", "debit", "file", "fortnight", "file", "fortnight", "comes_back"],
    ["too_few_and_cut", "coins_and_cut", "gives_some"],
    ["begin", "pay", "crash_after_answer", "back", "work", "cancels", "crash_after_answer", "work", "work"],
    ["crash_after_answer", "begin", "begin", "pay", "crash_after_answer", "webhook", "work", "work"],
    ["crash", "coins", "sent_again", "debit", "crash", "file", "file", "fortnight", "crash", "fortnight", "fortnight"],
    ["begin", "pay", "back", "crash", "keeps_some", "keeps_some", "nine_days", "crash", "work", "work"],
    ["begin_hold", "slow_bank", "pay", "begin_hold", "back", "begin_hold", "bank_says_yes", "work"],
    ["begin", "slow_bank", "pay", "half_hour", "begin", "bank_says_no", "work", "begin"],
    ["begin", "pay", "back", "slow_refunds", "cancels", "work", "refund_fails", "two_hours", "work"],
    ["begin", "pay", "back", "slow_refunds", "gives_some", "work", "gives_some", "work", "refund_goes", "two_hours", "work"],
    ["asks", "starts_to_pay_it", "pays_it", "crash", "looks_at_it", "work", "starts_to_pay_it", "pays_it", "month"],
    ["asks", "starts_to_pay_it", "down", "month", "up", "pays_it", "looks_at_it", "work"],
    ["asks", "starts_to_pay_it", "takes_less", "looks_at_it", "not_done", "work", "begin", "pay", "back"],
    ["asks", "starts_to_pay_it", "pays_it", "not_done", "looks_at_it", "work", "starts_to_pay_it"],
)  # fmt: skip
"""Ways through that went wrong once, or that somebody will ask about."""

LATE = (
    ["begin_hold", "half_hour", "pay", "back", "work"],
    ["begin_hold", "down", "half_hour", "work", "up", "pay", "work"],
    ["begin_hold", "down", "half_hour", "work", "up", "other_takes_it", "pay", "work"],
    ["begin", "takes_less", "back", "half_hour", "begin", "pay", "work"],
    ["begin", "takes_less", "back", "begin", "down", "half_hour", "work", "up", "pay", "back", "work"],
    ["slowly", "work"],
    ["begin", "pay", "back", "nine_days", "keeps_some", "work", "gives_all", "agrees"],
    ["begin", "pay", "back", "gives_some", "nine_days", "work"],
    ["begin", "pay", "back", "cancels", "nine_days", "work"],
)  # fmt: skip
"""Money that comes when the hold is over, on every way, and what becomes of a deposit."""


@pytest.mark.long
@pytest.mark.timeout(600)
def test_known_ways_through(council, clock, pay):
    for steps in KNOWN:
        _run(council, clock, pay, steps)


@pytest.mark.long
@pytest.mark.timeout(300)
def test_late_money_and_deposits(council, clock, pay):
    for steps in LATE:
        _run(council, clock, pay, steps)


JUDGED = 20261123
FRESH = JUDGED if os.environ.get("CI") == "true" else random.SystemRandom().randrange(10**9)
SEED = int(os.environ.get("MOOTHALL_MODEL_SEED") or FRESH)
"""What the examples of this run are made from: by hand other ones each time, where a landing is judged the same (as the
profiles in tests/conftest.py), and those of any run again with its number in the environment."""


def model(examples, **more):
    """Sequences drawn from the seed; one that fails prints how to have this run's again."""
    chosen = settings(
        max_examples=examples, deadline=None, database=None, print_blob=True,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], **more,
    )  # fmt: skip
    return lambda test: seed(SEED)(chosen(test))


@pytest.mark.long
@pytest.mark.timeout(600)
@model(10)
@given(steps=st.lists(st.sampled_from(STEPS), min_size=3, max_size=14))
def test_any_order_ends_balanced(council, clock, pay, steps):
    _run(council, clock, pay, steps)


@pytest.mark.long
@pytest.mark.timeout(600)
@model(30, phases=[Phase.generate])  # what it finds is short enough to read
@given(steps=st.lists(st.sampled_from(STEPS), min_size=6, max_size=24))
def test_any_order_of_many_ends_balanced(council, clock, pay, steps):
    _run(council, clock, pay, steps)
