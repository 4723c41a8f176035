"""Help from others as our own directory passes it on: what everybody may know of, found by the filters of Open Referral."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from typing import Any, Final
from uuid import UUID

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable

from moothall.core.actors import ANONYMOUS
from moothall.partners.models import Help
from moothall.partners.queries.directory import HelpLine, line_of, shown_to
from moothall.places.geometry import metres_between

DEGREE: Final = 111_000
"""Metres in a degree of latitude, at the least: a box that holds whatever is near."""
SHORTEST: Final = 4
MOST_BESIDE: Final = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of the directory. ``near``: latitude, longitude and metres; ``since``: changed then or
    later; ``but``: ids that are told otherwise."""

    words: tuple[str, ...] = ()
    topic: str = ""
    oldest: int | None = None
    youngest: int | None = None
    near: tuple[float, float, float] | None = None
    placed: bool = False
    since: datetime | None = None
    but: frozenset[UUID] = field(default_factory=frozenset)


def served(wanted: Wanted) -> QuerySet[Help]:
    """Return the help that fits, by name. One query when it is read; one more each for a distance and for a change."""
    rows = shown_to(ANONYMOUS).exclude(id__in=wanted.but)
    for word in wanted.words[:8]:
        rows = rows.filter(search__contains=word)
    if wanted.topic:
        rows = rows.filter(topics__contains=[wanted.topic])
    if wanted.youngest is not None:
        rows = rows.filter(Q(maximum_age=None) | Q(maximum_age__gte=wanted.youngest))
    if wanted.oldest is not None:
        rows = rows.filter(Q(minimum_age=None) | Q(minimum_age__lte=wanted.oldest))
    if wanted.placed:
        rows = rows.exclude(latitude=None, where="")
    if wanted.since is not None:
        rows = rows.filter(id__in=_changed(rows, wanted.since))
    if wanted.near is not None:
        rows = rows.filter(id__in=_near(rows, *wanted.near))
    return rows.order_by("name", "id")


def served_one(help_id: UUID) -> Help | None:
    """Return one that everybody may know of. One query."""
    return shown_to(ANONYMOUS).filter(id=help_id).first()


def topics_served() -> list[str]:
    """Return every topic that help is filed under, in order. One query."""
    rows = shown_to(ANONYMOUS).exclude(topics=[]).values_list("topics", flat=True)
    return sorted({str(one) for held in rows for one in held})


def help_beside(words: str) -> list[HelpLine]:
    """Return the help of others that most of the words speak of, for beside what we do ourselves. One query at most."""
    said = [word for word in dict.fromkeys(words.lower().replace("\x00", "").split()) if len(word) >= SHORTEST][:8]
    if not said:
        return []
    fits = Q(*(("search__contains", word) for word in said), _connector=Q.OR)
    rows = shown_to(ANONYMOUS).filter(fits).annotate(hits=_hits(said)).filter(hits__gte=(len(said) + 1) // 2)
    return [line_of(row) for row in rows.order_by("-hits", "name", "id")[:MOST_BESIDE]]


def _hits(words: Sequence[str]) -> Combinable:
    """How many of the words it speaks of."""
    each: list[Combinable] = [
        Case(When(search__contains=word, then=Value(1)), default=Value(0), output_field=IntegerField())
        for word in words
    ]
    return reduce(operator.add, each)


def changed_at(last_modified: Any, seen_at: datetime) -> datetime:
    """Return when a service of others last changed: as its directory says, where it says so; else when it came."""
    try:
        moment = datetime.fromisoformat(last_modified) if isinstance(last_modified, str) else None
    except ValueError:
        moment = None
    return moment if moment is not None and moment.tzinfo is not None else seen_at


def _changed(rows: QuerySet[Help], since: datetime) -> list[UUID]:
    held = rows.values_list("id", "raw__last_modified", "seen_at")
    return [one for one, told, seen in held if changed_at(told, seen) >= since]


def _near(rows: QuerySet[Help], latitude: float, longitude: float, metres: float) -> list[UUID]:
    most = metres / DEGREE
    box = rows.filter(latitude__range=(latitude - most, latitude + most)).exclude(longitude=None)
    return [
        one
        for one, lat, lon in box.values_list("id", "latitude", "longitude")
        if lat is not None and lon is not None and metres_between(latitude, longitude, lat, lon) <= metres
    ]
