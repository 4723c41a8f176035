"""A small LMTP server inside the council's network: its mail server hands each e-mail over and hears that we have it.

Said yes to only once it is kept. While our database or our disk is away it says "later", and the mail server keeps it. What
is too large is refused with the reason, so that the sender's own server tells the sender.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from aiosmtpd.controller import UnthreadedController
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import syntax
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection

from moothall.channels.email.arriving import CannotKeep, take_mail
from moothall.channels.email.waited import reached_at
from moothall.core import clock

log = logging.getLogger("moothall.mail")
LATER = "451 4.3.0 We cannot keep it just now; try again"
HAVE_IT = "250 2.0.0 We have it"
AT_ONCE = 4


class Handler:
    """Takes messages in on threads of their own, so that a long one does not keep others waiting at the door.

    Few of them: each may hold the largest e-mail we take, several times over, while it is read.
    """

    def __init__(self) -> None:
        self._readers = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="mail")

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  the library's name
        """Answer for a whole message."""
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        came_at = reached_at(content, now=clock.now())
        to = tuple(str(one).lower() for one in envelope.rcpt_tos)
        if (envelope.mail_from or "<>") == "<>":
            content = b"Return-Path: <>\r\n" + content
        return await asyncio.get_running_loop().run_in_executor(self._readers, _keep, content, to, came_at)


def _keep(content: bytes, to: tuple[str, ...], came_at: datetime) -> str:
    try:
        outcome = take_mail(content, received_at=came_at, envelope_to=to)
    except DatabaseError:
        log.warning("The database does not answer; the mail server was told to try again")
        return LATER
    except CannotKeep as why:
        log.warning("An e-mail cannot be kept; the mail server was told to try again: %s", why)
        return LATER
    finally:
        connection.close()
    if outcome.quarantined:
        log.warning("An e-mail was put into quarantine", extra={"reason": outcome.reason})
    return HAVE_IT


class Door(LMTP):  # type: ignore[misc]
    """A conversation in LMTP. After the message it answers once for each recipient it accepted (RFC 2033, 4.2).

    The library answers once for all of them, so that a mail server which handed over for two waits for the second
    answer until its time is up, and hands the same message over again.
    """

    _answers = 0

    @syntax("DATA")  # type: ignore[untyped-decorator]
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802  the library's name
        """Take a message."""
        self._answers = 0
        try:
            await super().smtp_DATA(arg)
        finally:
            self._answers = 0

    async def push(self, status: Any) -> None:
        """Send a line; what is said of a message is said for each of its recipients."""
        if self._answers:
            await super().push("\r\n".join([str(status)] * self._answers))
            return
        if str(status).startswith("354") and self.envelope is not None:
            self._answers = len(self.envelope.rcpt_tos)
            await super().push(status)
            return
        await super().push(status)


class LmtpServer(UnthreadedController):  # type: ignore[misc]
    """Listens until it is stopped."""

    def factory(self) -> Door:
        """One conversation."""
        return Door(
            self.handler, hostname=socket.gethostname(), data_size_limit=settings.EMAIL_LARGEST, enable_SMTPUTF8=True,
            ident="Moothall", timeout=120,
        )  # fmt: skip


def serve(address: str) -> None:
    """Listen at ``host:port`` until interrupted."""
    host, _, port = address.rpartition(":")
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    server = LmtpServer(Handler(), hostname=host or "127.0.0.1", port=int(port), loop=loop)
    server.begin()
    try:
        loop.run_forever()
    finally:
        server.end()
        loop.close()
