"""The state of one promise, from what happened to it.

Facts are read by time, then sequence, up to `now`; one that makes no sense where it stands (a second start, a resume
without a pause, a pause for a reason not allowed) is passed over and said so in `notes`, so that a duplicate delivery
or a late correction can do no harm. What has fallen due stays broken: no pause, extension, restart or change recorded
after the due time moves it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

from moothall.promises.rules.calendar import Calendar
from moothall.promises.rules.counting import DAY, Counting, Pause, merged, share_used
from moothall.promises.rules.facts import Fact, FactKind, in_order
from moothall.promises.rules.instants import elapsed, to_us, utc
from moothall.promises.rules.standards import NotAllowed, Standard, check_extension, check_pause
from moothall.promises.rules.units import Unit
from moothall.promises.rules.warnings import at_risk_at

CLOSED_AGAIN = "done"
"""The reason kept for the time between being met and being opened again, which is nobody's."""


class State(StrEnum):
    """Where a promise stands."""

    NOT_STARTED = "not_started"
    RUNNING = "running"
    PAUSED = "paused"
    OVERDUE = "overdue"
    MET = "met"
    MET_LATE = "met_late"
    WITHDRAWN = "withdrawn"

    @property
    def is_open(self) -> bool:
        """Whether work is still owed."""
        return self in (State.NOT_STARTED, State.RUNNING, State.PAUSED, State.OVERDUE)


@dataclass(frozen=True)
class ClockState:
    """One promise at one instant. Times are in the calendar's zone; `used` and `left` in the standard's unit.

    For calendar months `used` and `left` are days. While paused, `due_at` is what it would be if the clock resumed at
    `now`, and moves with it. `expected_at` is the new date last given to the customer, or `due_at`.
    """

    standard: Standard
    state: State
    now: datetime
    counting: Counting | None = None
    received_at: datetime | None = None
    due_at: datetime | None = None
    expected_at: datetime | None = None
    closed_at: datetime | None = None
    paused_since: datetime | None = None
    paused_for: tuple[str, ...] = ()
    broken: bool = False
    """Whether the due time has been missed, whatever came after."""
    extended_by: int = 0
    pauses: tuple[Pause, ...] = ()
    used: float = 0
    left: float = 0
    at_risk_at: datetime | None = None
    notes: tuple[str, ...] = ()

    @property
    def at_risk(self) -> bool:
        """Whether the promise is still running and the warning time has come."""
        return self.state is State.RUNNING and self.at_risk_at is not None and self.now >= self.at_risk_at

    @property
    def on_time(self) -> bool | None:
        """Whether it was kept (True), missed (False), or neither yet (None: running, paused, or withdrawn in time)."""
        if self.broken:
            return False
        return True if self.state is State.MET else None

    @property
    def as_lived(self) -> timedelta:
        """How long the customer has waited, from their first word to the end or to now, nights and pauses and all."""
        if self.received_at is None:
            return timedelta(0)
        return max(elapsed(self.received_at, self.closed_at or self.now), timedelta(0))

    @property
    def on_our_clock(self) -> timedelta:
        """Open time since receipt less pauses; plain time less pauses where the promise is in seconds."""
        if self.counting is None or self.received_at is None:
            return timedelta(0)
        spent = _plain if self.counting.unit is Unit.SECONDS else self.counting.calendar.working_us
        start, end = to_us(self.received_at), to_us(self.closed_at or self.now)
        total = spent(start, end)
        for a, b in merged((max(to_us(p.start), start), min(to_us(p.end), end)) for p in self.pauses):
            total -= spent(a, b)
        return timedelta(microseconds=max(total, 0))

    def explain(self, reasons: Mapping[str, str] | None = None) -> str:
        """Return in words how the due time was counted and where the promise stands.

        `reasons` gives the pack's words for the codes of pauses; without them the codes are said as they are.
        """
        from moothall.promises.rules import words

        return words.explain_state(self, reasons or {})


def evaluate(
    standard: Standard,
    calendar: Calendar,
    facts: Iterable[Fact],
    now: datetime,
    *,
    receiver: Calendar | None = None,
) -> ClockState:
    """Return the state of a promise at `now` from the facts recorded about it.

    `calendar` is the standard's; `receiver` the hours of whoever is to be warned (the same if not given).
    """
    now = utc(now)
    clock = _Clock(standard, calendar)
    for fact in in_order(facts):
        if fact.at > now:
            break
        clock.take(fact)
    return clock.state(now, receiver or calendar)


