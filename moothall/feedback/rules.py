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
