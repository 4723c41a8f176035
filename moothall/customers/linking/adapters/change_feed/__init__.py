"""Systems that offer their changes as a feed, in order, read page by page from where we were. By a contract of ours.

`GET {address}/changes?after={place}&most={n}` answers 200 with `{"entries": […], "after": place, "more": true | false}`;
without `after` from the beginning. An entry is `{"at": moment, "record": {…}}`, the record in the system's own names as the
pack describes them, or `{"at": moment, "key": key, "gone": true}`. `at` is when it changed there, with its zone: it decides
which of two entries counts, in whatever order and however often they come. 410: the place is too old.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from moothall.core.calling import NoAnswer, call
from moothall.customers.linking.adapters.json_file import flat
from moothall.customers.linking.adapters.text import digest_of
from moothall.customers.linking.pack import Layout
from moothall.customers.linking.protocols import CannotRead, FeedPage, PlaceGone, Row, Unreachable

PATIENCE: Final = (3.05, 30)
MOST_BYTES: Final = 20_000_000
MOST_ENTRIES: Final = 500
LONGEST_PLACE: Final = 400
AHEAD: Final = timedelta(minutes=5)
"""How far another system's clock may run before ours."""


class ChangeFeed:
    """The feed of one system at its address."""

    def __init__(self, address: str, token: str = "") -> None:
        self.address = address.rstrip("/")
        self.headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})

    def read(self, place: str, layout: Layout, *, now: datetime) -> FeedPage:
        """Return what changed after a place (empty: from the beginning). Raises Unreachable, PlaceGone, CannotRead."""
        asked = urlencode({**({"after": place} if place else {}), "most": MOST_ENTRIES})
        try:
            came = call(
                "GET", f"{self.address}/changes?{asked}", patience=PATIENCE, most=MOST_BYTES, headers=self.headers
            )
        except NoAnswer as wrong:
            raise Unreachable(str(wrong)) from wrong
        if came.status == 410:
            raise PlaceGone("It no longer has what came after our place.")
        if came.status != 200:
            raise Unreachable(f"It answered {came.status}.")
        try:
            said = json.loads(came.body)
            entries, after, more = said["entries"], said["after"], said.get("more", False)
        except (ValueError, KeyError, TypeError, RecursionError) as wrong:
            raise CannotRead("It answered what nobody can read: no page of a feed.") from wrong
        if not isinstance(entries, list) or not isinstance(after, str) or not 0 < len(after) <= LONGEST_PLACE:
            raise CannotRead("It answered what nobody can read: a page needs its entries, and the place after them.")
        rows = [_row(number, entry, now) for number, entry in enumerate(entries, 1)]
        return FeedPage(tuple(_lots(rows, layout)), after, bool(more) and after != place)


@dataclass(frozen=True, slots=True)
class FeedLot:
    """Entries of one page, none of them of a record that another of them is of."""

    digest: str
    as_of: datetime
    held: tuple[Row, ...]
    headings: None = None

    def rows(self) -> Iterator[Row]:
        """Yield the entries in the order of the feed."""
        yield from self.held


def _row(number: int, entry: Any, now: datetime) -> Row:
    if not isinstance(entry, Mapping):
        return Row(number, {}, "It is not an object.")
    record, key = entry.get("record"), entry.get("key")
    values = flat(record) if isinstance(record, Mapping) else {}
    gone = entry.get("gone") is True
    if not values and not (gone and isinstance(key, str | int)):
        return Row(number, values, "It has neither a record, nor the key of one that is gone.")
    at = _moment(entry.get("at"))
    if at is None:
        return Row(number, values, "It does not say when it changed, with the zone.", key=str(key or ""))
    if at > now + AHEAD:
        return Row(number, values, "It says that it changed at a moment still to come.", key=str(key or ""))
    return Row(number, values, at=at, gone=gone, key=str(key or ""))


def _lots(rows: Sequence[Row], layout: Layout) -> Iterator[FeedLot]:
    """Cut a page wherever a record comes again: a delivery speaks of a record once, and every entry is kept as it came."""
    names = [name.lower() for name in (layout.columns["key"].names if "key" in layout.columns else ())]
    seen: set[str] = set()
    part: list[Row] = []
    for row in rows:
        said = {name.lower(): value for name, value in row.values.items()}
        key = next((str(said[name]) for name in names if said.get(name)), row.key)
        if key and key in seen:
            yield _lot(part, layout)
            part, seen = [], set()
        seen.add(key)
        part.append(row)
    if part:
        yield _lot(part, layout)


def _lot(rows: list[Row], layout: Layout) -> FeedLot:
    """The same entries, described alike by the pack, are the same lot; described anew they are read anew."""
    said = [[row.values, row.problem, row.at.isoformat() if row.at else "", row.gone, row.key] for row in rows]
    digest = digest_of(json.dumps([said, layout.model_dump(mode="json")], sort_keys=True, default=str).encode())
    moments = [row.at for row in rows if row.at is not None]
    return FeedLot(digest, max(moments, default=datetime(1970, 1, 1, tzinfo=UTC)), tuple(rows))


def _moment(said: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo and found.year >= 1900 else None
