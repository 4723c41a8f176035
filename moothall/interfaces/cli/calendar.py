"""`moothall calendar`: when a calendar of a council's pack is open."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

import click

from moothall.interfaces.cli.support import answer, fail, json_option, with_django

if TYPE_CHECKING:
    from moothall.promises.rules import Calendar

LONGEST = timedelta(days=366 * 20)

council_option = click.option(
    "--council", help="The council whose pack to look in; else MOOTHALL_COUNCIL; else common."
)


def calendar_named(code: str, council: str | None) -> Calendar:
    """Return a calendar of a council's pack, or end the command saying which there are."""
    from django.conf import settings

    from moothall.core.packs import PackErrors, load_pack, pack_names
    from moothall.promises.pack import calendar_of

    names = pack_names()
    wanted = council or (settings.COUNCIL if settings.COUNCIL in names else "common")
    try:
        return calendar_of(load_pack(wanted, check=False), code)
    except LookupError as wrong:
        fail(str(wrong.args[0]), 2)
    except PackErrors as wrong:
        fail(str(wrong))


def read_moment(text: str, calendar: Calendar) -> datetime:
    """Read an ISO time, by the calendar's wall clock unless it names a zone, or end the command saying how to write it."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        fail(f"{text!r} is not a time. Write it like 2026-11-19T18:10, or with its zone 2026-11-19T18:10+00:00.", 2)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=calendar.tz)


def read_bound(text: str, calendar: Calendar, *, end: bool) -> datetime:
    """Read a date (the end of it, when an end is wanted) or a time."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return read_moment(text, calendar)
    midnight = datetime(day.year, day.month, day.day, tzinfo=calendar.tz)
    if not end:
        return midnight
    return (calendar.last_second(day).astimezone(UTC) + timedelta(seconds=1)).astimezone(calendar.tz)


@click.command(name="calendar")
@click.argument("code")
@click.option("--from", "start", metavar="D", help="The first date, or a time.  [required]")
@click.option("--to", "end", metavar="D", help="The last date (all of it), or a time.  [required]")
@council_option
@json_option
@with_django
def command(code: str, start: str | None, end: str | None, council: str | None, as_json: bool) -> None:
    """Say when the calendar CODE is open."""
    from moothall.promises.rules import say_day, say_time

    calendar = calendar_named(code, council)  # a calendar there is not is told first, then a bound left out
    if start is None or end is None:
        raise click.UsageError(f"Missing option '{'--from' if start is None else '--to'}'.")
    begins, ends = read_bound(start, calendar, end=False), read_bound(end, calendar, end=True)
    if ends.astimezone(UTC) <= begins.astimezone(UTC):
        fail(f"{end} comes before {start}.", 2)
    if ends.astimezone(UTC) - begins.astimezone(UTC) > LONGEST:
        fail("That is more than 20 years. Ask for less at a time.", 2)
    intervals = calendar.open_intervals(begins, ends)
    value = {
        "calendar": code,
        "zone": calendar.zone,
        "intervals": [[a.isoformat(), b.isoformat()] for a, b in intervals],
    }
    lines = []
    for day, pieces in groupby(intervals, key=lambda piece: piece[0].date()):
        hours = ", ".join(f"{say_time(a)} to {say_time(b)}" for a, b in pieces)
        lines.append(f"{say_day(day)}: {hours}")
    answer(value, as_json=as_json, words="\n".join(lines) or "It is not open at any time between.")
