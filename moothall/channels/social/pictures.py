"""Pictures of posts, fetched after the post itself is kept: where they lie is anybody's word, so with care."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings

from moothall.core.calling import NoAnswer
from moothall.core.fetching import LeadsInside, fetch
from moothall.core.jobs import enqueue, pause_after
from moothall.documents.rules import LARGEST
from moothall.intake.social import Pictured, keep_picture, picture_not_had

FETCH: Final = "social.picture"
PATIENCE: Final = (5.0, 10.0)
LONGEST: Final = 60.0
"""Seconds for one picture, however it trickles in."""
TRY_FOR: Final = timedelta(days=1)


def have_fetched(writing_id: UUID, network: str, pictures: tuple[Pictured, ...], *, at: datetime) -> None:
    """Queue the pictures of a post to be fetched, in the transaction that keeps the post."""
    until = (at + TRY_FOR).isoformat()
    for number, one in enumerate(pictures, 1):
        enqueue(
            FETCH, writing_id=str(writing_id), network=network, number=number, address=one.address, said=one.said,
            until=until, tried=0,
        )  # fmt: skip


def fetch_picture(
    writing_id: UUID, *, network: str, number: int, address: str, said: str, until: datetime, tried: int, at: datetime
) -> None:
    """Fetch one picture and keep it. Where nobody answers it is tried for a day; one not to be had is said."""
    try:
        came = fetch(address, ours=_ours(network), patience=PATIENCE, most=LARGEST, longest=LONGEST)
    except LeadsInside:
        picture_not_had(writing_id, number=number, network=network)
        return
    except NoAnswer:
        again = at + max(timedelta(minutes=1), pause_after(tried + 5))
        if again > until:
            picture_not_had(writing_id, number=number, network=network)
            return
        enqueue(
            FETCH, at=again, writing_id=str(writing_id), network=network, number=number, address=address, said=said,
            until=until.isoformat(), tried=tried + 1,
        )  # fmt: skip
        return
    if came.status != 200:
        picture_not_had(writing_id, number=number, network=network)
        return
    keep_picture(writing_id, number=number, content=came.body, said=said, at=at)


def _ours(network: str) -> frozenset[str]:
    """The network's own server, as an administrator named it: what lies there is fetched wherever that is."""
    parts = urlsplit(settings.SOCIAL_ADDRESSES.get(network, ""))
    return frozenset({f"{parts.scheme}://{parts.netloc}"} if parts.netloc else ())
