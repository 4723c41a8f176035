"""`moothall work`: the background worker."""

from __future__ import annotations

import signal
from types import FrameType

import click

from moothall.interfaces.cli.support import with_database


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now, and end.")
@click.option("--events", default=1, show_default=True, help="Lanes for handlers of events.")
@click.option("--send", default=2, show_default=True, help="Lanes that send messages.")
@with_database
def command(once: bool, events: int, send: int) -> None:
    """Do background work: send messages, watch promises, keep figures. Ctrl-C lets what runs finish."""
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
    worker.run()


command.name = "work"
