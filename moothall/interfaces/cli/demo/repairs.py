"""What the invented borough's contractors have of repairs: orders at every step, some of them late, refused or not let in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from moothall.core.actors import SYSTEM
from moothall.core.packs import Pack
from moothall.core.zone import LONDON
from moothall.repairs.actions import order_missing, take_step
from moothall.repairs.models import Order
from moothall.repairs.pack import REPAIRS
from moothall.repairs.protocols import Heard

MOST: Final = 16
COURSES: Final = (
    ("accepted", "offered"), ("accepted", "booked"), (), ("accepted", "booked", "visited", "follow_on"), ("refused",),
    ("accepted", "booked", "no_access"), ("accepted",), ("booked", "going"),
)  # fmt: skip
WORDS: Final = {
    "follow_on": "A part has to be ordered", "refused": "Outside our contract", "no_access": "Nobody answered the door",
}  # fmt: skip


def bring(pack: Pack, *, at: datetime) -> dict[str, int]:
    """Order the newest open repairs and let their contractors say where they are."""
    held = order_missing(most=MOST, by=SYSTEM, at=at) if pack.one(REPAIRS).services else []
    for number, row in enumerate(held):
        course = COURSES[number % len(COURSES)]
        for kind in course:
            _say(row, kind, _visit(course, number, at), at=at)
    return {"repairs": len(held)}


def _visit(course: tuple[str, ...], number: int, at: datetime) -> datetime:
    """When the visit of a course begins: this hour when they are on the way, earlier today when they came, else in a morning
    to come."""
    hour = at.astimezone(LONDON).replace(minute=0, second=0, microsecond=0)
    if "going" in course:
        return hour
    if {"visited", "no_access"} & set(course):
        return hour - timedelta(hours=4)
    return hour.replace(hour=9) + timedelta(days=1 + number % 3)


def _say(row: Order, kind: str, day: datetime, *, at: datetime) -> None:
    """One step, with the times that go with it."""
    more: dict[str, Any] = {}
    if kind == "offered":
        more["offers"] = tuple((day + timedelta(days=n), day + timedelta(days=n, hours=3)) for n in (0, 1))
    if kind == "booked":
        more |= {"starts_at": day, "ends_at": day + timedelta(hours=3)}
    heard = Heard(str(row.id), str(uuid4()), kind, at, words=WORDS.get(kind, ""), **more)
    take_step(row.contractor, heard, by=SYSTEM, at=at)
