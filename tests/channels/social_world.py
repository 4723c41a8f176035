"""Both social networks as their twin plays them, for tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moothall.notifications import senders
from moothall.notifications.adapters import social as adapters
from moothall.notifications.adapters.social import SocialSender
from moothall.notifications.adapters.social.twin import KEYS, Twin


@contextmanager
def social_networks(settings: Any) -> Iterator[Twin]:
    """The council is on Mastodon and Bluesky; yields the twin that plays both."""
    running = Twin().start()
    adapters._made.cache_clear()
    settings.SOCIAL_ADDRESSES, settings.SOCIAL_KEYS = running.addresses, dict(KEYS)
    senders.use("social", SocialSender())
    try:
        yield running
    finally:
        senders.use("social", None)
        running.stop()
