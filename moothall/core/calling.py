"""Calling systems outside by HTTP: what came, or that nothing came which can be relied on."""

from __future__ import annotations

import threading
import weakref
from dataclasses import dataclass
from typing import Any

import requests
from urllib3.exceptions import HTTPError

LATER = frozenset({408, 425, 429})
"""Statuses that say: not now."""


class NoAnswer(Exception):
    """There was no answer, or one that only means: try again later. The message says which."""


@dataclass(frozen=True, slots=True)
class Came:
    """An answer: taken (2xx) or refused (4xx), its content type and its whole body."""

    status: int
    kind: str
    body: bytes


def call(method: str, address: str, *, patience: tuple[float, float], most: int, **how: Any) -> Came:
    """Call once and return what came. ``patience``: seconds to connect, and to answer; ``most``: bytes that are read. It is
    followed nowhere else.

    Raises:
        NoAnswer: the line broke, it leads elsewhere, it has trouble of its own or is busy, or it says more than we read.
    """
    try:
        with requests.request(method, address, timeout=patience, allow_redirects=False, stream=True, **how) as came:
            body = came.raw.read(most + 1, decode_content=True)
            status, kind = came.status_code, came.headers.get("Content-Type", "")
    except (requests.RequestException, HTTPError, OSError) as wrong:
        raise NoAnswer("It did not answer.") from wrong
    if status >= 500 or status in LATER or 300 <= status < 400 or len(body) > most:
        raise NoAnswer(f"It answered {status}.")
    return Came(status, kind, body)


class OwnSessions:
    """A session for each thread, as none is safe to share; no line of them stays open when this goes."""

    def __init__(self) -> None:
        self._own = threading.local()

    def session(self) -> requests.Session:
        """Return this thread's session."""
        held: requests.Session | None = getattr(self._own, "session", None)
        if held is None:
            held = self._own.session = requests.Session()
            weakref.finalize(self, held.close)
        return held
