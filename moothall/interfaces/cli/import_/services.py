"""`moothall import services`: the nation's list of what councils do, kept beside the catalogue and compared with it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from moothall.interfaces.cli.import_.shared import group, know, ready, report_for, report_option, report_to
from moothall.interfaces.cli.support import answer, fail, json_option, progress, with_django


@group.command(name="services")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--whole", is_flag=True, help="It is the whole list: what is not in it is on the list no more.")
@report_option
@json_option
@with_django
def services(file: Path, whole: bool, report: Path | None, as_json: bool) -> None:
    """Bring in the nation's list of what councils do (LGSL) from FILE, and hold the catalogue in force against it.

    Columns: `lgsl`, and `label`, `description`, `nav_path`, `Providing Tier`, those there are. A file of tiers alone adds
    them to what is here. Every row is kept, or listed in the report. Whoever searches the site for what is on the list
    and not in the catalogue is told that it is not asked for here, and who does it.
    """
    from moothall.core import clock
    from moothall.core.actors import SYSTEM
    from moothall.core.packs import current_pack
    from moothall.intake import importing as i
    from moothall.intake.importing import nation
    from moothall.services.queries import compare

    began = time.monotonic()
    try:
        columns = i.find_columns(i.headings(file), nation.COLUMNS, nation.REQUIRED, file=file.name)
        if not {"name", "description", "tier"} & columns.keys():
            fail(f"{file.name} has only numbers: it needs a column label, description or Providing Tier as well.")
        rows = i.check_whole(file)
    except i.CannotReadFile as wrong:
        fail(str(wrong))
    with ready(pack=True):
        report = report or report_for(file)
        with report_to(report) as say, progress("Services", rows, shown=not as_json) as done:
            counted = nation.import_nation(
                i.rows_of(file), columns, whole=whole, say=say, done=done, by=SYSTEM, at=clock.now()
            )
        know("services_listedservice")
        compared = compare(current_pack(), visible_to=SYSTEM)
    figures: dict[str, Any] = {
        "read": counted.read, "kept": counted.kept, "new": counted.new, "changed": counted.changed,
        "same": counted.same, "refused": counted.refused, "gone": counted.gone, "listed": compared.listed,
        "services": len(compared.services),
        "known": {one.code: {"lgsl": one.lgsl, "name": one.entry.name} for one in compared.known if one.entry},
        "unknown": {one.code: one.lgsl for one in compared.unknown},
        "without_number": [one.code for one in compared.without_number],
        "done_by_others": [one.code for one in compared.services if not one.ours],
        "not_offered": len(compared.not_offered), "report": str(report), "seconds": round(time.monotonic() - began, 1),
    }  # fmt: skip
    answer(figures, as_json=as_json, words=lambda: _in_words(figures))


def _in_words(figures: dict[str, Any]) -> str:
    lines = [
        f"{figures['read']:,} rows read: {figures['kept']:,} kept ({figures['new']:,} new, {figures['changed']:,} changed), "
        f"{figures['refused']:,} refused, {figures['gone']:,} gone from the list, in {figures['seconds']} seconds.",
        f"{figures['listed']:,} services are on the list. Of our {figures['services']}, {len(figures['known'])} bear a "
        f"number of it, {len(figures['unknown'])} a number it does not have, {len(figures['without_number'])} none; "
        f"{len(figures['done_by_others'])} are done by others here.",
        f"{figures['not_offered']:,} on the list are asked for nowhere here: see the console, The nation’s list.",
        f"Refused rows: {figures['report']}",
    ]
    lines += [f"  {code}: {number} is not in the list" for code, number in figures["unknown"].items()]
    return "\n".join(lines)
