"""The state of a promise from what happened to it: the cases that catch everyone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from moothall.promises.rules import (
    Fact,
    FactKind,
    NotAllowed,
    Standard,
    Starts,
    State,
    Unit,
    Warn,
    attainment,
    chain_start,
    check_extension,
    check_pause,
    evaluate,
    latest_due,
)
from tests.promises.calendars import at, calendar, split_day
from tests.promises.clock_facts import COMPLAINT, EMAIL, FOI, REPAIR, WAITING, fact, state


def test_running_then_met_in_time() -> None:
    facts = ("2026-11-19 10:00 started", "2026-11-26 17:00 met")
    assert state(REPAIR, "2026-11-20 12:00", *facts).state is State.RUNNING
    done = state(REPAIR, "2026-12-01 12:00", *facts)
    assert (done.state, done.on_time, done.due_at) == (State.MET, True, at("2026-11-26 17:00"))
    assert done.explain().endswith("Kept: done Thursday 26 November, 5pm.")


def test_a_second_late_is_late() -> None:
    done = state(REPAIR, "2026-12-01 12:00", "2026-11-19 10:00 started", "2026-11-26 17:00:01 met")
    assert (done.state, done.on_time) == (State.MET_LATE, False)
    assert done.explain().endswith("Done Thursday 26 November, 5.00.01pm, 1 second late.")


def test_overdue_while_open() -> None:
    late = state(REPAIR, "2026-11-27 09:00", "2026-11-19 10:00 started")
    assert (late.state, late.broken, late.on_time) == (State.OVERDUE, True, False)


def test_a_pause_across_a_weekend_and_two_numbers() -> None:
    done = state(
        REPAIR,
        "2026-12-01 12:00",
        "2026-11-19 10:00 started",
        f"2026-11-20 15:00 paused {WAITING}",
        "2026-11-23 10:00 resumed",
        "2026-11-24 12:00 met",
    )
    assert done.due_at == at("2026-11-30 17:00")
    assert done.as_lived == timedelta(days=5, hours=2)
    assert done.on_our_clock == timedelta(hours=7 + 6 + 7 + 3)


def test_two_numbers_across_the_clock_change() -> None:
    done = state(REPAIR, "2026-11-01 12:00", "2026-10-24 12:00 started", "2026-10-25 12:00 met")
    assert done.as_lived == timedelta(hours=25)


def test_two_pauses_in_one_minute_take_one_day() -> None:
    paused = state(
        REPAIR,
        "2026-11-24 12:00",
        "2026-11-19 10:00 started",
        f"2026-11-20 10:00:05 paused {WAITING}",
        "2026-11-20 10:00:20 resumed",
        "2026-11-20 10:00:30 paused severe_weather",
        "2026-11-20 10:00:50 resumed",
    )
    assert paused.due_at == at("2026-11-27 17:00")
    assert paused.notes == ()


def test_while_paused_the_due_time_is_what_it_would_be_now() -> None:
    facts = ("2026-11-19 10:00 started", f"2026-11-20 15:00 paused {WAITING}")
    friday, tuesday = state(REPAIR, "2026-11-20 16:00", *facts), state(REPAIR, "2026-11-24 16:00", *facts)
    assert friday.state is tuesday.state is State.PAUSED
    assert friday.due_at == at("2026-11-27 17:00")
    assert tuesday.due_at == at("2026-12-01 17:00")
    assert "Paused since Friday 20 November, 3pm: waiting for customer." in tuesday.explain()
    says = {WAITING: "We asked you something and are waiting for your answer"}
    assert "3pm: We asked you something and are waiting for your answer. If" in tuesday.explain(says)
    assert state(REPAIR, "2027-02-01 12:00", *facts).state is State.PAUSED


def test_overlapping_pauses_end_one_by_one_when_named_and_all_at_once_when_not() -> None:
    facts = (
        "2026-11-19 10:00 started",
        f"2026-11-20 10:00 paused {WAITING}",
        "2026-11-20 11:00 paused severe_weather",
        f"2026-11-23 10:00 resumed {WAITING}",
    )
    assert state(REPAIR, "2026-11-24 12:00", *facts).paused_for == ("severe_weather",)
    ended = state(REPAIR, "2026-11-25 12:00", *facts, "2026-11-24 10:00 resumed the customer rang")
    assert (ended.state, ended.due_at) == (State.RUNNING, at("2026-12-01 17:00"))


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (("2026-11-20 10:00 resumed",), "it was not paused"),
        (
            (f"2026-11-20 10:00 paused {WAITING}", f"2026-11-20 10:00 paused {WAITING}"),
            "already paused for that reason",
        ),
        (("2026-11-20 10:00 started",), "it had already started"),
        (("2026-11-20 10:00 paused out_of_stock",), "It may pause for: waiting_for_customer, severe_weather"),
        (("2026-11-20 10:00 extended because",), "cannot be extended"),
        (("2026-11-20 10:00 met", f"2026-11-20 11:00 paused {WAITING}"), "already closed"),
        (("2026-11-20 10:00 reopened",), "it was not closed"),
        (("2026-11-20 10:00 broken",), "not yet due"),
        (("2026-11-20 10:00 standard_changed",), "to which standard"),
        (("2026-11-20 10:00 explained",), "no new date"),
    ],
)
def test_what_makes_no_sense_is_passed_over_and_said(facts: tuple[str, ...], said: str) -> None:
    clock = state(REPAIR, "2026-11-20 12:00", "2026-11-19 10:00 started", *facts)
    assert len(clock.notes) == 1
    assert said in clock.notes[0]


def test_facts_before_the_start_are_passed_over() -> None:
    clock = state(REPAIR, "2026-11-20 12:00", f"2026-11-18 10:00 paused {WAITING}", "2026-11-19 10:00 started")
    assert (clock.state, len(clock.notes)) == (State.RUNNING, 1)
    assert state(REPAIR, "2026-11-20 12:00").state is State.NOT_STARTED


def test_order_of_arrival_does_not_matter() -> None:
    facts = [
        fact("2026-11-19 10:00 started"),
        fact(f"2026-11-20 10:00 paused {WAITING}", 1),
        fact("2026-11-20 10:00 resumed", 2),
        fact("2026-11-24 10:00 met", 3),
    ]
    forward, backward = (evaluate(REPAIR, calendar("office"), f, at("2026-12-01")) for f in (facts, facts[::-1]))
    assert forward == backward
    assert forward.due_at == at("2026-11-26 17:00")  # paused for no time at all


def test_the_second_hour_of_autumn_comes_after_the_first() -> None:
    started, met = Fact(FactKind.STARTED, at("2026-10-25 01:30")), Fact(FactKind.MET, at("2026-10-25 01:10 second"))
    quick = Standard("quick", 45 * 60, Unit.SECONDS, "always")
    done = evaluate(quick, calendar("always"), [met, started], at("2026-10-26"))
    assert (done.state, done.as_lived) == (State.MET, timedelta(minutes=40))


def test_a_complaint_cannot_be_paused_only_extended() -> None:
    with pytest.raises(
        NotAllowed, match=r"cannot be paused. It can be extended, with a reason, by up to 10 working days"
    ):
        check_pause(COMPLAINT, WAITING)
    check_extension(COMPLAINT, 10, "a witness is away")
    with pytest.raises(NotAllowed, match="Say why"):
        check_extension(COMPLAINT, 5, " ")
    with pytest.raises(NotAllowed, match="by 1 to 4 working days, not 5"):
        check_extension(COMPLAINT, 5, "more", already=6)
    with pytest.raises(NotAllowed, match="all its extension"):
        check_extension(COMPLAINT, 1, "more", already=10)
    with pytest.raises(NotAllowed, match="cannot be extended"):
        check_extension(REPAIR, 1, "more")
    longer = state(
        COMPLAINT,
        "2026-11-20",
        "2026-11-02 10:00 started",
        fact("2026-11-10 10:00 extended a witness is away", 1, by=10),
        fact("2026-11-11 10:00 extended and again", 2, by=1),
    )
    assert (longer.due_at, longer.extended_by, len(longer.notes)) == (at("2026-11-30 17:00"), 10, 1)
    assert "This includes 10 working days more" in longer.explain()


def test_no_extension_once_broken() -> None:
    late = state(
        COMPLAINT, "2026-12-01", "2026-11-02 10:00 started", fact("2026-11-17 10:00 extended too late", 1, by=10)
    )
    assert (late.due_at, late.broken) == (at("2026-11-16 17:00"), True)
    assert "give the customer a new date instead" in late.notes[0]


def test_foi_starts_afresh_when_the_answer_arrives() -> None:
    facts = ("2026-11-02 10:00 started", "2026-11-10 10:00 paused clarification")
    waiting = state(FOI, "2026-11-20 10:00", *facts)
    assert waiting.state is State.PAUSED
    running = state(FOI, "2026-12-10 10:00", *facts, "2026-12-01 18:00 resumed clarification")
    # 2 December counts 1; Christmas Day and Monday 28 December, for Boxing Day, do not count.
    assert running.due_at == at("2026-12-31 23:59:59")
    assert running.used == 6
    assert running.as_lived == timedelta(days=38)
    with pytest.raises(NotAllowed, match="It may pause for: clarification"):
        check_pause(FOI, WAITING)


def test_clarification_asked_after_the_deadline_mends_nothing() -> None:
    late = state(
        FOI,
        "2027-01-20",
        "2026-11-02 10:00 started",
        "2026-12-10 10:00 paused clarification",
        "2026-12-14 10:00 resumed clarification",
        "2026-12-15 10:00 met",
    )
    assert (late.state, late.due_at) == (State.MET_LATE, at("2026-12-01 23:59:59"))
    assert late.explain().startswith("20 working days. Received Monday 2 November, 10am;")


def test_restart_by_its_own_fact() -> None:
    again = state(REPAIR, "2026-11-24", "2026-11-19 10:00 started", "2026-11-23 18:00 restarted wrong street given")
    assert (again.due_at, again.received_at) == (at("2026-11-30 17:00"), at("2026-11-19 10:00"))


def test_pausing_a_broken_promise_leaves_it_overdue() -> None:
    late = state(REPAIR, "2026-12-09", "2026-11-19 10:00 started", f"2026-11-26 17:30 paused {WAITING}")
    assert (late.state, late.due_at) == (State.OVERDUE, at("2026-11-26 17:00"))


@pytest.mark.parametrize(
    ("old", "new", "changed", "due", "why"),
    [
        (REPAIR, 2, "2026-11-20 12:00", "2026-11-23 17:00", "as if it had been two days all along"),
        (REPAIR, 2, "2026-11-25 12:00", "2026-11-25 12:00", "already used up: due at once, not in the past"),
        (REPAIR, 8, "2026-11-25 12:00", "2026-12-01 17:00", "more time counts from the start"),
        (REPAIR, 8, "2026-11-27 12:00", "2026-11-26 17:00", "what was broken stays broken"),
        (EMAIL, 480, "2026-11-19 12:00", "2026-11-20 10:00", "minutes: 2 hours used of 8 leaves 6"),
        (EMAIL, 60, "2026-11-19 12:00", "2026-11-19 12:00", "minutes already used up"),
    ],
)
def test_a_new_standard_keeps_the_time_used_and_moves_what_is_left(
    old: Standard, new: int, changed: str, due: str, why: str
) -> None:
    other = Standard("other", new, old.unit, "office")
    clock = state(old, changed, "2026-11-19 10:00 started", fact(f"{changed} standard_changed", 1, standard=other))
    assert clock.due_at == at(due), why


def test_a_new_calendar_keeps_the_days_used() -> None:
    other = Standard("saturdays", 5, Unit.WORKING_DAYS, "split")
    change = fact("2026-11-24 12:00 standard_changed", 1, standard=other, calendar=split_day())
    clock = state(REPAIR, "2026-11-24 12:00", "2026-11-19 10:00 started", change)
    assert (clock.used, clock.left) == (2, 3)  # Friday and Monday
    assert clock.due_at == at("2026-11-26 17:00")  # Tuesday, Wednesday, Thursday


def test_a_new_unit_keeps_the_share_used() -> None:
    hours = Standard("hours", 600, Unit.WORKING_MINUTES, "office")
    change = fact("2026-11-24 16:00 standard_changed", 1, standard=hours)
    clock = state(REPAIR, "2026-11-24 16:00", "2026-11-19 10:00 started", change)
    assert clock.due_at == at("2026-11-25 14:00")  # 2 of 5 days used: 6 of 10 hours left
    days = Standard("days", 10, Unit.WORKING_DAYS, "office")
    change = fact("2026-11-19 12:00 standard_changed", 1, standard=days)
    clock = state(EMAIL, "2026-11-19 12:00", "2026-11-19 10:00 started", change)
    assert clock.due_at == at("2026-11-26 17:00")  # half used: 5 of 10 days left


def test_reopening_resumes_and_the_time_between_is_nobodys() -> None:
    facts = ("2026-11-19 10:00 started", "2026-11-20 12:00 met")
    again = state(REPAIR, "2026-11-25 12:00", *facts, "2026-11-24 09:00 reopened not mended")
    assert again.state is State.RUNNING
    assert again.due_at == at("2026-12-01 17:00")  # Friday, Monday and Tuesday do not count
    assert again.as_lived == timedelta(days=6, hours=2)
    twice = state(REPAIR, "2026-12-09", *facts, "2026-11-24 09:00 reopened", "2026-12-01 17:00 met")
    assert twice.state is State.MET


def test_a_merged_case_stops_its_clock() -> None:
    stopped = state(REPAIR, "2026-12-09", "2026-11-19 10:00 started", "2026-11-20 12:00 withdrawn merged")
    assert (stopped.state, stopped.on_time, stopped.at_risk_at) == (State.WITHDRAWN, None, None)


def test_a_broken_promise_explained_has_a_new_date_and_stays_broken() -> None:
    told = state(
        REPAIR,
        "2026-11-27 12:00",
        "2026-11-19 10:00 started",
        "2026-11-26 17:00:01 broken",
        fact("2026-11-26 17:05 explained parts on order", 2, new_due=at("2026-12-03 17:00")),
    )
    assert (told.due_at, told.expected_at) == (at("2026-11-26 17:00"), at("2026-12-03 17:00"))
    assert told.state is State.OVERDUE
    assert told.notes == ()
    assert told.explain().endswith("New date: Thursday 3 December, 5pm.")


def test_facts_of_the_future_are_not_yet() -> None:
    facts = ("2026-11-19 10:00 started", "2026-11-24 10:00 met")
    assert state(REPAIR, "2026-11-24 09:59", *facts).state is State.RUNNING
    assert state(REPAIR, "2026-11-24 10:00", *facts).state is State.MET


# --- warnings -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("standard", "started", "warned", "why"),
    [
        (EMAIL, "2026-11-19 10:00", "2026-11-19 13:00", "three quarters of four hours"),
        (EMAIL, "2026-11-19 16:00", "2026-11-20 11:00", "counted in open time"),
        (FOI, "2026-11-02 10:00", "2026-11-24 09:00", "a statutory clock runs at night; people do not"),
        (
            Standard("w", 5, Unit.WORKING_DAYS, "office", warn=Warn(None, 1, Unit.WORKING_DAYS)),
            "2026-11-19 10:00",
            "2026-11-26 09:00",
            "one working day before: Wednesday at closing is already shut, so Thursday at opening",
        ),
        (
            Standard("w", 3, Unit.CALENDAR_DAYS, "always", warn=Warn(None, 3600, Unit.SECONDS)),
            "2026-11-19 10:00",
            "2026-11-20 16:00",
            "due on a Sunday night: the last working hour before it",
        ),
    ],
)
def test_warnings_come_before_the_break_in_working_hours(
    standard: Standard, started: str, warned: str, why: str
) -> None:
    running = evaluate(
        standard,
        calendar(standard.calendar),
        [fact(f"{started} started")],
        at(started) + timedelta(minutes=1),
        receiver=calendar("office"),
    )
    assert running.at_risk_at == at(warned), why
    assert not running.at_risk


def test_at_risk_from_the_warning_to_the_break() -> None:
    facts = "2026-11-19 10:00 started"
    assert [
        state(EMAIL, f"2026-11-19 {clock}", facts).at_risk for clock in ("12:59", "13:00", "14:00", "14:00:01")
    ] == [False, True, True, False]


# --- chains and attainment ----------------------------------------------------------------------------------------------

ACK = Standard("ack", 5, Unit.WORKING_DAYS, "office")


@pytest.mark.parametrize(
    ("starts", "facts", "now", "start"),
    [
        (Starts.RECEIPT, (), "2026-11-03", "2026-11-02 10:00"),
        (Starts.MET, (), "2026-11-03", None),
        (Starts.MET, ("2026-11-04 12:00 met",), "2026-11-05", "2026-11-04 12:00"),
        (Starts.MET, ("2026-11-12 12:00 met",), "2026-11-13", "2026-11-12 12:00"),
        (Starts.MET_OR_DUE, (), "2026-11-03", None),
        (Starts.MET_OR_DUE, (), "2026-11-13", "2026-11-09 17:00"),
        (Starts.MET_OR_DUE, ("2026-11-04 12:00 met",), "2026-11-05", "2026-11-04 12:00"),
        (Starts.MET_OR_DUE, ("2026-11-12 12:00 met",), "2026-11-13", "2026-11-09 17:00"),
    ],
)
def test_the_second_clock_starts_as_its_standard_says(
    starts: Starts, facts: tuple[str, ...], now: str, start: str | None
) -> None:
    reply = Standard("reply", 10, Unit.WORKING_DAYS, "office", chained_to="ack", starts=starts)
    first = state(ACK, now, "2026-11-02 10:00 started", *facts)
    assert chain_start(reply, first, at("2026-11-02 10:00")) == (None if start is None else at(start))


def test_the_latest_a_chained_promise_can_be_due_is_known_at_once() -> None:
    reply = Standard("reply", 10, Unit.WORKING_DAYS, "office", chained_to="ack", starts=Starts.MET)
    first = state(ACK, "2026-11-02 10:00", "2026-11-02 10:00 started")
    assert latest_due(reply, calendar("office"), first, at("2026-11-02 10:00")) == at("2026-11-23 17:00")


def test_attainment_counts_overdue_open_work() -> None:
    begun, now = "2026-11-02 10:00 started", "2026-11-20 12:00"
    states = [
        state(REPAIR, now, begun, "2026-11-03 10:00 met"),
        state(REPAIR, now, begun, "2026-11-09 10:00 met"),
        state(REPAIR, now, begun, "2026-11-10 10:00 met"),
        state(REPAIR, now, begun),
        state(REPAIR, now, begun, "2026-11-10 10:00 withdrawn"),
        state(REPAIR, now, begun, "2026-11-03 10:00 withdrawn"),
        state(REPAIR, now, "2026-11-19 10:00 started"),
    ]
    kept = attainment(states)
    assert (kept.on_time, kept.late, kept.overdue_open, kept.running, kept.withdrawn) == (2, 2, 1, 1, 1)
    assert (kept.closed, kept.counted, kept.share) == (4, 5, 0.4)
    assert attainment([]).share is None
