"""`moothall agi`: the telephone menu for Asterisk, by FastAGI."""

from __future__ import annotations

import click

from moothall.interfaces.cli.support import database


@click.command(name="agi")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=4573, show_default=True, help="FastAGI's own port; 0 picks a free one.")
@click.option("--allow", multiple=True, help="An address of an Asterisk that may connect; none: this machine alone.")
@click.option(
    "--say", default="Festival", show_default=True, help="The dialplan application that reads sentences aloud."
)
@click.option("--once", is_flag=True, hidden=True, help="Take one call, and end.")
def command(host: str, port: int, allow: tuple[str, ...], say: str, once: bool) -> None:
    """Serve the telephone menu to Asterisk until Ctrl-C. The dialplan says AGI(agi://host:4573/)."""
    with database():
        from django.conf import settings

        from moothall.channels.voice.agi import Server
        from moothall.interfaces.hooks.agi import menu, tidy

        with Server(
            (host, port), menu(), desk=settings.VOICE_DESK, say=say, allowed=frozenset(allow), done=tidy
        ) as server:  # fmt: skip
            click.echo(f"The telephone menu listens at agi://{host}:{server.server_address[1]}/", nl=True)
            try:
                server.handle_request() if once else server.serve_forever()
            except KeyboardInterrupt:
                click.echo("Stopped.")
