"""Taking a delivery in, row by row: each kept or refused with a number and a reason, and gone on with after any stop.

A record is what the delivery says that speaks of the latest moment, whichever came first: so late, repeated and
out-of-order deliveries end in the same place.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Final
from uuid import UUID

from django.db import transaction

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.events import Happening, record
from moothall.core.packs import current_pack
from moothall.customers.linking import events
from moothall.customers.linking.actions.placing import place
from moothall.customers.linking.actions.refreshing import let_go, refresh
from moothall.customers.linking.actions.rows import Taken, take_rows
from moothall.customers.linking.models import Delivery, DeliveryState, Link, RecordVersion, RefusedRow, SourceRecord
from moothall.customers.linking.pack import SYSTEMS, System
from moothall.customers.linking.protocols import Lot, Row
from moothall.customers.linking.rules.reading import Unreadable, heading_of, meaning_of, missing_columns

BATCH: Final = 200
LOOKED_AT: Final = 40
REFUSED_SHARE, NOTED_SHARE = 0.5, 0.8
"""Of the first rows, more than this share cannot be read, or has something in it that cannot: the columns have moved."""
MOST_LOST: Final = 0.2
"""A whole file that would end more than this share of a system's records (and more than a few) waits for a person."""
A_FEW: Final = 5


class NoSuchSystem(LookupError):
    """The pack has no such system."""


def receive(
    system: str, lot: Lot, *, how: str, name: str = "", as_of: datetime | None = None, whole: bool | None = None,
    by: Actor, at: datetime, stop_after: int | None = None,
) -> Delivery:  # fmt: skip
    """Take in a delivery, or go on with one that was stopped. The same lot again changes nothing and is told as the first;
    but one that was refused as a whole, so that nothing of it was read, is judged anew, by the pack as it is now.

    ``as_of`` is the moment it speaks of (default: now, or what the same lot was told with before). ``stop_after`` stops after
    so many batches, as a kill would (tests). Returns the delivery: done, refused as a whole, or held for a person.

    Raises:
        NoSuchSystem, Refused.
    """
    require(by, "delivery.bring")
    held = system_of(system)
    all_of_it = held.records.whole if whole is None else whole
    delivery = _open_again(_begin(held, lot, how, name, as_of, all_of_it, at), all_of_it)
    if delivery.state != DeliveryState.READING:
        return delivery
    worst, others = missing_columns(held, lot.headings)
    if worst:
        wanted = ", ".join(heading_of(held, one) for one in worst)
        return _refuse(delivery, f"The column {wanted} is not there. Nothing was read.", by, at)
    if delivery.next_row == 1 and (moved := _look(lot, held)):
        return _refuse(delivery, moved, by, at)
    if delivery.missing != others:
        delivery.missing = others
        delivery.save(update_fields=["missing"])
    for count, rows in enumerate(_batches(_from(lot, delivery.next_row)), 1):
        delivery = _one_batch(delivery.id, held, rows, by, at)
        if delivery.state != DeliveryState.READING:
            return delivery
        if stop_after is not None and count >= stop_after:
            return delivery
    return _finish(delivery.id, held, by, at)


def accept_losses(delivery_id: UUID, *, by: Actor, at: datetime) -> Delivery:
    """Somebody has looked: the records missing from a held delivery are gone indeed. Done already is fine."""
    require(by, "delivery.manage")
    found = Delivery.objects.get(pk=delivery_id)
    return _finish(found.id, system_of(found.system), by, at, accepted=True)


def refuse_delivery(delivery_id: UUID, *, why: str, by: Actor, at: datetime) -> Delivery:
    """Somebody has looked: a held delivery was not whole. What it says of the records in it stands; none is ended by it."""
    require(by, "delivery.manage")
    with transaction.atomic():
        delivery = Delivery.objects.select_for_update().get(pk=delivery_id)
        if delivery.state == DeliveryState.HELD:
            delivery.state, delivery.whole, delivery.finished_at = DeliveryState.DONE, False, at
            delivery.problem = f"Not whole: {' '.join(why.split())[:300]}"
            delivery.save(update_fields=["state", "whole", "finished_at", "problem"])
            _say(delivery, by, at)
        return delivery


def system_of(code: str) -> System:
    """Return a system of the pack. Raises NoSuchSystem."""
    found = current_pack().of(SYSTEMS).get(code)
    if found is None:
        there = ", ".join(sorted(current_pack().of(SYSTEMS)))
        raise NoSuchSystem(f"The council’s pack has no system “{code[:64]}”. There are: {there or 'none'}.")
    return found


def _begin(
    system: System, lot: Lot, how: str, name: str, as_of: datetime | None, whole: bool, at: datetime
) -> Delivery:
    with transaction.atomic():
        if as_of is None:
            known = Delivery.objects.filter(system=system.code, digest=lot.digest).order_by("-received_at").first()
            if known is not None:
                return known
        made, _ = Delivery.objects.get_or_create(
            system=system.code, digest=lot.digest, as_of=as_of or at,
            defaults={"how": how, "name": name[:200], "whole": whole, "received_at": at},
        )  # fmt: skip
        return made


def _open_again(delivery: Delivery, whole: bool) -> Delivery:
    """A refused delivery that came again is under way again, for whoever is first to bring it; any other stays as it is."""
    if delivery.state != DeliveryState.REFUSED:
        return delivery
    with transaction.atomic():
        again = Delivery.objects.select_for_update().get(pk=delivery.pk)
        if again.state == DeliveryState.REFUSED:
            again.state, again.problem, again.finished_at = DeliveryState.READING, "", None
            again.whole = whole if again.next_row == 1 else again.whole
            again.save(update_fields=["state", "problem", "finished_at", "whole"])
        return again


