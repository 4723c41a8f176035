"""The committed description of the REST interface."""

from __future__ import annotations

import json
from pathlib import Path

import click

from moothall.interfaces.cli.support import with_django

COMMITTED = Path("docs/api/openapi.json")


@click.command("openapi")
@click.option("--write", is_flag=True, help="Write docs/api/openapi.json instead of printing.")
@with_django
def command(write: bool) -> None:
    """Print the OpenAPI description of the REST interface, or write the committed copy."""
    from moothall.interfaces.api.description import description

    text = json.dumps(description(), indent=1, ensure_ascii=False) + "\n"
    if write:
        COMMITTED.write_text(text, encoding="utf-8")
        click.echo(f"Written to {COMMITTED}.")
    else:
        click.echo(text)
