"""What follows what, how soon, and what is raised. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from moothall.repairs.models import OPEN, OrderState, StepKind
from moothall.repairs.pack import Raise, RepairRules, Speed

_BEFORE_VISIT: Final = frozenset({
    OrderState.WAITING, OrderState.STUCK, OrderState.SENT, OrderState.ACCEPTED, OrderState.OFFERED, OrderState.BOOKED,
    OrderState.NO_ACCESS,
})  # fmt: skip
_ANY: Final = frozenset(OPEN)
_NEW: Final = frozenset({OrderState.WAITING, OrderState.STUCK, OrderState.SENT})
MOVES: Final[Mapping[StepKind, tuple[frozenset[OrderState], OrderState]]] = {
    StepKind.ACCEPTED: (_NEW, OrderState.ACCEPTED),
    StepKind.REFUSED: (_ANY - {OrderState.VISITED}, OrderState.REFUSED),
    StepKind.OFFERED: (_BEFORE_VISIT, OrderState.OFFERED),
    StepKind.BOOKED: (_BEFORE_VISIT, OrderState.BOOKED),
    StepKind.AGREED: (frozenset({OrderState.OFFERED}), OrderState.BOOKED),
    StepKind.NONE_SUIT: (frozenset({OrderState.OFFERED}), OrderState.ACCEPTED),
    StepKind.GOING: (_BEFORE_VISIT, OrderState.GOING),
    StepKind.VISITED: (_BEFORE_VISIT | {OrderState.GOING}, OrderState.VISITED),
    StepKind.NO_ACCESS: (_ANY, OrderState.NO_ACCESS),
    StepKind.INSPECTED: (_ANY, OrderState.DONE),
    StepKind.FOLLOW_ON: (_ANY, OrderState.FOLLOW_ON),
    StepKind.DONE: (_ANY, OrderState.DONE),
}
"""For each step: the states it may be taken in, and what it leads to. A contractor may leave steps out: a visit without
a word before it is a visit all the same."""


def after(state: str, kind: StepKind) -> OrderState | None:
    """Return the state a step leads to; ``None``: it says nothing new of an order that stands so."""
    allowed, leads = MOVES.get(kind, (frozenset(), OrderState.WAITING))
    return leads if OrderState(state) in allowed else None


@dataclass(frozen=True, slots=True)
class Standing:
    """How an order stands: ``minutes`` open since it came to its state, by calendar."""

    state: str
    priority: str
    service: str
    at_risk: bool
    no_access: int
    minutes: Mapping[str, float]


def speed_of(rules: RepairRules, priority: str, *, at_risk: bool) -> Speed | None:
    """Return how soon an order must be taken on and a time be named."""
    for speed in rules.speeds:
        if (not speed.priorities or priority in speed.priorities) and speed.at_risk in (None, at_risk):
            return speed
    return None


def raised(rules: RepairRules, standing: Standing) -> list[Raise]:
    """Return what the rules raise of an order that stands so."""
    return [one for one in rules.raises if _fits(one, standing)]


def _fits(rule: Raise, standing: Standing) -> bool:
    return (
        standing.state in rule.states
        and (not rule.priorities or standing.priority in rule.priorities)
        and (not rule.services or standing.service in rule.services)
        and rule.at_risk in (None, standing.at_risk)
        and standing.no_access >= rule.no_access
        and standing.minutes.get(rule.calendar, 0) >= rule.after_minutes
    )


def risk_of(decisions: Iterable[Mapping[str, Any]], needs: Iterable[str], at_risk_needs: Iterable[str]) -> str:
    """Return why somebody in the home is at risk, for the officer to read; empty: nobody is, as far as we know.

    By a rule of the service that sets the flag `vulnerable`, or by a need on the customer's record.
    """
    for one in decisions:
        if "vulnerable" in (one.get("outputs") or {}).get("flags", ()):
            return str(one.get("because") or "The service's rules say so.")
    held = [need for need in needs if need in set(at_risk_needs)]
    return f"On the customer’s record: {', '.join(held)}." if held else ""
