"""Addresses given for following are kept no longer than they are of use."""

from __future__ import annotations

from datetime import datetime

from moothall.reports.models import Alert, Follower, Report


def forget_followers(*, before: datetime, limit: int = 5_000) -> int:
    """Forget who followed reports that were closed before a moment, and wishes never confirmed by then. Returns how many."""
    closed = Report.objects.filter(is_open=False, closed_at__lt=before, followers__gt=0).values_list(
        "case_id", flat=True
    )
    ids = list(closed[:limit])
    count, _ = Follower.objects.filter(case_id__in=ids).delete()
    Report.objects.filter(case_id__in=ids).update(followers=0)
    dropped, _ = Alert.objects.filter(created_at__lt=before, confirmed_at=None).delete()
    return count + dropped
