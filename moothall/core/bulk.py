"""Many rows at once, by COPY: for the `import_*` actions only. Everything else goes row by row through its action."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from psycopg import sql

from moothall.core import clock
from moothall.core.actors import Actor
from moothall.core.events import COLUMNS, Happening
from moothall.core.ids import new_ids

_PIECE: Final = 2_000  # lines sent at once


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write rows of plain values (None, bool, int, float, str, UUID, dates, JSON as dict or list) and return how many.

    Runs in the caller's transaction. Text that PostgreSQL cannot hold (the null character) is left out.
    """
    count = 0
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    with connection.cursor() as cursor, cursor.copy(statement) as into:
        lines: list[str] = []
        for row in rows:
            lines.append("\t".join([_WRITE[type(value)](value) for value in row]))
            if len(lines) == _PIECE:
                into.write("\n".join(lines) + "\n")
                count += len(lines)
                lines.clear()
        if lines:
            into.write("\n".join(lines) + "\n")
            count += len(lines)
    return count


def merge_rows(
    table: str, columns: Sequence[str], key: Sequence[str], rows: Iterable[Sequence[Any]], *, change: bool = True
) -> list[Any]:
    """Write rows by COPY into a table that may have some of them: new ones are added, others take the new values.

    With ``change=False`` those that are there stay as they are. ``key`` are the columns of a unique constraint; no two
    rows may share one. Returns the first key column of each row that was added or changed, so that doing it again
    returns nothing. Runs in the caller's transaction.
    """
    names, keys = (sql.SQL(", ").join(map(sql.Identifier, some)) for some in (columns, key))
    others = [column for column in columns if column not in key]
    then: sql.Composable = sql.SQL("DO NOTHING")
    if change and others:
        pairs = [sql.SQL("{0} = EXCLUDED.{0}").format(sql.Identifier(one)) for one in others]
        old = [sql.Identifier(table, one) for one in others]
        new = [sql.Identifier("excluded", one) for one in others]
        comma = sql.SQL(", ")
        then = sql.SQL("DO UPDATE SET {} WHERE ({}) IS DISTINCT FROM ({})").format(
            comma.join(pairs), comma.join(old), comma.join(new)
        )
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE TEMP TABLE merged_in (LIKE {}) ON COMMIT DROP").format(sql.Identifier(table)))
        copy_rows("merged_in", columns, rows)
        cursor.execute(
            sql.SQL("INSERT INTO {} ({}) SELECT {} FROM merged_in ORDER BY {} ON CONFLICT ({}) {} RETURNING {}").format(
                sql.Identifier(table), names, names, keys, keys, then, sql.Identifier(table, key[0])
            )
        )
        written = [row[0] for row in cursor.fetchall()]
        cursor.execute("DROP TABLE merged_in")  # a caller's transaction may hold many batches
    return written


def copy_events(happenings: Iterable[Happening], *, by: Actor) -> int:
    """Write imported events in order: history only, no handler of any room runs. Returns how many.

    Raises:
        TransactionManagementError: outside the transaction that writes the rows they speak of.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("Events are recorded inside the transaction that changes rows.")
    now, kind, actor, purpose, ids = clock.now(), by.kind.value, by.id, by.purpose, new_ids()
    return copy_rows(
        "core_event",
        COLUMNS,
        (
            (
                next(ids), now, h.occurred_at, h.name, kind, actor, purpose, h.subject_kind, h.subject_id, h.case_id,
                h.contact_id, h.customer_id, h.service, h.channel, h.team, h.area, True, h.data,
            )
            for h in happenings
        ),
    )  # fmt: skip


def _text(value: str) -> str:
    if "\\" in value or "\t" in value or "\n" in value or "\r" in value or "\0" in value:
        value = value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
        value = value.replace("\0", "")
    return value


def _json(value: Any) -> str:
    # A null character written as an escape is valid JSON that jsonb refuses.
    return _text(json.dumps(value, ensure_ascii=False).replace("\\u0000", "")) if value else ("{}", "[]")[value == []]


_WRITE: Final[dict[type, Callable[[Any], str]]] = {
    type(None): lambda _: "\\N",
    bool: lambda value: "t" if value else "f",
    int: str,
    float: repr,
    str: _text,
    UUID: lambda value: f"{value.int:032x}",
    datetime: datetime.isoformat,
    date: date.isoformat,
    dict: _json,
    list: _json,
}
