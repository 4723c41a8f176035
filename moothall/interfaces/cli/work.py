"""`moothall work`: the background worker."""

from __future__ import annotations

import os
import signal
from types import FrameType

import click

from moothall.interfaces.cli.support import database, die_with_parent


@click.command(name="work")
@click.option("--once", is_flag=True, help="Do what is due now, and end.")
@click.option("--events", default=1, show_default=True, help="Lanes for handlers of events.")
@click.option(
    "--send", default=1, show_default=True, help="Lanes that send messages; each may leave one in doubt if killed."
)
@click.option("--with-parent", is_flag=True, hidden=True, help="Stop when standard input ends.")
def command(once: bool, events: int, send: int, with_parent: bool) -> None:
    """Do background work: send messages, watch promises, keep figures. Ctrl-C lets what runs finish.

    Run as many as needed, on as many machines; schedules are kept once among them all.
    """
    os.environ.setdefault("MOOTHALL_DB_POOL", "0")  # every lane keeps a connection of its own
    with database():
        from moothall.core import jobs
        from moothall.core.worker import Worker

        if once:
            click.echo(f"{jobs.drain(strict=False)} done.")
            return
        worker = Worker(event_lanes=events, send_lanes=send)

        def stop(number: int, frame: FrameType | None) -> None:
            worker.stop()

        signal.signal(signal.SIGINT, stop)
        signal.signal(signal.SIGTERM, stop)
        if with_parent:
            die_with_parent()
        worker.run()
