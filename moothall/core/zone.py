"""The one time zone: councils keep their promises by the clock on the town hall."""

from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
"""The zone in which days begin, offices open and moments are said."""
