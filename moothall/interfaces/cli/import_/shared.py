"""What every import from the command line does the same way: the database made ready, and the report of rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from moothall.core.sheets import csv_line
from moothall.interfaces.cli.support import check_ready, database, fail

report_option = click.option(
    "--report", type=click.Path(path_type=Path), help="Where to list rows. [default: imports/ in the data]"
)


@click.group(name="import")
def group() -> None:
    """Bring in records of another system.

    Each import may be run again: what is here already stays as it is, and one that was stopped goes on.
    """


@contextmanager
def ready(*, pack: bool = False) -> Iterator[None]:
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


def report_for(file: Path) -> Path:
    """Where the rows of a file are listed when no other place is named."""
    from django.conf import settings

    folder = Path(settings.DATA_DIR) / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{file.name.removesuffix('.gz').removesuffix('.csv')}-report.csv"


@contextmanager
def report_to(path: Path) -> Iterator[Any]:
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


def know(*tables: str) -> None:
    """Let the database know its tables (none named: all) after many new rows."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(tables)}")


def settle() -> None:
    """After many new rows: let the database know its tables again, and the read models catch up."""
    from moothall.insight.projection import catch_up

    know()
    catch_up()
