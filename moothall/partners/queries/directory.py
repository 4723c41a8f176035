"""Help from others, for the site and the desk. Fixed queries, whatever is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat

from moothall.core.access import restrictions_visible_to
from moothall.core.actors import ANONYMOUS, Actor
from moothall.core.packs import current_pack
from moothall.core.paging import BadCursor, Page, page_of, unpack_cursor
from moothall.partners.models import Help
from moothall.partners.pack import BY_ITSELF, TAKERS, taker_of
from moothall.partners.shared import agreed_words

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
    """One service of another organisation, whole. ``way``: how it takes people from us, ``herself`` where it takes none;
    ``agreed``: what she agrees to; ``by_herself``: she may ask for it without an adviser. ``few``: few may know of it.
    """

    line: HelpLine
    email: str
    costs: str
    topics: Sequence[str]
    latitude: float | None
    longitude: float | None
    source: str
    checked: Any
    seen_at: datetime
    title: str
    way: str
    agreed: str
    by_herself: bool
    needs_about: bool
    few: bool


def shown_to(actor: Actor, rows: QuerySet[Help] | None = None) -> QuerySet[Help]:
    """Return the help this actor may know of, of these ``rows`` or of all there is now: not what is restricted to others."""
    allowed = restrictions_visible_to(actor)
    rows = Help.objects.filter(gone_at=None) if rows is None else rows
    for one in current_pack().of(TAKERS).values() if allowed is not None else ():
        if one.restricted and allowed is not None and one.restricted not in allowed:
            theirs = Q(organization__iexact=" ".join(one.organization.split()))
            named = Q(*(("name__iexact", " ".join(name.split())) for name in one.services), _connector=Q.OR)
            rows = rows.exclude(theirs & named if one.services else theirs)
    return rows


def help_named(words: str, *, visible_to: Actor = ANONYMOUS) -> Help | None:
    """Return the help that somebody names as we do, with its organisation or without, where it is only one. One query."""
    words = " ".join(words.replace("\x00", "").split())
    if not words:
        return None
    named = shown_to(visible_to).annotate(titled=Concat("name", Value(", "), "organization"))
    found = list(named.filter(Q(titled__iexact=words) | Q(name__iexact=words)).order_by("id")[:2])
    return found[0] if len(found) == 1 else None


def search_help(
    words: str = "", *, topic: str = "", after: str = "", size: int = SIZE, visible_to: Actor = ANONYMOUS
) -> Page[HelpLine]:
    """Return help that fits every word, by name: what the actor may know of. One query.

    Raises:
        BadCursor: ``after`` is not a place in this list.
    """
    rows = shown_to(visible_to)
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
    return page_of(found, size, lambda row: (row.name, row.id), line_of, first=not after)


def help_page(help_id: UUID, *, visible_to: Actor = ANONYMOUS) -> HelpPage | None:
    """Return one service of another organisation, ``None`` where there is none now that the actor may know of. One query."""
    row = shown_to(visible_to).filter(id=help_id).first()
    if row is None:
        return None
    taker = taker_of(current_pack(), row.organization, row.name)
    way = taker.way if taker else "herself"
    return HelpPage(
        line=line_of(row), email=row.email, costs=row.costs, topics=tuple(row.topics), latitude=row.latitude,
        longitude=row.longitude, source=row.source, checked=row.assured_on, seen_at=row.seen_at,
        title=", ".join(filter(None, (row.name, row.organization))), way=way,
        agreed=agreed_words(row.organization or row.name, taker) if taker and way != "herself" else "",
        by_herself=taker is not None and way != "herself" and not taker.restricted and BY_ITSELF.issuperset(taker.needs),
        needs_about=taker is not None and "about" in taker.needs,
        few=taker is not None and taker.restricted is not None,
    )  # fmt: skip


def topics(*, most: int = 40) -> list[str]:
    """Return what help is filed under, in order. One query."""
    rows = shown_to(ANONYMOUS).exclude(topics=[]).values_list("topics", flat=True)[:5_000]
    return sorted({str(one) for held in rows for one in held})[:most]


def line_of(row: Help) -> HelpLine:
    """Return a service of another organisation as lists show it."""
    ages = ""
    if row.minimum_age is not None and row.maximum_age is not None:
        ages = f"Ages {row.minimum_age} to {row.maximum_age}"
    elif row.minimum_age:
        ages = f"Ages {row.minimum_age} and over"
    elif row.maximum_age is not None:
        ages = f"Up to age {row.maximum_age}"
    return HelpLine(row.id, row.name, row.organization, row.summary, row.where, row.phone, row.web, ages)
