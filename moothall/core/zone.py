"""The one time zone: councils keep their promises by the clock on the town hall."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
"""The zone in which days begin, offices open and moments are said."""


def council_date(at: datetime) -> date:
    """Return the date on the council's clocks at an aware moment: what "today" means to everybody here."""
    return at.astimezone(LONDON).date()
