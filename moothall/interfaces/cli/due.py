"""`moothall due`: when a promise falls due, and how that was counted."""

from __future__ import annotations

from typing import Any

import click

from moothall.interfaces.cli.calendar import calendar_named, council_option, read_moment
from moothall.interfaces.cli.support import answer, fail, json_option, with_django

MOST = 1_000_000
UNITS = ("seconds", "working_minutes", "working_days", "calendar_days", "calendar_months")


class _Amount(click.IntRange):
    """A whole number; what is none is told in plain words."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{value!r} is not a whole number from 0 to {MOST:,}. Write it in figures, like 2.", param, ctx)


@click.command(name="due")
@click.option("--calendar", "code", required=True, help="The code of a calendar in the council's pack.")
@click.option("--amount", type=_Amount(min=0, max=MOST), metavar="N", required=True, help="How many of the unit.")
@click.option("--unit", type=click.Choice(UNITS), required=True)
@click.option("--from", "start", required=True, metavar="TIME", help="When it was received, like 2026-11-19T18:10.")
@click.option(
    "--pause", "pauses", multiple=True, metavar="FROM/TO", help="A time the clock stood still; may be repeated."
)
@click.option("--statutory", is_flag=True, help="Fall due at the last second of the day, not at closing.")
@click.option("--roll", is_flag=True, help="When due on a day that is not a working day, move to the next one.")
@council_option
@json_option
@with_django
def command(
    *,
    code: str,
    amount: int,
    unit: str,
    start: str,
    pauses: tuple[str, ...],
    statutory: bool,
    roll: bool,
    council: str | None,
    as_json: bool,
) -> None:
    """Say when a promise falls due, and how it was counted.

    Times without a zone are by the clock on the wall of the calendar.
    """
    from moothall.promises.rules import Counting, Pause, Unit, explain_count

    calendar = calendar_named(code, council)
    received = read_moment(start, calendar)
    stops = []
    for text in pauses:
        begins, slash, ends = text.partition("/")
        if not slash:
            fail(f"{text!r} is not a pause. Write it as FROM/TO, like 2026-11-20T10:00/2026-11-20T15:30.", 2)
        try:
            stops.append(Pause(read_moment(begins, calendar), read_moment(ends, calendar)))
        except ValueError as wrong:
            fail(str(wrong), 2)
    try:
        counting = Counting(calendar, Unit(unit), amount, received, tuple(stops), statutory, roll)
        due, words = counting.due, explain_count(counting)
    except (ValueError, OverflowError) as wrong:
        fail(str(wrong))
    days = [{"date": d.day.isoformat(), "counts": d.place, "because": d.why or None} for d in counting.days]
    value = {"due": due.isoformat(), "calendar": code, "zone": calendar.zone, "words": words, "days": days}
    answer(value, as_json=as_json, words=words)
