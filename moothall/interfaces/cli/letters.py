"""`moothall letters`: the letters of a day from the print folder as one file for the printer, with a list of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from moothall.core.zone import council_date
from moothall.interfaces.cli.support import answer, json_option, with_database


@click.command(name="letters")
@click.argument("day", required=False, default="")
@click.option(
    "--into", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="Where to put it. [here]"
)
@json_option
@with_database
def command(day: str, into: Path, as_json: bool) -> None:
    """Put the letters of DAY (like 2026-11-22; today if left out) into one PDF, and list them beside it.

    Each letter begins on a front side, so that the file can be printed on both sides. The letters stay in their folder.
    """
    from django.conf import settings

    from moothall.channels.post.batch import batch_of
    from moothall.core import clock

    try:
        wanted = date.fromisoformat(day) if day else council_date(clock.now())
    except ValueError:
        raise click.UsageError(f"{day!r} is no day. Give it like 2026-11-22.") from None
    if settings.PRINT_FOLDER is None:
        raise click.UsageError("No print folder is set (MOOTHALL_PRINT_FOLDER).")
    made = batch_of(settings.PRINT_FOLDER / wanted.isoformat(), into / f"letters-{wanted.isoformat()}")
    told = {"day": wanted.isoformat(), "letters": made.letters, "sheets": made.sheets, "file": str(made.pdf or "")}
    said = (
        f"{made.letters} letters, {made.sheets} sheets: {made.pdf}"
        if made.pdf
        else f"No letters on {wanted.isoformat()}."
    )
    answer(told, as_json=as_json, words=said)
