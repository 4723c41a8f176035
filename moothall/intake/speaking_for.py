"""Somebody speaks for the customer: in a contact at the desk or in a request on the web, held to what she may ask for."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.contacts import actions as contacts
from moothall.contacts.models import Contact
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.core.zone import council_date
from moothall.customers.representation.actions import OutsideScope, begin_acting, refuse_outside
from moothall.customers.representation.pack import REPRESENTATIONS
from moothall.customers.representation.queries import RepresentationLine, acting_in, representation
from moothall.intake.desk_actions import begin_contact
from moothall.services.pack import Service

__all__ = ["OutsideScope", "begin_for", "check_speaker", "let_speak", "not_covered"]


def begin_for(*, customer_id: UUID, representation_id: UUID, channel: str, by: Actor, at: datetime) -> Contact:
    """Begin a contact about a customer with somebody who speaks for her.

    Raises:
        ValueError: the representation does not stand (any more). Refused, LookupError.
    """
    with transaction.atomic():
        contact = begin_contact(channel=channel, customer_id=customer_id, by=by, at=at)
        return let_speak(contact.id, representation_id=representation_id, by=by, at=at)


def let_speak(contact_id: UUID, *, representation_id: UUID, by: Actor, at: datetime) -> Contact:
    """Say that in this contact somebody speaks for the customer under a representation of hers.

    Raises:
        ValueError: nobody is named yet, or it does not stand (any more). Refused, LookupError.
    """
    require(by, "contact.take")
    with transaction.atomic():
        contact = contacts.open_contact(contact_id)
        if contact.customer_id is None:
            raise ValueError("Say who it is first.")
        on = council_date(at)
        begin_acting(
            contact_id=contact_id, customer_id=contact.customer_id, representation_id=representation_id, on=on, by=by,
            at=at,
        )  # fmt: skip
        line = representation(representation_id, on=on)
        if line is None:
            raise LookupError("There is nothing of this kind.")
        kind = current_pack().of(REPRESENTATIONS).get(line.kind)
        return contacts.speak_for(
            contact_id, speaker=line.other, speaks_as=kind.contact_as if kind else "family", by=by, at=at
        )


def not_covered(line: RepresentationLine | None, service: Service) -> str:
    """Say why somebody who speaks for the customer may not ask for a service, and what to do; empty: she may."""
    if line is None or line.covers(service.code, service.area):
        return ""
    return f"As {line.says} they cannot ask for “{service.name}”. {line.outside}"


def check_speaker(contact_id: UUID, service: Service, *, by: Actor, at: datetime) -> None:
    """Let a matter of a contact through unless somebody speaks for the customer whom it does not cover. Two queries at most.

    Called outside the transaction that sends: the refusal is kept though nothing is sent.

    Raises:
        OutsideScope: with what to do, in words to read out.
    """
    line = acting_in(contact_id, on=council_date(at))
    words = not_covered(line, service)
    if line is not None and words:
        raise refuse_outside(
            representation_id=line.id, contact_id=contact_id, service=service.code, words=words, by=by, at=at
        )
