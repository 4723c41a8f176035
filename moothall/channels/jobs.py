"""Background entry points: the mailbox."""

from __future__ import annotations

from typing import Final

from django.conf import settings

from moothall.core.jobs import every

LISTENS: Final = 50.0
"""Seconds of each minute in which the mailbox is listened to, so that an e-mail is taken in as it arrives."""


@every("* * * * *", "channels.fetch_mail", queue="mail")
def fetch_mail() -> None:
    """Each minute: take in what the mailbox holds, then what arrives while we listen. A lane of its own."""
    if settings.IMAP_URL:
        from moothall.channels.email.watching import read_mailbox  # only the worker speaks IMAP

        read_mailbox(LISTENS)
