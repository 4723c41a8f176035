"""A twin of systems that offer a feed, each under its code, for tests and demonstrations: an ordered list of what changed.

It can be down, answer nonsense, give out of order, repeat the last few entries of the page before, and forget its beginning.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from moothall.core.twin_server import LocalServer, QuietHandler


class _Handler(QuietHandler):
    twin: FeedTwin

    def do_GET(self) -> None:  # noqa: N802 - the library’s own name
        """Give a page."""
        where = urlsplit(self.path)
        parts = where.path.strip("/").split("/")
        status, body = 404, b"{}"
        if len(parts) == 2 and parts[1] == "changes":
            status, body = self.twin.page(parts[0], {name: one[0] for name, one in parse_qs(where.query).items()})
        self.reply(status, body, "application/json")


@dataclass
class FeedTwin(LocalServer):
    """What changed, by system; a place is the number of entries before it. ``size``: entries to a page, at most."""

    handler = _Handler
    size: int = 3
    repeats: int = 0
    forgot: int = 0
    down: bool = False
    nonsense: bool = False
    entries: dict[str, list[Any]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def say(self, system: str, *entries: Any) -> None:
        """Write entries at the end of a system's feed."""
        with self.lock:
            self.entries.setdefault(system, []).extend(entries)

    def page(self, system: str, query: dict[str, str]) -> tuple[int, bytes]:
        """Answer as the system would."""
        with self.lock:
            self.asked.append((system, query.get("after", "")))
            if self.down:
                return 503, b""
            if self.nonsense:
                return 200, b"<html>Please sign in</html>"
            held, start = self.entries.get(system, []), int(query.get("after") or 0)
            if 0 < start < self.forgot:
                return 410, b"{}"
            end = min(start + min(self.size, int(query.get("most") or self.size)), len(held))
            told = {"entries": held[max(0, start - self.repeats) : end], "after": str(end), "more": end < len(held)}
            return 200, json.dumps(told).encode()
