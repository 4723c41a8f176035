"""A twin of Twilio's Messages resource: takes texts as its reference says, lists them, and can lose its answers.

Written from the published reference by the same hand as the adapter; what is unconfirmed stands in
`docs/howto/calls-and-texts.md`.
"""

from __future__ import annotations

import json
import re
import time
from base64 import b64decode
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from moothall.core import clock
from moothall.core.twin_server import LocalServer, QuietHandler

ACCOUNT: Final = "AC00000000000000000000000000000001"
TOKEN: Final = "twin-of-twilio"  # noqa: S105  the twin's own, good for nothing else
FROM: Final = "+447700900999"
LONGEST: Final = 1600
STOPPED: Final = "+447700900610"
"""Whoever has this number told Twilio to stop."""


class _Handler(QuietHandler):
    twin: Twin

    def do_GET(self) -> None:  # noqa: N802 - the library’s own name
        self._serve({name: values[-1] for name, values in parse_qs(urlsplit(self.path).query).items()})

    def do_POST(self) -> None:  # noqa: N802 - the library’s own name
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._serve({name: values[-1] for name, values in parse_qs(raw.decode("utf-8", "replace")).items()})

    def _serve(self, told: dict[str, str]) -> None:
        status, body = self._answer(told)
        if self.twin.slow:
            time.sleep(self.twin.slow)
        if self.twin.swallows and self.command == "POST":
            self.twin.swallows -= 1
            self.drop()
            return
        self.reply(status, json.dumps(body).encode(), "application/json")

    def _answer(self, told: dict[str, str]) -> tuple[int, Any]:
        kind, _, secret = (self.headers.get("Authorization") or "").partition(" ")
        if kind != "Basic" or b64decode(secret).decode() != f"{ACCOUNT}:{TOKEN}":
            return _no(401, 20003, "Authenticate")
        if urlsplit(self.path).path != f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json":
            return _no(404, 20404, "The requested resource was not found")
        with self.twin.lock:
            return self.twin.listed(told) if self.command == "GET" else self.twin.take(told)


@dataclass
class Twin(LocalServer):
    """The texts it took, oldest first; ``swallows`` so many answers are lost, ``slow`` so many seconds each takes."""

    handler = _Handler
    texts: list[dict[str, Any]] = field(default_factory=list)
    swallows: int = 0
    slow: float = 0.0

    def take(self, told: dict[str, str]) -> tuple[int, Any]:
        """Take a text, or say by Twilio's codes why not."""
        to, body = told.get("To", ""), told.get("Body", "")
        if not re.fullmatch(r"\+[1-9]\d{6,14}", to):
            return _no(400, 21211, f"Invalid 'To' Phone Number: {to}")
        if not body:
            return _no(400, 21602, "Message body is required")
        if len(body) > LONGEST:
            return _no(400, 21617, "The concatenated message body exceeds the 1600 character limit")
        if told.get("From", "") != FROM and not told.get("MessagingServiceSid", "").startswith("MG"):
            return _no(
                400, 21606, "The 'From' phone number provided is not a valid message-capable Twilio phone number"
            )
        if to == STOPPED:
            return _no(400, 21610, "Attempt to send to unsubscribed recipient")
        now = format_datetime(clock.machine_now(), usegmt=True)
        row = {
            "sid": f"SM{uuid4().hex}", "account_sid": ACCOUNT, "to": to, "from": told.get("From"), "body": body,
            "status": "queued", "direction": "outbound-api", "date_created": now,
            "date_sent": None, "error_code": None, "error_message": None, "callback": told.get("StatusCallback", ""),
        }  # fmt: skip
        self.texts.append(row)
        return 201, _shown(row)

    def listed(self, told: dict[str, str]) -> tuple[int, Any]:
        """List the newest first."""
        rows = [row for row in reversed(self.texts) if told.get("To") in {None, row["to"]}]
        size = int(told.get("PageSize", "50"))
        return 200, {
            "messages": [_shown(row) for row in rows[:size]],
            "page": 0,
            "page_size": size,
            "next_page_uri": None,
        }


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "callback"}


def _no(status: int, code: int, message: str) -> tuple[int, Any]:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return status, {"code": code, "message": message, "more_info": more, "status": status}
