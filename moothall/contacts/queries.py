"""The only readers of contacts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from moothall.contacts.models import Contact, ContactState, Matter, Outcome
from moothall.core.access import require
from moothall.core.actors import Actor, ActorKind
from moothall.core.paging import Page, page_of, unpack_moment
from moothall.core.people import Made
from moothall.services.hidden import services_hidden_from


@dataclass(frozen=True, slots=True)
class MatterView:
    """One thing the customer wanted."""

    id: UUID
    service: str
    case_id: UUID | None
    outcome: str
    cause: str
    dialogue_id: UUID | None
    opened_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class ContactView:
    """One contact with its matters."""

    id: UUID
    reference: str
    channel: str
    direction: str
    is_open: bool
    customer_id: UUID | None
    staff_id: UUID | None
    service: str
    caller: str
    received_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    cause: str
    done_in_one: bool | None
    note: str
    matters: tuple[MatterView, ...]
    identity_check: str = ""
    identity_checked_by: UUID | None = None
    speaker: str = ""
    speaks_as: str = ""
    helped_because: str = ""
    external_id: str = ""
    helped_by: UUID | None = None
    outreach: str = ""
    outreach_at: str = ""


def waiting_calls(*, since: datetime) -> int:
    """Return how many callers wait for an adviser now: told apart from history by a beginning. A number, nobody's name."""
    waiting = Contact.objects.filter(channel="phone", state=ContactState.OPEN, answered_at=None, received_at__gte=since)
    return waiting.count()


def calls_left_hanging(*, before: datetime, limit: int) -> list[UUID]:
    """Return calls of the exchange that nobody holds and nothing was told of since a moment, oldest first. One query."""
    rows = Contact.objects.filter(
        Q(answered_at=None) | Q(answered_at__lt=before), channel="phone", direction="in", staff_id=None, imported=False,
        state=ContactState.OPEN, received_at__lt=before,
    ).exclude(external_id="")  # fmt: skip
    return list(rows.order_by("received_at", "id").values_list("id", flat=True)[:limit])


def calls_not_known(*, since: datetime) -> int:
    """Return of how many calls since a moment nobody told how they ended. One query; a number, nobody's name."""
    calls = Contact.objects.filter(received_at__gte=since, channel="phone")
    return calls.filter(matters__outcome=Outcome.UNKNOWN).count()


def visible(rows: QuerySet[Contact], actor: Actor) -> QuerySet[Contact]:
    """Leave out contacts about what this actor may not know of; an officer goes on seeing those she took herself."""
    hidden = services_hidden_from(actor)
    if not hidden:
        return rows
    known = ~Q(service__in=hidden)
    if actor.kind is ActorKind.STAFF and actor.id is not None:
        known |= Q(staff_id=actor.id)
    return rows.filter(known)


def contact(contact_id: UUID, *, visible_to: Actor) -> ContactView | None:
    """Return one contact with its matters, or ``None``. Two queries."""
    require(visible_to, "contact.view")
    row = visible(Contact.objects.filter(id=contact_id), visible_to).first()
    return _views([row], visible_to)[0] if row else None


def newest_contacts(
    *, visible_to: Actor, customer_ids: Sequence[UUID] | None = None, after: str = "", size: int = 25
) -> Page[ContactView]:
    """Return a page of contacts, of these people where they are named, newest first, with their matters. Two queries."""
    require(visible_to, "contact.view")
    rows = visible(Contact.objects.all(), visible_to)
    if customer_ids is not None:
        rows = rows.filter(customer_id__in=list(customer_ids))
    if after:
        received, last = unpack_moment(after)
        rows = rows.filter(Q(received_at__lt=received) | Q(received_at=received, id__lt=last))
    found = list(rows.order_by("-received_at", "-id")[: size + 1])
    views = {view.id: view for view in _views(found[:size], visible_to)}
    return page_of(found, size, lambda row: (row.received_at, row.id), lambda row: views[row.id], first=not after)


def contacts_until(
    customer_ids: Iterable[UUID], *, visible_to: Actor, until: datetime | None, limit: int
) -> list[ContactView]:
    """Return a person's newest contacts not after a moment, for the time line. Two queries.

    An actor who may see the person but no contacts is shown none.
    """
    if not visible_to.may("contact.view"):
        return []
    rows = visible(Contact.objects.filter(customer_id__in=list(customer_ids)), visible_to)
    if until is not None:
        rows = rows.filter(received_at__lte=until)
    return _views(list(rows.order_by("-received_at", "-id")[:limit]), visible_to)


def contacts_by_id(contact_ids: Iterable[UUID], *, visible_to: Actor) -> dict[UUID, Contact]:
    """Return these contacts by id; what the actor may not know of is not there. One query."""
    wanted = list(contact_ids)
    if not wanted or not visible_to.may("contact.view"):
        return {}
    return {row.id: row for row in visible(Contact.objects.filter(id__in=wanted), visible_to)}


def made_between(customer_id: UUID, since: datetime, until: datetime | None) -> list[Made]:
    """Return the contacts under this id that were received in that time, for parting two people. One query."""
    rows = Contact.objects.filter(customer_id=customer_id, received_at__gte=since)
    if until is not None:
        rows = rows.filter(received_at__lt=until)
    return [
        Made("contact", row.id, row.received_at, row.source_record_id, row.channel)
        for row in rows.order_by("received_at")
    ]


