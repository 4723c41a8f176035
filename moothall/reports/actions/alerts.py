"""Alerts for a place: new reports near it, to an address that was confirmed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from moothall.core.ids import new_id
from moothall.core.limits import TooManyAttempts
from moothall.core.packs import current_pack
from moothall.core.tokens import opens
from moothall.notifications.actions import queue_message
from moothall.notifications.recipients import recipient
from moothall.notifications.unproved import CannotWrite, count_unproved
from moothall.reports.actions.following import USE, stop_token
from moothall.reports.addresses import email_or_mobile
from moothall.reports.models import Alert

MOST_AN_HOUR = 6
REACHES = (200, 500, 1000, 2000)


class CannotAlert(ValueError):
    """We cannot send alerts like this; the message says what to do."""


def ask_for_alerts(
    *,
    address: str,
    place: str,
    latitude: float,
    longitude: float,
    metres: int,
    service: str = "",
    at: datetime,
    sender: str = "",
) -> Alert:
    """Keep a wish to hear of new reports near a place and send the link that confirms it. The same wish again: once more.

    Raises:
        CannotAlert: no e-mail address, an unknown service, or too many wishes in an hour.
    """
    where = email_or_mobile(address)
    if "@" not in where:
        raise CannotAlert("Enter an email address, like name@example.com.")
    if service and service not in current_pack().services:
        raise CannotAlert("Choose what you want to hear about.")
    try:
        count_unproved(where, kind="alert", most=MOST_AN_HOUR, sender=sender, at=at)
    except CannotWrite as no:
        raise CannotAlert(str(no)) from no
    except TooManyAttempts as wait:
        raise CannotAlert("We have sent several links there already. Look for them, or wait an hour.") from wait
    with transaction.atomic():
        row, _ = Alert.objects.update_or_create(
            address=where, latitude=round(latitude, 5), longitude=round(longitude, 5), service=service,
            defaults={"metres": metres if metres in REACHES else 500, "place": place[:200], "created_at": at},
            create_defaults={
                "id": new_id(), "metres": metres if metres in REACHES else 500, "place": place[:200], "created_at": at,
            },
        )  # fmt: skip
        if row.confirmed_at is None or row.stopped_at is not None:
            link = f"{settings.PUBLIC_URL}/reports/alerts/{row.id}/{stop_token(row.id)}"
            queue_message(
                key=f"alert:{row.id}:{at.isoformat()}", template="alert-confirm", to=recipient(None, email=where),
                values={"place": row.place, "link": link}, at=at,
            )  # fmt: skip
    return row


def confirm_alerts(alert_id: UUID, token: str, *, at: datetime) -> Alert | None:
    """Begin to send: whoever has the address opened our link. ``None`` for a link that is not ours."""
    return _mark(alert_id, token, {"confirmed_at": at, "stopped_at": None})


def stop_alerts(alert_id: UUID, token: str, *, at: datetime) -> Alert | None:
    """Stop alerts for a place. ``None`` for a link that is not ours."""
    return _mark(alert_id, token, {"stopped_at": at})


def _mark(alert_id: UUID, token: str, values: dict[str, datetime | None]) -> Alert | None:
    if not opens(token, USE, alert_id):
        return None
    Alert.objects.filter(id=alert_id).update(**values)
    return Alert.objects.filter(id=alert_id).first()
