"""`moothall import rounds|assisted`: collection rounds, and the homes whose bins the crew fetches."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from moothall.interfaces.cli.import_.shared import group, know, ready, report_for, report_option, report_to
from moothall.interfaces.cli.support import answer, fail, json_option, progress, with_django

_DAY = click.DateTime(["%Y-%m-%d"])


@group.command(name="rounds")
@click.option("--premises", type=click.Path(path_type=Path), required=True, help="Which premises are on which round.")
@click.option("--schedules", type=click.Path(path_type=Path), required=True, help="Which bin goes on which day.")
@click.option(
    "--complete", is_flag=True,
    help="The files are whole: days they cover and do not have go, premises they do not have are on no round.",
)  # fmt: skip
@click.option("--from", "since", type=_DAY, help="The first day the schedules cover. [default: the first in them]")
@click.option("--until", type=_DAY, help="The last day the schedules cover. [default: the last in them]")
@click.option("--dry-run", is_flag=True, help="Count what would happen, and change nothing.")
@report_option
@json_option
@with_django
def rounds(
    premises: Path, schedules: Path, complete: bool, since: datetime | None, until: datetime | None, dry_run: bool,
    report: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Bring in the waste system's collection rounds (two CSV files, plain or gzipped).

    Premises without a round are kept and answered as such. Every row is kept, or listed in the report. Streets without a
    number (USRN) are numbered here by their name and place.
    """
    from moothall.core import clock
    from moothall.core.actors import SYSTEM
    from moothall.core.packs import current_pack
    from moothall.intake import importing as i
    from moothall.intake.importing import rounds as r

    began = time.monotonic()
    if since and until and since > until:
        fail("--from is after --until.", 2)
    try:
        of_stops = i.find_columns(i.headings(premises), r.STOP_COLUMNS, r.STOP_REQUIRED, file=premises.name)
        of_days = i.find_columns(i.headings(schedules), r.DAY_COLUMNS, r.DAY_REQUIRED, file=schedules.name)
        counts = {file.name: i.check_whole(file) for file in (premises, schedules)}
    except i.CannotReadFile as wrong:
        fail(str(wrong))
    for name, count in counts.items():
        if complete and not count:
            fail(f"{name} has nothing in it: nothing was changed. Check that the whole file was written.")
    with ready(pack=True):
        report, pack = report or report_for(premises), current_pack()
        with report_to(report) as say, progress("Rounds", sum(counts.values()), shown=not as_json) as done:
            how: dict[str, Any] = {"complete": complete, "dry_run": dry_run, "say": say, "done": done, "by": SYSTEM}
            stops = r.import_round_premises(i.rows_of(premises), of_stops, **how)
            days = r.import_round_days(
                i.rows_of(schedules), of_days, pack=pack, since=since.date() if since else None,
                until=until.date() if until else None, at=clock.now(), **how,
            )  # fmt: skip
        know("rounds_stop", "rounds_collection", "places_street")
    laid = days.laid
    figures = {
        "dry_run": dry_run, "complete": complete, "premises": stops.read, "kept": stops.kept,
        "unscheduled": stops.unscheduled, "changed": stops.changed, "premises_absent": stops.absent,
        "premises_ended": stops.ended, "streets_numbered": stops.streets_numbered, "without_street": stops.without_street,
        "days": days.read, "days_kept": days.kept, "days_repeated": days.repeated, "days_new": days.changed,
        "days_absent": laid.absent, "days_gone": laid.gone, "days_told": len(laid.told),
        "covers": [laid.since.isoformat(), laid.until.isoformat()] if laid.since and laid.until else [],
        "rounds_changed": {name: {"new": new, "gone": gone} for name, (new, gone) in sorted(laid.by_round.items())},
        "refused": stops.refused + days.refused, "report": str(report), "seconds": round(time.monotonic() - began, 1),
    }  # fmt: skip
    answer(figures, as_json=as_json, words=lambda: _of_rounds(figures))


