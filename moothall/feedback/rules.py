"""How often somebody may be asked, and what an answer in a few words or one key says. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

_SAID: Final = {
    "good": "good", "great": "good", "very good": "good", "fine": "good", "excellent": "good",
    "ok": "average", "okay": "average", "average": "average", "so so": "average",
    "poor": "poor", "bad": "poor", "terrible": "poor", "very poor": "poor", "very bad": "poor",
}  # fmt: skip
KEYS: Final = {"4": "good", "5": "average", "6": "poor"}
"""The keys of a telephone: the others are taken there."""
FIGURES: Final = {"1": "good", "2": "average", "3": "poor"}
"""The figures that an e-mail which asks how we did offers; only an answer to that very e-mail is read by them."""
PAPER: Final = frozenset({"post", "fax"})
"""Channels on which the question stands in a letter and is answered elsewhere."""
LONGEST_WHY: Final = 500
_FIGURE: Final = re.compile(r"\s*([123])(?!\w|[/:.,]\d)[\s.,:;!)–-]*(.*)", re.DOTALL)
_NO_MORE: Final = re.compile(
    r"\s*(?:stop|unsubscribe|(?:please )?(?:don.?t|do not) ask(?: me)?(?: again)?)[\s.!]*", re.I
)
_FIRST: Final = re.compile(
    rf"\s*({'|'.join(sorted(map(re.escape, _SAID), key=len, reverse=True))})\b[\s.,:;!–-]*(.*)",
    re.IGNORECASE | re.DOTALL,
)


def may_ask(asked: Sequence[datetime], *, most: int, days: int, at: datetime) -> bool:
    """Say whether somebody who was asked at these moments may be asked at ``at``: never more than ``most`` in ``days``."""
    since = at - timedelta(days=days)
    return sum(1 for moment in asked if moment > since) < most


def read_said(words: str) -> tuple[str, str] | None:
    """Return the score and the why of a few words ("Poor, nobody rang back"); None where they begin with no score.

    A figure alone is no score: it answers something else.
    """
    found = _FIRST.fullmatch(words.strip())
    return (_SAID[" ".join(found[1].lower().split())], found[2].strip()) if found else None


def read_figure(words: str) -> tuple[str, str] | None:
    """Return the score and the why of an answer to an e-mail that asked: a figure of `FIGURES` or a word, and why."""
    found = _FIGURE.fullmatch(words)
    return (FIGURES[found[1]], found[2].strip()) if found else read_said(words)


def asks_no_more(words: str) -> bool:
    """Say whether somebody asks not to be asked again ("STOP", "Please don't ask me")."""
    return _NO_MORE.fullmatch(words) is not None


def says_more(why: str, *, files: bool) -> bool:
    """Say whether an answer holds more than how it was: it asks something, is long, or brought files. A person reads it."""
    return files or "?" in why or len(why) > LONGEST_WHY
