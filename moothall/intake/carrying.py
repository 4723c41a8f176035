"""What somebody began elsewhere, put before the adviser who now has them: nothing is asked twice.

Two ways lead here: a caller is put through from the telephone menu, or she rings (or comes) about what she began on the
web, by text or at a kiosk. Nobody's answers are shown before it is plain whose they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from moothall.contacts.actions import add_matter, open_contact
from moothall.contacts.models import Contact, Matter
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.events import record
from moothall.core.limits import count, give_back
from moothall.core.packs import current_pack
from moothall.core.references import NotAReference, read_reference
from moothall.customers.queries import customer_card, survivor_of
from moothall.customers.rules.writing import CannotRead, plain_phone
from moothall.intake.actions.dialogues import carried
from moothall.intake.desk import matter_key, seen_of
from moothall.intake.dialogue.people import postcode
from moothall.intake.dialogue.typed import typed_from
from moothall.intake.draft_actions import keep_draft
from moothall.intake.models import Conversation, Dialogue, DialogueState
from moothall.intake.queries.begun import may_know, open_rows
from moothall.services.pack import SERVICES, Service

SHOWN: Final = frozenset({"facts", "call_back", "document"})
"""Checks of who is speaking after which their own answers may be opened."""
TRIES_AN_HOUR: Final = 20


class NotBegun(LookupError):
    """There is nothing under way that this finds, or not for them: the two look the same."""


class ShowWho(ValueError):
    """It is not plain yet whose it is; the message says what to ask."""


def carry_from_call(contact_id: UUID, *, call_id: str, by: Actor, at: datetime) -> Matter | None:
    """Begin the matter that the menu had begun in this call, its form filled with what was answered there. Once a call.

    None: nothing was under way, or the desk does not take it. What was sent from the menu already is not sent again.
    """
    talked = Conversation.objects.filter(channel="voice", call_id=call_id, dialogue_id__isnull=False).first()
    begun = talked.dialogue_id if talked else None
    row = Dialogue.objects.filter(id=begun, state=DialogueState.OPEN).first() if begun else None
    service = current_pack().of(SERVICES).get(row.service) if row else None
    if row is None or service is None or service.channel("phone").level == "no":
        return None
    return _take_up(contact_id, row, service, by=by, at=at)


def carry_to_desk(contact_id: UUID, *, dialogue_id: UUID, by: Actor, at: datetime) -> Matter | None:
    """Go on, in the contact in hand, with a request its customer began elsewhere. Once a contact.

    Raises:
        ShowWho: who is speaking was not checked yet in this contact.
        NotBegun: there is none under way, or it is not hers, or not for this officer. ContactClosed.
    """
    require(by, "contact.take")
    with transaction.atomic():
        contact = open_contact(contact_id)
        row = open_rows(at).select_for_update().filter(id=dialogue_id).first()
        if row is None or not _is_hers(row, contact, by=by, at=at):
            raise NotBegun
        if contact.identity_check not in SHOWN:
            raise ShowWho("First make sure who it is: two things that we hold, or ring them back.")
        return _take_up(contact.id, row, _service(row, contact.channel, by), by=by, at=at)


def carry_by_code(contact_id: UUID, *, code: str, second: str, by: Actor, at: datetime) -> Matter | None:
    """Go on with the request whose code the customer says, once one thing she answered in it shows that it is hers.

    ``second`` is a telephone number, an email address or a postcode. It is asked only where her answers hold one and who is
    speaking was not checked in this contact. A wrong code and a wrong second thing are answered the same.

    Raises:
        ShowWho: in words for the officer. TooManyAttempts. ContactClosed.
    """
    require(by, "contact.take")
    tries = count("begun-code", {str(by.id): TRIES_AN_HOUR}, at=at, minutes=60)
    try:
        wanted = read_reference(code)
    except NotAReference as wrong:
        raise ShowWho(str(wrong)) from wrong
    with transaction.atomic():
        contact = open_contact(contact_id)
        row = open_rows(at).select_for_update().filter(code=wanted).first()
        try:
            service = _service(row, contact.channel, by) if row is not None else None
        except NotBegun:
            service = None
        holds = _shows(row.answers, row.link_to) if row is not None else set()
        sure = contact.identity_check in SHOWN or not holds or bool(holds & _ways_to_read(second))
        if row is None or service is None or not sure:
            raise ShowWho(
                "Nothing under way has that code with that telephone number, email address or postcode. Ask again, or"
                " begin afresh with them."
            )
        give_back(tries)
        return _take_up(contact.id, row, service, by=by, at=at)


def _take_up(contact_id: UUID, row: Dialogue, service: Service, *, by: Actor, at: datetime) -> Matter | None:
    if Matter.objects.filter(contact_id=contact_id, dialogue_id=row.id).exists():
        return None
    matter = add_matter(contact_id, service=service.code, dialogue_id=row.id, by=by, at=at)
    keep_draft(matter_key(matter.id), [*typed_from(service, row.answers), seen_of(row.version)], by=by, at=at)
    channel = open_contact(contact_id).channel
    record([carried(row, row.channel, channel, contact_id=contact_id, at=at)], by=by)
    return matter


def _service(row: Dialogue, channel: str, by: Actor) -> Service:
    """Return its service, where this officer and this channel may take it. Raises NotBegun."""
    service = current_pack().of(SERVICES).get(row.service)
    if service is None or service.channel(channel).level == "no" or not may_know(service, by):
        raise NotBegun
    return service


def _is_hers(row: Dialogue, contact: Contact, *, by: Actor, at: datetime) -> bool:
    if contact.customer_id is None:
        return False
    card = customer_card(survivor_of(contact.customer_id) or contact.customer_id, by, on=at.date())
    if card is None:
        return False
    return row.customer_id in card.ids or (
        row.link_to != "" and row.link_to in {point.value.lower() for point in card.points if not point.stopped}
    )


def _shows(answers: Mapping[str, Any], link_to: str) -> set[str]:
    """Return what in these answers shows whose they are: numbers, addresses of email, postcodes, made alike."""
    found = {link_to} if link_to else set()
    for value in answers.values():
        if not isinstance(value, Mapping):
            continue
        for key in ("phone", "email", "postcode"):
            if value.get(key):
                found |= _ways_to_read(str(value[key]))
    return found


def _ways_to_read(text: str) -> set[str]:
    text = text.strip()
    found = {text.lower()} if "@" in text else set()
    if code := postcode(text):
        found.add(code)
    try:
        found.add(plain_phone(text))
    except (CannotRead, ValueError):
        pass
    return found
