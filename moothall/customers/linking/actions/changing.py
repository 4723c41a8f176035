"""Change once: what somebody changes of her details goes to every system that holds it, each with a receipt of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from moothall.core import clock
from moothall.core.access import Refused, require, restrictions_visible_to
from moothall.core.actors import SYSTEM, Actor
from moothall.core.events import Happening, record, together
from moothall.core.jobs import enqueue
from moothall.core.packs import current_pack
from moothall.customers.actions import add_contact_point, change_customer
from moothall.customers.linking.actions.sets import NoSuchRecord, locked_sets, members, root_of
from moothall.customers.linking.models import Change, Link, Telling, TellingState
from moothall.customers.linking.pack import SYSTEMS
from moothall.customers.linking.protocols import Answer, Told, Unreachable
from moothall.customers.linking.registry import holder_of
from moothall.customers.linking.rules.changes import contradiction, kind_of, pause_after

JOB: Final = "linking.tell"
STILL: Final = (TellingState.WAITING, TellingState.LATER)
FOR_PEOPLE: Final = (TellingState.REFUSED, TellingState.CONTRADICTS, TellingState.LATE, TellingState.PERSON)
ASK_AGAIN: Final = timedelta(minutes=30)


def change_once(
    customer_id: UUID, *, changes: Mapping[str, Any], key: str, by: Actor, at: datetime,
    points: Mapping[str, str] | None = None,
) -> list[Change]:  # fmt: skip
    """Change somebody's details here and tell every system that holds them. The same key again changes and tells nothing.

    ``changes`` are fields of the record, ``points`` new ways to reach her by kind. What is the same already is left out.
    This takes the place of what an earlier change of the same things has still to tell, or has left to a person.
    Returns what was changed, a row for each kind (name, address, contact, preference).

    Raises:
        CannotRead, NoSuchRecord, Refused; ValueError for a field that cannot be changed.
    """
    with transaction.atomic(), together():
        rows = locked_sets([customer_id])
        person = rows[root_of(rows[customer_id])]
        known = list(Change.objects.filter(key__startswith=f"{key}:", customer__in=rows).order_by("key"))
        if known:
            return known
        differs = {name: value for name, value in changes.items() if getattr(person, name) != value}
        person = change_customer(customer_id=customer_id, changes=differs, by=by, at=at)
        told: dict[str, dict[str, Any]] = {}
        for name in differs:
            told.setdefault(kind_of(name), {})[name] = _plain(getattr(person, name))
        for kind, value in (points or {}).items():
            if value.strip():
                point = add_contact_point(customer_id=customer_id, kind=kind, value=value, by=by, at=at)
                told.setdefault("contact", {})[kind] = point.value
        told.pop("", None)
        made = [
            Change(
                key=f"{key}:{kind}", customer=person, kind=kind, values=values, asked_by_kind=by.kind.value,
                asked_by=by.id, asked_at=at,
            )
            for kind, values in sorted(told.items())
        ]  # fmt: skip
        Change.objects.bulk_create(made)
        for one in made:
            _tell_all(one, members(rows, person.id), by, at)
        return made


def _tell_all(change: Change, ids: list[UUID], by: Actor, at: datetime) -> None:
    systems = current_pack().of(SYSTEMS)
    links = Link.objects.filter(customer__in=ids, undone_at__isnull=True, record__gone=False).select_related("record")
    rows = []
    for link in links.order_by("record__system", "record__key"):
        system = systems.get(link.record.system)
        if system is None or change.kind not in system.tells.of:
            continue
        alone = system.tells.by == "person" or holder_of(system.code) is None
        rows.append(
            Telling(
                change=change, record=link.record, system=system.code, restricted=link.record.restricted,
                team=system.team, due_at=at + timedelta(hours=system.tells.hours),
                state=TellingState.PERSON if alone else TellingState.WAITING,
            )
        )  # fmt: skip
    Telling.objects.bulk_create(rows)
    earlier = Telling.objects.filter(record__in=[row.record_id for row in rows], state__in=[*STILL, *FOR_PEOPLE])
    for one in earlier.exclude(change=change).select_related("change").order_by("id"):
        if not _left(one):
            _write(one, TellingState.OVERTAKEN)
    for row in rows:
        if row.state == TellingState.WAITING:
            _soon(row)
    data = {"kind": change.kind, "systems": len(rows)}
    record(
        [Happening("change.asked", "customer", change.customer_id, at, customer_id=change.customer_id, data=data)],
        by=by,
    )


def _soon(row: Telling, *, at: datetime | None = None) -> None:
    """Have it told in the background; a system is told of one record one thing at a time."""
    enqueue(JOB, once=f"tell:{row.id}", lock=f"tell:{row.record_id}", at=at, telling_id=str(row.id))


def _left(row: Telling) -> dict[str, Any]:
    """What of a change still holds: without what she has changed again since. One query."""
    mine = row.change
    later = Q(change__asked_at__gt=mine.asked_at) | Q(change__asked_at=mine.asked_at, change__id__gt=mine.id)
    again = Telling.objects.filter(later, record=row.record_id, change__kind=mine.kind)
    known = {name for values in again.values_list("change__values", flat=True) for name in values}
    return {name: value for name, value in mine.values.items() if name not in known}


def tell(telling_id: UUID) -> None:
    """Tell one system, or ask what became of what it was told; may run more than once, by key it happens once.

    What a later change has overtaken is told no more: a system that was down would hold the old address last. One that does
    not answer is tried again with growing pauses, until it does or somebody settles it.
    """
    row = Telling.objects.select_related("change", "record").get(pk=telling_id)
    if row.state not in {*STILL, TellingState.LATE}:
        return
    holder = holder_of(row.system)
    if holder is None:
        return _write(row, TellingState.PERSON, reason="It has no address.")
    values = _left(row)
    if not values and row.change.values:
        return _write(row, TellingState.OVERTAKEN)
    told = Told(str(row.id), row.record.key, row.change.kind, values, row.change.asked_at)
    try:
        answer = holder.ask(told) if row.state == TellingState.LATER else None
        answer = answer or holder.tell(told)
    except Unreachable as wrong:
        return _again(row, str(wrong))
    return _take(row, answer, values)


def sweep_late() -> int:
    """Put what has not been answered by its time before a person; it goes on being tried. Returns how many."""
    now = clock.now()
    late = list(Telling.objects.filter(state__in=STILL, due_at__lt=now).order_by("due_at")[:500])
    for row in late:
        _write(row, TellingState.LATE, reason=row.reason or "It has not answered.")
    return len(late)


def settle_telling(telling_id: UUID, *, how: str, by: Actor, at: datetime) -> Telling:
    """Say that a person has dealt with it, and how. Settled already is fine.

    Raises:
        NoSuchRecord: not there, or not for this actor to know of. Refused; ValueError without a word of how.
    """
    require(by, "case.work")
    how = " ".join(how.split())[:250]
    with transaction.atomic():
        row = Telling.objects.select_for_update().filter(pk=telling_id).first()
        allowed = restrictions_visible_to(by)
        if row is None or (row.restricted and allowed is not None and row.restricted not in allowed):
            raise NoSuchRecord("There is no such task.")
        if row.team not in by.teams and not by.may("identity.decide"):
            raise Refused("This is another team’s task.")
        if row.state in FOR_PEOPLE:
            if not how:
                raise ValueError("Say in a few words what was done.")
            row.state, row.settled_at, row.settled_by, row.reason = TellingState.SETTLED, at, by.id, how
            row.save(update_fields=["state", "settled_at", "settled_by", "reason"])
            _say(row, by, at)
        return row


def _take(row: Telling, answer: Answer, values: Mapping[str, Any]) -> None:
    if answer.state == "refused":
        return _write(row, TellingState.REFUSED, reason=answer.reason or "It gave no reason.", answered=True)
    if answer.state == "later":
        _write(row, TellingState.LATER, receipt=answer.receipt, answered=True)
        return _soon(row, at=clock.now() + ASK_AGAIN)
    other = contradiction(values, answer.holds)
    if other:
        return _write(row, TellingState.CONTRADICTS, reason=other, receipt=answer.receipt, answered=True)
    return _write(row, TellingState.CONFIRMED, receipt=answer.receipt, answered=True)


def _again(row: Telling, why: str) -> None:
    with transaction.atomic():
        held = Telling.objects.select_for_update().get(pk=row.pk)
        if held.state not in {*STILL, TellingState.LATE}:
            return
        held.tries, held.reason = held.tries + 1, why[:300]
        held.save(update_fields=["tries", "reason"])
        _soon(row, at=clock.now() + pause_after(held.tries))


def _write(row: Telling, state: TellingState, *, reason: str = "", receipt: str = "", answered: bool = False) -> None:
    now = clock.now()
    with transaction.atomic():
        held = Telling.objects.select_for_update().get(pk=row.pk)
        if held.state in {TellingState.SETTLED, TellingState.OVERTAKEN}:
            return
        held.state, held.reason = state, reason[:300]
        held.receipt = receipt or held.receipt
        held.answered_at = now if answered else held.answered_at
        held.save(update_fields=["state", "reason", "receipt", "answered_at"])
        _say(held, SYSTEM, now)


def _say(row: Telling, by: Actor, at: datetime) -> None:
    data = {"system": row.system, "state": str(row.state), "telling": str(row.id)}
    customer_id = row.change.customer_id
    record(
        [Happening("change.answered", "customer", customer_id, at, customer_id=customer_id, team=row.team, data=data)],
        by=by,
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
