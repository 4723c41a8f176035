"""What the rows of a delivery do to the records: the part of taking a delivery in that knows no people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from moothall.customers.linking.models import Delivery, RecordVersion, RefusedRow, SourceRecord
from moothall.customers.linking.pack import System
from moothall.customers.linking.protocols import Row
from moothall.customers.linking.rules.reading import Meant, Unreadable, meaning_of
from moothall.places.matching import premises_of


@dataclass
class Taken:
    """What some rows did. ``fresh`` are the records whose people must be looked at; ``before``, what those that changed said;
    ``said_before``, the same by the customer made of the record; ``told``, what there is to say of rows.
    """

    new: int = 0
    changed: int = 0
    same: int = 0
    late: int = 0
    gone: int = 0
    refused: int = 0
    fresh: list[SourceRecord] = field(default_factory=list)
    before: dict[UUID, Mapping[str, str]] = field(default_factory=dict)
    told: list[RefusedRow] = field(default_factory=list)
    said_before: dict[UUID, Mapping[str, str]] = field(default_factory=dict)


@dataclass
class _Work:
    delivery: Delivery
    system: System
    newest_whole: Delivery | None
    at: datetime
    held: dict[str, SourceRecord]
    spoken: dict[str, int]
    taken: Taken = field(default_factory=Taken)
    made: list[SourceRecord] = field(default_factory=list)
    moved: dict[UUID, SourceRecord] = field(default_factory=dict)
    versions: list[RecordVersion] = field(default_factory=list)


def take_rows(
    delivery: Delivery, system: System, rows: Sequence[Row], newest_whole: Delivery | None, at: datetime
) -> Taken:
    """Take in these rows, in the caller's transaction. A fixed number of statements, however many rows."""
    meant: list[Meant] = []
    taken = Taken()
    for row in rows:
        try:
            meant.append(meaning_of(row, system))
        except Unreadable as wrong:
            _refuse(taken, delivery, row.number, wrong.key, str(wrong), row.values)
    meant = _placed(meant)
    keys = {one.key for one in meant}
    held = {
        r.key: r
        for r in SourceRecord.objects.select_for_update().filter(system=system.code, key__in=keys).order_by("id")
    }
    spoken = dict(
        RecordVersion.objects.filter(delivery=delivery, record__key__in=keys).values_list("record__key", "row")
    )
    work = _Work(delivery, system, newest_whole, at, held, spoken, taken)
    for one in meant:
        _take(work, one)
    SourceRecord.objects.bulk_create(work.made)
    SourceRecord.objects.bulk_update(
        work.moved.values(), ["gone", "as_of", "delivery", "digest", "fields", "summary", "restricted", "changed_at"]
    )
    RecordVersion.objects.bulk_create(work.versions)
    return taken


def _placed(meant: Sequence[Meant]) -> list[Meant]:
    """With the property number of the premises where a row brings an address without one and it is sure which it is."""
    without = [one for one in meant if one.fields.get("address") and not one.fields.get("uprn") and not one.gone]
    doors = premises_of([(one.fields["address"], one.fields.get("postcode", "")) for one in without]) if without else []
    found = {id(one): door.uprn for one, door in zip(without, doors, strict=True) if door is not None}
    return [
        replace(one, fields={**one.fields, "uprn": str(found[id(one)])}) if id(one) in found else one for one in meant
    ]


def _take(work: _Work, one: Meant) -> None:
    taken, delivery = work.taken, work.delivery
    as_of = delivery.as_of if delivery.whole else one.changed_at or delivery.as_of
    if one.key in work.spoken and work.spoken[one.key] != one.number:
        return _refuse(
            taken, delivery, one.number, one.key, f"The key came in row {work.spoken[one.key]} already.", one.raw
        )
    held = work.held.get(one.key)
    work.spoken[one.key] = one.number
    for note in one.notes:
        taken.told.append(RefusedRow(delivery=delivery, row=one.number, key=one.key, reason=note, kept=True))
        break
    if held is None:
        return _new(work, one, as_of)
    if as_of < held.as_of:
        taken.late += 1
        work.versions.append(_version(work, held, one, as_of, in_force=False))
        return None
    carried = _carried(work, one, held)
    digest = held.digest if one.gone else carried.digest
    if digest == held.digest and one.gone == held.gone:
        taken.same += 1
        held.as_of, held.delivery = as_of, delivery
        work.moved[held.id] = held
        return None
    work.versions.append(_version(work, held, one, as_of, in_force=True))
    held.as_of, held.delivery, held.changed_at = as_of, delivery, work.at
    if one.gone:
        taken.gone += 1
    else:
        taken.changed += 1
        taken.before.setdefault(held.id, held.fields)
        if held.own_id is not None:
            taken.said_before[held.own_id] = held.fields
        held.digest, held.fields, held.summary = digest, dict(carried.fields), dict(carried.summary)
        held.restricted = work.system.restricted or ""
    held.gone = one.gone
    work.moved[held.id] = held
    taken.fresh.append(held)
    return None


def _new(work: _Work, one: Meant, as_of: datetime) -> None:
    """A record not heard of before. Told to be gone, it is kept as that: what opens it may still be on its way."""
    newest = work.newest_whole
    ended = newest is not None and newest.as_of > as_of
    made = SourceRecord(
        system=work.system.code, key=one.key, restricted=work.system.restricted or "", gone=ended or one.gone,
        as_of=newest.as_of if ended and newest else as_of, delivery=work.delivery, digest=one.digest,
        fields=dict(one.fields), summary=dict(one.summary), first_at=work.at, changed_at=work.at,
    )  # fmt: skip
    work.held[one.key] = made
    work.made.append(made)
    work.versions.append(_version(work, made, one, as_of, in_force=not ended))
    if ended:
        work.taken.late += 1
    elif one.gone:
        work.taken.gone += 1
    else:
        work.taken.new += 1
    work.taken.fresh.append(made)


def _carried(work: _Work, one: Meant, held: SourceRecord) -> Meant:
    """What a row says, with what we had where its column is missing from the whole delivery."""
    missing = set(work.delivery.missing)
    if not missing:
        return one
    if missing & {"address", "postcode"}:
        missing |= {"address", "postcode"}
    fields: Mapping[str, str] = {**one.fields, **{k: v for k, v in held.fields.items() if k in missing}}
    summary: Mapping[str, str] = {**one.summary, **{k: v for k, v in held.summary.items() if k in missing}}
    return Meant(one.number, one.key, one.gone, one.changed_at, fields, summary, one.raw, one.notes)


def _version(work: _Work, record: SourceRecord, one: Meant, as_of: datetime, *, in_force: bool) -> RecordVersion:
    return RecordVersion(
        record=record, delivery=work.delivery, row=one.number, as_of=as_of, gone=one.gone, in_force=in_force,
        raw=dict(one.raw),
    )  # fmt: skip


def _refuse(taken: Taken, delivery: Delivery, number: int, key: str, why: str, raw: Mapping[str, object]) -> None:
    taken.refused += 1
    taken.told.append(RefusedRow(delivery=delivery, row=number, key=key[:120], reason=why[:300], raw=dict(raw)))
