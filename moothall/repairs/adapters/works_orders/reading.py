"""What a contractor's system says of orders, read from JSON. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from moothall.repairs.protocols import Heard

MOST_STEPS: Final = 500
MOST_OFFERS: Final = 20


class NotReadable(ValueError):
    """It is not what was agreed; the message says where."""


def read_steps(told: Any) -> list[Heard]:
    """Return the steps of ``{"steps": […]}``. Raises NotReadable: nothing of it is taken."""
    rows = told.get("steps") if isinstance(told, Mapping) else None
    if not isinstance(rows, Sequence) or isinstance(rows, str) or len(rows) > MOST_STEPS:
        raise NotReadable(f"There are no `steps`, or more than {MOST_STEPS} of them.")
    return [_step(row, f"steps[{n}]") for n, row in enumerate(rows)]


def _step(row: Any, place: str) -> Heard:
    if not isinstance(row, Mapping):
        raise NotReadable(f"{place} is no step.")
    offers = row.get("offers") or []
    if not isinstance(offers, Sequence) or isinstance(offers, str) or len(offers) > MOST_OFFERS:
        raise NotReadable(f"{place}.offers are no times.")
    number = row.get("number", 0)
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < 2**31:
        raise NotReadable(f"{place}.number is no count.")
    return Heard(
        order=_text(row, "order", place, 36, must=True), key=_text(row, "id", place, 80, must=True),
        kind=_text(row, "kind", place, 20, must=True), number=number,
        occurred_at=_moment(row.get("occurred_at"), f"{place}.occurred_at"),
        starts_at=_maybe(row, "starts_at", place), ends_at=_maybe(row, "ends_at", place),
        offers=tuple(_pair(one, f"{place}.offers[{n}]") for n, one in enumerate(offers)),
        hazard=_text(row, "hazard", place, 12), words=_text(row, "words", place, 400),
        reference=_text(row, "reference", place, 120),
    )  # fmt: skip


def _text(row: Mapping[str, Any], name: str, place: str, most: int, *, must: bool = False) -> str:
    value = row.get(name)
    if value is None and not must:
        return ""
    if not isinstance(value, str) or (must and not value) or "\x00" in value:
        raise NotReadable(f"{place}.{name} is missing or no text.")
    return value.strip()[:most]


def _maybe(row: Mapping[str, Any], name: str, place: str) -> datetime | None:
    return _moment(row[name], f"{place}.{name}") if row.get(name) else None


def _pair(one: Any, place: str) -> tuple[datetime, datetime]:
    if not isinstance(one, Mapping):
        raise NotReadable(f"{place} is no time.")
    begins, ends = _moment(one.get("starts_at"), f"{place}.starts_at"), _moment(one.get("ends_at"), f"{place}.ends_at")
    if ends <= begins:
        raise NotReadable(f"{place} ends before it starts.")
    return begins, ends


def _moment(value: Any, place: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise NotReadable(f"{place} is no moment with its zone, like 2026-03-04T09:00:00+00:00.")
    return moment
