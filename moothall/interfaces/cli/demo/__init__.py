"""`moothall demo`: an invented borough with a year of history, for looking round. Never in production."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import click

from moothall.interfaces.cli.support import (
    answer,
    check_ready,
    database,
    die_with_parent,
    fail,
    json_option,
    progress,
    ready,
)

RESIDENTS = 20_000
MANY = 1_000


def _residents(context: click.Context, option: click.Parameter, scale: float) -> int:
    """A number under a thousand is so many times the ordinary borough; a larger one is residents."""
    residents = round(scale * RESIDENTS if scale < MANY else scale)
    if not 100 <= residents <= 5_000_000:
        raise click.BadParameter("A borough has between 100 and 5,000,000 residents.")
    return residents


_options = (
    click.option("--council", help="The council whose pack it stands on. [default: MOOTHALL_COUNCIL, else leeds]"),
    click.option(
        "--scale", "residents", default=1.0, show_default=True, callback=_residents, type=float,
        help="Residents (20000), or under a thousand how many times 20,000.",
    ),
    click.option("--seed", default=1, show_default=True, help="The number the borough grows from."),
    json_option,
)  # fmt: skip


def _with_options(command: Any) -> Any:
    for option in reversed(_options):
        command = option(command)
    return command


@click.group(name="demo")
def group() -> None:
    """An invented borough to look round in: streets, people, a year of contacts and promises.

    What is there already is kept. One that was stopped goes on where it was.
    """


@group.command(name="prepare")
@_with_options
def prepare(council: str | None, residents: int, seed: int, as_json: bool) -> None:
    """Bring in what must be there first: staff, streets, premises, residents.

    Takes a few seconds the first time and none after.
    """
    _run(council, residents, seed, as_json, history=False)


@group.command(name="load")
@click.option("--beside", is_flag=True, hidden=True, help="Only what another `load` leaves to a second process.")
@_with_options
def load(council: str | None, residents: int, seed: int, as_json: bool, beside: bool) -> None:
    """Bring in the whole borough with thirteen months of history up to now.

    The newest month comes first; figures fill up as it goes back. Nobody is sent anything.
    """
    _run(council, residents, seed, as_json, history=True, beside=beside)


def _run(council: str | None, residents: int, seed: int, as_json: bool, *, history: bool, beside: bool = False) -> None:
    if council is not None:
        os.environ["MOOTHALL_COUNCIL"] = council
    ready()
    from django.conf import settings

    if settings.MODE == "production":
        fail("A production service has no demonstration.")
    with database():
        from moothall.interfaces.cli.demo.loading import Loader, NotHere

        check_ready()
        began = time.monotonic()
        try:
            loader = Loader.begin(settings.COUNCIL, residents=residents, seed=seed)
        except NotHere as wrong:
            fail(str(wrong))
        if beside:
            die_with_parent()
            return loader.go_beside()
        with progress("Borough", loader.steps(history=history), shown=not as_json) as done:
            loader.go(history=history, done=done, beside=_second)
        figures = {**loader.figures(), "seconds": round(time.monotonic() - began, 1)}
        answer(figures, as_json=as_json, words=lambda: _words(figures))


def _second() -> Callable[[], None]:
    """Begin a second process beside this one; return what waits for it. It ends with us."""
    child = subprocess.Popen(
        [sys.executable, "-m", "moothall.interfaces.cli", "demo", "load", "--beside"],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip

    def wait() -> None:
        child.wait()  # what it could not do is done here, and fails here where it can be read

    return wait


def _words(figures: dict[str, Any]) -> str:
    counted = ", ".join(f"{value:,} {key}" for key, value in figures.items() if key not in {"seed", "at", "seconds"})
    return f"The borough of seed {figures['seed']} is there: {counted} ({figures['seconds']} seconds)."


def sign_ins() -> list[dict[str, str]]:
    """Return the demonstration's staff with the passwords of this installation. Needs settings, no database."""
    from moothall.core.staff.demo import PARTS, demo_password

    return [
        {"username": username, "password": demo_password(username), "who": f"{name}, {part}"}
        for username, name, part, _, _ in PARTS
    ]


def open311_key() -> str:
    """Return the key with which another system may report by Open311. Needs settings, no database."""
    from moothall.core.staff.demo import demo_key

    return demo_key()


def to_try() -> str:
    """Return a line that names somebody of the borough to look for: a name, where she lives, her number. Needs the
    database; nothing is said where nobody fits."""
    from moothall.core.actors import SYSTEM
    from moothall.customers.queries import find_customers

    for name in ("Patel", "Smith", "Khan", "Taylor"):
        for found in find_customers(name, SYSTEM, limit=10):
            number = next((point for point in found.points if point.startswith("0")), "")
            if found.address and number:
                return f"{found.name}, {found.address}, who rings from {number}"
    return ""
