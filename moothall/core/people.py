"""What each room can say about one person, for the single view, subject access, erasure and merge.

Lower rooms cannot know higher ones, so each registers itself here at start and ``customers``/``intake`` ask all.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from moothall.core.actors import Actor


@dataclass(frozen=True, slots=True)
class PersonEntry:
    """One line of a person's time line: when, what kind, in words, and where to read more."""

    at: datetime
    kind: str
    title: str
    detail: str = ""
    link_kind: str = ""
    link_id: str = ""
    state: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """Something a room holds under a customer's id: when it was made, and the source record it names, if it names one."""

    kind: str
    id: UUID
    at: datetime
    record_id: UUID | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """What an erasure must leave, or that stops it (``stops``): what it is, how many, until when, on which ground."""

    what: str
    count: int
    because: str
    until: date | None = None
    stops: bool = False


@dataclass(frozen=True, slots=True)
class HeldFile:
    """A file that goes into a person's copy. ``read`` brings its content, or raises FileNotFoundError."""

    name: str
    media_type: str
    key: str
    read: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class PersonProvider:
    """A room's answers about a set of customer ids (a survivor and those joined to it).

    ``timeline(ids, visible_to, limit, until)`` returns the newest entries not after ``until`` (``None``: now), newest
    first, at most ``limit``, in a fixed number of queries; the time line of a person is merged from all rooms and paged
    by that moment.

    ``made_between(customer_id, since, until)`` and ``give(id, customer_id, by, at)`` are for when two customers who were
    joined are parted: what was made under an id in that time, and saying whose one of those is. ``kind`` is their word.

    ``keeps(ids, at)`` says what an erasure must leave and what stops it; ``files(customer_id)`` brings the files of a copy.
    Erasing goes by ``rank``, lowest first: what finds its rows through another room's goes before that room.
    """

    room: str
    timeline: Callable[[Iterable[UUID], Actor, int, datetime | None], list[PersonEntry]]
    export: Callable[[UUID], Mapping[str, Any]]
    erase: Callable[[UUID, Actor, datetime], int]
    kind: str = ""
    made_between: Callable[[UUID, datetime, datetime | None], list[Made]] | None = None
    give: Callable[[UUID, UUID, Actor, datetime], None] | None = None
    keeps: Callable[[Iterable[UUID], datetime], list[Kept]] | None = None
    files: Callable[[UUID], Iterable[HeldFile]] | None = None
    rank: int = 0


_providers: dict[str, PersonProvider] = {}


def register_person_provider(provider: PersonProvider) -> None:
    """Fill the registry at start; the same room registering twice replaces itself."""
    _providers[provider.room] = provider


def person_providers() -> list[PersonProvider]:
    """Return every room's provider, in room order so that pages are stable."""
    return [_providers[room] for room in sorted(_providers)]


def in_order_of_erasure() -> list[PersonProvider]:
    """Return every room's provider as an erasure asks them: the record that leads to all else comes last."""
    return sorted(person_providers(), key=lambda provider: (provider.rank, provider.room))
