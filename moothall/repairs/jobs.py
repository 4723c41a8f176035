"""Background entry points."""

from __future__ import annotations

from uuid import UUID

from moothall.core import clock
from moothall.core.jobs import every, job
from moothall.core.packs import NoPack
from moothall.repairs.actions import ask_contractors, deliver, raise_all


@job("repairs.tell")
def tell(telling: str) -> None:
    """Tell a contractor one thing that waits."""
    deliver(UUID(telling), at=clock.now())


@every("*/5 * * * *", "repairs.mind")
def mind() -> None:
    """Every five minutes: what has stood still too long?"""
    try:
        raise_all(at=clock.now())
    except NoPack:
        return


@every("3-59/10 * * * *", "repairs.ask")
def ask() -> None:
    """Every ten minutes: what did contractors say that did not reach us?"""
    try:
        ask_contractors(at=clock.now())
    except NoPack:
        return
