"""`moothall twin`: outside services that speak the real contract, on this machine."""

from __future__ import annotations

import contextlib
import importlib
import threading
from pathlib import Path

import click

from moothall.interfaces.cli.support import with_django


@click.group()
def group() -> None:
    """Outside services on this machine, for tests and demonstrations."""


group.name = "twin"


@group.command()
@click.option("--port", default=8026, show_default=True, help="Where to serve it; 0 picks a free port.")
@click.option("--site", default="http://localhost:8000", show_default=True, help="The address of the site.")
@click.option("--keep", type=click.Path(path_type=Path), help="File that keeps the payments from run to run.")
@click.option("--provider", type=click.Choice(["govuk_pay", "stripe"]), default="govuk_pay", show_default=True)
@with_django
def pay(port: int, site: str, keep: Path | None, provider: str) -> None:
    """Serve a twin of the payment provider until Ctrl-C. Its payment page is the demonstration’s own."""
    module = importlib.import_module(f"moothall.payments.adapters.{provider}.twin")
    running = module.Twin(
        pages=f"{site}/demo/card", callback=f"{site}/hooks/pay/{provider}", tells=True, port=port, keep=keep
    ).start()
    click.echo(f"The payment provider's twin is at {running.url}")
    click.echo(f"MOOTHALL_PAY_BY={provider} MOOTHALL_PAY_URL={running.url}")
    click.echo(f"MOOTHALL_PAY_KEY={module.KEY} MOOTHALL_PAY_SECRET={module.SECRET}")
    _until_ctrl_c()
    running.stop()


@group.command()
@click.option("--port", default=8025, show_default=True, help="Where to serve it; 0 picks a free port.")
@click.option("--site", default="http://127.0.0.1:8000", show_default=True, help="The address to call back.")
@click.option("--token", default="", help="The bearer token to call back with.")
@click.option("--hold", is_flag=True, help="Say nothing about deliveries by itself.")
@with_django
def notify(port: int, site: str, token: str, hold: bool) -> None:
    """Serve a twin of GOV.UK Notify until Ctrl-C. `/_twin` shows what it took."""
    from moothall.notifications.adapters.notify import twin

    running = twin.Twin(
        callback=f"{site}/hooks/notify/receipt" if token else "",
        inbound=f"{site}/hooks/notify/text" if token else "",
        token=token,
        outcome="hold" if hold else "delivered",
        port=port,
    ).start()
    click.echo(f"Notify's twin is at {running.url}")
    click.echo(f"MOOTHALL_NOTIFY_URL={running.url} MOOTHALL_NOTIFY_KEY={twin.KEY}")
    for channel, template in twin.TEMPLATES.items():
        click.echo(f"MOOTHALL_NOTIFY_{channel.upper()}_TEMPLATE={template}")
    _until_ctrl_c()
    running.stop()


@group.command(name="systems")
@click.option("--port", default=8026, show_default=True, help="Where to serve them; 0 picks a free port.")
@click.option("--refuse", multiple=True, help="A system that refuses every change.")
@click.option("--down", multiple=True, help="A system that is down.")
@with_django
def systems(port: int, refuse: tuple[str, ...], down: tuple[str, ...]) -> None:
    """Serve twins of all line-of-business systems until Ctrl-C: they take changes, each under its code."""
    from moothall.customers.linking.adapters.rest.twin import Twins

    running = Twins(refuses=dict.fromkeys(refuse, "This system refuses"), down=set(down), port=port).start()
    click.echo(f"The systems' twins are at {running.address}")
    click.echo(f"MOOTHALL_SYSTEMS=*={running.address}")
    _until_ctrl_c()
    running.stop()


@group.command()
@click.option("--port", default=8028, show_default=True, help="Where to serve it; 0 picks a free port.")
@click.option("--keep", type=click.Path(path_type=Path), help="File that keeps the posts from run to run.")
@click.option("--seed/--no-seed", default=False, help="Begin with a few posts, where there are none yet.")
@with_django
def social(port: int, keep: Path | None, seed: bool) -> None:
    """Serve a twin of Mastodon, Bluesky and Facebook until Ctrl-C. On its first page anybody can write to the council."""
    from moothall.interfaces.cli.demo.posts import SAID
    from moothall.notifications.adapters.social.twin import KEYS, Twin

    running = Twin(port=port, keep=keep).start()
    if seed and not running.posts:
        for said in SAID:
            running.say(**said)
    click.echo(f"Write to the council at {running.url}")
    click.echo(f"MOOTHALL_SOCIAL={','.join(f'{code}={url}' for code, url in running.addresses.items())}")
    click.echo(f"MOOTHALL_SOCIAL_KEYS={','.join(f'{code}={key}' for code, key in KEYS.items())}")
    _until_ctrl_c()
    running.stop()


@group.command()
@click.option("--port", default=8027, show_default=True, help="Where to serve them; 0 picks a free port.")
@click.option("--site", default="http://localhost:8000", show_default=True, help="The address of the site.")
@click.option("--open311-port", default=8028, show_default=True, help="Where to serve those we reach by Open311.")
@click.option("--keep", type=click.Path(path_type=Path), help="Folder that keeps what they took from run to run.")
@with_django
def contractors(port: int, site: str, open311_port: int, keep: Path | None) -> None:
    """Serve twins of the contractors until Ctrl-C: those of repairs, and those reached by Open311. The first page of each
    plays them with buttons."""
    from moothall.partners.adapters.open311 import twin as open311
    from moothall.repairs.adapters.works_orders.twin import KEY, Twin

    repairs = Twin(
        callback=f"{site}/hooks/repairs/{{code}}", port=port, keep=keep / "contractors.json" if keep else None
    ).start()
    streets = open311.Twin(
        callback=f"{site}/hooks/open311/{{code}}", port=open311_port, keep=keep / "open311.json" if keep else None
    ).start()
    click.echo(f"Play the contractors of repairs at {repairs.url}")
    click.echo(f"MOOTHALL_CONTRACTORS=*={repairs.url}")
    click.echo(f"MOOTHALL_CONTRACTOR_KEYS=*={KEY}")
    click.echo(f"Play the contractors of the street at {streets.url}")
    click.echo(f"MOOTHALL_PARTNERS=*={streets.url}")
    click.echo(f"MOOTHALL_PARTNER_KEYS=*={open311.KEY}")
    _until_ctrl_c()
    repairs.stop()
    streets.stop()


def _until_ctrl_c() -> None:
    with contextlib.suppress(KeyboardInterrupt):
        threading.Event().wait()
