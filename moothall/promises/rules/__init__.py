"""The promise clock: pure functions of facts, a calendar and a standard. No database, no clock reading."""

from moothall.promises.rules.attainment import Attainment, attainment
from moothall.promises.rules.calendar import Calendar, Closure, Holiday, Hours, NeverOpens, Opening
from moothall.promises.rules.chains import chain_start, latest_due
from moothall.promises.rules.clock import ClockState, State, evaluate
from moothall.promises.rules.counting import Counted, Counting, Pause, add_months, due_at
from moothall.promises.rules.facts import Fact, FactKind, in_order
from moothall.promises.rules.standards import (
    NotAllowed,
    Standard,
    Starts,
    Warn,
    allowed_pauses,
    check_extension,
    check_pause,
)
from moothall.promises.rules.units import Unit
from moothall.promises.rules.warnings import at_risk_at
from moothall.promises.rules.words import (
    explain_count,
    explain_state,
    is_at_once,
    say_amount,
    say_day,
    say_moment,
    say_span,
    say_time,
)

__all__ = [
    "Attainment",
    "Calendar",
    "ClockState",
    "Closure",
    "Counted",
    "Counting",
    "Fact",
    "FactKind",
    "Holiday",
    "Hours",
    "NeverOpens",
    "NotAllowed",
    "Opening",
    "Pause",
    "Standard",
    "Starts",
    "State",
    "Unit",
    "Warn",
    "add_months",
    "allowed_pauses",
    "at_risk_at",
    "attainment",
    "chain_start",
    "check_extension",
    "check_pause",
    "due_at",
    "evaluate",
    "explain_count",
    "explain_state",
    "in_order",
    "is_at_once",
    "latest_due",
    "say_amount",
    "say_day",
    "say_moment",
    "say_span",
    "say_time",
]
