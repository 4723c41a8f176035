"""The only writers of addresses, streets and areas: imports, which may be run again and change only what changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db import connection, transaction

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.places.models import Area, Street
from moothall.places.rules import postcode_key, search_text, show_postcode

BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Premises:
    """One property to bring in. ``address`` is whole; ``uprn`` up to 12 digits."""

    uprn: int
    address: str
    number: str = ""
    street: str = ""
    postcode: str = ""
    usrn: int | None = None
    area_code: str = ""
    latitude: float | None = None
    longitude: float | None = None
    kind: str = "home"


_COLUMNS = (
    "uprn", "address", "search", "number", "street", "postcode", "postcode_key", "usrn", "area_code", "latitude",
    "longitude", "kind",
)  # fmt: skip


def import_premises(rows: Iterable[Premises], *, by: Actor) -> tuple[int, int]:
    """Bring in properties; one there already takes the new values. Returns how many were read and how many changed.

    Streams in batches of its own transactions: killed in the middle, running it again goes on. Of two rows with one UPRN in
    a batch the last wins.

    Raises:
        Refused: the actor may not import.
    """
    require(by, "import.run")
    read = changed = 0
    source = iter(rows)
    while batch := list(islice(source, BATCH)):
        read += len(batch)
        changed += _take(list({row.uprn: row for row in batch}.values()))
    return read, changed


def _take(batch: Sequence[Premises]) -> int:
    columns = ", ".join(_COLUMNS)
    update = ", ".join(f"{column} = EXCLUDED.{column}" for column in _COLUMNS[1:])
    old = ", ".join(f"places_property.{column}" for column in _COLUMNS[1:])
    new = ", ".join(f"EXCLUDED.{column}" for column in _COLUMNS[1:])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.premises_in")
        cursor.execute("CREATE TEMP TABLE premises_in (LIKE places_property) ON COMMIT DROP")
        with cursor.copy(f"COPY premises_in ({columns}) FROM STDIN") as copy:
            for row in batch:
                copy.write_row(_values(row))
        cursor.execute(
            f"INSERT INTO places_property ({columns}) SELECT {columns} FROM premises_in"  # noqa: S608 - our own columns
            f" ON CONFLICT (uprn) DO UPDATE SET {update} WHERE ({old}) IS DISTINCT FROM ({new})"
        )
        changed = int(cursor.rowcount)
        cursor.execute("DROP TABLE premises_in")  # a caller's transaction may hold many batches
        return changed


def _values(row: Premises) -> tuple[object, ...]:
    key = postcode_key(row.postcode)
    postcode = show_postcode(key) if key else row.postcode.upper().strip()[:8]
    address, number, street = (_plain(text) for text in (row.address[:300], row.number[:40], row.street[:160]))
    return (
        row.uprn, address, search_text(f"{address} {postcode}")[:300], number, street, postcode,
        key or "".join(postcode.split())[:7], row.usrn, row.area_code, row.latitude, row.longitude, row.kind,
    )  # fmt: skip


def _plain(text: str) -> str:
    """Text without what PostgreSQL cannot hold: real address files have a NUL here and there."""
    return " ".join(text.replace("\x00", "").split())


def import_areas(areas: Iterable[tuple[str, str, str]], *, by: Actor) -> int:
    """Bring in areas as (code, kind, name); one there already takes the new name. Returns how many."""
    require(by, "import.run")
    rows = [Area(code=code, kind=kind, name=name) for code, kind, name in areas]
    Area.objects.bulk_create(rows, update_conflicts=True, unique_fields=["code"], update_fields=["kind", "name"])
    return len(rows)


def import_streets(streets: Iterable[tuple[int, str, str, str]], *, by: Actor) -> int:
    """Bring in streets as (USRN, name, locality, area code). Returns how many."""
    require(by, "import.run")
    rows = [Street(usrn=usrn, name=name, locality=locality, area_code=area) for usrn, name, locality, area in streets]
    Street.objects.bulk_create(
        rows,
        batch_size=5000,
        update_conflicts=True,
        unique_fields=["usrn"],
        update_fields=["name", "locality", "area_code"],
    )
    return len(rows)
