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
from moothall.customers.queries import survivor_of
from moothall.customers.representation.models import Acting, Representation
from moothall.customers.representation.pack import REPRESENTATIONS, RepresentationKind
from moothall.customers.representation.rules import months_later, stands


class OutsideScope(ValueError):
    """Somebody asks for another what she may not; the message says so, and what to do."""


def record_representation(
    *, customer_id: UUID, representative_id: UUID, kind: str, evidence: str, areas: Iterable[str] = (),
    services: Iterable[str] = (), since: date, until: date | None = None, by: Actor, at: datetime,
) -> Representation:  # fmt: skip
    """Write down that somebody may speak for a customer, and what showed it.

    Without ``areas`` and ``services`` it covers what the pack says of its kind. Without ``until`` it ends when the pack says.

    Raises:
        ValueError: unknown kind, no evidence of that kind, the same person, or the days do not fit; Refused; LookupError.
    """
    require(by, "representation.manage")
    kinds = current_pack().of(REPRESENTATIONS)
    if kind not in kinds:
        raise ValueError("Choose what they are to the customer.")
    if evidence not in {one.code for one in kinds[kind].evidence}:
        raise ValueError("Choose what you saw that shows it.")
    person, other = survivor_of(customer_id), survivor_of(representative_id)
    if person is None or other is None:
        raise LookupError("There is no such record.")
    if person == other:
        raise ValueError("Nobody needs to be written down as acting for themselves.")
    narrowed = sorted(set(areas)), sorted(set(services))
    _check_scope(kinds[kind], narrowed[0], narrowed[1])
    months = kinds[kind].months
    last = until or (months_later(since, months) if months else None)
    if last is not None and last < since:
        raise ValueError("The last day comes before the first. Check both.")
    with transaction.atomic():
        row = Representation.objects.create(
            customer_id=person, representative_id=other, kind=kind,
            areas=narrowed[0] or ([] if narrowed[1] else list(kinds[kind].areas)), services=narrowed[1],
            evidence=evidence, since=since, until=last, recorded_by=by.id, recorded_at=at,
        )  # fmt: skip
        _say("representation.recorded", row, by=by, at=at, kind=kind, evidence=evidence)
    return row


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


def end_representation(*, representation_id: UUID, because: str, by: Actor, at: datetime) -> None:
    """End it now: an officer, or the customer for whom it stands. Ended already is fine.

    Raises:
        ValueError: an officer gave no reason. Refused, LookupError.
    """
    with transaction.atomic():
        row = Representation.objects.select_for_update().filter(pk=representation_id).first()
        if row is None:
            raise LookupError("There is nothing of this kind.")
        if by.kind is ActorKind.CUSTOMER:
            if by.id != survivor_of(row.customer_id):
                raise Refused(hidden=True)
            because = because or "The customer ended it."
        else:
            require(by, "representation.manage")
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
