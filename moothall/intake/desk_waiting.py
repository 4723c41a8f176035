"""The waiting list at the desk: somebody is put on it, told what is offered her, takes it with an adviser, or leaves."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from moothall.bookings import actions as bookings
from moothall.bookings.queries.diary import WaitLine, waits_of
from moothall.contacts.actions import add_matter, open_contact, take_matter
from moothall.contacts.models import Contact, Matter
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.customers.queries import customer_card, survivor_of
from moothall.intake.actions.waiting import go_on_from_offer, join, told_at
from moothall.intake.carrying import SHOWN, ShowWho
from moothall.intake.desk import matter_key
from moothall.intake.dialogue.typed import typed_from
from moothall.intake.draft_actions import keep_draft
from moothall.intake.lookups import read_now
from moothall.intake.models import Dialogue
from moothall.intake.queries.begun import may_know
from moothall.intake.queries.slots import SlotFilter
from moothall.services.pack import SERVICES

FIRST_SURE = "First make sure who it is: two things that we hold, or ring them back."


def waits_beside(*, customer_ids: Collection[UUID], points: Collection[str], visible_to: Actor) -> tuple[WaitLine, ...]:
    """Return where these people stand on waiting lists, without those of services this officer may not know of. Two queries
    at most. Raises Refused."""
    require(visible_to, "contact.take")
    services = current_pack().of(SERVICES)
    found = waits_of(customer_ids=customer_ids, points=points)
    return tuple(one for one in found if one.service in services and may_know(services[one.service], visible_to))


def wait_at_desk(
    contact_id: UUID, *, matter_id: UUID, question: str, given: Mapping[str, Any], wanted: SlotFilter, to: str, by: Actor,
    at: datetime,
) -> UUID:  # fmt: skip
    """Put whoever is in the contact on the waiting list for what the officer looked for; return the entry's id. The same
    again: the same.

    Raises:
        AnswerError: no address we can write to, or that time has passed. KeyError: nothing is booked there. ContactClosed.
    """
    require(by, "contact.take")
    where = told_at(to, sender="", at=at)
    with transaction.atomic():
        contact = open_contact(contact_id)
        matter = take_matter(matter_id, contact)
        service = current_pack().of(SERVICES)[matter.service]
        answers, _ = read_now(service, given, channel=contact.channel, at=at)
        return join(
            service, answers, question=question, wanted=wanted, where=where, customer_id=contact.customer_id, by=by, at=at
        )  # fmt: skip


def take_at_desk(contact_id: UUID, wait_id: UUID, *, by: Actor, at: datetime) -> Matter:
    """Take for her what is offered: a matter of the contact whose form holds what she had answered and the time kept for her.

    Raises:
        ShowWho: who is speaking was not checked in this contact. LookupError: it is not hers, or not for this officer.
        HoldGone: it has run out. ContactClosed.
    """
    require(by, "contact.take")
    with transaction.atomic():
        contact = open_contact(contact_id)
        line = _hers(contact, wait_id, by, at)
        dialogue_id, _ = go_on_from_offer(line.id, channel=contact.channel, contact_id=contact.id, by=by, at=at)
        row = Dialogue.objects.get(id=dialogue_id)
        matter = add_matter(contact.id, service=line.service, dialogue_id=dialogue_id, by=by, at=at)
        keep_draft(
            matter_key(matter.id), typed_from(current_pack().of(SERVICES)[line.service], row.answers), by=by, at=at
        )
        return matter


def leave_at_desk(contact_id: UUID, wait_id: UUID, *, stays: bool, by: Actor, at: datetime) -> None:
    """Take her off the list as she wishes; with ``stays`` only let what is offered go to the next. Gone already is fine.

    Raises:
        ShowWho, LookupError, ContactClosed: as `take_at_desk`.
    """
    require(by, "contact.take")
    with transaction.atomic():
        line = _hers(open_contact(contact_id), wait_id, by, at)
        if stays:
            bookings.let_offer_go(line.id, by=by, at=at)
        else:
            bookings.leave_list(line.id, by=by, at=at)


def _hers(contact: Contact, wait_id: UUID, by: Actor, at: datetime) -> WaitLine:
    """Her place on the list, once it is plain who speaks. Raises ShowWho, LookupError."""
    if contact.identity_check not in SHOWN:
        raise ShowWho(FIRST_SURE)
    found = contact.customer_id and customer_card(
        survivor_of(contact.customer_id) or contact.customer_id, by, on=at.date()
    )
    if not found:
        raise ShowWho(FIRST_SURE)
    points = {point.value.lower() for point in found.points if not point.stopped}
    lines = waits_beside(customer_ids=found.ids, points=points, visible_to=by)
    line = next((one for one in lines if one.id == wait_id), None)
    if line is None:
        raise LookupError(wait_id)
    return line
