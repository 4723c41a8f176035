"""Keyset pages: fixed work whatever the page, no counting of history."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

T = TypeVar("T")
R = TypeVar("R")
EARLIEST, LATEST = 1800, 9000
"""Years between which a moment can be a place: outside, changing its zone would leave the calendar."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows, and where the next and the previous ones begin (``None`` where there are none)."""

    rows: tuple[T, ...]
    after: str | None = None
    before: str | None = None


class BadCursor(ValueError):
    """The place in the list cannot be read; start again from the top."""

    def __init__(self) -> None:
        super().__init__("That page of the list cannot be found. Start again from the first page.")


def pack_cursor(values: Sequence[Any]) -> str:
    """Return a place in a list as text for an address."""
    return (
        base64.urlsafe_b64encode(json.dumps([str(v) if v is not None else None for v in values]).encode())
        .decode()
        .rstrip("=")
    )


def unpack_cursor(text: str, length: int) -> list[str | None]:
    """Return the values ``pack_cursor`` was given, as text.

    Raises:
        BadCursor: it is not one of ours.
    """
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if (
            not isinstance(values, list)
            or len(values) != length
            or not all(v is None or isinstance(v, str) for v in values)
        ):
            raise ValueError
    except (ValueError, UnicodeError, RecursionError) as wrong:
        raise BadCursor from wrong
    return values


def unpack_place(text: str) -> tuple[datetime | None, UUID]:
    """Return a place that is a moment (or none, where rows without one come last) and an id.

    Raises:
        BadCursor: it is not one of ours.
    """
    moment, last = unpack_cursor(text, 2)
    try:
        at = datetime.fromisoformat(moment) if moment is not None else None
        key = UUID(last or "")
    except ValueError as wrong:
        raise BadCursor from wrong
    if at is not None and (at.tzinfo is None or not EARLIEST <= at.year <= LATEST):
        raise BadCursor
    return at, key


def unpack_moment(text: str) -> tuple[datetime, UUID]:
    """Return a place that always has a moment; BadCursor otherwise."""
    at, key = unpack_place(text)
    if at is None:
        raise BadCursor
    return at, key


def page_of(
    rows: Sequence[R], size: int, key: Callable[[R], Sequence[Any]], view: Callable[[R], T], *, first: bool
) -> Page[T]:
    """Make a page of up to ``size`` rows from a read of ``size + 1``."""
    shown = rows[:size]
    after = pack_cursor(key(shown[-1])) if len(rows) > size else None
    before = None if first or not shown else pack_cursor(key(shown[0]))
    return Page(tuple(view(row) for row in shown), after, before)
