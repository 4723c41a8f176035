"""Pictures sent by text: they do not reach us, and whoever sent one is told so and how it does."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings

from moothall.core import limits
from moothall.core.packs import current_pack
from moothall.intake.pack import sentence
from moothall.notifications.actions import queue_message, told_to_stop
from moothall.notifications.recipients import answering

AN_HOUR: Final = 3
"""So often a number is told in an hour: two machines do not go on for ever."""


def say_no_pictures(external_id: str, *, sender: str, contact_id: UUID, at: datetime) -> None:
    """Tell somebody that her words came and her picture did not. Once a text; never to a number that said STOP."""
    if told_to_stop(sender):
        return
    try:
        limits.count("text-pictures", {sender: AN_HOUR}, at=at, minutes=60)
    except limits.TooManyAttempts:
        return
    queue_message(
        key=f"pictures:{external_id}", template="text-asked", to=answering(None, "sms", sender), at=at, channel="sms",
        values={"words": sentence(current_pack(), "no_pictures", link=settings.PUBLIC_URL)}, contact_id=contact_id,
    )  # fmt: skip
