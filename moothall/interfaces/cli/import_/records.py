"""`moothall import records`: what a system of the council delivers of people."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path

import click

from moothall.core.zone import LONDON
from moothall.interfaces.cli.import_.shared import group, ready, report_for, report_option, report_to
from moothall.interfaces.cli.support import answer, fail, json_option, with_django


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
@report_option
@json_option
@with_django
def records(
    system: str, file: Path, as_of: datetime | None, whole: bool | None, report: Path | None, as_json: bool
) -> None:
    """Bring in what SYSTEM, a system of the council's pack, delivers of people in FILE (plain or gzipped).

    Every row is kept, or listed in the report with its number and the reason. The same file again changes nothing; one
    that was stopped goes on where it was, and one that was refused as a whole is judged anew.
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
    with ready(pack=True):
        try:
            lot = read_file(raw, system_of(system))
        except NoSuchSystem as wrong:
            fail(str(wrong), 2)
        except CannotRead as wrong:
            fail(str(wrong))
        done = receive(system, lot, how="file", name=file.name, as_of=moment, whole=whole, by=SYSTEM, at=clock.now())
        report = report or report_for(file)
        with report_to(report) as say:
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


@group.command(name="refused")
@click.argument("system")
@click.option("--name", default="", metavar="FILE", help="Only the file of this name. [default: all]")
@json_option
@with_django
def refused(system: str, name: str, as_json: bool) -> None:
    """Take up again the files of SYSTEM's folder that were refused as a whole, once the pack or the files were mended.

    They are read within a minute. Each still speaks of the moment it was written; nothing comes twice.
    """
    from moothall.core import clock
    from moothall.core.actors import SYSTEM
    from moothall.customers.linking.actions.deliveries import NoSuchSystem
    from moothall.customers.linking.actions.fetching import CannotMove, take_refused_again

    with ready(pack=True):
        try:
            back = take_refused_again(system, name=name, by=SYSTEM, at=clock.now())
        except NoSuchSystem as wrong:
            fail(str(wrong), 2)
        except CannotMove as wrong:
            fail(str(wrong))
    words = f"Taken up again within a minute: {', '.join(back)}." if back else "No such file lies aside."
    answer({"system": system, "files": back}, as_json=as_json, words=words)
