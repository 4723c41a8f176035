"""Bringing in contacts of the past, many at once: another system's record, the history of a demonstration."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from moothall.contacts import events
from moothall.contacts.models import ContactState, Outcome
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.bulk import copy_events, copy_rows
from moothall.core.events import Happening
from moothall.core.ids import new_id, new_ids
from moothall.core.reference_numbers import next_references


@dataclass(frozen=True, slots=True)
class ImportedMatter:
    """What one contact was about, how it ended, and the case it opened or joined."""

    service: str
    outcome: Outcome = Outcome.HANDED_ON
    case_id: UUID | None = None
    cause: str = ""


@dataclass(frozen=True, slots=True)
class ImportedContact:
    """One contact that is over. Times are aware. `cause` as for a contact taken here; empty: not known.

    `helped_because` and `outreach` are values of `contacts.models.NotOnline` and `Outreach`; `helped_by` is the officer who
    began what she sent herself.
    """

    channel: str
    received_at: datetime
    ended_at: datetime | None = None
    answered_at: datetime | None = None
    customer_id: UUID | None = None
    staff_id: UUID | None = None
    service: str = ""
    area: str = ""
    external_id: str = ""
    caller: str = ""
    direction: str = "in"
    cause: str = ""
    done_in_one: bool | None = None
    note: str = ""
    helped_because: str = ""
    helped_by: UUID | None = None
    outreach: str = ""
    matters: Sequence[ImportedMatter] = ()
    id: UUID = field(default_factory=new_id)


_CONTACT = (
    "id", "reference", "channel", "direction", "state", "customer_id", "staff_id", "service", "area", "external_id",
    "caller", "received_at", "answered_at", "ended_at", "cause", "done_in_one", "note", "assisted",
    "helped_because", "helped_by", "outreach", "imported",
)  # fmt: skip
_MATTER = ("id", "contact_id", "service", "case_id", "outcome", "cause", "opened_at", "ended_at")


def import_contacts(contacts: Sequence[ImportedContact], *, by: Actor) -> int:
    """Bring in contacts with their matters and events in one transaction; nobody is told. Returns how many.

    Raises:
        Refused: the actor may not import. IntegrityError: a channel's `external_id` is there already.
    """
    require(by, "import.run")
    with transaction.atomic():
        references = next_references(len(contacts))
        copy_rows("contacts_contact", _CONTACT, map(_row, contacts, references))
        copy_rows("contacts_matter", _MATTER, _matters(contacts))
        copy_events(_happenings(contacts), by=by)
    return len(contacts)


def _row(c: ImportedContact, reference: str) -> Sequence[Any]:
    ended = c.ended_at or c.received_at
    return (
        c.id, reference, c.channel, c.direction, ContactState.CLOSED.value, c.customer_id, c.staff_id, c.service, c.area,
        c.external_id, c.caller, c.received_at, c.answered_at, ended, c.cause, c.done_in_one, c.note, bool(c.helped_because),
        c.helped_because, c.helped_by, c.outreach, True,
    )  # fmt: skip


def _matters(contacts: Sequence[ImportedContact]) -> Iterator[Sequence[Any]]:
    ids = new_ids()
    for c in contacts:
        ended = c.ended_at or c.received_at
        for m in c.matters:
            yield next(ids), c.id, m.service, m.case_id, m.outcome.value, m.cause, c.received_at, ended


def _happenings(contacts: Iterable[ImportedContact]) -> Iterator[Happening]:
    for c in contacts:
        ended = c.ended_at or c.received_at
        data: dict[str, Any] = {"direction": c.direction}
        if c.answered_at is not None:
            data["answered_seconds"] = round((c.answered_at - c.received_at).total_seconds())
        if c.cause:
            data["cause"] = c.cause
        if c.outreach:
            data["outreach"] = c.outreach
        if c.helped_because:
            data["because"] = c.helped_because
        yield _happening(events.RECEIVED, c, c.received_at, c.service, data)
        for m in c.matters:
            more = {"outcome": m.outcome.value, "cause": m.cause}
            yield _happening(events.MATTER_ENDED, c, ended, m.service, more, m.case_id)
        if c.done_in_one is not None or c.answered_at is not None:
            seconds = round((ended - (c.answered_at or c.received_at)).total_seconds())
            done = {"cause": c.cause, "done_in_one": c.done_in_one, "seconds": seconds}
            yield _happening(events.CLOSED, c, ended, c.service, done)


def _happening(
    name: str, c: ImportedContact, at: datetime, service: str, data: dict[str, Any], case_id: UUID | None = None
) -> Happening:
    return Happening(
        name=name, subject_kind="contact", subject_id=c.id, occurred_at=at, case_id=case_id, contact_id=c.id,
        customer_id=c.customer_id, service=service, channel=c.channel, area=c.area, data=data,
    )  # fmt: skip
