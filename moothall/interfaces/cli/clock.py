"""`moothall clock`: look at and move the clock of a test or demonstration."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import click

from moothall.core.zone import LONDON
from moothall.interfaces.cli.support import answer, fail, json_option, with_django

_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|d|w)")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@click.group()
def group() -> None:
    """Look at the clock, or move it (never in production)."""


group.name = "clock"


@group.command()
@json_option
@with_django
def show(as_json: bool) -> None:
    """Say what time Moothall thinks it is."""
    from moothall.core import clock

    try:
        _tell(clock.now(), as_json=as_json)
    except clock.ClockError as wrong:
        fail(str(wrong))


@group.command(name="set")
@click.argument("moment")
@click.option("--running", is_flag=True, help="Run on from there; otherwise the clock stands still.")
@json_option
@with_django
def set_(moment: str, running: bool, as_json: bool) -> None:
    """Set the clock to MOMENT: 2026-03-02T09:00, in London unless it says otherwise; or `now` to let it go."""
    from moothall.core import clock

    try:
        if moment == "now":
            _tell(clock.set_to(clock.machine_now(), running=True), as_json=as_json)
            return
        wanted = datetime.fromisoformat(moment)
        if wanted.tzinfo is None:
            wanted = wanted.replace(tzinfo=LONDON)
        _tell(clock.set_to(wanted, running=running), as_json=as_json)
    except ValueError:
        fail(f"{moment!r} is not a moment. Write it like 2026-03-02T09:00.", 2)
    except clock.ClockError as wrong:
        fail(str(wrong))


@group.command()
@click.argument("by")
@json_option
@with_django
def advance(by: str, as_json: bool) -> None:
    """Move the clock on BY a length of time: 90m, 2h, 3d, 1w, 1d12h."""
    from moothall.core import clock

    parts = _PART.findall(by)
    if not parts or _PART.sub("", by).strip():
        fail(f"{by!r} is not a length of time. Write it like 90m, 2h, 3d or 1d12h.", 2)
    length = sum((timedelta(**{_UNITS[unit]: float(amount)}) for amount, unit in parts), timedelta())
    try:
        _tell(clock.advance(length), as_json=as_json)
    except clock.ClockError as wrong:
        fail(str(wrong))


def _tell(moment: datetime, *, as_json: bool) -> None:
    local = moment.astimezone(LONDON)
    answer({"now": moment.isoformat()}, as_json=as_json, words=local.strftime("%A %-d %B %Y, %H:%M:%S %Z"))
