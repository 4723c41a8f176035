"""`moothall import`: brings in another system's requests, a gazetteer of premises, collection rounds, homes whose bins
are fetched, a list of services.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from moothall.core.sheets import csv_line
from moothall.core.zone import LONDON
from moothall.interfaces.cli.support import answer, check_ready, database, fail, json_option, progress, with_django

MAPPINGS = Path(__file__).resolve().parents[3] / "councils" / "mappings"


@click.group(name="import")
def group() -> None:
    """Bring in records of another system.

    Each import may be run again: what is here already stays as it is, and one that was stopped goes on.
    """


@group.command(name="requests")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--mapping", "name", required=True, help="The mapping: a name in councils/mappings, or a YAML file.")
@click.option("--report", type=click.Path(path_type=Path), help="Where to list rows. [default: imports/ in the data]")
@json_option
@with_django
def requests(file: Path, name: str, report: Path | None, as_json: bool) -> None:
    """Bring in requests of the past from FILE (CSV, plain or gzipped) as contacts, cases and promises.

    Every row is kept, or listed in the report with its number and the reason. Nobody is told of anything.
    """
    from moothall.core import clock
    from moothall.core.actors import SYSTEM
    from moothall.intake import importing as i
    from moothall.promises.imported import read_imported_standards

    began = time.monotonic()
    try:
        path = _mapping(name)
        mapping = i.read_mapping(path)
        standards = read_imported_standards(path)
        columns = i.find_columns(i.headings(file), mapping.columns, mapping.required, file=file.name)
        rows = i.check_whole(file)
    except i.CannotReadFile as wrong:
        fail(str(wrong))
    except (i.MappingProblem, LookupError, ValueError) as wrong:
        fail(str(wrong), 2)
    with _database(pack=True):
        report = report or _report_for(file)
        with _report(report) as say, progress("Requests", rows, shown=not as_json) as done:
            builder, at = i.Builder(mapping, columns), clock.now()
            tally = i.import_requests(i.rows_of(file), builder, standards, say=say, done=done, by=SYSTEM, at=at)
        _settle()
    figures: dict[str, Any] = {
        "read": tally.read,
        "kept": tally.kept,
        "new": tally.new,
        "refused": tally.refused,
        "noted": tally.noted,
        "on_time_agreement": _per_cent(tally.agreeing, tally.judged),
        "on_time_compared": tally.judged,
        "without_flag": tally.without_flag,
        "predicted_to_the_day": {
            "all": _per_cent(*tally.predicted),
            "due_dates": tally.predicted[1],
            "by_type": {
                kind: {"due_dates": of, "per_cent": _per_cent(right, of)}
                for kind, (right, of) in sorted(tally.by_type.items(), key=lambda item: (-item[1][1], item[0]))
            },
        },
        "report": str(report),
        "seconds": round(time.monotonic() - began, 1),
    }
    answer(figures, as_json=as_json, words=lambda: _in_words(figures))


@group.command(name="premises")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--report", type=click.Path(path_type=Path), help="Where to list rows. [default: imports/ in the data]")
@json_option
@with_django
def premises(file: Path, report: Path | None, as_json: bool) -> None:
    """Bring in premises from FILE (CSV, plain or gzipped): a number (UPRN), street, and what else there is.

    Every row is kept, or listed in the report. Premises with the same address are kept and listed.
    """
    from moothall.core.actors import SYSTEM
    from moothall.intake import importing as i
    from moothall.intake.importing import gazetteer

    began = time.monotonic()
    try:
        columns = i.find_columns(i.headings(file), gazetteer.COLUMNS, gazetteer.REQUIRED, file=file.name)
        rows = i.check_whole(file)
    except i.CannotReadFile as wrong:
        fail(str(wrong))
    with _database():
        report = report or _report_for(file)
        with _report(report) as say, progress("Premises", rows, shown=not as_json) as done:
            counted = gazetteer.import_gazetteer(i.rows_of(file), columns, say=say, done=done, by=SYSTEM)
        _know("places_property")
    figures = {
        "read": counted.read, "kept": counted.kept, "changed": counted.changed, "refused": counted.refused,
        "same_address": counted.same_address, "report": str(report), "seconds": round(time.monotonic() - began, 1),
    }  # fmt: skip
    words = (
        f"{counted.read:,} rows read: {counted.kept:,} kept ({counted.changed:,} new or changed), {counted.refused:,} "
        f"refused, {counted.same_address:,} share an address, in {figures['seconds']} seconds.\nListed in {report}"
    )
    answer(figures, as_json=as_json, words=words)


@group.command(name="rounds")
@click.option("--premises", type=click.Path(path_type=Path), required=True, help="Which premises are on which round.")
@click.option("--schedules", type=click.Path(path_type=Path), required=True, help="Which bin goes on which day.")
@click.option("--report", type=click.Path(path_type=Path), help="Where to list rows. [default: imports/ in the data]")
@json_option
@with_django
def rounds(premises: Path, schedules: Path, report: Path | None, as_json: bool) -> None:
    """Bring in the waste system's collection rounds (two CSV files, plain or gzipped).

    Premises without a round are kept and answered as such. Every row is kept, or listed in the report.
    """
    from moothall.core.actors import SYSTEM
    from moothall.core.packs import current_pack
    from moothall.intake import importing as i
    from moothall.intake.importing import rounds as r

    began = time.monotonic()
    try:
        of_stops = i.find_columns(i.headings(premises), r.STOP_COLUMNS, r.STOP_REQUIRED, file=premises.name)
        of_days = i.find_columns(i.headings(schedules), r.DAY_COLUMNS, r.DAY_REQUIRED, file=schedules.name)
        rows = i.check_whole(premises) + i.check_whole(schedules)
    except i.CannotReadFile as wrong:
        fail(str(wrong))
    with _database(pack=True):
        report, pack = report or _report_for(premises), current_pack()
        with _report(report) as say, progress("Rounds", rows, shown=not as_json) as done:
            stops = r.import_round_premises(i.rows_of(premises), of_stops, say=say, done=done, by=SYSTEM)
            days = r.import_round_days(i.rows_of(schedules), of_days, pack=pack, say=say, done=done, by=SYSTEM)
        _know("rounds_stop", "rounds_collection")
    figures = {
        "premises": stops.read, "kept": stops.kept, "unscheduled": stops.unscheduled, "changed": stops.changed,
        "days": days.read, "days_kept": days.kept, "days_repeated": days.repeated, "days_new": days.changed,
        "refused": stops.refused + days.refused, "report": str(report), "seconds": round(time.monotonic() - began, 1),
    }  # fmt: skip
    words = (
        f"{stops.read:,} premises read, {stops.unscheduled:,} without a round; {days.read:,} days read, "
        f"{days.changed:,} new; {figures['refused']:,} rows refused, in {figures['seconds']} seconds.\nListed in {report}"
    )
    answer(figures, as_json=as_json, words=words)


@group.command(name="assisted")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--source", required=True, help="What to call this list: each delivery of it is laid over the last.")
@click.option(
    "--complete", is_flag=True, help="The file is the whole list: help of homes that are not in it ends today."
)
@click.option("--dry-run", is_flag=True, help="Count what would happen, and change nothing.")
@click.option("--report", type=click.Path(path_type=Path), help="Where to list rows. [default: imports/ in the data]")
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
    with _database():
        report = report or _report_for(file)
        with _report(report) as say, progress("Homes", rows, shown=not as_json) as done:
            counted = a.import_assisted(
                i.rows_of(file), columns, source=name, complete=complete, dry_run=dry_run, say=say, by=SYSTEM,
                at=clock.now(), done=done,
            )  # fmt: skip
        _know("rounds_flag")
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


@group.command(name="services")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
@with_django
def services(file: Path, as_json: bool) -> None:
    """Compare the catalogue in force with a list of the nation's services in FILE (columns `lgsl` and `label`).

    Says which of our services bear a number of the list, which bear one it does not know, and which bear none.
    """
    from moothall.core.packs import current_pack
    from moothall.intake import importing as i

    began = time.monotonic()
    try:
        i.find_columns(i.headings(file), {"lgsl": ("lgsl",), "label": ("label",)}, ("lgsl", "label"), file=file.name)
        i.check_whole(file)
        listed = {row.values["lgsl"].strip(): row.values["label"].strip() for row in i.rows_of(file) if not row.problem}
    except i.CannotReadFile as wrong:
        fail(str(wrong))
    with _database(pack=True):
        ours = current_pack().services
    known = {code: listed[str(one.lgsl)] for code, one in ours.items() if str(one.lgsl) in listed}
    unknown = {code: one.lgsl for code, one in ours.items() if one.lgsl is not None and code not in known}
    figures = {
        "read": len(listed), "services": len(ours), "known": known, "unknown": unknown,
        "without_number": [code for code, one in ours.items() if one.lgsl is None],
        "seconds": round(time.monotonic() - began, 1),
    }  # fmt: skip
    words = [
        f"{len(listed):,} services listed. Of our {len(ours)}, {len(known)} bear a number of the list, "
        f"{len(unknown)} a number it does not know, {len(figures['without_number'])} none."  # type: ignore[arg-type]
    ]
    words += [f"  {code}: {number} is not in the list" for code, number in unknown.items()]
    answer(figures, as_json=as_json, words="\n".join(words))


@group.command(name="records")
@click.argument("system")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--as-of",
    "as_of",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]),
    help="The moment it speaks of. [default: now]",
)
@click.option(
    "--whole/--part", default=None, help="It holds every record of the system, or some. [default: the pack's word]"
)
@click.option("--report", type=click.Path(path_type=Path), help="Where to list rows. [default: imports/ in the data]")
@json_option
@with_django
def records(
    system: str, file: Path, as_of: datetime | None, whole: bool | None, report: Path | None, as_json: bool
) -> None:
    """Bring in what SYSTEM, a system of the council's pack, delivers of people in FILE (plain or gzipped).

    Every row is kept, or listed in the report with its number and the reason. The same file again changes nothing; one
    that was stopped goes on where it was.
    """

    from moothall.core import clock
    from moothall.core.actors import SYSTEM
    from moothall.customers.linking.actions.deliveries import NoSuchSystem, receive, system_of
    from moothall.customers.linking.protocols import CannotRead
    from moothall.customers.linking.queries.deliveries import told_rows
    from moothall.customers.linking.registry import read_file

    began = time.monotonic()
    try:
        raw = file.read_bytes()
    except OSError as wrong:
        fail(f"{file} cannot be read: {wrong.strerror}.")
    moment = as_of.replace(tzinfo=LONDON) if as_of else None
    with _database(pack=True):
        try:
            lot = read_file(raw, system_of(system))
        except NoSuchSystem as wrong:
            fail(str(wrong), 2)
        except CannotRead as wrong:
            fail(str(wrong))
        done = receive(system, lot, how="file", name=file.name, as_of=moment, whole=whole, by=SYSTEM, at=clock.now())
        report = report or _report_for(file)
        with _report(report) as say:
            for row in told_rows(done):
                say(row["row"], row["key"], row["kept"], row["reason"])
    counted = {name: getattr(done, name) for name in ("new", "changed", "same", "late", "gone", "refused")}
    figures = {
        "delivery": str(done.id), "system": system, "state": done.state, "problem": done.problem, **counted,
        "report": str(report), "seconds": round(time.monotonic() - began, 1),
    }  # fmt: skip
    said = ", ".join(f"{value:,} {name}" for name, value in counted.items())
    words = f"{said}, in {figures['seconds']} seconds.\nListed in {report}"
    if done.state != "done":
        fail(f"{done.problem} ({said})" if done.problem else "It is being read by another process.")
    answer(figures, as_json=as_json, words=f"{done.problem}\n{words}" if done.problem else words)


def _in_words(figures: dict[str, Any]) -> str:
    predicted = figures["predicted_to_the_day"]
    lines = [
        f"{figures['read']:,} rows read: {figures['kept']:,} kept ({figures['new']:,} of them new), "
        f"{figures['refused']:,} refused, {figures['noted']:,} with a note, in {figures['seconds']} seconds.",
        f"Refused rows and notes: {figures['report']}",
    ]
    if figures["on_time_compared"]:
        lines.append(
            f"Our clock agrees with the file's own on-time flag on {figures['on_time_agreement']} % of "
            f"{figures['on_time_compared']:,} rows; {figures['without_flag']:,} more have both dates and no flag."
        )
    if predicted["due_dates"]:
        lines.append(f"Due dates predicted to the day: {predicted['all']} % of {predicted['due_dates']:,}.")
        for kind, one in list(predicted["by_type"].items())[:15]:
            lines.append(f"  {one['per_cent']:>6} %  of {one['due_dates']:>6,}  {kind}")
    return "\n".join(lines)


# -- small parts ------------------------------------------------------------------------------------------------


@group.command(name="open-referral")
@click.argument("where")
@click.option("--source", required=True, help="What to call this directory: what is gone from it goes from here.")
@click.option("--part", is_flag=True, help="It is not the whole directory: what is not in it stays.")
@json_option
@with_django
def open_referral(where: str, source: str, part: bool, as_json: bool) -> None:
    """Bring in help that others give, from WHERE: a file, a folder, or an address of Open Referral UK 3.0.

    An address is read page by page. Services that are not active, or are gone, are shown no more.
    """
    from moothall.core import clock
    from moothall.core.actors import SYSTEM
    from moothall.partners.actions import NotADirectory, import_directory
    from moothall.partners.adapters.open_referral import CannotRead, read_services

    if not where.startswith(("https://", "http://")) and not Path(where).exists():
        fail(f"There is no file or folder {where}.")

    def say(number: int, why: str) -> None:
        click.echo(f"Row {number} is not kept: {why}", err=True)

    try:
        with _database():
            done = import_directory(
                read_services(where), source=source[:60], whole=not part, say=say, by=SYSTEM, at=clock.now()
            )
    except (CannotRead, NotADirectory) as wrong:
        fail(str(wrong))
    figures = {"read": done.read, "new": done.new, "changed": done.changed, "same": done.same, "gone": done.gone,
               "refused": done.refused}  # fmt: skip
    words = ", ".join(f"{count:,} {kind}" for kind, count in figures.items())
    answer(figures, as_json=as_json, words=lambda: f"Help from others ({source}): {words}.")


def _mapping(name: str) -> Path:
    """The file of a mapping, by its name or its own path."""
    path = Path(name)
    if path.suffix in {".yaml", ".yml"} and path.exists():
        return path
    path = MAPPINGS / f"{name}.yaml"
    if path.parent != MAPPINGS or not path.exists():
        there = ", ".join(sorted(one.stem for one in MAPPINGS.glob("*.yaml")))
        fail(f"There is no mapping {name!r}. There are: {there or 'none'}.", 2)
    return path


@contextmanager
def _database(*, pack: bool = False) -> Iterator[None]:
    """The database, reachable and ready, with a council's pack in force where one is needed. Whatever is wrong with the
    arguments is told before it is looked at.
    """
    from moothall.core.packs import NoPack, current_pack

    with database():
        check_ready()
        try:
            if pack:
                current_pack()
        except NoPack:
            fail("No council's pack is in force. First: moothall pack apply NAME")
        yield


def _report_for(file: Path) -> Path:
    from django.conf import settings

    folder = Path(settings.DATA_DIR) / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{file.name.removesuffix('.gz').removesuffix('.csv')}-report.csv"


@contextmanager
def _report(path: Path) -> Iterator[Any]:
    """A CSV of the rows there is something to say about; yields the function that is told of each."""
    try:
        out = path.open("w", encoding="utf-8", newline="")
    except OSError as wrong:
        fail(f"The report {path} cannot be written: {wrong.strerror}. Name another with --report.")
    with out:
        out.write(csv_line(["row", "id", "result", "reason"]))

        def say(number: int, id_: str, kept: bool, why: str) -> None:
            out.write(csv_line([number, id_, "kept" if kept else "refused", why]))

        yield say


def _per_cent(part: int, of: int) -> float | None:
    """A share in per cent to two places; never rounded up to 100."""
    if not of:
        return None
    return 100.0 if part == of else min(round(100 * part / of, 2), 99.99)


def _know(*tables: str) -> None:
    """Let the database know its tables (none named: all) after many new rows."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(tables)}")


def _settle() -> None:
    """After many new rows: let the database know its tables again, and the read models catch up."""
    from moothall.insight.projection import catch_up

    _know()
    catch_up()
