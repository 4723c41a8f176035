"""Background entry points."""

from __future__ import annotations

from moothall.core import clock
from moothall.core.actors import SYSTEM
from moothall.core.jobs import every
from moothall.core.packs import NoPack
from moothall.permits.actions import remind


@every("7 * * * *", "permits.remind")
def remind_holders() -> None:
    """Every hour: whose permit ends soon?"""
    try:
        while remind(by=SYSTEM, at=clock.now()):
            pass
    except NoPack:
        return
