"""Keeping what records say ready to compare, and learning the weights."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db import connection, transaction

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.bulk import copy_rows
from moothall.core.events import Happening, record
from moothall.customers.matching.models import FirmKey, PersonKey, TrainedModel
from moothall.customers.matching.queries import people_arrow
from moothall.customers.matching.rules import Person, keys_of
from moothall.customers.matching.rules.firms import keys_of_firm
from moothall.customers.matching.rules.keys import hashed
from moothall.customers.matching.rules.person import COLUMNS, LISTS
from moothall.customers.rules.organisations import Firm

if TYPE_CHECKING:
    from moothall.customers.matching.bulk.training import Training

BATCH: Final = 2_000
FIRM_COLUMNS: Final = tuple(one.name for one in fields(Firm))
_COLUMNS: Final = ("record_id", "customer_id", "source", "keys", *COLUMNS)


class NoSuchModel(ValueError):
    """No weights of that version are kept; the message says which are."""


def keep_person(record_id: UUID, customer_id: UUID | None, person: Person, *, source: str = "") -> None:
    """Keep what one record says, in place of what it said before. Runs in the caller's transaction."""
    keep_people([(record_id, customer_id, source, person)])


def keep_people(people: Iterable[tuple[UUID, UUID | None, str, Person]]) -> int:
    """Keep what records say (record, customer, source, person), in place of what they said before; return how many.

    Runs in the caller's transaction.
    """
    coming, kept = iter(people), 0
    places = ", ".join(["%s"] * len(_COLUMNS))
    new = ", ".join(f"{column} = EXCLUDED.{column}" for column in _COLUMNS[1:])
    while batch := list(islice(coming, BATCH)):
        latest = {row[0]: row for row in batch}
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO customer_matching_personkey ({', '.join(_COLUMNS)}) VALUES ({places}) "  # noqa: S608
                f"ON CONFLICT (record_id) DO UPDATE SET {new}",
                [_row(row) for _, row in sorted(latest.items())],
            )
        kept += len(latest)
    return kept


def import_people(people: Iterable[tuple[UUID, UUID | None, str, Person]]) -> int:
    """Keep what many new records say, by COPY; return how many. None of them may be kept already."""
    return copy_rows("customer_matching_personkey", _COLUMNS, (_copied(row) for row in people))


def _row(row: tuple[UUID, UUID | None, str, Person]) -> list[Any]:
    record_id, customer_id, source, person = row
    values = [list(value) if isinstance(value, tuple) else value for value in person]
    return [record_id, customer_id, source, [hashed(key) for key in keys_of(person)], *values]


def _copied(row: tuple[UUID, UUID | None, str, Person]) -> list[Any]:
    record_id, customer_id, source, person = row
    keys = ",".join(str(hashed(key)) for key in keys_of(person))
    values = [
        _array(value) if name in LISTS and value is not None else value
        for name, value in zip(COLUMNS, person, strict=True)
    ]
    return [record_id, customer_id, source, f"{{{keys}}}", *values]


def _array(values: Sequence[str]) -> str:
    return "{" + ",".join('"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in values) + "}"


def keep_firms(firms: Iterable[tuple[UUID, UUID | None, str, Firm]]) -> int:
    """Keep what records say of organisations (record, customer, source, firm), in place of what they said before; return
    how many. Runs in the caller's transaction.
    """
    rows = {
        record_id: FirmKey(
            record_id=record_id, customer_id=customer_id, source=source, keys=keys_of_firm(firm), name=firm.name[:400],
            **{name: getattr(firm, name) for name in FIRM_COLUMNS if name != "name"},
        )
        for record_id, customer_id, source, firm in firms
    }  # fmt: skip
    written = ("customer_id", "source", "keys", *FIRM_COLUMNS)
    FirmKey.objects.bulk_create(
        [rows[one] for one in sorted(rows)], update_conflicts=True, unique_fields=["record_id"], update_fields=written,
        batch_size=BATCH,
    )  # fmt: skip
    return len(rows)


def forget_person(record_id: UUID) -> None:
    """Forget what a record says, of a person or an organisation: it is gone, or erased. None kept is fine."""
    for table in (PersonKey, FirmKey):
        table.objects.filter(record_id=record_id).delete()


def move_people(record_ids: Iterable[UUID], customer_id: UUID | None) -> int:
    """Note whom records are linked to now; return how many are kept."""
    ids = list(record_ids)
    return sum(
        table.objects.filter(record_id__in=ids).update(customer_id=customer_id) for table in (PersonKey, FirmKey)
    )


def train(*, by: Actor, at: datetime, use: bool = True) -> int:
    """Learn weights from every record kept, keep them as a new version with how common each value is, and return it.

    `use`: at once. Scores kept before stay as they were made.

    Raises:
        TooLittle: too few records, or too little in them. Refused.
    """
    require(by, "customer.import")
    from moothall.customers.matching.bulk.tables import connect, put_people
    from moothall.customers.matching.bulk.training import train as learn

    people = people_arrow()
    training = learn(people)
    con = connect()
    try:
        put_people(con, people)
        del people
        with transaction.atomic():
            version = _keep_training(training, by, at)
            for field in _counted(training):
                rows = con.execute(
                    f"SELECT {field}, count(*) / (SELECT count({field})::DOUBLE FROM people) FROM people "  # noqa: S608
                    f"WHERE {field} IS NOT NULL GROUP BY {field}"
                ).fetchall()
                copy_rows(
                    "customer_matching_termshare",
                    ("model_id", "field", "value", "share"),
                    ((version, field, *row) for row in rows),
                )
            if use:
                _use(version)
            record(
                [
                    Happening(
                        "matching.trained",
                        "matching_model",
                        None,
                        at,
                        data={"version": version, "records": training.records},
                    )
                ],
                by=by,
            )
    finally:
        con.close()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customer_matching_termshare")
    return version


def _keep_training(training: Training, by: Actor, at: datetime) -> int:
    kept = TrainedModel.objects.create(
        weights=training.model.as_json(),
        records=training.records,
        known={name: round(share, 5) for name, share in training.known.items()},
        sessions=list(training.sessions),
        trained_at=at,
        trained_by=by.id,
    )
    return kept.version


def _counted(training: Training) -> list[str]:
    return sorted({column for field in training.model.compared() for column in field.frequency_columns} | {"given"})


def use_model(version: int, *, by: Actor, at: datetime) -> None:
    """Use the weights of an earlier (or later) training.

    Raises:
        NoSuchModel: none of that version is kept. Refused.
    """
    require(by, "customer.import")
    with transaction.atomic():
        if not TrainedModel.objects.filter(version=version).exists():
            versions = ", ".join(map(str, TrainedModel.objects.order_by("version").values_list("version", flat=True)))
            raise NoSuchModel(f"There are no weights of version {version}. There are: {versions or 'none'}.")
        _use(version)
        record([Happening("matching.model_chosen", "matching_model", None, at, data={"version": version})], by=by)


def _use(version: int) -> None:
    TrainedModel.objects.filter(in_use=True).update(in_use=False)
    TrainedModel.objects.filter(version=version).update(in_use=True)
