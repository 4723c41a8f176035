"""A twin of a telephone exchange that records calls and can be told to stop, for tests and demonstrations.

It takes any call for one that goes on until `ended` names it, checks signatures, and keeps every order it took.
"""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import unquote

from moothall.core import clock
from moothall.core.signing import is_signed
from moothall.core.twin_server import LocalServer, QuietHandler
from moothall.payments.adapters.exchange import NAME

KEY: Final = "twin-of-the-exchange"


class _Handler(QuietHandler):
    twin: Twin

    def do_POST(self) -> None:  # noqa: N802 - the library’s own name
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.twin.down:
            self.drop()
            return
        if self.twin.slow:
            time.sleep(self.twin.slow)
        if not is_signed(raw, self.headers, self.twin.key, at=clock.now(), name=NAME):  # type: ignore[arg-type]
            self.reply(403, b'{"error": "The signature does not fit."}', "application/json")
            return
        status = self.twin.take(self.path, raw)
        if self.twin.mute:
            self.drop()
            return
        with suppress(OSError):  # whoever asked may have lost patience
            self.reply(status, b"", "application/json")


@dataclass
class Twin(LocalServer):
    """One exchange. ``orders`` is what it was told, in order: the call, and whether it is recorded from then on.

    ``mute``: it does as it is told and the answer is lost; ``slow``: seconds before it does anything.
    """

    handler = _Handler
    key: str = KEY
    orders: list[tuple[str, bool]] = field(default_factory=list)
    taken_of: dict[str, datetime] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    down: bool = False
    mute: bool = False
    slow: float = 0.0

    def take(self, path: str, raw: bytes) -> int:
        """Take one order; return the status of the answer."""
        parts = path.strip("/").split("/")
        try:
            told: Any = json.loads(raw)
            wanted, at = told["recording"], datetime.fromisoformat(told["at"])
        except (ValueError, KeyError, TypeError):
            return 400
        if len(parts) != 3 or (parts[0], parts[2]) != ("calls", "recording") or wanted not in {"on", "off"}:
            return 400
        call = unquote(parts[1])
        if call in self.ended:
            return 404
        with self.lock:
            if at >= self.taken_of.get(call, at):  # what came late undoes nothing
                self.taken_of[call] = at
                self.orders.append((call, wanted == "on"))
        return 204

    def records(self, call: str) -> bool:
        """Say whether a call is recorded now: every call is, until it is told otherwise."""
        with self.lock:
            return next((on for one, on in reversed(self.orders) if one == call), True)
