"""Months on the calendar."""

from calendar import monthrange
from datetime import date


def after_months(day: date, months: int) -> date:
    """Return the same day so many months later (or, negative, earlier); the last of the month where it has no such day."""
    whole = day.year * 12 + day.month - 1 + months
    year, month = whole // 12, whole % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
