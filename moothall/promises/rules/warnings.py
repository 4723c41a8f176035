"""When somebody is warned that a promise may break, in hours in which she is there. Pure."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

from moothall.promises.rules.calendar import Calendar
from moothall.promises.rules.counting import DAY, Counting
from moothall.promises.rules.instants import MINUTE_US, from_us, to_us
from moothall.promises.rules.standards import Standard
from moothall.promises.rules.units import Unit


def at_risk_at(counting: Counting, standard: Standard, receiver: Calendar) -> datetime:
    """Return when to warn that a promise may break: before it is due, and while the receiver is at work.

    The warning falls once the standard's fraction of the time has gone, or its lead before the due time. Outside the
    receiver's hours it moves to their next opening if that is before the due time, else back to their last open hour.
    """
    warn, due, calendar = standard.warn, counting.due, counting.calendar
    start = counting.runs_from
    if warn.lead is not None:
        at = _before(calendar, due, warn.lead, warn.unit)
    else:
        gone = Fraction(str(warn.fraction if warn.fraction is not None else 1))
        if counting.unit in (Unit.WORKING_MINUTES, Unit.WORKING_DAYS):
            whole = calendar.working_us(to_us(start), to_us(due))
            at = calendar.subtract_working_minutes(due, float(whole * (1 - gone) / MINUTE_US))
        else:
            at = from_us(to_us(due) - int((to_us(due) - to_us(start)) * (1 - gone)), calendar.tz)
    us = min(max(to_us(at), to_us(start)), to_us(due))
    opening = receiver.next_opening(from_us(us, receiver.tz))
    if to_us(opening) <= to_us(due):
        return opening
    hour_before = receiver.subtract_working_minutes(from_us(us, receiver.tz), 60)
    return from_us(max(to_us(hour_before), to_us(counting.start)), receiver.tz)


def _before(calendar: Calendar, due: datetime, lead: int, unit: Unit) -> datetime:
    if unit is Unit.SECONDS:
        return from_us(to_us(due) - lead * 1_000_000, calendar.tz)
    if unit is Unit.WORKING_MINUTES:
        return calendar.subtract_working_minutes(due, lead)
    if unit is Unit.WORKING_DAYS:
        day, left = calendar.date_of(due), lead
        while left:
            day -= DAY
            left -= calendar.is_working_day(day)
    else:
        day = calendar.date_of(due) - lead * DAY * (30 if unit is Unit.CALENDAR_MONTHS else 1)
    return due + (day - calendar.date_of(due))  # the same time by the wall, that many days before
