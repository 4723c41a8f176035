"""Who might this be: the records that share a key, scored with the weights in use."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db import connection

from moothall.customers.matching.models import PersonKey, TrainedModel
from moothall.customers.matching.rules import Decision, Model, Person, Score, decision, read_model, score, signs_of
from moothall.customers.matching.rules.deciding import Kind
from moothall.customers.matching.rules.keys import hashed, keys_of
from moothall.customers.matching.rules.person import COLUMNS, LISTS
from moothall.customers.matching.rules.scoring import starting_model

if TYPE_CHECKING:
    import pyarrow as pa

A_KEY: Final = 100  # records looked at for one key: one that more share says little by itself
LOOKED_AT: Final = 120  # records compared in all, those that share most keys first


@dataclass(frozen=True, slots=True)
class Trained:
    """Weights, and where they come from. `version` is None for those the product starts with, measured by nobody."""

    version: int | None
    model: Model
    records: int
    trained_at: datetime | None
    known: dict[str, float]
    measured: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that may be of the same person, how sure we are and why, and what may be done."""

    record_id: UUID
    customer_id: UUID | None
    person: Person
    score: Score
    decision: Decision
    source: str = ""


def model_in_use() -> Trained:
    """Return the weights in use; those the product starts with where none were trained yet."""
    row = TrainedModel.objects.filter(in_use=True).values_list("version").first()
    return _trained(row[0]) if row else Trained(None, starting_model(), 0, None, {}, {})


@dataclass(frozen=True, slots=True)
class ModelLine:
    """One kept model in a list."""

    version: int
    records: int
    trained_at: datetime
    trained_by: UUID | None
    in_use: bool
    measured: dict[str, Any]


def models_kept(*, limit: int = 20) -> list[ModelLine]:
    """Return the models kept, the newest first, without their weights. One query."""
    rows = TrainedModel.objects.order_by("-version")[:limit]
    return [
        ModelLine(**row) for row in rows.values("version", "records", "trained_at", "trained_by", "in_use", "measured")
    ]


def kept_model(version: int) -> Trained | None:
    """Return one kept model with its weights; ``None`` where none is kept. One query.

    Raises:
        ValueError: it was learnt for other comparisons than today's, and cannot be read.
    """
    kept = TrainedModel.objects.filter(version=version).first()
    if kept is None:
        return None
    return Trained(kept.version, read_model(kept.weights), kept.records, kept.trained_at, kept.known, kept.measured)


@lru_cache(maxsize=8)
def _trained(version: int) -> Trained:
    kept = TrainedModel.objects.get(version=version)
    return Trained(version, read_model(kept.weights), kept.records, kept.trained_at, kept.known, kept.measured)


def forget_read_models() -> None:
    """Read models from the database again: after one was measured, and between tests."""
    _trained.cache_clear()


def candidates(person: Person, *, limit: int = 50, but: Collection[UUID] = (), apart: bool = False) -> list[Candidate]:
    """Return the records that may be of this person, the surest first.

    `but`: records that are not asked about (the person's own). `apart`: also those that the rules keep apart, for an
    officer who searches; else they are left out. Three queries in all.
    """
    trained = model_in_use()
    found = _sharing(person, but)
    frequency = _Shares(trained.version)
    frequency.fetch([person, *(each for _, _, _, each in found)])
    scored = []
    for record_id, customer_id, system, other in found:
        made = score(person, other, trained.model, frequency)
        signs = signs_of(person, other, trained.model, frequency)
        verdict = decision(made, signs, trained.model)
        if apart or verdict.kind is not Kind.APART:
            scored.append(Candidate(record_id, customer_id, other, made, verdict, system))
    scored.sort(key=lambda each: (-each.score.weight, each.record_id))
    return scored[:limit]


def score_pair(a: Person, b: Person) -> tuple[Score, Decision]:
    """Return how sure the weights in use are that both are one person, and what may be done."""
    trained = model_in_use()
    frequency = _Shares(trained.version)
    frequency.fetch([a, b])
    made = score(a, b, trained.model, frequency)
    return made, decision(made, signs_of(a, b, trained.model, frequency), trained.model)


def scores_of(pairs: Sequence[tuple[UUID, UUID]]) -> list[Score | None]:
    """Return how sure the weights in use are of each pair of records; None where one is not kept any more. Three queries."""
    trained = model_in_use()
    people = people_of({record for pair in pairs for record in pair})
    frequency = _Shares(trained.version)
    frequency.fetch_all(people.values())
    return [
        score(people[one], people[other], trained.model, frequency) if one in people and other in people else None
        for one, other in pairs
    ]


