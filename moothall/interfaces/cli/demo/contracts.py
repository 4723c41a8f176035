"""What the invented borough's contractors of the street are told of: the newest open reports of what they mend for us."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from moothall.core.actors import SYSTEM
from moothall.partners.actions import contract_missing

MOST: Final = 6


def bring(*, at: datetime) -> dict[str, int]:
    """Tell them; the worker sends it, and their played system shows it."""
    return {"contracted": contract_missing(most=MOST, by=SYSTEM, at=at)}
