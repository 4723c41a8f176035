"""How soon the council promises to see a visitor."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from moothall.core.packs import Pack
from moothall.promises.rules import Unit
from moothall.promises.service_terms import contact_promises

CHANNEL: Final = "counter"
WITHIN: Final = timedelta(minutes=10)
"""How soon somebody's turn is where the council promises nothing of visits."""


def within(pack: Pack, on: date, service: str = "") -> timedelta:
    """Return how soon the council promises to see a visitor; ten minutes where it promises nothing."""
    for term in contact_promises(pack, CHANNEL, on, service):
        if term.kind == "visit_seen":
            if term.standard.unit is Unit.SECONDS:
                return timedelta(seconds=term.standard.amount)
            if term.standard.unit is Unit.WORKING_MINUTES:
                return timedelta(minutes=term.standard.amount)
    return WITHIN