class _Clock:
    """The facts read so far. Lives only inside `evaluate`."""

    def __init__(self, standard: Standard, calendar: Calendar) -> None:
        self.standard, self.calendar = standard, calendar
        self.counting: Counting | None = None
        self.received: datetime | None = None
        self.pauses: list[Pause] = []
        self.paused_at: datetime | None = None
        self.reasons: list[str] = []
        self.closed: datetime | None = None
        self.withdrawn = False
        self.broken_due: datetime | None = None
        self.extended = 0
        self.carried: float = 0
        self.new_due: datetime | None = None
        self.notes: list[str] = []

    def take(self, fact: Fact) -> None:
        kind = fact.kind
        if kind is FactKind.STARTED:
            if self.counting is not None:
                return self.note(fact, "it had already started")
            self.received = fact.at
            self.counting = self.fresh(fact.at)
            return None
        if self.counting is None:
            return self.note(fact, "the clock had not started")
        if self.closed is not None and kind not in (FactKind.REOPENED, FactKind.EXPLAINED, FactKind.BROKEN):
            return self.note(fact, "the promise was already closed")
        self.settle(fact.at)
        handler = getattr(self, f"_{kind.value}")
        handler(fact)
        return None

    def note(self, fact: Fact, why: str) -> None:
        what = fact.kind.value.replace("_", " ").capitalize()
        self.notes.append(f"{what} at {fact.at.isoformat()} was passed over: {why}.")

    def fresh(self, at: datetime) -> Counting:
        s = self.standard
        return Counting(self.calendar, s.unit, s.amount, at, (), s.statutory, s.roll_to_working_day)

    @property
    def running(self) -> Counting:
        """The count, once started."""
        if self.counting is None:
            raise RuntimeError("The clock has not started.")
        return self.counting

    def settle(self, at: datetime) -> None:
        """Note that the due time passed before `at`, if it did: from then on nothing moves it."""
        if self.broken_due is None and self.closed is None and self.counting is not None:
            due = self.counted(at).due
            if due < at:
                self.broken_due = due

    def counted(self, at: datetime) -> Counting:
        """The count with every pause so far, one still going taken to end now (so that today is touched by it)."""
        counting = self.running
        pauses = tuple(self.pauses)
        if self.paused_at is not None:
            pauses += (Pause(self.paused_at, max(at, self.paused_at + timedelta(microseconds=1)), self.reasons[-1]),)
        return replace(counting, pauses=pauses) if pauses else counting

    # --- one handler for each kind of fact --------------------------------------------------------------------------

    def _paused(self, fact: Fact) -> None:
        try:
            check_pause(self.standard, fact.reason)
        except NotAllowed as refused:
            return self.note(fact, str(refused).rstrip("."))
        if fact.reason in self.reasons:
            return self.note(fact, "it was already paused for that reason")
        if self.paused_at is None:
            self.paused_at = fact.at
        self.reasons.append(fact.reason)
        return None

    def _resumed(self, fact: Fact) -> None:
        if self.paused_at is None:
            return self.note(fact, "it was not paused")
        ended = [fact.reason] if fact.reason in self.reasons else list(self.reasons)
        left = [r for r in self.reasons if r not in ended]
        if any(r in self.standard.restarts for r in ended) and self.broken_due is None:
            self.restart(fact.at)
        elif self.paused_at < fact.at:
            self.pauses.append(Pause(self.paused_at, fact.at, self.reasons[0]))
        self.begin_again_if_it_passed(fact.at)
        self.reasons = left
        self.paused_at = fact.at if left else None
        return None

    def _restarted(self, fact: Fact) -> None:
        if self.broken_due is not None:
            return self.note(fact, "the promise was already broken")
        self.restart(fact.at)
        self.reasons, self.paused_at = [], None
        return None

    def restart(self, at: datetime) -> None:
        if self.paused_at is not None and self.paused_at < at:
            self.pauses.append(Pause(self.paused_at, at, self.reasons[0]))
        self.counting = replace(self.fresh(at), agreed=self.agreed_after(at))
        self.extended, self.carried = 0, 0

    def agreed_after(self, at: datetime) -> datetime | None:
        """The agreed moment, while it is still to come."""
        agreed = self.running.agreed
        return agreed if agreed is not None and agreed > at else None

    def begin_again_if_it_passed(self, at: datetime) -> None:
        """The agreed day went by while the clock stood still: the standard is counted afresh from now."""
        if self.broken_due is None and replace(self.running, pauses=tuple(self.pauses)).stood_still:
            self.counting = self.fresh(at)
            self.extended, self.carried = 0, 0

    def _agreed(self, fact: Fact) -> None:
        if self.broken_due is not None:
            return self.note(fact, "the promise was already broken; give the customer a new date instead")
        self.counting = replace(self.running, agreed=fact.new_due)
        return None

    def _extended(self, fact: Fact) -> None:
        if self.broken_due is not None:
            return self.note(fact, "the promise was already broken; give the customer a new date instead")
        try:
            check_extension(self.standard, fact.by, fact.reason, self.extended)
        except NotAllowed as refused:
            return self.note(fact, str(refused).rstrip("."))
        self.extended += fact.by
        counting = self.running
        later = counting.agreed
        if later is not None:
            later = Counting(counting.calendar, counting.unit, fact.by, later, last_second=True).due
        self.counting = replace(counting, amount=counting.amount + fact.by, agreed=later)
        return None

    def _standard_changed(self, fact: Fact) -> None:
        new = fact.standard
        if new is None:
            return self.note(fact, "it does not say to which standard")
        if self.broken_due is not None:
            return self.note(fact, "the promise was already broken")
        old = self.counted(fact.at)
        calendar = fact.calendar or self.calendar
        used = old.used(fact.at)
        kept = new.unit is self.standard.unit
        if not kept:
            self.extended = 0
        amount = new.amount + self.extended
        if kept and calendar == self.calendar:
            counting = replace(
                self.fresh(old.start),
                amount=max(amount - self.carried, 0),
                last_second=new.statutory,
                roll=new.roll_to_working_day,
                after=old.after,
            )
        else:
            if kept and new.unit is not Unit.CALENDAR_MONTHS:
                done = used + self.carried
            else:
                done = float(amount * share_used(old, self.carried, fact.at))
            left = max(amount - done, 0)
            left = ceil(left) if new.unit.counts_dates else left
            self.carried = amount - left
            after = None
            if kept and new.unit.counts_dates:
                today = old.calendar.date_of(fact.at)
                after = max(today if old.falls_due(today) <= fact.at else today - DAY, old.first_date)
            counting = Counting(calendar, new.unit, left, fact.at, (), new.statutory, new.roll_to_working_day, after)
        self.standard, self.calendar = new, calendar
        self.counting = replace(counting, floor=fact.at, agreed=old.agreed)
        return None

    def _met(self, fact: Fact) -> None:
        self.close(fact.at)

    def _withdrawn(self, fact: Fact) -> None:
        self.close(fact.at)
        self.withdrawn = True

    def close(self, at: datetime) -> None:
        if self.paused_at is not None and self.paused_at < at:
            self.pauses.append(Pause(self.paused_at, at, self.reasons[0]))
        self.paused_at, self.reasons, self.closed = None, [], at

    def _broken(self, fact: Fact) -> None:
        if self.broken_due is None:
            self.note(fact, "by the facts the promise was not yet due")

    def _explained(self, fact: Fact) -> None:
        if fact.new_due is None:
            return self.note(fact, "it gives no new date")
        self.new_due = fact.new_due
        return None

    def _reopened(self, fact: Fact) -> None:
        if self.closed is None:
            return self.note(fact, "it was not closed")
        if self.closed < fact.at:
            self.pauses.append(Pause(self.closed, fact.at, CLOSED_AGAIN))
            self.begin_again_if_it_passed(fact.at)
        self.closed, self.withdrawn = None, False
        return None

    # --- the answer ---------------------------------------------------------------------------------------------------

    def state(self, now: datetime, receiver: Calendar) -> ClockState:
        if self.counting is None:
            return ClockState(self.standard, State.NOT_STARTED, now, left=self.standard.amount, notes=tuple(self.notes))
        self.settle(now)
        ended = self.closed or now
        counting = self.counted(ended)
        due = self.broken_due or counting.due
        if self.closed is not None:
            late = self.broken_due is not None
            state = State.WITHDRAWN if self.withdrawn else State.MET_LATE if late else State.MET
        elif self.broken_due is not None:
            state = State.OVERDUE
        else:
            state = State.PAUSED if self.paused_at is not None else State.RUNNING
        used, left = self.progress(counting, ended, due)
        tz = self.calendar.tz
        return ClockState(
            standard=self.standard,
            state=state,
            now=now,
            counting=counting,
            received_at=self.received and self.received.astimezone(tz),
            due_at=due,
            expected_at=due if self.new_due is None else self.new_due.astimezone(tz),
            closed_at=self.closed and self.closed.astimezone(tz),
            paused_since=self.paused_at and self.paused_at.astimezone(tz),
            paused_for=tuple(self.reasons),
            broken=self.broken_due is not None,
            extended_by=self.extended,
            pauses=counting.pauses,
            used=used,
            left=left,
            at_risk_at=at_risk_at(counting, self.standard, receiver) if state is State.RUNNING else None,
            notes=tuple(self.notes),
        )

    def progress(self, counting: Counting, now: datetime, due: datetime) -> tuple[float, float]:
        used = counting.used(now) + self.carried
        if counting.unit is Unit.CALENDAR_MONTHS:
            today, last = self.calendar.date_of(now), self.calendar.date_of(due)
            return used, max((last - today).days, 0)
        return used, max(counting.amount + self.carried - used, 0)


def _plain(a: int, b: int) -> int:
    return max(b - a, 0)
