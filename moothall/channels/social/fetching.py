"""Each network is read from where we left off; what it told is kept first, and what cannot be read blocks nothing."""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import transaction

from moothall.channels.reading import NotReadable
from moothall.channels.social.pictures import have_fetched
from moothall.channels.social.reading import READERS
from moothall.inbox.post_actions import begin_reading, note_trouble, read_so_far
from moothall.intake.social import take_post
from moothall.intake.written import Taken
from moothall.notifications.actions import quarantine
from moothall.notifications.adapters.social import Away, Facebook, network
from moothall.notifications.adapters.social.facebook import Kind

log = logging.getLogger("moothall.social")
FIRST: Final = timedelta(days=3)
"""How far back the very first reading goes."""
WAIT: Final = timedelta(minutes=1)
LONGEST: Final = 200_000
"""Bytes that are kept of a post that cannot be read."""


def fetch(code: str, *, at: datetime) -> int:
    """Read one network; return how many things were new. A network in trouble is noted and asked again later."""
    there = network(code)
    feed = begin_reading(code, at=at) if there is not None else None
    if there is None or feed is None:
        return 0
    host, new = urlsplit(settings.SOCIAL_ADDRESSES[code]).netloc, 0
    try:
        for news in there.news(feed.places, since=at - FIRST):
            new += sum(_take(code, host, one, at) for one in news.items)
            read_so_far(code, news.places, at=at)
    except Away as away:
        log.warning("A social network cannot be read", extra={"network": code, "why": str(away)})
        note_trouble(code, str(away), at=at, wait=max(WAIT, timedelta(seconds=away.wait)))
    return new


def fetch_one(code: str, kind: Kind, id_: str, *, at: datetime) -> None:
    """Take in one thing that a network says is new, wherever it stands. Raises Away: it is asked again."""
    there = network(code)
    told = there.one(kind, id_) if isinstance(there, Facebook) else None
    if told is not None:
        _take(code, urlsplit(settings.SOCIAL_ADDRESSES[code]).netloc, told, at)


def take_told(code: str, host: str, told: Any, *, at: datetime) -> Taken:
    """Take in what a network told of one post; its pictures follow. Raises NotReadable."""
    post = READERS[code](told, host)
    with transaction.atomic():
        taken = take_post(post, at=at)
        if taken.fresh:
            have_fetched(taken.writing_id, code, post.pictures, at=at)
    return taken


def _take(code: str, host: str, told: Any, at: datetime) -> int:
    try:
        return int(take_told(code, host, told, at=at).fresh)
    except NotReadable as strange:
        reason = str(strange)
    except DatabaseError:
        raise
    except Exception as error:  # a post that we cannot read is kept aside, whatever is wrong
        log.exception("A post was put into quarantine: our reading of it failed")
        reason = f"Our reading of it failed: {type(error).__name__}."
    raw = json.dumps(told, ensure_ascii=False, default=str).encode()
    details = {"network": code, "bytes": len(raw)}
    quarantine(source=f"social:{code}", reason=reason, raw=raw, details=details, at=at, most=LONGEST)
    return 1
