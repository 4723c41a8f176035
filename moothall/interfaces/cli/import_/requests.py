"""`moothall import requests|open-referral`: what another system was asked for, and what help others give."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from moothall.interfaces.cli.import_.shared import group, ready, report_for, report_option, report_to, settle
from moothall.interfaces.cli.support import answer, fail, json_option, progress, with_django

MAPPINGS = Path(__file__).resolve().parents[4] / "councils" / "mappings"


@group.command(name="requests")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--mapping", "name", required=True, help="The mapping: a name in councils/mappings, or a YAML file.")
@report_option
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
        path = mapping_file(name)
        mapping = i.read_mapping(path)
        standards = read_imported_standards(path)
        columns = i.find_columns(i.headings(file), mapping.columns, mapping.required, file=file.name)
        rows = i.check_whole(file)
    except i.CannotReadFile as wrong:
        fail(str(wrong))
    except (i.MappingProblem, LookupError, ValueError) as wrong:
        fail(str(wrong), 2)
    with ready(pack=True):
        report = report or report_for(file)
        with report_to(report) as say, progress("Requests", rows, shown=not as_json) as done:
            builder, at = i.Builder(mapping, columns), clock.now()
            tally = i.import_requests(i.rows_of(file), builder, standards, say=say, done=done, by=SYSTEM, at=at)
        settle()
    by_type = sorted(tally.by_type.items(), key=lambda item: (-item[1][1], item[0]))
    figures: dict[str, Any] = {
        "read": tally.read,
        "kept": tally.kept,
        "new": tally.new,
        "refused": tally.refused,
        "noted": tally.noted,
        "on_time_agreement": per_cent(tally.agreeing, tally.judged),
        "on_time_compared": tally.judged,
        "without_flag": tally.without_flag,
        "predicted_to_the_day": {kind: per_cent(right, of) for kind, (right, of) in by_type},
        "predicted_all": per_cent(*tally.predicted),
        "due_dates": tally.predicted[1],
        "due_dates_by_type": {kind: of for kind, (_, of) in by_type},
        "report": str(report),
        "seconds": round(time.monotonic() - began, 1),
    }
    answer(figures, as_json=as_json, words=lambda: _in_words(figures))


def _in_words(figures: dict[str, Any]) -> str:
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
    if figures["due_dates"]:
        lines.append(f"Due dates predicted to the day: {figures['predicted_all']} % of {figures['due_dates']:,}.")
        for kind, share in list(figures["predicted_to_the_day"].items())[:15]:
            lines.append(f"  {share:>6} %  of {figures['due_dates_by_type'][kind]:>6,}  {kind}")
    return "\n".join(lines)


def mapping_file(name: str) -> Path:
    """The file of a mapping, by its name or its own path."""
    path = Path(name)
    if path.suffix in {".yaml", ".yml"} and path.exists():
        return path
    path = MAPPINGS / f"{name}.yaml"
    if path.parent != MAPPINGS or not path.exists():
        there = ", ".join(sorted(one.stem for one in MAPPINGS.glob("*.yaml")))
        fail(f"There is no mapping {name!r}. There are: {there or 'none'}.", 2)
    return path


def per_cent(part: int, of: int) -> float | None:
    """A share in per cent to two places; never rounded up to 100."""
    if not of:
        return None
    return 100.0 if part == of else min(round(100 * part / of, 2), 99.99)


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
        with ready():
            done = import_directory(
                read_services(where), source=source[:60], whole=not part, say=say, by=SYSTEM, at=clock.now()
            )
    except (CannotRead, NotADirectory) as wrong:
        fail(str(wrong))
    figures = {"read": done.read, "new": done.new, "changed": done.changed, "same": done.same, "gone": done.gone,
               "refused": done.refused}  # fmt: skip
    words = ", ".join(f"{count:,} {kind}" for kind, count in figures.items())
    answer(figures, as_json=as_json, words=lambda: f"Help from others ({source}): {words}.")
