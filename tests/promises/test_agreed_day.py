"""A day that was booked stands in place of a standard's count."""

from datetime import datetime

from moothall.promises.rules import Fact, FactKind, State
from tests.promises.calendars import at
from tests.promises.test_clock import REPAIR, WAITING, fact, state

BOOKED = at("2026-12-09 23:59:59")
BEGUN = "2026-11-19 10:00 started"


def agreed(when: str, due: datetime | None, sequence: int = 1) -> Fact:
    return Fact(FactKind.AGREED, at(when), sequence, new_due=due)


def test_the_day_booked_is_due_sooner_or_later_than_the_count_and_says_so() -> None:
    running = state(REPAIR, "2026-12-01 12:00", fact(BEGUN), agreed("2026-11-19 10:00", BOOKED))
    assert (running.state, running.due_at, running.broken) == (State.RUNNING, BOOKED, False)
    assert running.explain() == "The day that was booked. Due by the end of Wednesday 9 December."
    sooner = state(REPAIR, "2026-11-22 12:00", fact(BEGUN), agreed("2026-11-19 10:00", at("2026-11-21 23:59:59")))
    assert (sooner.state, sooner.due_at) == (State.OVERDUE, at("2026-11-21 23:59:59"))


def test_moved_it_moves_and_off_it_is_the_count_again_but_what_is_missed_stays_missed() -> None:
    moved = at("2026-12-11 23:59:59")
    facts = (fact(BEGUN), agreed("2026-11-19 10:00", BOOKED), agreed("2026-11-20 10:00", moved, 2))
    assert state(REPAIR, "2026-12-01 12:00", *facts).due_at == moved
    off = state(REPAIR, "2026-11-25 12:00", *facts, agreed("2026-11-24 10:00", None, 3))
    assert off.due_at == state(REPAIR, "2026-11-25 12:00", BEGUN).due_at == at("2026-11-26 17:00")
    late = state(REPAIR, "2026-12-13 12:00", *facts, agreed("2026-12-12 10:00", at("2026-12-20 23:59:59"), 3))
    assert (late.due_at, late.state) == (moved, State.OVERDUE)
    assert "already broken" in late.notes[0]


def test_a_pause_before_the_day_moves_nothing_and_one_over_it_lets_it_lapse() -> None:
    booked = (fact(BEGUN), agreed("2026-11-19 10:00", BOOKED))
    paused = (*booked, fact(f"2026-11-20 10:00 paused {WAITING}", 2))
    early = state(REPAIR, "2026-12-01 12:00", *paused, fact("2026-11-23 10:00 resumed", 3))
    assert early.due_at == BOOKED
    still = state(REPAIR, "2026-12-14 12:00", *paused)
    assert (still.state, still.broken) == (State.PAUSED, False)
    after = state(REPAIR, "2026-12-15 12:00", *paused, fact("2026-12-14 12:00 resumed", 3))
    assert (after.due_at, after.broken) == (at("2026-12-21 17:00"), False)
