"""Recording what happened: the only way into the event table, and the registry of who wants to know.

An event is written in the same transaction as the rows it speaks of. Handlers of other rooms run afterwards as jobs, at
least once; they must be idempotent. Names are past tense, ``<subject>.<verb>``.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from moothall.core import clock
from moothall.core.actors import Actor
from moothall.core.ids import new_id
from moothall.core.rows import add_values, unit


@dataclass(frozen=True, slots=True)
class Happening:
    """An event about to be recorded. ``data`` holds ids, codes and numbers only: never a name, a text, an address."""

    name: str
    subject_kind: str
    subject_id: UUID | None
    occurred_at: datetime
    case_id: UUID | None = None
    contact_id: UUID | None = None
    customer_id: UUID | None = None
    service: str = ""
    channel: str = ""
    team: str = ""
    area: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as it stands in the table, handed to handlers and read models."""

    id: UUID
    recorded_at: datetime
    occurred_at: datetime
    name: str
    actor_kind: str
    actor_id: UUID | None
    purpose: str
    subject_kind: str
    subject_id: UUID | None
    case_id: UUID | None
    contact_id: UUID | None
    customer_id: UUID | None
    service: str
    channel: str
    team: str
    area: str
    imported: bool
    data: Mapping[str, Any]
    tx: int = 0


Handler = Callable[[Recorded], None]
_handlers: dict[str, dict[str, Handler]] = {}
_by_name: dict[str, Handler] = {}

COLUMNS = (
    "id", "recorded_at", "occurred_at", "name", "actor_kind", "actor_id", "purpose", "subject_kind", "subject_id",
    "case_id", "contact_id", "customer_id", "service", "channel", "team", "area", "imported", "data",
)  # fmt: skip


def handles(*names: str, as_: str) -> Callable[[Handler], Handler]:
    """Subscribe a handler to events. ``as_`` is its stable name (``notifications.acknowledge``): jobs carry it."""

    def register(handler: Handler) -> Handler:
        _by_name[as_] = handler
        for name in names:
            _handlers.setdefault(name, {})[as_] = handler
        return handler

    return register


def handlers_of(name: str) -> list[str]:
    """Return the stable names of the handlers that want this event."""
    return sorted(_handlers.get(name, {}))


def handler_named(name: str) -> Handler:
    """Return the handler with this stable name."""
    return _by_name[name]


def record(happenings: Iterable[Happening], *, by: Actor, imported: bool = False) -> list[Recorded]:
    """Write events and queue their handlers, in the caller's transaction (required).

    Imported history queues nothing: no message, no job, no warning.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "Events are recorded inside the transaction that changes the rows."
        )
    now = clock.now()
    recorded = [
        Recorded(
            id=new_id(), recorded_at=now, occurred_at=h.occurred_at, name=h.name, actor_kind=by.kind.value,
            actor_id=by.id, purpose=by.purpose, subject_kind=h.subject_kind, subject_id=h.subject_id, case_id=h.case_id,
            contact_id=h.contact_id, customer_id=h.customer_id, service=h.service, channel=h.channel, team=h.team,
            area=h.area, imported=imported, data=h.data,
        )
        for h in happenings
    ]  # fmt: skip
    held = _held.get()
    if held is not None:
        held.extend(recorded)
    elif recorded:
        with unit():
            _write(recorded)
    return recorded


MONTHS_AHEAD: Final = 14


def make_months(at: datetime) -> int:
    """Make the partitions of this month and the fourteen to come, where they are not there; return how many were made.

    An event of a month without one is kept all the same, beside the others, and moves to its month when that is made.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT core_event_month((date_trunc('month', %s::timestamp) + make_interval(months => ahead))::date)"
            " FROM generate_series(0, %s) AS ahead",
            [at.astimezone(UTC).replace(tzinfo=None), MONTHS_AHEAD],
        )
        return sum(made for (made,) in cursor.fetchall())


_held: ContextVar[list[Recorded] | None] = ContextVar("held_events", default=None)


@contextmanager
def together() -> Iterator[None]:
    """Write all that an action adds, and last the events it records, in one statement: for actions that call others.

    Rows given to `core.rows.add_rows` inside are written before any other statement, or with the events at the end. Nested
    uses join the outermost. An error inside writes none, as the transaction it belongs to keeps none either.
    """
    held = _held.get()
    with unit():
        if held is not None:
            so_far = len(held)
            try:
                yield
            except BaseException:
                del held[so_far:]  # the rows they speak of are rolled back too, should the caller go on
                raise
            return
        mine: list[Recorded] = []
        token = _held.set(mine)
        try:
            yield
        finally:
            _held.reset(token)
        if mine:
            _write(mine)


def _write(recorded: Sequence[Recorded]) -> None:
    """Add the events and the jobs of their handlers to the rows that wait."""
    add_values("core_event", [{column: getattr(row, column) for column in COLUMNS} for row in recorded])
    wanted = [
        {"event_id": str(row.id), "recorded_at": row.recorded_at.isoformat(), "handler": handler}
        for row in recorded
        if not row.imported
        for handler in handlers_of(row.name)
    ]
    if wanted:
        from moothall.core.jobs import defer_handlers

        defer_handlers(wanted)
