"""Background entry points."""

from __future__ import annotations

from uuid import UUID

from moothall.core import clock
from moothall.core.jobs import every, job
from moothall.core.packs import NoPack
from moothall.partners.actions.following import ask_partners
from moothall.partners.actions.helped import chase
from moothall.partners.actions.referring import deliver


@job("partners.deliver")
def send(referral: str) -> None:
    """Send one that waits."""
    deliver(UUID(referral), at=clock.now())


@every("*/10 * * * *", "partners.ask")
def ask() -> None:
    """Every ten minutes: where do the reports stand that other systems have of us?"""
    try:
        ask_partners(at=clock.now())
    except NoPack:
        return


@every("35 * * * *", "partners.chase")
def chase_partners() -> None:
    """Every hour: whoever was asked to help somebody and has not answered is asked again, and then it is an adviser's."""
    try:
        chase(at=clock.now())
    except NoPack:
        return
