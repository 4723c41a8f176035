"""Bin days as the site shows them: a page by day, and a calendar (iCalendar, RFC 5545)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.http import HttpResponse
from django.urls import reverse
from icalendar import Alarm, Calendar, Event

from moothall.core.packs import Pack
from moothall.core.zone import council_date
from moothall.interfaces.site.pages import NoticeView
from moothall.interfaces.ui import words
from moothall.places.queries import AddressLine
from moothall.promises.rules import say_day
from moothall.rounds.lookups import says_of
from moothall.rounds.pack import ROUNDS, Bin
from moothall.rounds.queries import NextBin

THE_EVENING_BEFORE = timedelta(hours=-6)  # before midnight of the day: at six in the evening


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day and the bins that go on it; ``near`` says today or tomorrow."""

    day: str
    near: str
    bins: tuple[Bin, ...]


@dataclass(frozen=True, slots=True)
class BinPage:
    """One address's bins. Without days, ``unknown`` says why and what to do."""

    address: str
    days: tuple[DayLine, ...]
    today: tuple[NoticeView, ...]
    calendar_link: str
    missed_link: str
    put_out_by: str
    unknown: str = ""


def bin_page(line: AddressLine, coming: Sequence[NextBin] | None, pack: Pack, at: datetime) -> BinPage:
    """Return the page of one address."""
    rounds, today = pack.one(ROUNDS), council_date(at)
    unknown = ""
    if coming is None:
        unknown = rounds.unknown_says
    elif not coming:
        unknown = "No collection is planned here in the weeks to come. Ask us, and we will find out why."
    notices = tuple(
        NoticeView(f"{one.bin.name}, today", says_of(one.standing), "late" if one.standing.code == "stopped" else "")
        for one in coming or ()
        if one.standing is not None and one.standing.code != "unknown"
    )
    days = tuple(
        DayLine(say_day(day, today), _near(day, today), tuple(one.bin for one in group))
        for day, group in groupby(coming or (), key=lambda one: one.day)
    )
    return BinPage(
        address=line.text, days=days, today=notices, calendar_link=reverse("site:bin-calendar", args=[line.uprn]),
        missed_link=reverse("site:service", args=[rounds.missed_service]),
        put_out_by=words.clock_time(rounds.starts), unknown=unknown,
    )  # fmt: skip


def _near(day: date, today: date) -> str:
    return {0: "Today", 1: "Tomorrow"}.get((day - today).days, "")


def bin_calendar(line: AddressLine, coming: Sequence[NextBin], *, at: datetime) -> HttpResponse:
    """Return the bin days as all-day entries that remind the evening before."""
    calendar = Calendar()
    calendar.add("prodid", "-//Moothall//Bin days//EN")
    calendar.add("version", "2.0")
    calendar.add("name", "Bin days")
    calendar.add("x-wr-calname", "Bin days")
    calendar.add("refresh-interval", timedelta(days=1), parameters={"VALUE": "DURATION"})
    for one in coming:
        entry = Event()
        entry.add("uid", f"{line.uprn}-{one.day.isoformat()}-{one.bin.code}@moothall")
        entry.add("dtstamp", at)
        entry.add("dtstart", one.day)
        entry.add("summary", f"{one.bin.name} ({one.bin.colour})")
        entry.add("location", line.text)
        entry.add("transp", "TRANSPARENT")
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", f"Put out: {one.bin.name}")
        alarm.add("trigger", THE_EVENING_BEFORE)
        entry.add_component(alarm)
        calendar.add_component(entry)
    response = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="bin-days.ics"'
    return response
