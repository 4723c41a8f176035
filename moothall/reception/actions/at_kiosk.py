"""Somebody takes a ticket at a kiosk: nobody there sees who it is or whose number it names, so both have their limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db import transaction

from moothall.core.actors import Actor
from moothall.core.limits import TooManyAttempts, count
from moothall.notifications.unproved import CannotWrite, count_unproved
from moothall.reception.actions.arriving import Arrival, Ticket, arrive, ticket_given
from moothall.reception.models import HowCalled

TICKETS_A_MINUTE: Final = 20
"""One in three seconds: people who touch two pages each, one behind the other, do not come to it."""
TEXTED_AN_HOUR: Final = 3
"""Tickets an hour that are called at one number: a family with one telephone between them."""


def arrive_at_kiosk(new: Arrival, *, kiosk: str, by: Actor, at: datetime) -> Ticket:
    """Take in whoever stands at a kiosk; called by text where a number is given that we text, else on the screen.

    ``kiosk`` tells this one from others. The same arrival again is the same ticket and counts no more. What became of the
    number is in the ticket's ``call_by``; `rules.why_no_text` has the words for one that is not texted.

    Raises:
        NotSo: with the field to mend. TooManyAttempts: more tickets in a minute than people can take; none was given.
    """
    known = ticket_given(new, at=at)
    if known is not None:
        return known
    with transaction.atomic():  # an arrival that is refused counts for nothing
        count("kiosk-tickets", {kiosk: TICKETS_A_MINUTE}, at=at, minutes=1)
        texts = _texts(new.phone, kiosk, at)
        called = replace(new, phone=new.phone if texts else "", call_by=HowCalled.TEXT if texts else HowCalled.SCREEN)
        return arrive(called, by=by, at=at)


def _texts(phone: str, kiosk: str, at: datetime) -> bool:
    """Say whether the number is texted: nobody has proved that it is hers."""
    if not phone:
        return False
    try:
        count_unproved(phone, kind="visit", most=TEXTED_AN_HOUR, sender=f"kiosk {kiosk}", at=at)
    except (CannotWrite, TooManyAttempts):
        return False
    return True
