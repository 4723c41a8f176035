"""Background entry points."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from moothall.core import clock
from moothall.core.jobs import every, job
from moothall.core.packs import NoPack, current_pack
from moothall.reports.actions.forgetting import forget_followers
from moothall.reports.cells import recount_if_needed
from moothall.reports.pack import STREET_REPORTS
from moothall.reports.webhooks import tell


@every("20 3 * * *", "reports.forget_followers")
def forget() -> None:
    """Each night: addresses of followers go once their report has been closed for the pack's days."""
    try:
        days = current_pack().one(STREET_REPORTS).follow_days
    except NoPack:
        return
    forget_followers(before=clock.now() - timedelta(days=days))


@every("50 * * * *", "reports.recount")
def recount() -> None:
    """Each hour: the sums of the map are put right where a version that counts otherwise wrote them."""
    recount_if_needed()


@job("reports.webhook")
def webhook(to: str, case: str) -> None:
    """Tell somebody of a report that changed."""
    tell(to, UUID(case), at=clock.now())
