"""Somebody signed in asks on the web for a person she speaks for: within what she may ask for, or told plainly why not."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.contacts import actions as contacts
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.core.zone import council_date
from moothall.customers.representation.actions import OutsideScope, begin_acting, refuse_outside
from moothall.customers.representation.pack import REPRESENTATIONS
from moothall.customers.representation.queries import RepresentationLine, representation, spoken_by
from moothall.services.pack import SERVICES, Service

__all__ = ["NotAsking", "OutsideScope", "check_asking_for", "refusal_for", "start_for", "was_asked_for"]


class NotAsking(LookupError):
    """Nobody is signed in who may ask for somebody, or nothing lets her (any more)."""


def refusal_for(line: RepresentationLine, service: Service) -> str:
    """Say to whoever speaks why she may not ask for a service, and what to do; empty: she may."""
    if line.covers(service.code, service.area):
        return ""
    return f"As {line.says} you can’t ask for “{service.name}” for {line.other}. {line.instead}"


def check_asking_for(
    representation_id: UUID, service: Service, *, customer_id: UUID | None, by: Actor, at: datetime
) -> RepresentationLine:
    """Let a request through that somebody (``customer_id``, signed in) makes for another, or refuse it and write that down.

    Called outside the transaction that begins or sends: the refusal is kept though nothing is.

    Raises:
        OutsideScope: with what to do. NotAsking: nobody is signed in, or nothing lets her speak (any more).
    """
    line = spoken_by(customer_id, representation_id, on=council_date(at)) if customer_id else None
    if line is None:
        raise NotAsking("You may not ask for them (any more). They can ask themselves, or allow you again.")
    words = refusal_for(line, service)
    if words:
        raise refuse_outside(
            representation_id=line.id, contact_id=None, service=service.code, words=words, by=by, at=at
        )
    return line


def start_for(representation_id: UUID, service: str, *, customer_id: UUID, by: Actor, at: datetime) -> tuple[UUID, str]:
    """Begin a request on the web for whom somebody (``customer_id``, signed in) speaks; return its id and token.

    Raises:
        OutsideScope, NotAsking: in words for whoever asks. KeyError, NotOnThisChannel: as ``start_dialogue``.
    """
    from moothall.intake.actions.dialogues import start_dialogue  # sending needs this module

    wanted = current_pack().of(SERVICES)[service]
    line = check_asking_for(representation_id, wanted, customer_id=customer_id, by=by, at=at)
    return start_dialogue(
        service, channel="web", by=by, at=at, customer_id=line.other_id, representation_id=representation_id
    )


def was_asked_for(contact_id: UUID, representation_id: UUID, *, by: Actor, at: datetime) -> None:
    """Write down, in the transaction that sends, who asked for the customer and under what.

    Raises:
        NotAsking: it ended since. LookupError, Refused: it is another's.
    """
    on = council_date(at)
    with transaction.atomic():
        line = representation(representation_id, on=on)
        if line is None:
            raise NotAsking("This has ended. They can ask themselves, or allow you again.")
        kind = current_pack().of(REPRESENTATIONS).get(line.kind)
        contact = contacts.speak_for(
            contact_id, speaker=line.other, speaks_as=kind.contact_as if kind else "family", by=by, at=at, over=True
        )
        if contact.customer_id is None:
            raise LookupError("There is nobody this was asked for.")
        begin_acting(
            contact_id=contact_id, customer_id=contact.customer_id, representation_id=representation_id, on=on, by=by,
            at=at,
        )  # fmt: skip
