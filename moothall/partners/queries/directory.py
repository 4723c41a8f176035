"""Help from others, for the site and the desk. Fixed queries, whatever is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from moothall.core.paging import BadCursor, Page, page_of, unpack_cursor
from moothall.partners.models import Help

SIZE: Final = 20


@dataclass(frozen=True, slots=True)
class HelpLine:
    """One service of another organisation in a list."""

    id: UUID
    name: str
    organization: str
    summary: str
    where: str
    phone: str
    web: str
    ages: str


@dataclass(frozen=True, slots=True)
class HelpPage:
    """One service of another organisation, whole."""

    line: HelpLine
    email: str
    costs: str
    topics: Sequence[str]
    latitude: float | None
    longitude: float | None
    source: str
    checked: Any


def search_help(words: str = "", *, topic: str = "", after: str = "", size: int = SIZE) -> Page[HelpLine]:
    """Return help that fits every word, by name. One query.

    Raises:
        BadCursor: ``after`` is not a place in this list.
    """
    rows = Help.objects.filter(gone_at=None)
    for word in words.lower().replace("\x00", "").split()[:8]:
        rows = rows.filter(search__contains=word)
    if topic:
        rows = rows.filter(topics__contains=[topic])
    if after:
        name, last = unpack_cursor(after, 2)
        try:
            rows = rows.filter(Q(name__gt=name) | Q(name=name, id__gt=UUID(str(last))))
        except ValueError as wrong:
            raise BadCursor from wrong
    found = list(rows.order_by("name", "id")[: size + 1])
    return page_of(found, size, lambda row: (row.name, row.id), _line, first=not after)


def help_page(help_id: UUID) -> HelpPage | None:
    """Return one service of another organisation, ``None`` where there is none now. One query."""
    row = Help.objects.filter(id=help_id, gone_at=None).first()
    if row is None:
        return None
    return HelpPage(
        line=_line(row), email=row.email, costs=row.costs, topics=tuple(row.topics), latitude=row.latitude,
        longitude=row.longitude, source=row.source, checked=row.assured_on,
    )  # fmt: skip


def topics(*, most: int = 40) -> list[str]:
    """Return what help is filed under, in order. One query."""
    rows = Help.objects.filter(gone_at=None).exclude(topics=[]).values_list("topics", flat=True)[:5_000]
    return sorted({str(one) for held in rows for one in held})[:most]


def _line(row: Help) -> HelpLine:
    ages = ""
    if row.minimum_age is not None and row.maximum_age is not None:
        ages = f"Ages {row.minimum_age} to {row.maximum_age}"
    elif row.minimum_age:
        ages = f"Ages {row.minimum_age} and over"
    elif row.maximum_age is not None:
        ages = f"Up to age {row.maximum_age}"
    return HelpLine(row.id, row.name, row.organization, row.summary, row.where, row.phone, row.web, ages)
