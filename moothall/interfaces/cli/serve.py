"""`moothall serve`: the web server."""

from __future__ import annotations

import os
import tempfile

import click

from moothall.interfaces.cli.support import die_with_parent, ready, settings_ready


@click.command(name="serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="The port to listen on.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Processes.")
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 64), help="Threads of each process.")
@click.option("--with-parent", is_flag=True, hidden=True, help="Stop when standard input ends.")
def command(host: str, port: int, workers: int, threads: int, with_parent: bool) -> None:
    """Serve the site, the desk and everything else over http.

    A proxy in front ends TLS. The number of requests worked on at once is workers times threads. The database
    must be reachable and migrated; `/readyz` says whether it is.
    """
    settings_ready()  # the workers set Django up, each for itself: once more here would only delay them
    _collect_static()
    # Each process counts in its own file here; /metrics adds them up. A fresh folder for each start.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="moothall-metrics-")
    from django.conf import settings
    from granian import Granian
    from granian.constants import Interfaces

    if with_parent:
        die_with_parent()
    Granian(
        "moothall.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        backlog=2048,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=20,
        log_dictconfig=_granian_logs(settings.LOGGING),
    ).serve()


def _collect_static() -> None:
    """In production the stylesheets and scripts are gathered under names that change with their content."""
    from django.conf import settings
    from django.core.management import call_command

    if settings.STATIC_ROOT is not None:
        ready()
        call_command("collectstatic", interactive=False, verbosity=0)


def _granian_logs(logging: dict[str, object]) -> dict[str, object]:
    """Our own log lines for the server's words too."""
    loggers = {"_granian": {"level": "WARNING"}, "granian.access": {"level": "CRITICAL"}}
    return {**logging, "loggers": {**logging["loggers"], **loggers}}  # type: ignore[dict-item]
