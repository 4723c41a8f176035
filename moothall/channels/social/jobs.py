"""Background entry points of social networks."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from moothall.core import clock
from moothall.core.jobs import enqueue, every, job
from moothall.notifications.adapters.social import networks

READ = "social.read"
READ_ONE = "social.read_one"


@job(READ)
def read(network: str) -> None:
    """Read one network."""
    from moothall.channels.social.fetching import fetch  # what reads web pages is only the worker's

    fetch(network, at=clock.now())


@job(READ_ONE)
def read_one(network: str, kind: Literal["post", "comment"], id_: str) -> None:
    """Read one thing that a network told us of."""
    from moothall.channels.social.fetching import fetch_one  # likewise

    fetch_one(network, kind, id_, at=clock.now())


@job("social.picture")
def picture(writing_id: str, network: str, number: int, address: str, said: str, until: str, tried: int) -> None:
    """Fetch one picture of a post."""
    from moothall.channels.social.pictures import fetch_picture  # likewise

    fetch_picture(
        UUID(writing_id), network=network, number=number, address=address, said=said, tried=tried,
        until=datetime.fromisoformat(until), at=clock.now(),
    )  # fmt: skip


@every("* * * * *", "social.look")
def look() -> None:
    """Each minute: have each network read, one not waiting for another."""
    for code in networks():
        enqueue(READ, once=f"social:{code}", network=code)
