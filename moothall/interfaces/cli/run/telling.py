"""What whoever started a run is told: where everything is, how to sign in, whom to look for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from moothall.interfaces.cli.run.folder import short
from moothall.interfaces.cli.support import close_connections

ADDRESSES: Final = (
    ("Public site", ""),
    ("Kiosk", "kiosk/"),
    ("Desk", "desk/"),
    ("Reception", "reception/"),
    ("Field", "field/"),
    ("Console", "console/"),
    ("Performance", "performance/"),
    ("API", "api/v1/openapi.json"),
    ("Sent messages", "demo/outbox"),
)


def lines_of(url: str, folder: Path, council: str, outside: Sequence[str], *, history: bool) -> Iterator[str]:
    """Yield what to print. ``outside`` are the lines of the outside systems. Needs Django and the database."""
    from moothall.interfaces.cli.demo import open311_key, sign_ins

    yield ""
    yield f"Moothall is running: {council.replace('-', ' ').title()} (a demonstration)"
    yield ""
    yield from (f"  {title:<14}{url}/{path}" for title, path in ADDRESSES)
    yield ""
    yield "  Sign in at the desk as"
    yield from (f"  {one['username']:<14}{one['password']:<29}{one['who']}" for one in sign_ins())
    if somebody := _somebody():
        yield ""
        yield f"  Look for      {somebody}"
    yield ""
    yield f"  Open311       {url}/open311/discovery.xml   api_key {open311_key()}"
    if outside:
        yield ""
        yield from outside
    yield ""
    yield f"  Data and logs are kept in {short(folder)}. Ctrl-C stops everything."
    if history:
        yield "  A year of history is being made in the background; figures fill up as it comes."
    yield ""


def _somebody() -> str:
    """One resident of the demonstration, to be looked for at the desk and on the site."""
    from moothall.interfaces.cli.demo import to_try

    try:
        return to_try()
    finally:
        close_connections()
