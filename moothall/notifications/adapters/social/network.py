"""The seam of a social network, and what its wire can go wrong with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

import requests

from moothall.core.calling import OwnSessions
from moothall.notifications.adapters.notify import never_connected
from moothall.notifications.protocols import NotNow, Refused, Unclear

TIMEOUT: Final = 15.0
LARGEST: Final = 4_000_000
"""Bytes of one answer: more than any page of theirs has."""


class Away(Exception):
    """A network cannot be read just now; the message says why, ``wait`` for how many seconds not to ask again."""

    def __init__(self, reason: str, *, wait: int = 0) -> None:
        self.wait = wait
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class News:
    """Things a network told, oldest first, each as it told it; and where reading goes on once they are kept."""

    items: tuple[Any, ...]
    places: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer to somebody on a network. ``refs`` are what it refers to there."""

    message_id: UUID
    to: str
    author_id: str
    private: bool
    text: str
    refs: Mapping[str, str]


class Network(Protocol):
    """A social network. Implementations are safe to use from several threads."""

    code: str
    longest: int
    longest_private: int

    def news(self, places: Mapping[str, Any], *, since: datetime) -> Iterator[News]:
        """Yield what came after ``places``; with none of them, what came after ``since``. Raises Away."""
        ...

    def post(self, answered: Answered) -> str:
        """Post an answer and return its id there. Raises Refused, NotNow, Unclear."""
        ...

    def find(self, answered: Answered) -> str:
        """Return the id of an answer that was posted, empty when it was not. Raises NotNow."""
        ...


@dataclass(frozen=True, slots=True)
class Got:
    """One answer of a network that can be read."""

    status: int
    body: Any
    headers: Mapping[str, str]


class Wire:
    """Calls to one network. What is read fails as Away, what is written as Refused, NotNow or Unclear."""

    def __init__(self, name: str, address: str, timeout: float = TIMEOUT) -> None:
        self.name, self.address, self.timeout = name, address, timeout
        self._sessions = OwnSessions()

    def call(self, method: str, path: str, **more: Any) -> Got:
        """Call, and return the answer whatever its status.

        Raises:
            NotNow: it cannot be reached. Unclear: the line broke, or the answer is no JSON.
        """
        try:
            answer = self._sessions.session().request(
                method, f"{self.address}{path}", timeout=self.timeout, allow_redirects=False, **more
            )
        except requests.ConnectionError as error:
            if never_connected(error):
                raise NotNow(f"{self.name} cannot be reached.", unreachable=True) from error
            raise Unclear(f"The line to {self.name} went dead.") from error
        except requests.RequestException as error:
            raise Unclear(f"{self.name} did not answer: {type(error).__name__}.") from error
        if len(answer.content) > LARGEST:
            raise Unclear(f"{self.name} answered with more than we read.")
        try:
            body = answer.json()
        except ValueError as error:
            if answer.status_code >= 500:
                body = {}
            else:
                raise Unclear(f"{self.name} answered in a way we cannot read.") from error
        return Got(answer.status_code, body, answer.headers)

    def verdict(self, got: Got, words: str, wait: int) -> Exception:
        """Tell apart what will never go, what goes later, and what may have gone."""
        said = f"{self.name} says {got.status}: {words}"[:300]
        if got.status == 429:
            return NotNow(said, unreachable=True, wait_seconds=wait or 300)
        if got.status in {401, 403}:
            return NotNow(said, unreachable=True)
        return Unclear(said) if got.status >= 500 else Refused(said)


def reading(error: Exception) -> Away:
    """Return what went wrong as a reader sees it: it comes back later in any case."""
    return Away(str(error), wait=getattr(error, "wait_seconds", 0))


def same_words(one: str, other: str) -> bool:
    """Say whether two texts say the same, whatever a network made of their spaces."""
    return " ".join(one.split()) == " ".join(other.split())
