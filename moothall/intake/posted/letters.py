"""An officer writes a letter about a case: looked at as the customer will have it, then sent, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from moothall.cases import actions as cases
from moothall.cases.actions.rows import NoSuchCase
from moothall.cases.models import Case
from moothall.cases.queries import cases_by_id
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.events import together
from moothall.core.packs import current_pack
from moothall.core.references import show_reference
from moothall.notifications.actions import queue_message
from moothall.notifications.actions.delivering import envelope_of
from moothall.notifications.actions.queueing import compose_message
from moothall.notifications.models import Message, MessageState
from moothall.notifications.recipients import Recipient, told_of
from moothall.services.pack import SERVICES

TEMPLATE = "case-letter"
LONGEST = 20_000
MOST_ENCLOSURES = 10


class CannotWrite(ValueError):
    """No letter can go; the message says what to do."""


def write_letter(
    case_id: UUID, *, subject: str, text: str, enclosures: Sequence[str] = (), key: str, by: Actor, at: datetime
) -> Message:  # fmt: skip
    """Send a letter to the customer of a case and write down on the case that it went; the same ``key`` again is once.

    ``enclosures`` are named in the letter; whoever prints it puts them in.

    Raises:
        CannotWrite: there is nothing in it, no address, or nobody carries letters here. NoSuchCase, Refused.
    """
    require(by, "case.work")
    to, values = _ready(case_id, subject, text, enclosures, by=by)
    known = Message.objects.filter(key=_key(case_id, key)).first()
    if known is not None:
        return known
    with transaction.atomic(), together():
        message = queue_message(
            key=_key(case_id, key),
            template=TEMPLATE,
            to=to,
            values=values,
            at=at,
            by=by,
            channel="post",
            case_id=case_id,
        )
        if message.state == MessageState.SUPPRESSED:
            raise CannotWrite(message.error)
        said = f"Letter sent: {values['subject']}\n\n{text.strip()}"
        cases.note_case(case_id, text=said[:8000], visible_to_customer=False, by=by, at=at)
        return message


def preview_letter(
    case_id: UUID, *, subject: str, text: str, enclosures: Sequence[str] = (), by: Actor, at: datetime
) -> bytes:  # fmt: skip
    """Return the letter as the customer would have it (a PDF); nothing is sent. Raises as `write_letter`."""
    require(by, "case.work")
    to, values = _ready(case_id, subject, text, enclosures, by=by)
    message = compose_message(template=TEMPLATE, to=to, values=values, at=at, channel="post")
    if message.state == MessageState.SUPPRESSED:
        raise CannotWrite(message.error)
    return envelope_of(message).pdf


def _ready(
    case_id: UUID, subject: str, text: str, enclosures: Sequence[str], *, by: Actor
) -> tuple[Recipient, Mapping[str, Any]]:  # fmt: skip
    if not text.strip():
        raise CannotWrite("Write the letter first.")
    if len(text) > LONGEST:
        raise CannotWrite(f"A letter may have {LONGEST:,} characters; this one has {len(text):,}.")
    case = cases_by_id([case_id], visible_to=by).get(case_id)
    if case is None:
        raise NoSuchCase
    to = told_of(Case.objects.get(id=case_id))
    if not any(one.channel == "post" for one in to.addresses):
        raise CannotWrite("We hold no address to write to.")
    service = current_pack().of(SERVICES).get(case.service)
    named = [" ".join(one.split())[:80] for one in enclosures if one.strip()][:MOST_ENCLOSURES]
    values: dict[str, Any] = {
        "subject": " ".join(subject.split())[:100] or f"About {service.name.lower() if service else 'your request'}",
        "text": text.strip(), "reference": show_reference(case.reference), "service": service.name if service else "",
    }  # fmt: skip
    return to, values | ({"enclosures": named} if named else {})


def _key(case_id: UUID, key: str) -> str:
    return f"case-letter:{case_id}:{key}"[:200]
