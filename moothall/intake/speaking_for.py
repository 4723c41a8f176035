"""Somebody speaks for the customer in a contact: begun from her record, held to what it covers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.contacts.models import Contact
from moothall.core.actors import Actor
from moothall.customers.representation.actions import OutsideScope, begin_acting, refuse_outside
from moothall.customers.representation.queries import acting_in
from moothall.intake.council_time import council_date
from moothall.intake.desk_actions import begin_contact
from moothall.services.pack import Service

__all__ = ["OutsideScope", "begin_for", "check_speaker"]


def begin_for(*, customer_id: UUID, representation_id: UUID, channel: str, by: Actor, at: datetime) -> Contact:
    """Begin a contact about a customer with somebody who speaks for her.

    Raises:
        ValueError: the representation does not stand (any more). Refused, LookupError.
    """
    with transaction.atomic():
        contact = begin_contact(channel=channel, customer_id=customer_id, by=by, at=at)
        begin_acting(contact_id=contact.id, representation_id=representation_id, on=council_date(at), by=by, at=at)
    return contact


def check_speaker(contact_id: UUID, service: Service, *, by: Actor, at: datetime) -> None:
    """Let a matter of a contact through unless somebody speaks for the customer whom it does not cover. One query.

    Called outside the transaction that sends: the refusal is kept though nothing is sent.

    Raises:
        OutsideScope: with what to do, in words to read out.
    """
    line = acting_in(contact_id, on=council_date(at))
    if line is not None and not line.covers(service.code, service.area):
        raise refuse_outside(
            representation_id=line.id, contact_id=contact_id, service=service.code, name=service.name, says=line.says,
            outside=line.outside, by=by, at=at,
        )  # fmt: skip
