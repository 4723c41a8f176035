"""Twins of line-of-business systems that speak the contract, for tests and demonstrations.

All systems are served by one, each under its code. Each can be set to refuse, to be down, to answer later, or to keep what it
held. What they took is kept in memory: once for each key.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from moothall.core.twin_server import LocalServer, QuietHandler


class _Handler(QuietHandler):
    twin: Twins

    def do_PUT(self) -> None:  # noqa: N802 - the library’s own name
        """Take a change."""
        self._go(json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}"))

    def do_GET(self) -> None:  # noqa: N802 - the library’s own name
        """Say what became of one."""
        self._go({})

    def _go(self, body: dict[str, Any]) -> None:
        parts = [unquote(one) for one in urlsplit(self.path).path.strip("/").split("/")]
        status, said = 404, dict[str, Any]()
        if len(parts) == 5 and parts[1] == "records" and parts[3] == "changes":
            status, said = self.twin.answer(self.command, parts[0], parts[2], parts[4], body)
        self.reply(status, json.dumps(said).encode(), "application/json")


@dataclass
class Twins(LocalServer):
    """The state of the twins. What they took is gone when they end."""

    handler = _Handler
    refuses: dict[str, str] = field(default_factory=dict)
    down: set[str] = field(default_factory=set)
    later: set[str] = field(default_factory=set)
    contradicts: dict[str, dict[str, str]] = field(default_factory=dict)
    taken: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    calls: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where they are served; a system's code follows it."""
        return self.url

    def took(self, system: str) -> list[dict[str, Any]]:
        """Return the changes a system has taken, in order."""
        with self.lock:
            return [row for (code, _), row in self.taken.items() if code == system]

    def answer(
        self, method: str, system: str, record: str, key: str, body: dict[str, Any]
    ) -> tuple[int, dict[str, Any]]:
        """Answer one call as the system would."""
        with self.lock:
            self.calls.append((method, system, key))
            if system in self.down:
                return 503, {"error": "Closed for maintenance"}
            known = self.taken.get((system, key))
            if method == "GET" and known is None:
                return 404, {}
            if known is None:
                if system in self.refuses:
                    return 422, {"state": "refused", "receipt": "", "reason": self.refuses[system]}
                known = {"record": record, "receipt": f"{system}-{len(self.taken) + 1:05}", **body}
                self.taken[(system, key)] = known
                if system in self.later:
                    return 202, {"state": "later", "receipt": known["receipt"]}
            holds = {**known.get("values", {}), **self.contradicts.get(system, {})}
            return 200, {"state": "confirmed", "receipt": known["receipt"], "holds": holds}
