"""One person across the whole council: a single time line merged from every room, and the single view around it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from moothall.cases.queries import cases_of
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.paging import EARLIEST, LATEST, BadCursor, pack_cursor, unpack_cursor
from moothall.core.people import PersonEntry, person_providers
from moothall.core.zone import council_date
from moothall.customers.linking.queries import (
    ChangeView,
    Housemate,
    JoinedLine,
    SystemSummary,
    changes_of,
    household_of,
    joined_of,
    summaries_of,
)
from moothall.customers.queries import CustomerCard, customer_card
from moothall.intake.desk import OpenCase
from moothall.intake.desk_queries import with_promises
from moothall.places.queries import area_name
from moothall.promises.queries import promises_of
from moothall.rounds.queries import DoorHelp, help_at

FILTERS = (
    ("", "Everything"),
    ("contact", "Contacts"),
    ("case", "Cases"),
    ("message", "Messages"),
    ("booking", "Bookings"),
    ("payment", "Payments"),
    ("permit", "Permits"),
    ("document", "Documents"),
    ("note", "Notes"),
    ("rating", "Ratings"),
    ("identity", "Records joined"),
)
"""The kinds of entry that one can ask for alone: code and words."""

MOST_ALONE = 200
MOST_SKIPPED = 1000


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A page of a person's time line, newest first. ``after`` is where the next page begins; empty at the end."""

    entries: tuple[PersonEntry, ...]
    after: str = ""


@dataclass(frozen=True, slots=True)
class SingleView:
    """One page about one person: who, what other systems hold, what we owe them now, and everything that happened."""

    card: CustomerCard
    household: tuple[Housemate, ...]
    open_cases: tuple[OpenCase, ...]
    line: PersonLine
    systems: tuple[SystemSummary, ...]
    joined: tuple[JoinedLine, ...]
    area_name: str
    changes: tuple[ChangeView, ...]
    bins: DoorHelp | None = None


def single_view(
    customer_id: UUID, *, visible_to: Actor, at: datetime, kind: str = "", after: str = "", size: int = 40
) -> SingleView | None:
    """Return the single view of a person, or ``None`` when there is no such record. A fixed number of queries.

    The screen that shows it also logs the look, with its purpose.
    """
    card = customer_card(customer_id, visible_to, on=at.date())
    if card is None:
        return None
    still = [c for c in cases_of(card.ids, visible_to=visible_to, limit=50) if c.closed_at is None]
    promises = promises_of([c.id for c in still], at=at)
    return SingleView(
        card=card,
        household=household_of(card.ids, card.uprn, visible_to) if card.uprn else (),
        open_cases=with_promises(still, promises),
        line=person_line(card.ids, visible_to=visible_to, at=at, kind=kind, after=after, size=size),
        systems=summaries_of(card.ids, visible_to),
        joined=joined_of(card.ids, visible_to) if len(card.ids) > 1 else (),
        area_name=area_name(card.area_code) if card.area_code else "",
        changes=changes_of(card.ids, visible_to),
        bins=help_at(card.uprn, on=council_date(at), visible_to=visible_to) if card.uprn else None,
    )


def person_line(
    ids: Sequence[UUID], *, visible_to: Actor, at: datetime, kind: str = "", after: str = "", size: int = 40
) -> PersonLine:
    """Return a page of the merged time line. Every room is asked once, whatever the size of the page.

    ``kind`` shows one kind of entry alone. ``after`` is the ``after`` of the page before.
    """
    require(visible_to, "customer.view")
    until, skip = at, 0
    if after:
        until, skip = _read_place(after)
    wanted = size + skip + 1
    reach = max(wanted, MOST_ALONE) if kind else wanted
    entries: list[PersonEntry] = []
    for provider in person_providers():
        entries += provider.timeline(ids, visible_to, reach, until)
    entries.sort(key=_order, reverse=True)
    shown = [entry for entry in entries if not kind or entry.kind == kind][skip : skip + size + 1]
    more = len(shown) > size
    shown = shown[:size]
    return PersonLine(tuple(shown), _place(shown, until, skip) if more else "")


def _order(entry: PersonEntry) -> tuple[datetime, str, str, str]:
    """A total order, so that pages join without a gap or a double."""
    return entry.at, entry.kind, entry.link_id, entry.title


def _read_place(after: str) -> tuple[datetime, int]:
    """Read what ``_place`` wrote. BadCursor when it is nothing of ours."""
    moment, seen = unpack_cursor(after, 2)
    try:
        until, skip = datetime.fromisoformat(moment or ""), int(seen or "")
    except ValueError as wrong:
        raise BadCursor from wrong
    if until.tzinfo is None or not EARLIEST <= until.year <= LATEST or not 0 <= skip <= MOST_SKIPPED:
        raise BadCursor
    return until, skip


def _place(shown: Iterable[PersonEntry], until: datetime, skip: int) -> str:
    """The place after these entries: the last one's moment, and how many of that moment were shown."""
    listed = list(shown)
    last = listed[-1].at
    same = sum(1 for entry in listed if entry.at == last)
    if last == until and same == len(listed):
        same += skip
    return pack_cursor([last.isoformat(), same])
