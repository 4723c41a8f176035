"""The mailbox read and listened to, and noted since when it cannot be."""

from __future__ import annotations

import logging
import time
from datetime import timedelta

from moothall.channels.email.imap import MailboxAway, fetch, mailbox, wait
from moothall.core import clock
from moothall.inbox.post_actions import begin_reading, note_trouble, read_so_far
from moothall.inbox.post_queries import MAILBOX

log = logging.getLogger("moothall.mail")


def read_mailbox(seconds: float) -> int:
    """Take in what the mailbox of ``MOOTHALL_IMAP_URL`` holds, and what arrives in so many seconds; return how many.

    A mailbox that cannot be read is noted, so that officers see since when nothing comes; it is asked again the next minute.
    """
    until, count = time.monotonic() + seconds, 0
    begin_reading(MAILBOX, at=clock.now())
    try:
        with mailbox() as box:
            count += fetch(box)
            read_so_far(MAILBOX, {}, at=clock.now())
            while (left := until - time.monotonic()) > 1 and wait(box, left):
                count += fetch(box)
    except MailboxAway as away:
        log.warning("%s", away)
        note_trouble(MAILBOX, str(away), at=clock.now(), wait=timedelta())
    return count