def _of_rounds(figures: dict[str, Any]) -> str:
    """What the waste system's files changed, in words."""
    count = {name: f"{value:,}" for name, value in figures.items() if isinstance(value, int)}
    lines = ["This was a dry run: nothing was changed."] if figures["dry_run"] else []
    lines.append(
        f"{count['premises']} premises read, {count['unscheduled']} without a round, {count['changed']} new or changed; "
        f"{count['days']} days read, {count['days_new']} new; {count['refused']} rows refused, "
        f"in {figures['seconds']} seconds."
    )
    if figures["streets_numbered"]:
        lines.append(f"{count['streets_numbered']} streets had no number and were given one here.")
    if figures["without_street"]:
        lines.append(
            f"{count['without_street']} premises are in no street we know: what a cab says of a street misses them."
        )
    covers = " to ".join(figures["covers"])
    why = "say --complete when the files are whole"
    if figures["complete"] and figures["refused"]:
        why = "a refused row may be one of them: mend the refused rows and bring the files in again"
    if figures["days_gone"]:
        lines.append(f"{count['days_gone']} days of {covers} are not in the schedules any more and are gone.")
    elif figures["days_absent"] > figures["days_told"]:
        lines.append(f"{count['days_absent']} days held for {covers} are not in the schedules and stay; {why}.")
    if figures["days_told"]:
        lines.append(
            f"{count['days_told']} days stay that people were told of and the files do not know: see the report."
        )
    if figures["premises_ended"]:
        lines.append(f"{count['premises_ended']} premises are gone from the file: no round serves them now.")
    elif figures["premises_absent"]:
        lines.append(f"{count['premises_absent']} premises on a round here are not in the file and stay; {why}.")
    some = list(figures["rounds_changed"].items())
    lines += [f"  round {name}: {one['new']:,} days new, {one['gone']:,} gone" for name, one in some[:12]]
    if len(some) > 12:
        lines.append(f"  and {len(some) - 12:,} more rounds")
    return "\n".join([*lines, f"Listed in {figures['report']}"])


@group.command(name="round-plan")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Count what would happen, and change nothing.")
@report_option
@json_option
@with_django
def round_plan(file: Path, dry_run: bool, report: Path | None, as_json: bool) -> None:
    """Bring in when rounds pass their streets from FILE (CSV, plain or gzipped): round, street, time.

    A street by number (USRN) or by name, a time as 14:30 or in minutes after the rounds start. Each round in the file gets
    its whole plan from it; a round with a refused row keeps the plan it had.
    """
    from moothall.core.actors import SYSTEM
    from moothall.core.packs import current_pack
    from moothall.intake import importing as i
    from moothall.intake.importing import rounds as r

    began = time.monotonic()
    try:
        there = i.headings(file)
        columns = i.find_columns(there, r.PLAN_COLUMNS, r.PLAN_REQUIRED, file=file.name)
        r.check_plan_columns(columns, there, file=file.name)
        rows = i.check_whole(file)
    except i.CannotReadFile as wrong:
        fail(str(wrong))
    with ready(pack=True):
        report = report or report_for(file)
        with report_to(report) as say, progress("Plans", rows, shown=not as_json) as done:
            counted = r.import_round_plans(
                i.rows_of(file), columns, pack=current_pack(), dry_run=dry_run, say=say, done=done, by=SYSTEM
            )
        know("rounds_streetplan")
    figures = {
        "dry_run": dry_run, "read": counted.read, "refused": counted.refused, "rounds": counted.rounds,
        "changed": counted.changed, "same": counted.same, "kept_old": counted.kept_old, "streets": counted.streets,
        "streets_without": counted.without, "report": str(report), "seconds": round(time.monotonic() - began, 1),
    }  # fmt: skip
    words = (
        f"{counted.read:,} rows read of {counted.rounds:,} rounds: {counted.changed:,} plans changed, {counted.same:,} as "
        f"before, {counted.kept_old:,} left as they were for a refused row; {counted.refused:,} rows refused; "
        f"{counted.without:,} streets have no time, in {figures['seconds']} seconds.\nListed in {report}"
    )
    answer(figures, as_json=as_json, words=f"This was a dry run: nothing was changed.\n{words}" if dry_run else words)


