"""`moothall import premises`: where things are."""

from __future__ import annotations

import time
from pathlib import Path

import click

from moothall.interfaces.cli.import_.shared import group, know, ready, report_for, report_option, report_to
from moothall.interfaces.cli.support import answer, fail, json_option, progress, with_django


@group.command(name="premises")
@click.argument("file", type=click.Path(path_type=Path))
@report_option
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
    with ready():
        report = report or report_for(file)
        with report_to(report) as say, progress("Premises", rows, shown=not as_json) as done:
            counted = gazetteer.import_gazetteer(i.rows_of(file), columns, say=say, done=done, by=SYSTEM)
        know("places_property", "places_street")
    figures = {
        "read": counted.read, "kept": counted.kept, "changed": counted.changed, "refused": counted.refused,
        "same_address": counted.same_address,
        "streets_numbered": counted.streets_numbered, "report": str(report), "seconds": round(time.monotonic() - began, 1),
    }  # fmt: skip
    words = (
        f"{counted.read:,} rows read: {counted.kept:,} kept ({counted.changed:,} new or changed), {counted.refused:,} "
        f"refused, {counted.same_address:,} share an address, {counted.streets_numbered:,} streets numbered here, "
        f"in {figures['seconds']} seconds.\nListed in {report}"
    )
    answer(figures, as_json=as_json, words=words)
