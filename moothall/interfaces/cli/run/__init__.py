"""`moothall run` (and `bin/run`): a whole demonstration council on one machine, in one go."""

from __future__ import annotations

import os
import time
from pathlib import Path

import click

from moothall.interfaces.cli.run.folder import alone, check_council, check_pack, check_port
from moothall.interfaces.cli.support import settings_ready

PORT = 8000


@click.command(name="run")
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(1, 65535), help="The port of the site.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--data", type=click.Path(path_type=Path), help="Folder that keeps the data. [default: .moothall/COUNCIL]"
)
@click.option("--council", help="The council pack to run. [default: leeds]")
@click.option("--scale", default=1.0, show_default=True, help="Size of the invented borough: 1 is 20,000 residents.")
@click.option("--seed", default=1, show_default=True, help="The number the invented borough grows from.")
@click.option("--history/--no-history", default=True, help="Bring a year of invented history.")
def command(
    port: int, host: str, data: Path | None, council: str | None, scale: float, seed: int, history: bool
) -> None:
    """Run a demonstration council: database, web, background work and a year of invented history.

    Ctrl-C stops everything. The next run finds the data as it was left.
    """
    began = time.monotonic()
    _environment(port, data, council)
    settings_ready()
    from django.conf import settings

    from moothall.interfaces.cli.run.running import Run

    check_pack(settings.COUNCIL)
    folder: Path = settings.DATA_DIR
    with alone(folder, port) as note:
        check_port(host, port)
        check_council(folder, settings.COUNCIL)
        Run(host=host, port=port, began=began, note=note).go(scale=scale, seed=seed, history=history)


def _environment(port: int, data: Path | None, council: str | None) -> None:
    """Put the options where the settings look for them; children inherit it."""
    os.environ.setdefault("MOOTHALL_MODE", "demo")
    os.environ["MOOTHALL_PUBLIC_URL"] = f"http://localhost:{port}"
    if data is not None:
        os.environ["MOOTHALL_DATA"] = str(data.absolute())
    if council is not None:
        os.environ["MOOTHALL_COUNCIL"] = council
