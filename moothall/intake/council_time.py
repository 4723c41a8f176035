"""The council's own date. Pure."""

from __future__ import annotations

from datetime import date, datetime

from moothall.core.zone import LONDON


def council_date(at: datetime) -> date:
    """Return the date on the council's clocks at an aware moment: what "today" means in a form."""
    return at.astimezone(LONDON).date()
