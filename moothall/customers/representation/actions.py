"""The only writers of representations: recorded with evidence, ended with a reason, used in a contact."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from moothall.core.access import Refused, require
from moothall.core.actors import Actor, ActorKind
from moothall.core.events import Happening, record
from moothall.core.packs import current_pack
from moothall.customers.actions import create_customer
from moothall.customers.own_records import refuse_own
from moothall.customers.queries import is_organisation, survivor_of
from moothall.customers.representation.models import Acting, Representation
from moothall.customers.representation.pack import REPRESENTATIONS, RepresentationKind
from moothall.customers.representation.rules import months_later, stands


class OutsideScope(ValueError):
    """Somebody asks for another what she may not; the message says so, and what to do."""


def record_representation(
    *, customer_id: UUID, representative_id: UUID, kind: str, evidence: str, areas: Iterable[str] = (),
    services: Iterable[str] = (), since: date, until: date | None = None, role: str = "", by: Actor, at: datetime,
) -> Representation:  # fmt: skip
    """Write down that somebody may speak for a customer, and what showed it; ``role`` is what she is in an organisation.

    Without ``areas`` and ``services`` it covers what the pack says of its kind. Without ``until`` it ends when the pack says.

    Raises:
        ValueError: unknown kind or one not of such a customer, no evidence of that kind, the same person, or the days do
            not fit; Refused: not this actor's to do, or one of the two is her own record; LookupError.
    """
    require(by, "representation.manage")
    kinds = current_pack().of(REPRESENTATIONS)
    if kind not in kinds:
        raise ValueError("Choose what they are to the customer.")
    person, other = survivor_of(customer_id), survivor_of(representative_id)
    if person is None or other is None:
        raise LookupError("There is no such record.")
    refuse_own(by, person, other)
    if person == other:
        raise ValueError("Nobody needs to be written down as acting for themselves.")
    organisation = is_organisation(person)
    if kinds[kind].of != "either" and organisation != (kinds[kind].of == "organisation"):
        whose = "an organisation" if organisation else "a person"
        raise ValueError(f"“{kinds[kind].name}” is nothing that {whose} has. Choose another.")
    if evidence not in {one.code for one in kinds[kind].evidence}:
        raise ValueError("Choose what you saw that shows it.")
    role = " ".join(role.split())[:80] if organisation else ""
    if organisation and not role:
        raise ValueError("Enter what they are there, like office manager or director.")
    narrowed = sorted(set(areas)), sorted(set(services))
    _check_scope(kinds[kind], narrowed[0], narrowed[1])
    months = kinds[kind].months
    last = until or (months_later(since, months) if months else None)
    if last is not None and last < since:
        raise ValueError("The last day comes before the first. Check both.")
    with transaction.atomic():
        row = Representation.objects.create(
            customer_id=person, representative_id=other, kind=kind, role=role,
            areas=narrowed[0] or ([] if narrowed[1] else list(kinds[kind].areas)), services=narrowed[1],
            evidence=evidence, since=since, until=last, recorded_by=by.id, recorded_at=at,
        )  # fmt: skip
        _say("representation.recorded", row, by=by, at=at, kind=kind, evidence=evidence)
    return row


def act_for_organisation(
    *, person_id: UUID, organisation_id: UUID | None = None, name: str = "", address: str = "", role: str, kind: str,
    evidence: str, since: date, by: Actor, at: datetime,
) -> Representation:  # fmt: skip
    """Write down that a person acts for an organisation; without its id its record is made, with this name and address.

    Raises:
        ValueError: as record_representation, or there is no name, or the record is a person's; Refused; LookupError.
    """
    require(by, "representation.manage")
    if organisation_id is not None and not is_organisation(organisation_id):
        raise ValueError("That record is a person’s. Enter the organisation’s name or reference.")
    if organisation_id is None and not name.strip():
        raise ValueError("Enter the organisation’s name or reference.")
    with transaction.atomic():
        whom = organisation_id or create_customer(organisation_name=name, address_text=address, by=by, at=at).id
        return record_representation(
            customer_id=whom, representative_id=person_id, kind=kind, evidence=evidence, since=since, role=role,
            by=by, at=at,
        )  # fmt: skip


def _check_scope(kind: RepresentationKind, areas: list[str], services: list[str]) -> None:
    """A scope is narrowed, never widened: what a kind does not cover by itself needs another kind."""
    pack = current_pack()
    known = pack.section("areas")
    for code in areas:
        if code not in known:
            raise ValueError("Choose what it is about from the list.")
        if kind.areas and code not in kind.areas:
            raise ValueError(f"{kind.name} does not cover “{getattr(known[code], 'name', code)}”. {kind.outside}")
    for code in services:
        found = pack.services.get(code)
        if found is None:
            raise ValueError("Choose what it is about from the list.")
        if kind.areas and found.area not in kind.areas:
            raise ValueError(f"{kind.name} does not cover “{found.name}”. {kind.outside}")


def end_representation(
    *, representation_id: UUID, customer_id: UUID | None, because: str, by: Actor, at: datetime
) -> None:
    """End now that somebody may speak for this customer: an officer, or she herself. Ended already is fine.

    Raises:
        ValueError: an officer gave no reason. LookupError: nobody may so speak for this customer. Refused.
    """
    with transaction.atomic():
        row = Representation.objects.select_for_update().filter(pk=representation_id).first()
        if row is None:
            raise LookupError("There is nothing of this kind.")
        spoken_for = survivor_of(row.customer_id)
        if by.kind is ActorKind.CUSTOMER:
            if by.id != spoken_for:
                raise Refused(hidden=True)
            because = because or "The customer ended it."
        else:
            require(by, "representation.manage")
            refuse_own(by, spoken_for, survivor_of(row.representative_id))
        if customer_id is None or survivor_of(customer_id) != spoken_for:
            raise LookupError("There is nothing of this kind.")
        because = " ".join(because.split())[:200]
        if not because:
            raise ValueError("Say why it ends.")
        if row.ended_at is None:
            row.ended_at, row.ended_because = at, because
            row.save(update_fields=["ended_at", "ended_because"])
            _say("representation.ended", row, by=by, at=at, kind=row.kind)


def begin_acting(
    *, contact_id: UUID, customer_id: UUID, representation_id: UUID, on: date, by: Actor, at: datetime
) -> None:
    """Write down that in this contact somebody speaks for the customer whose contact it is.

    Raises:
        ValueError: it does not stand (any more). LookupError: it is for somebody else, or not there. Refused.
    """
    if by.kind is not ActorKind.CUSTOMER:
        require(by, "contact.take")
    with transaction.atomic():
        row = Representation.objects.select_for_update().filter(pk=representation_id).first()
        if row is None or survivor_of(row.customer_id) != survivor_of(customer_id):
            raise LookupError("There is nothing of this kind.")
        if by.kind is ActorKind.CUSTOMER and survivor_of(row.representative_id) != by.id:
            raise Refused(hidden=True)
        if not stands(row.since, row.until, ended=row.ended_at is not None, on=on):
            raise ValueError("This has ended. Ask for the customer, or for new evidence.")
        Acting.objects.update_or_create(contact_id=contact_id, defaults={"representation": row, "at": at})
        _say("representation.used", row, by=by, at=at, contact_id=contact_id, kind=row.kind)


def end_acting(contact_id: UUID) -> None:
    """Take it that the customer speaks herself in this contact, or that it is somebody else's."""
    Acting.objects.filter(contact_id=contact_id).delete()


def refuse_outside(
    *,
    representation_id: UUID,
    contact_id: UUID | None,
    service: str,
    words: str,
    by: Actor,
    at: datetime,
) -> OutsideScope:
    """Write down that something was asked for that a representation does not cover; return the refusal to raise.

    It is recorded in a transaction of its own: the caller's is about to be undone.
    """
    with transaction.atomic():
        row = Representation.objects.get(pk=representation_id)
        _say("representation.refused", row, by=by, at=at, contact_id=contact_id, service=service)
    return OutsideScope(words)


def _say(
    name: str, row: Representation, *, by: Actor, at: datetime, contact_id: UUID | None = None, service: str = "",
    **data: Any,
) -> None:  # fmt: skip
    record(
        [
            Happening(
                name=name, subject_kind="representation", subject_id=row.id, occurred_at=at, customer_id=row.customer_id,
                contact_id=contact_id, service=service, data=data,
            )
        ],
        by=by,
    )  # fmt: skip
