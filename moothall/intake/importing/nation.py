"""Bringing in the nation's list of what councils do (LGSL): a table, whatever its columns are called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from moothall.core.actors import Actor
from moothall.intake.importing.reading import RawRow
from moothall.services.actions import Listed, end_unlisted, keep_listed
from moothall.services.nation import tier_of

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "lgsl": ("lgsl", "lgsl_code", "id"),
    "name": ("label", "name", "title"),
    "description": ("description",),
    "navigation": ("nav_path", "navigation"),
    "tier": ("providing tier", "tier"),
}
REQUIRED: Final = ("lgsl",)
LOT: Final = 250
MOST_DIGITS: Final = 6


@dataclass(slots=True)
class Counted:
    """What an import of the list did. ``kept`` are the rows that are here now; ``gone`` is what is no more on the list."""

    read: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    refused: int = 0
    gone: int = 0

    @property
    def kept(self) -> int:
        """Rows of the file that are here now."""
        return self.new + self.changed + self.same


def import_nation(
    rows: Iterable[RawRow], columns: Mapping[str, str], *, whole: bool, say: Callable[[int, str, bool, str], None],
    done: Callable[[int], None] = lambda count: None, by: Actor, at: datetime,
) -> Counted:  # fmt: skip
    """Bring the list in, a lot to a transaction: killed in the middle, the same again goes on; run twice, nothing changes.

    Each row is kept, or refused with its reason by ``say``. ``whole``: what is not in the file goes, unless a row of it was
    refused: then nobody knows what stood there.

    Raises:
        Refused: the actor may not import.
    """
    counted = Counted()
    numbers: dict[int, int] = {}  # each number with the row it stands in
    read = _read(rows, columns, counted, numbers, say, done)
    while lot := list(islice(read, LOT)):
        kept = keep_listed(lot, by=by, at=at)
        counted.new, counted.changed = counted.new + kept.new, counted.changed + kept.changed
        counted.same += kept.same
        for lgsl in kept.nameless:
            counted.refused += 1
            say(numbers[lgsl], str(lgsl), False, "it has no name, and none was brought in before")
    if whole and counted.kept and not counted.refused:
        counted.gone = end_unlisted(numbers, by=by, at=at)
    return counted


def _read(
    rows: Iterable[RawRow], columns: Mapping[str, str], counted: Counted, numbers: dict[int, int],
    say: Callable[[int, str, bool, str], None], done: Callable[[int], None],
) -> Iterator[Listed]:  # fmt: skip
    for row in rows:
        counted.read += 1
        done(1)
        values = {
            name: " ".join(row.values.get(column, "").replace("\x00", "").split()) for name, column in columns.items()
        }
        text, tier = values["lgsl"], tier_of(values.get("tier", ""))
        why = row.problem or _problem(text, values, tier)
        if not why and int(text) in numbers:
            why = f"its number stands in row {numbers[int(text)]} already"
        if why or tier is None:
            counted.refused += 1
            say(row.number, text[:40], False, why)
            continue
        numbers[int(text)] = row.number
        yield Listed(
            int(text), values.get("name", ""), values.get("description", ""), values.get("navigation", ""), tier
        )


def _problem(lgsl: str, values: Mapping[str, str], tier: str | None) -> str:
    if not (lgsl.isascii() and lgsl.isdigit() and 0 < len(lgsl.lstrip("0")) <= MOST_DIGITS):
        return "its number is not a whole number of up to six digits"
    if tier is None:
        return f"{values['tier'][:40]!r} is not a tier: county, district, unitary or all, joined by /"
    for name, most in (("name", 200), ("navigation", 300), ("description", 8_000)):
        if len(values.get(name, "")) > most:
            return f"its {name} is longer than {most:,} characters"
    return ""
