"""Addresses given for following are kept no longer than they are of use."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from moothall.reports.models import Alert, Follower, Report

_OVER = """
    WITH RECURSIVE up(followed, at) AS (
        SELECT DISTINCT case_id, case_id FROM reports_follower
        UNION
        SELECT up.followed, one.joined_to_id FROM up JOIN cases_case one ON one.id = up.at
        WHERE one.state = 'merged' AND one.joined_to_id IS NOT NULL
    )
    SELECT up.followed FROM up JOIN reports_report last ON last.case_id = up.at
    WHERE last.duplicate_of IS NULL AND NOT last.is_open AND last.closed_at < %s LIMIT %s
"""
"""Reports somebody follows or followed whose end came long ago: the end of what they were joined to, where they were."""


def forget_followers(*, before: datetime, limit: int = 5_000) -> int:
    """Forget who followed reports that were closed before a moment, and wishes never confirmed by then. Returns how many.

    One that was joined to another is over when that other is. Who has stopped is forgotten with the rest.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OVER, [before, limit])
        ids = [row[0] for row in cursor.fetchall()]
    count, _ = Follower.objects.filter(case_id__in=ids).delete()
    Report.objects.filter(case_id__in=ids).update(followers=0)
    dropped, _ = Alert.objects.filter(created_at__lt=before, confirmed_at=None).delete()
    return count + dropped
