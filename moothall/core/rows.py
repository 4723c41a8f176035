"""New rows, written together: what a unit of work adds goes to the database in one prepared statement.

A statement costs more to send, parse and answer than most rows cost to keep. Inside `core.events.together`, which opens
a unit, rows that are added wait for one another; they are written at the end, or before any other statement is sent,
so that whoever asks always finds what was added. Outside a unit they are written at once.
`docs/adr/0013-rows-are-written-together.md` has the reasons and the measurements.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache
from typing import Any, cast
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper
from django.db.models import Model

Values = Mapping[str, Any]
"""One row: its columns, and values that JSON holds (or UUIDs, dates and times)."""
_Rows = list[tuple[str, Values]]
_waiting: ContextVar[_Rows | None] = ContextVar("rows_waiting", default=None)


def add_rows(*rows: Model) -> None:
    """Insert new rows of any models, as they stand now. Every column is written: none is left to a database default."""
    made: _Rows = []
    alias = connection.alias
    for row in rows:
        table, columns = _columns(type(row))
        made.append((table, {column: getattr(row, attribute) for column, attribute in columns}))
        row._state.adding, row._state.db = False, alias
    _add(made)


def add_values(table: str, rows: Iterable[Values]) -> None:
    """Insert rows into a table of our own given as columns and values. All rows of one call have the same columns."""
    _add([(table, row) for row in rows])


@contextmanager
def unit() -> Iterator[None]:
    """Hold added rows back until the end, or until another statement is sent. Nested units join the outermost.

    An error inside drops what waits: the transaction it belongs to keeps none of it either.

    Raises:
        TransactionManagementError: outside a transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("Rows wait for one another only inside a transaction.")
    if (outer := _waiting.get()) is not None:
        so_far = len(outer)
        try:
            yield
        except BaseException:
            del outer[so_far:]  # rolled back too
            raise
        return
    token = _waiting.set([])
    try:
        with connection.execute_wrapper(_write_before):
            yield
            _write_waiting()
    finally:
        _waiting.reset(token)


def prepared_cursor() -> CursorWrapper:
    """Return a cursor whose statements the server parses and plans once for each connection; close it by `with`.

    For statements sent again and again whose plan does not depend on their values. While queries are logged it is an
    ordinary one, whose text Django can show.
    """
    if connection.queries_logged:
        return connection.cursor()
    connection.ensure_connection()
    plain: Any = cast("Any", ServerBindingCursor)(connection.connection)
    return connection.make_cursor(plain)


def _add(rows: _Rows) -> None:
    waiting = _waiting.get()
    if waiting is None:
        _write(rows)
    else:
        waiting.extend(rows)


def _write_before(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Write what waits before another statement; going back to a savepoint forgets what was added after it."""
    waiting = _waiting.get()
    if waiting:
        if isinstance(sql, str) and sql.startswith("ROLLBACK TO SAVEPOINT"):
            waiting.clear()
        else:
            _write_waiting()
    return execute(sql, params, many, context)


def _write_waiting() -> None:
    waiting = _waiting.get()
    if waiting:
        rows = list(waiting)
        waiting.clear()  # first: the statement below comes by `_write_before` too
        _write(rows)


def _write(rows: _Rows) -> None:
    by_table: dict[str, list[Values]] = {}
    for table, values in rows:
        by_table.setdefault(table, []).append(values)
    if not by_table:
        return
    sql = _statement(tuple((table, tuple(values[0])) for table, values in by_table.items()))
    with prepared_cursor() as cursor:
        cursor.execute(sql, [json.dumps(values, default=_plain) for values in by_table.values()])


@cache
def _statement(tables: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    """One statement that inserts into all these tables; each takes its rows as JSON.

    Foreign keys are checked when the transaction commits, so the order of the tables does not matter.
    """
    inserts = []
    for table, columns in tables:
        names, name = ", ".join(map(connection.ops.quote_name, columns)), connection.ops.quote_name(table)
        inserts.append(
            f"INSERT INTO {name} ({names}) SELECT {names} FROM jsonb_populate_recordset(NULL::{name}, %s::jsonb)"  # noqa: S608
        )
    *first, last = inserts
    return ("WITH " + ", ".join(f"w{n} AS ({one})" for n, one in enumerate(first)) + " " if first else "") + last


@cache
def _columns(model: type[Model]) -> tuple[str, tuple[tuple[str, str], ...]]:
    fields = model._meta.concrete_fields
    return model._meta.db_table, tuple((str(field.column), field.attname) for field in fields)


def _plain(value: Any) -> str:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"A value of type {type(value).__name__} cannot be written as a row.")
