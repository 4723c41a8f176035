"""What was promised, and what may stop or stretch its clock."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from moothall.promises.rules.units import Unit


class Starts(StrEnum):
    """When the second of two chained clocks starts."""

    RECEIPT = "receipt"
    """When the customer's words arrived, whatever the first clock does."""
    MET = "met"
    """When the first promise is kept (a reply is owed so long after the acknowledgement)."""
    MET_OR_DUE = "met_or_due"
    """When the first promise is kept or falls due, whichever comes first: lateness there buys no time here."""


@dataclass(frozen=True)
class Warn:
    """When to warn before a break: once `fraction` of the time has gone, or `lead` of `unit` before it is due."""

    fraction: float | None = 0.75
    lead: int | None = None
    unit: Unit = Unit.WORKING_MINUTES


@dataclass(frozen=True)
class Standard:
    """A promise as the clock needs to know it. Amounts are whole numbers of `unit`."""

    code: str
    amount: int
    unit: Unit
    calendar: str
    name: str = ""
    statutory: bool = False
    """Falls due at the last second of the day, not at closing."""
    roll_to_working_day: bool = False
    warn: Warn = Warn()
    pauses: tuple[str, ...] = ()
    """Codes of the reasons for which this clock may pause; none means it may not."""
    restarts: tuple[str, ...] = ()
    """Pause reasons after which the count begins afresh when the answer arrives (FOI: clarification)."""
    extension_max: int = 0
    """The most, in all, by which the promise may be extended with a reason, in `unit`; 0 means not at all."""
    chained_to: str = ""
    starts: Starts = Starts.RECEIPT
    redress: str = ""
    escalate_to: str = ""

    def __post_init__(self) -> None:
        if self.amount < 0 or self.extension_max < 0:
            raise ValueError(f"The standard {self.code} cannot have a negative amount.")


class NotAllowed(ValueError):
    """Raised when a clock is asked to do what its standard forbids. Its words say what is allowed instead."""


def check_pause(standard: Standard, reason: str) -> None:
    """Raise `NotAllowed` unless this standard's clock may pause for this reason."""
    allowed = allowed_pauses(standard)
    if reason in allowed:
        return
    if allowed:
        may = ", ".join(allowed)
        raise NotAllowed(f"The clock for {_called(standard)} cannot pause for “{reason}”. It may pause for: {may}.")
    if standard.extension_max:
        raise NotAllowed(
            f"The clock for {_called(standard)} cannot be paused. It can be extended, with a reason, by up to "
            f"{standard.extension_max} {standard.unit.value.replace('_', ' ')}."
        )
    raise NotAllowed(f"The clock for {_called(standard)} cannot be paused or extended.")


def check_extension(standard: Standard, by: int, reason: str, already: int = 0) -> None:
    """Raise `NotAllowed` unless `by` more (after `already`) is within the standard's maximum and a reason is given."""
    if not standard.extension_max:
        raise NotAllowed(f"The clock for {_called(standard)} cannot be extended.")
    if not reason.strip():
        raise NotAllowed(f"Say why the promise for {_called(standard)} is being extended: the customer will be told.")
    left = standard.extension_max - already
    if by < 1 or by > left:
        unit = standard.unit.value.replace("_", " ")
        raise NotAllowed(
            f"The promise for {_called(standard)} can be extended by 1 to {left} {unit}, not {by}."
            if left > 0
            else f"The promise for {_called(standard)} has had all its extension ({standard.extension_max} {unit})."
        )


def allowed_pauses(standard: Standard) -> tuple[str, ...]:
    """Return every reason for which this clock may pause, restarts included."""
    return tuple(dict.fromkeys((*standard.pauses, *standard.restarts)))


def _called(standard: Standard) -> str:
    return f"“{standard.name or standard.code}”"
