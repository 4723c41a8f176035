"""`moothall settings`: the environment variables this version reads."""

from __future__ import annotations

import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from moothall.interfaces.cli.support import NO, answer, json_option, ready

PAGE = Path(__file__).resolve().parents[3] / "docs" / "howto" / "run-in-production.md"
BEGIN, END = "<!-- variables:", "<!-- end of variables -->"


@click.command(name="settings")
@click.option("--write", is_flag=True, help="Write the table in docs/howto/run-in-production.md anew.")
@click.option("--check", is_flag=True, help="Exit with 1 when that table is not current.")
@json_option
def command(write: bool, check: bool, as_json: bool) -> None:
    """List the environment variables this version reads: what each means, its kind and its default."""
    ready()
    if write:
        PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    if check and PAGE.read_text(encoding="utf-8") != with_table(PAGE.read_text(encoding="utf-8")):
        click.echo("The table of variables is not current: run `bin/moothall settings --write`.", err=True)
        sys.exit(NO)
    found = variables()
    answer(
        [asdict(one) for one in found],
        as_json=as_json,
        words=lambda: "\n".join(
            f"{one.name:<26} {one.meaning} [{one.kind}; {one.default or 'not set'}]" for one in found
        ),
    )


def variables() -> list[Any]:
    """Every variable the settings asked the environment for, by name."""
    from django.conf import settings

    reader = import_module(settings.SETTINGS_MODULE).env
    return [reader.variables[name] for name in sorted(reader.variables)]


def with_table(page: str) -> str:
    """The page with its table of variables as the settings have it now."""
    before, _, rest = page.partition(BEGIN)
    note, _, rest = rest.partition("\n")
    _, _, after = rest.partition(END)
    lines = ["| variable | what | kind | default |", "|---|---|---|---|"]
    lines += [f"| `{one.name}` | {one.meaning} | {one.kind} | {one.default or '—'} |" for one in variables()]
    return f"{before}{BEGIN}{note}\n" + "\n".join(lines) + f"\n{END}{after}"
