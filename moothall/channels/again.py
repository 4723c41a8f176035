"""What was put into quarantine is read again as it came: e-mail, and what social networks told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from moothall.channels.reading import NotReadable
from moothall.core import clock
from moothall.notifications.reading_again import StillUnread


def read_mail_again(raw: bytes, arrived_at: datetime, details: Mapping[str, Any]) -> None:
    """Take in an e-mail that was put aside, as of when it arrived. Raises StillUnread."""
    from moothall.channels.email.arriving import take_again  # its libraries are only needed where e-mail is read
    from moothall.channels.email.parsing import NotMail

    try:
        take_again(raw, received_at=arrived_at, envelope_to=tuple(str(one) for one in details.get("to", ())))
    except NotMail as strange:
        raise StillUnread(str(strange)) from strange


def read_post_again(raw: bytes, arrived_at: datetime, details: Mapping[str, Any]) -> None:
    """Take in a post or private message that was put aside; it says itself when it was written. Raises StillUnread."""
    from moothall.channels.social.fetching import take_told

    code = str(details.get("network", ""))
    try:
        told = json.loads(raw)
        take_told(code, urlsplit(settings.SOCIAL_ADDRESSES.get(code, "")).netloc, told, at=clock.now())
    except NotReadable as strange:
        raise StillUnread(str(strange)) from strange
    except (ValueError, KeyError) as wrong:
        raise StillUnread("What was kept of it is no post.") from wrong