def owners_of(record_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return whose each record is; those that are not kept, or nobody's, are left out."""
    rows = PersonKey.objects.filter(record_id__in=list(record_ids), customer_id__isnull=False)
    return {record: customer for record, customer in rows.values_list("record_id", "customer_id") if customer}


def people_of(record_ids: Iterable[UUID]) -> dict[UUID, Person]:
    """Return what the records say, standardised, by record; those that are not kept are left out."""
    rows = PersonKey.objects.filter(record_id__in=list(record_ids)).values_list("record_id", *COLUMNS)
    return {row[0]: _person(row[1:]) for row in rows}


def people_by_customer(customer_ids: Iterable[UUID], *, but: Collection[UUID] = ()) -> dict[UUID, list[Person]]:
    """Return what the records of each of these customers say, standardised; who has none is left out. One query.

    `but`: records that are not asked about.
    """
    found: dict[UUID, list[Person]] = {}
    rows = PersonKey.objects.filter(customer_id__in=set(customer_ids)).exclude(record_id__in=but).order_by("record_id")
    for row in rows.values_list("customer_id", *COLUMNS):
        if row[0] is not None:
            found.setdefault(row[0], []).append(_person(row[1:]))
    return found


def known_records(*, most: int) -> int:
    """Return how many records are kept, counted no further than `most`."""
    return len(PersonKey.objects.values_list("record_id")[:most])


def people_arrow() -> pa.Table:
    """Return every record kept, as `bulk.train` and `bulk.link_all` take them, with its `customer` as the last column.

    From PostgreSQL to Arrow: no file between, and nothing standardised again.
    """
    import pyarrow as pa
    from adbc_driver_postgresql import dbapi

    from moothall.customers.matching.bulk.tables import SCHEMA

    columns = ", ".join(COLUMNS)
    with dbapi.connect(_address()) as adbc, adbc.cursor() as cursor:
        cursor.execute(
            f"SELECT record_id::text AS record_id, source, {columns}, customer_id::text AS customer "  # noqa: S608
            "FROM customer_matching_personkey"
        )
        return cursor.fetch_arrow_table().cast(SCHEMA.append(pa.field("customer", pa.string())))


def _address() -> str:
    """The database's address for ADBC, as Django is connected now (a test's own database too)."""
    import psycopg

    connection.ensure_connection()
    info = connection.connection.info
    parts = {
        "host": info.host,
        "port": str(info.port),
        "user": info.user,
        "dbname": info.dbname,
        "password": info.password,
    }
    return psycopg.conninfo.make_conninfo(**{key: value for key, value in parts.items() if value})


def _sharing(person: Person, but: Collection[UUID]) -> list[tuple[UUID, UUID | None, str, Person]]:
    keys = [hashed(key) for key in keys_of(person)]
    if not keys:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH shared AS (SELECT f.record_id, count(*) AS n FROM unnest(%s::bigint[]) k "  # noqa: S608
            f"CROSS JOIN LATERAL (SELECT record_id FROM customer_matching_personkey WHERE keys @> ARRAY[k] LIMIT {A_KEY}) f "
            f"WHERE f.record_id <> ALL(%s::uuid[]) GROUP BY f.record_id ORDER BY n DESC, f.record_id LIMIT {LOOKED_AT}) "
            f"SELECT p.record_id, p.customer_id, p.source, {', '.join(f'p.{column}' for column in COLUMNS)} "
            "FROM shared JOIN customer_matching_personkey p USING (record_id)",
            [keys, list(but)],
        )
        return [(row[0], row[1], row[2], _person(row[3:])) for row in cursor.fetchall()]


_LIST_AT: Final = [COLUMNS.index(name) for name in COLUMNS if name in LISTS]


def _person(values: tuple[Any, ...]) -> Person:
    row = list(values)
    for at in _LIST_AT:
        if row[at] is not None:
            row[at] = tuple(row[at])
    return Person(*row)


_COUNTED: Final = ("given", "family", "dob", "street", "postcode", "outward", "locality", "other", "other_2")


class _Shares:
    """How common values were when the model was trained, fetched once for all that a scoring will ask."""

    def __init__(self, version: int | None) -> None:
        self._version = version
        self._known: dict[tuple[str, str], float] = {}

    def fetch(self, people: list[Person]) -> None:
        """Read the shares of the first person's values, and of everybody's given names."""
        if not people:
            return
        wanted = {(field, value) for field in _COUNTED if (value := getattr(people[0], field)) is not None}
        self._read(wanted | {("given", person.given) for person in people if person.given is not None})

    def fetch_all(self, people: Iterable[Person]) -> None:
        """Read the shares of everybody's values."""
        self._read(
            {(field, value) for person in people for field in _COUNTED if (value := getattr(person, field)) is not None}
        )

    def _read(self, wanted: set[tuple[str, str]]) -> None:
        if self._version is None or not wanted:
            return
        fields, values = zip(*sorted(wanted), strict=True)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT t.field, t.value, t.share FROM unnest(%s::text[], %s::text[]) w(field, value) "
                "JOIN customer_matching_termshare t ON t.model_id = %s AND t.field = w.field AND t.value = w.value",
                [list(fields), list(values), self._version],
            )
            self._known = {(field, value): share for field, value, share in cursor.fetchall()}

    def __call__(self, field: str, value: str) -> float | None:
        return self._known.get((field, value))
