"""What holds of every clock, whatever happens to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from moothall.promises.rules import (
    Fact,
    FactKind,
    Standard,
    evaluate,
)
from tests.promises.calendars import calendar
from tests.promises.clock_facts import COMPLAINT, EMAIL, REPAIR, WAITING

KINDS = [k for k in FactKind if k is not FactKind.STANDARD_CHANGED]
MINUTES = st.integers(-500, 40_000)
FACTS = st.lists(
    st.tuples(st.sampled_from(KINDS), MINUTES, st.sampled_from((WAITING, "severe_weather", "", "other"))), max_size=8
)
START = datetime(2026, 10, 20, 9, 30, tzinfo=UTC)


def made_facts(written: list[tuple[FactKind, int, str]]) -> list[Fact]:
    return [
        Fact(kind, START + timedelta(minutes=m), n, reason, by=3, new_due=START + timedelta(days=90))
        for n, (kind, m, reason) in enumerate(written, 1)
    ]


@given(FACTS, MINUTES, st.sampled_from([REPAIR, COMPLAINT, EMAIL]))
def test_any_history_gives_a_state_that_can_be_said(
    written: list[tuple[FactKind, int, str]], minutes: int, standard: Standard
) -> None:
    now = START + timedelta(minutes=minutes)
    facts = [Fact(FactKind.STARTED, START), *made_facts(written)]
    clock = evaluate(standard, calendar("office"), facts, now)
    assert clock.explain()
    assert clock.left >= 0
    assert timedelta(0) <= clock.on_our_clock <= max(clock.as_lived, timedelta(0))
    assert evaluate(standard, calendar("office"), [*facts[::-1], facts[0]], now).due_at == clock.due_at


@given(FACTS, MINUTES, st.integers(0, 40_000))
def test_once_broken_always_broken(written: list[tuple[FactKind, int, str]], minutes: int, later: int) -> None:
    facts = [Fact(FactKind.STARTED, START), *made_facts(written)]
    now = START + timedelta(minutes=minutes)
    before = evaluate(REPAIR, calendar("office"), facts, now)
    after = evaluate(REPAIR, calendar("office"), facts, now + timedelta(minutes=later))
    if before.broken:
        assert after.broken
        assert after.due_at == before.due_at
