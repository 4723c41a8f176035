"""STOP is for ever, until the same person says START."""

from datetime import datetime

from django.db import transaction

from moothall.core.actors import Actor
from moothall.core.events import Happening, record
from moothall.customers import actions as customers
from moothall.notifications.models import Stopped


def stop(value: str, *, channel: str, how: str, by: Actor, at: datetime) -> None:
    """Send nothing more to this number or address (normalised), whoever's it is. Twice is once."""
    with transaction.atomic():
        _, fresh = Stopped.objects.get_or_create(value=value, defaults={"channel": channel, "since": at, "how": how})
        if fresh:
            customers.stop_contact_point(value=value, by=by, at=at)
            record([Happening("address.stopped", "address", None, at, channel=channel, data={"how": how})], by=by)


def start_again(value: str, *, by: Actor, at: datetime) -> None:
    """Send to this number or address again, because its owner asked for it."""
    with transaction.atomic():
        gone, _ = Stopped.objects.filter(value=value).delete()
        if gone:
            customers.resume_contact_point(value=value, by=by, at=at)
            record([Happening("address.started", "address", None, at)], by=by)


def told_to_stop(value: str) -> bool:
    """Say whether this number or address said STOP and has not said START since."""
    return Stopped.objects.filter(value=value).exists()
