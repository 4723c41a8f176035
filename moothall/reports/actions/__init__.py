"""The only writers of public reports, by topic: keeping in step with cases, following, alerts, photos."""

from moothall.reports.actions.alerts import CannotAlert, ask_for_alerts, confirm_alerts, stop_alerts
from moothall.reports.actions.following import CannotFollow, follow, prove_follower, stop_following
from moothall.reports.actions.keeping import (
    describe_report,
    hide_report,
    rebuild_reports,
    refresh_report,
    sent_on,
    take_off_private,
)
from moothall.reports.actions.photos import REASONS, CannotReview, mark_photos, review_photo

__all__ = [
    "REASONS",
    "CannotAlert",
    "CannotFollow",
    "CannotReview",
    "ask_for_alerts",
    "confirm_alerts",
    "describe_report",
    "follow",
    "hide_report",
    "mark_photos",
    "prove_follower",
    "rebuild_reports",
    "refresh_report",
    "review_photo",
    "sent_on",
    "stop_alerts",
    "stop_following",
    "take_off_private",
]