def _look(lot: Lot, system: System) -> str:
    """Look at the first rows before anything is kept; returns why they cannot be what the pack says they are, or nothing."""
    seen = refused = noted = 0
    why = ""
    for row in islice(lot.rows(), LOOKED_AT):
        seen += 1
        try:
            noted += bool(meaning_of(row, system).notes)
        except Unreadable as wrong:
            refused, why = refused + 1, str(wrong)
    if seen >= A_FEW and (refused > REFUSED_SHARE * seen or noted > NOTED_SHARE * seen):
        said = f"{refused} of the first {seen} rows cannot be read ({why})" if refused > noted else (
            f"{noted} of the first {seen} rows have something in them that cannot be read"
        )  # fmt: skip
        return f"{said}: the columns may have moved. Nothing was read."
    return ""


def _from(lot: Lot, first: int) -> Iterator[Row]:
    return (row for row in lot.rows() if row.number >= first)


def _batches(rows: Iterator[Row]) -> Iterator[tuple[Row, ...]]:
    while batch := tuple(islice(rows, BATCH)):
        yield batch


def _one_batch(delivery_id: UUID, system: System, rows: tuple[Row, ...], by: Actor, at: datetime) -> Delivery:
    """Take in a few rows and where to go on, in one transaction: a kill leaves both or neither."""
    with transaction.atomic():
        delivery = Delivery.objects.select_for_update().get(pk=delivery_id)
        still = [row for row in rows if row.number >= delivery.next_row]  # another process may have been here
        if not still or delivery.state != DeliveryState.READING:
            return delivery
        taken = take_rows(delivery, system, still, _newest_whole(delivery), at)
        RefusedRow.objects.bulk_create(taken.told, ignore_conflicts=True)
        _count(delivery, taken)
        delivery.next_row = still[-1].number + 1
        delivery.save()
        place(taken.fresh, before=taken.before, by=by, at=at)
        let_go(taken.said_before)
        return delivery


def _newest_whole(delivery: Delivery) -> Delivery | None:
    """The latest whole delivery of the system that was read and speaks of a later moment: what it lacks is gone."""
    return (
        Delivery.objects.filter(system=delivery.system, whole=True, state=DeliveryState.DONE, as_of__gt=delivery.as_of)
        .order_by("-as_of")
        .first()
    )


def _count(delivery: Delivery, taken: Taken) -> None:
    delivery.new += taken.new
    delivery.changed += taken.changed
    delivery.same += taken.same
    delivery.late += taken.late
    delivery.gone += taken.gone
    delivery.refused += taken.refused


def _finish(delivery_id: UUID, system: System, by: Actor, at: datetime, *, accepted: bool = False) -> Delivery:
    with transaction.atomic():
        delivery = Delivery.objects.select_for_update().get(pk=delivery_id)
        if delivery.state not in {DeliveryState.READING, DeliveryState.HELD}:
            return delivery
        if delivery.state == DeliveryState.HELD and not accepted:
            return delivery
        problem = ""
        if delivery.whole:
            refused = list(RefusedRow.objects.filter(delivery=delivery, kept=False).values_list("key", flat=True))
            ended = SourceRecord.objects.select_for_update().filter(
                system=system.code, gone=False, as_of__lt=delivery.as_of
            )
            lost = list(ended.exclude(key__in=[key for key in refused if key]).order_by("id"))
            live = SourceRecord.objects.filter(system=system.code, gone=False).count()
            if lost and "" in refused:
                problem = (
                    f"Some rows have no key that can be read, so none of the {len(lost)} records it lacks was ended."
                )
            elif not accepted and len(lost) > max(A_FEW, MOST_LOST * live):
                delivery.state = DeliveryState.HELD
                delivery.problem = f"It lacks {len(lost)} of the {live} records we hold. Is it whole?"
                delivery.save(update_fields=["state", "problem"])
                return delivery
            else:
                _end(lost, delivery, at)
        delivery.state, delivery.finished_at, delivery.problem = DeliveryState.DONE, at, problem
        delivery.save(update_fields=["state", "finished_at", "gone", "problem"])
        _say(delivery, by, at)
        return delivery


def _end(lost: list[SourceRecord], delivery: Delivery, at: datetime) -> None:
    """The records that a whole delivery lacks are gone as of its moment."""
    from moothall.customers.linking.actions.placing import forget

    for one in lost:
        one.gone, one.as_of, one.delivery, one.changed_at = True, delivery.as_of, delivery, at
    SourceRecord.objects.bulk_update(lost, ["gone", "as_of", "delivery", "changed_at"])
    RecordVersion.objects.bulk_create(
        [
            RecordVersion(record=one, delivery=delivery, row=0, as_of=delivery.as_of, gone=True)
            for one in lost
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    delivery.gone += len(lost)
    forget(lost)
    spoke_of = Link.objects.filter(record__in=[one.id for one in lost], undone_at__isnull=True)
    refresh(spoke_of.values_list("customer_id", flat=True))


def _refuse(delivery: Delivery, why: str, by: Actor, at: datetime) -> Delivery:
    with transaction.atomic():
        delivery.state, delivery.problem, delivery.finished_at = DeliveryState.REFUSED, why[:400], at
        delivery.save(update_fields=["state", "problem", "finished_at"])
        _say(delivery, by, at)
        return delivery


def _say(delivery: Delivery, by: Actor, at: datetime) -> None:
    counted = {name: getattr(delivery, name) for name in ("new", "changed", "same", "late", "gone", "refused")}
    data = {"system": delivery.system, "state": str(delivery.state), **counted}
    record([Happening(events.READ, "delivery", delivery.id, at, data=data)], by=by)
