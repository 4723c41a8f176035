"""The five ways a promise may be measured. They are never mixed within one count."""

from __future__ import annotations

from enum import StrEnum


class Unit(StrEnum):
    """How a promise is counted.

    `seconds` is elapsed time by any watch, day and night. `working_minutes` runs only while the calendar is open.
    `working_days` and `calendar_days` count whole dates after the date of receipt. `calendar_months` goes to the same
    date of a later month, or to its last day where there is no such date.
    """

    SECONDS = "seconds"
    WORKING_MINUTES = "working_minutes"
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    CALENDAR_MONTHS = "calendar_months"

    @property
    def counts_dates(self) -> bool:
        """Whether this unit counts dates rather than a running watch."""
        return self not in (Unit.SECONDS, Unit.WORKING_MINUTES)
