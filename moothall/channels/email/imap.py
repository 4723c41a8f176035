"""A mailbox read by IMAP: what is new is fetched, taken in and put into a folder of what was taken.

A message stays in the inbox until it is kept on our side. Fetched twice, it is the same writing. One that fails goes to
quarantine and out of the way like any other, so that nothing blocks the next.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from imaplib import IMAP4
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError

from moothall.channels.email.arriving import CannotKeep, take_mail, too_large
from moothall.core import clock

log = logging.getLogger("moothall.mail")
TIMEOUT: Final = 30.0
AT_ONCE: Final = 200
HEAD: Final = 100_000
TAKEN: Final = "Moothall"


class MailboxAway(Exception):
    """The mailbox cannot be reached, does not let us in or does not give us what it holds; the message says which."""


class _NotGiven(Exception):
    """The server would not hand over this one e-mail."""


class _Gone(Exception):
    """Somebody else took this e-mail out of the mailbox."""


@contextmanager
def mailbox(url: str = "") -> Iterator[BaseMailBox]:
    """Open the mailbox of ``MOOTHALL_IMAP_URL``. Raises MailboxAway, which names the server and never the password."""
    url = url or settings.IMAP_URL
    if not url:
        raise MailboxAway("There is no mailbox to read.")
    parts = urlsplit(url)
    host, user, password = parts.hostname or "localhost", unquote(parts.username or ""), unquote(parts.password or "")
    tls, port = parse_qs(parts.query).get("tls", [""])[0], parts.port or (993 if parts.scheme == "imaps" else 143)
    box: Any = None
    try:
        if parts.scheme == "imaps":
            box = MailBox(host, port, timeout=TIMEOUT, ssl_context=ssl.create_default_context())
        elif tls == "none":
            box = MailBoxUnencrypted(host, port, timeout=TIMEOUT)
        else:
            box = MailBoxStartTls(host, port, timeout=TIMEOUT, ssl_context=ssl.create_default_context())
        box.login(user, password, initial_folder=unquote(parts.path.strip("/")) or "INBOX")
    except (OSError, IMAP4.error, ImapToolsError) as error:
        if box is not None:
            box.client.shutdown()
        why = (isinstance(error, OSError) and error.strerror) or type(error).__name__
        raise MailboxAway(f"The mailbox at {host}:{port} cannot be read: {why}.") from error
    try:
        yield box
    finally:
        try:
            box.logout()
        except (OSError, IMAP4.error, ImapToolsError):
            log.info("The mailbox did not say goodbye")
            box.client.shutdown()  # a goodbye that fails leaves the line open


def fetch(box: BaseMailBox, *, most: int = AT_ONCE) -> int:
    """Take in what the mailbox holds, oldest first, at most so many; return how many.

    An e-mail that the server does not hand over stays where it is, and those behind it are taken in first.

    Raises:
        MailboxAway: the mailbox went away, something in it was not handed over, or we cannot keep it just now.
    """
    try:
        uids = box.uids("ALL")[:most]
        if uids and not box.folder.exists(TAKEN):
            box.folder.create(TAKEN)
        taken, left = 0, 0
        for uid in uids:
            try:
                _take(box, uid)
            except _Gone:
                continue
            except CannotKeep as why:
                raise MailboxAway(f"What it holds cannot be kept here: {why}.") from why
            except _NotGiven as why:
                left += 1
                log.warning("The mail server did not hand over an e-mail: %s", why)
                continue
            box.move([uid], TAKEN)
            taken += 1
    except (OSError, IMAP4.error, ImapToolsError) as error:
        raise MailboxAway(f"The mailbox went away: {type(error).__name__}.") from error
    if left:
        told = "an e-mail, which stays" if left == 1 else f"{left} e-mails, which stay"
        raise MailboxAway(f"The mail server does not hand over {told} in the mailbox.")
    return taken


def wait(box: BaseMailBox, seconds: float) -> bool:
    """Wait until something arrives (IDLE), at most so long; return whether something did. Raises MailboxAway."""
    try:
        if "IDLE" not in (box.client.capabilities or ()):
            return False
        return bool(box.idle.wait(timeout=seconds))
    except (OSError, IMAP4.error, ImapToolsError) as error:
        raise MailboxAway(f"The mailbox went away: {type(error).__name__}.") from error


def _take(box: BaseMailBox, uid: str) -> None:
    size, received_at = _about(box, uid)
    if size > settings.EMAIL_LARGEST:
        too_large(_part(box, uid, f"BODY.PEEK[]<0.{HEAD}>"), size, received_at=received_at)
        return
    take_mail(_part(box, uid, "BODY.PEEK[]"), received_at=received_at)


def _about(box: BaseMailBox, uid: str) -> tuple[int, datetime]:
    """A message's size, and when the mail server got it: never later than now, never what the message itself says."""
    told = _fetched(box, uid, "(RFC822.SIZE INTERNALDATE)")
    text = b" ".join(one if isinstance(one, bytes) else one[0] for one in told if one).decode("ascii", "replace")
    size = text.partition("RFC822.SIZE ")[2].split(" ")[0].rstrip(")")
    now = clock.now()
    try:
        quoted = text.partition('INTERNALDATE "')[2].partition('"')[0]
        at = parsedate_to_datetime(quoted.replace("-", " ")).astimezone(UTC)
    except (TypeError, ValueError, IndexError):
        at = now
    return int(size) if size.isdigit() else 0, min(at, now)


def _part(box: BaseMailBox, uid: str, what: str) -> bytes:
    content = next((one[1] for one in _fetched(box, uid, f"({what})") if isinstance(one, tuple)), None)
    if content is None:
        raise _NotGiven("nothing came with a yes")
    return bytes(content)


def _fetched(box: BaseMailBox, uid: str, what: str) -> list[Any]:
    """What the server tells of one message. Its status counts: a no is not an empty e-mail."""
    status, told = box.client.uid("fetch", uid, what)
    if status != "OK":
        raise _NotGiven(" ".join(one.decode("ascii", "replace") for one in told if isinstance(one, bytes)) or status)
    if not any(told):
        raise _Gone
    return list(told)