def contact_rows_of(customer_id: UUID) -> list[dict[str, Any]]:
    """Return a person's contacts as plain values, for the copy of her data."""
    fields = (
        "reference",
        "channel",
        "direction",
        "caller",
        "received_at",
        "answered_at",
        "ended_at",
        "service",
        "note",
        "speaker",
        "speaks_as",
        "helped_because",
        "outreach",
        "outreach_at",
        "identity_check",
    )
    return list(Contact.objects.filter(customer_id=customer_id).order_by("received_at", "id").values(*fields))


def customer_of_contact(contact_id: UUID) -> UUID | None:
    """Return whose contact it is, where that is known. One query."""
    return Contact.objects.filter(id=contact_id).values_list("customer_id", flat=True).first()


def whose_contact(contact_id: UUID, *, visible_to: Actor) -> tuple[UUID | None, UUID | None] | None:
    """Return whose contact it is and which officer took it, each where that is known; ``None`` where there is none this actor
    may know of. One query."""
    rows = visible(Contact.objects.filter(id=contact_id), visible_to)
    return rows.values_list("customer_id", "staff_id").first()


def has_matters(contact_id: UUID) -> bool:
    """Say whether anything was asked in a contact yet. One query."""
    return Matter.objects.filter(contact_id=contact_id).exists()


def open_contacts_of(staff_id: UUID, *, visible_to: Actor) -> list[ContactView]:
    """Return the contacts an officer has not finished: what a dropped line or a closed browser left behind.

    Every screen of the desk asks this, so it is asked in plain SQL: writing it out each time cost more than the answer.
    """
    require(visible_to, "contact.view")
    rows = Contact.objects.raw(
        "SELECT * FROM contacts_contact WHERE staff_id = %s AND state = %s ORDER BY received_at DESC LIMIT 20",
        [staff_id, ContactState.OPEN.value],
    )
    return _views(list(rows), visible_to)


def contact_known_as(external_id: str, *, channel: str) -> UUID | None:
    """Return the contact that a channel knows by an id of its own; None where it has not come in yet."""
    return Contact.objects.filter(channel=channel, external_id=external_id).values_list("id", flat=True).first()


def call_in_hand(staff_id: UUID) -> tuple[UUID, str] | None:
    """Return the call that an officer is on, her newest unfinished one: its contact and the exchange's id of it; None where
    no call of hers is known to the exchange."""
    calls = Contact.objects.filter(staff_id=staff_id, state=ContactState.OPEN, channel="phone").exclude(external_id="")
    return calls.order_by("-received_at").values_list("id", "external_id").first()


def deals_with(staff_id: UUID, customer_ids: Sequence[UUID], *, since: datetime) -> bool:
    """Say whether an officer has a contact in hand with this person (every id that leads to her), or with a caller nobody
    knows yet, or finished one with her since a moment. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM contacts_contact WHERE staff_id = %(staff)s AND state = 'open'"
            " AND (customer_id IS NULL OR customer_id = ANY(%(ids)s)))"
            " OR EXISTS (SELECT FROM contacts_contact WHERE customer_id = ANY(%(ids)s) AND staff_id = %(staff)s"
            " AND ended_at >= %(since)s)",
            {"staff": staff_id, "ids": list(customer_ids), "since": since},
        )
        return bool(cursor.fetchone()[0])


def finished_contacts_of(staff_id: UUID, *, since: datetime, visible_to: Actor, limit: int = 8) -> list[ContactView]:
    """Return what an officer took since a moment and has finished, newest first: to look at again. Two queries."""
    require(visible_to, "contact.view")
    rows = Contact.objects.filter(staff_id=staff_id, state=ContactState.CLOSED, received_at__gte=since, imported=False)
    return _views(list(rows.order_by("-received_at", "-id")[:limit]), visible_to)


def _views(rows: list[Contact], actor: Actor) -> list[ContactView]:
    if not rows:
        return []
    matters: dict[UUID, list[MatterView]] = {row.id: [] for row in rows}
    hidden = services_hidden_from(actor)
    own = {row.id for row in rows if actor.kind is ActorKind.STAFF and row.staff_id == actor.id}
    silent: set[UUID] = set()  # what was said may be about what is hidden, so it is not shown either
    for m in Matter.objects.filter(contact_id__in=matters).order_by("opened_at", "id"):
        if m.service in hidden and m.contact_id not in own:
            silent.add(m.contact_id)
            continue
        matters[m.contact_id].append(
            MatterView(m.id, m.service, m.case_id, m.outcome, m.cause, m.dialogue_id, m.opened_at, m.ended_at)
        )
    return [
        ContactView(
            id=row.id, reference=row.reference, channel=row.channel, direction=row.direction,
            is_open=row.state == ContactState.OPEN, customer_id=row.customer_id, staff_id=row.staff_id,
            service=row.service, caller=row.caller, received_at=row.received_at, answered_at=row.answered_at,
            ended_at=row.ended_at, cause=row.cause, done_in_one=row.done_in_one,
            note="" if row.id in silent else row.note, matters=tuple(matters[row.id]),
            identity_check=row.identity_check, identity_checked_by=row.identity_checked_by, speaker=row.speaker,
            speaks_as=row.speaks_as, helped_because=row.helped_because, external_id=row.external_id,
            helped_by=row.helped_by, outreach=row.outreach, outreach_at=row.outreach_at,
        )
        for row in rows
    ]  # fmt: skip