@group.command(name="assisted")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--source", required=True, help="What to call this list: each delivery of it is laid over the last.")
@click.option(
    "--complete", is_flag=True, help="The file is the whole list: help of homes that are not in it ends today."
)
@click.option("--dry-run", is_flag=True, help="Count what would happen, and change nothing.")
@report_option
@json_option
@with_django
def assisted(file: Path, source: str, complete: bool, dry_run: bool, report: Path | None, as_json: bool) -> None:
    """Bring in the homes whose bins the crew fetches from FILE (CSV, plain or gzipped), by UPRN or by address and postcode.

    First and last day and a note for the crew are read where there are columns of them; names and reasons never are.
    """
    from moothall.core import clock
    from moothall.core.actors import SYSTEM
    from moothall.intake import importing as i
    from moothall.intake.importing import assisted as a

    began, name = time.monotonic(), source.strip()
    if not name or len(name) > a.LONGEST_SOURCE:
        fail(f"--source names the list in 1 to {a.LONGEST_SOURCE} characters.", 2)
    try:
        there = i.headings(file)
        columns = i.find_columns(there, a.COLUMNS, (), file=file.name)
        unread, rows = a.check_columns(columns, there, file=file.name), i.check_whole(file)
    except i.CannotReadFile as wrong:
        fail(str(wrong))
    if not rows:
        fail(f"{file.name} has no homes in it: nothing was changed. Check that the whole file was written.")
    with ready():
        report = report or report_for(file)
        with report_to(report) as say, progress("Homes", rows, shown=not as_json) as done:
            counted = a.import_assisted(
                i.rows_of(file), columns, source=name, complete=complete, dry_run=dry_run, say=say, by=SYSTEM,
                at=clock.now(), done=done,
            )  # fmt: skip
        know("rounds_flag")
    figures: dict[str, Any] = {
        "source": name, "dry_run": dry_run, "complete": complete, "read": counted.read, "refused": counted.refused,
        "repeated": counted.listed.repeated, "new": counted.listed.new, "changed": counted.listed.changed,
        "same": counted.listed.same, "over": counted.listed.over, "ended_here": counted.listed.ended_here,
        "absent": counted.listed.absent, "ended": counted.listed.ended, "unserved": counted.unserved,
        "noted": counted.noted, "columns_not_read": unread, "report": str(report),
        "seconds": round(time.monotonic() - began, 1),
    }  # fmt: skip
    answer(figures, as_json=as_json, words=lambda: _of_assisted(figures))


def _of_assisted(figures: dict[str, Any]) -> str:
    """What became of a list of assisted doors, in words."""
    lines = ["This was a dry run: nothing was changed."] if figures["dry_run"] else []
    count = {name: f"{value:,}" for name, value in figures.items() if isinstance(value, int)}
    lines.append(
        f"{count['read']} rows read: {count['new']} homes new, {count['changed']} changed, {count['same']} as before, "
        f"{count['over']} over for more than a fortnight, {count['refused']} refused, {count['repeated']} named twice, in "
        f"{figures['seconds']} seconds."
    )
    if figures["ended_here"]:
        lines.append(
            f"{figures['ended_here']:,} were ended here at request and still stand in the list: take them off it."
        )
    if figures["unserved"]:
        lines.append(f"{figures['unserved']:,} are served by no round, so they are on no crew's sheet.")
    if figures["ended"]:
        lines.append(f"{figures['ended']:,} are gone from the list: their help ends with today.")
    elif figures["absent"]:
        why = "say --complete when the file is the whole list"
        if figures["complete"]:
            why = "a refused row may be one of them: mend the refused rows and bring the file in again"
        lines.append(f"{figures['absent']:,} homes of this list are not in the file and stay as they are; {why}.")
    if figures["columns_not_read"]:
        lines.append(f"Columns not read: {', '.join(figures['columns_not_read'])}")
    return "\n".join([*lines, f"Listed in {figures['report']}"])
