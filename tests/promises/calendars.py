"""The calendars these tests count on: those of the common pack, and a few made to be awkward."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from moothall.core.packs import Pack, load_pack
from moothall.promises.pack import CalendarSpec, calendar_of
from moothall.promises.rules import Calendar

LONDON = ZoneInfo("Europe/London")


@cache
def common() -> Pack:
    return load_pack("common")


def calendar(code: str) -> Calendar:
    return calendar_of(common(), code)


def made(**spec: Any) -> Calendar:
    return CalendarSpec(code="made", **spec).calendar()


@cache
def split_day() -> Calendar:
    """Lunch from 12:30, a Saturday morning, and Christmas 2026 shut in all the ways one can be."""
    return made(
        days={"mon-fri": "08:30-12:30, 13:30-17:00", "sat": "09:00-12:00"},
        bank_holidays="england-and-wales",
        closed={"2026-12-24 12:30-17:00": "Christmas Eve afternoon", "2026-12-29 to 2026-12-31": "Christmas closure"},
        open={"2026-12-28": "10:00-14:00"},
    )


def at(text: str, zone: ZoneInfo = LONDON) -> datetime:
    """Read "2026-11-19 18:10" as a time of the wall clock; "… second" is the second time it shows that in autumn."""
    text, second, _ = text.partition(" second")
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=int(bool(second)))


def day(text: str) -> date:
    return date.fromisoformat(text)
