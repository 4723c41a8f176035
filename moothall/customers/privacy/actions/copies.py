"""Copies of what is held on a person: begun, built from every room, looked through line by line, released, over."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from moothall.core.access import require
from moothall.core.actors import SYSTEM, Actor, ActorKind
from moothall.core.events import Happening, record
from moothall.core.ids import new_id
from moothall.core.jobs import enqueue
from moothall.core.packs import current_pack
from moothall.core.people import person_providers
from moothall.customers.models import Customer
from moothall.customers.privacy.models import Copy, CopyLine, CopyState
from moothall.customers.privacy.pack import PRIVACY
from moothall.customers.queries import customer_card, survivor_of

BUILD: Final = "customers.privacy.build_copy"
UNDER_WAY: Final = (CopyState.BUILDING, CopyState.REVIEW)


class NotNow(ValueError):
    """It cannot be done as the copy stands; the message says why."""


def start_copy(customer_id: UUID, *, case_id: UUID | None, by: Actor, at: datetime) -> Copy:
    """Begin a copy and queue its building; one under way already is returned instead.

    Raises:
        Refused: neither the person herself nor somebody who manages copies. LookupError: no such person.
    """
    person = survivor_of(customer_id)
    if person is None:
        raise LookupError("There is no such customer.")
    if not (by.kind is ActorKind.CUSTOMER and by.id == person):
        require(by, "copy.manage")
    with transaction.atomic():
        Customer.objects.select_for_update().get(pk=person)  # two who ask at once get one copy
        standing = Copy.objects.select_for_update().filter(customer_id=person, state__in=UNDER_WAY).first()
        if standing is not None:
            return standing
        row = Copy.objects.create(customer_id=person, case_id=case_id, asked_at=at, asked_by_kind=by.kind.value)
        _say("copy.asked", row, by=by, at=at)
        enqueue(BUILD, copy_id=str(row.id))
    return row


def name_case(copy_id: UUID, case_id: UUID | None) -> Copy:
    """Note which request a copy is for, in the caller's transaction; return it."""
    row = _locked(copy_id)
    row.case_id = case_id
    row.save(update_fields=["case_id"])
    return row


def build_copy(copy_id: UUID, *, at: datetime) -> int:
    """Write down all that every room holds; return how many lines. Once done, done; broken off, from the start."""
    with transaction.atomic():
        row = Copy.objects.select_for_update().filter(id=copy_id, state=CopyState.BUILDING).first()
        if row is None:
            return 0
        row.lines.all().delete()
        card = customer_card(row.customer_id, SYSTEM, on=at.date())
        lines = [line for k, one in enumerate(card.ids if card else (row.customer_id,)) for line in _lines(row, one, k)]
        lines.sort(key=lambda line: line.section)  # stable: what stood together stays together
        for number, line in enumerate(lines, 1):
            line.number = number
        CopyLine.objects.bulk_create(lines, batch_size=2000)
        row.state, row.built_at = CopyState.REVIEW, at
        row.save(update_fields=["state", "built_at"])
        _say("copy.built", row, by=SYSTEM, at=at)
    return len(lines)


def _lines(row: Copy, customer_id: UUID, joined: int) -> Iterator[CopyLine]:
    """What every room holds under one id; of a record joined to hers it says so in its path."""
    for provider in person_providers():
        for path, value in _flat(_plain(provider.export(customer_id))):
            place = [path[0], f"joined record {joined}", *path[1:]] if joined else list(path)
            yield CopyLine(id=new_id(), copy=row, section=str(path[0])[:60], path=place, value=value)
        for file in provider.files(customer_id) if provider.files else ():
            key = f"{provider.room}:{file.key}"
            yield CopyLine(
                id=new_id(), copy=row, section="files", path=["files", file.name], value=file.name, file_key=key
            )


def _plain(value: Any) -> Any:
    """As JSON has it: times in ISO, ids as text."""
    return json.loads(json.dumps(value, default=lambda one: one.isoformat() if isinstance(one, date) else str(one)))


def _flat(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every value with its path; what is empty says nothing and is left out."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, (*path, str(key)))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _flat(inner, (*path, index))
    elif value is not None and value != "":
        yield path, value


def withhold(copy_id: UUID, numbers: Iterable[int], *, why: str, by: Actor, at: datetime) -> int:
    """Take lines out for a reason of the pack, or put them back (``why`` empty); return how many changed.

    Raises:
        NotNow: no such reason, or it is not being looked through. Refused.
    """
    require(by, "copy.manage")
    if why and why not in {one.code for one in current_pack().one(PRIVACY).withhold}:
        raise NotNow("Choose why it is taken out.")
    with transaction.atomic():
        row = _locked(copy_id)
        if row.state != CopyState.REVIEW:
            raise NotNow("This copy is not being looked through (any more).")
        return row.lines.filter(number__in=list(numbers)).exclude(withheld=why).update(withheld=why)


def release_copy(copy_id: UUID, *, by: Actor, at: datetime) -> Copy:
    """Let the person fetch it, for the pack's days. Released already is fine.

    Raises:
        NotNow: it is not built yet, or it has run out. Refused, LookupError.
    """
    require(by, "copy.manage")
    with transaction.atomic():
        row = _locked(copy_id)
        if row.state == CopyState.RELEASED:
            return row
        if row.state != CopyState.REVIEW:
            raise NotNow("It is still being put together." if row.state == CopyState.BUILDING else "It has run out.")
        row.state, row.released_at, row.released_by = CopyState.RELEASED, at, by.id
        row.fetch_until = at + timedelta(days=current_pack().one(PRIVACY).copy_days)
        row.save(update_fields=["state", "released_at", "released_by", "fetch_until"])
        _say("copy.released", row, by=by, at=at)
    return row


def note_fetched(copy_id: UUID, *, by: Actor, at: datetime) -> None:
    """Write down that the person fetched it."""
    with transaction.atomic():
        row = _locked(copy_id)
        row.fetched_at = at
        row.save(update_fields=["fetched_at"])
        _say("copy.fetched", row, by=by, at=at)


def end_copies(*, at: datetime) -> int:
    """Delete the lines of copies that have run out; return how many copies. That there was one stays."""
    with transaction.atomic():
        rows = Copy.objects.select_for_update().filter(state=CopyState.RELEASED, fetch_until__lte=at)
        ids = list(rows.values_list("id", flat=True))
        CopyLine.objects.filter(copy__in=ids).delete()
        return Copy.objects.filter(id__in=ids).update(state=CopyState.OVER)


def _locked(copy_id: UUID) -> Copy:
    row = Copy.objects.select_for_update().filter(id=copy_id).first()
    if row is None:
        raise LookupError("There is no such copy.")
    return row


def _say(name: str, row: Copy, *, by: Actor, at: datetime) -> None:
    record(
        [
            Happening(
                name=name, subject_kind="copy", subject_id=row.id, occurred_at=at, customer_id=row.customer_id,
                case_id=row.case_id,
            )
        ],
        by=by,
    )  # fmt: skip
