"""Bringing in the waste system's schedules: which premises are on which round, and which bin goes on which day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from moothall.core.actors import Actor
from moothall.core.packs import Pack
from moothall.intake.importing.reading import RawRow
from moothall.rounds.actions import import_collections, import_stops
from moothall.rounds.pack import BINS

STOP_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "uprn": ("uprn", "premises_id", "property_id"),
    "schedule": ("schedule_id", "schedule", "round"),
    "usrn": ("usrn", "street_id"),
}
DAY_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "schedule": ("schedule_id", "schedule", "round"),
    "day": ("collection_date", "date", "day"),
    "bin": ("bin", "container"),
}
STOP_REQUIRED, DAY_REQUIRED = ("uprn", "schedule"), ("schedule", "day", "bin")
Say = Callable[[int, str, bool, str], None]


@dataclass
class Counted:
    """What became of the rows of one file. ``unscheduled`` premises are kept: we know them, and that no round is held."""

    read: int = 0
    refused: int = 0
    changed: int = 0
    unscheduled: int = 0
    repeated: int = 0

    @property
    def kept(self) -> int:
        """Rows that were brought in."""
        return self.read - self.refused


def import_round_premises(
    rows: Iterable[RawRow], columns: Mapping[str, str], *, say: Say, by: Actor,
    done: Callable[[int], None] = lambda count: None,
) -> Counted:  # fmt: skip
    """Bring in which premises are on which round. Each row is kept, or refused with its reason. May be run again."""
    counted = Counted()

    def read() -> Iterator[tuple[int, str, int | None]]:
        for row in rows:
            counted.read += 1
            done(1)
            values = _values(row, columns)
            why = row.problem or _number_problem(values.get("uprn", ""))
            if not why and len(values["schedule"]) > 40:
                why = "the round's code is longer than 40 characters"
            if why:
                counted.refused += 1
                say(row.number, values.get("uprn", "")[:40], False, why)
                continue
            counted.unscheduled += not values["schedule"]
            usrn = values.get("usrn", "")
            yield int(values["uprn"]), values["schedule"], int(usrn) if usrn.isascii() and usrn.isdigit() else None

    _, counted.changed = import_stops(read(), by=by)
    return counted


def import_round_days(
    rows: Iterable[RawRow], columns: Mapping[str, str], *, pack: Pack, say: Say, by: Actor,
    done: Callable[[int], None] = lambda count: None,
) -> Counted:  # fmt: skip
    """Bring in which bin goes on which day of a round; a day that stands twice is kept once. May be run again."""
    counted = Counted()
    codes = {name.upper(): code for code, one in pack.of(BINS).items() for name in (code, *one.imported_as)}
    seen: set[tuple[str, date, str]] = set()

    def read() -> Iterator[tuple[str, date, str]]:
        for row in rows:
            counted.read += 1
            done(1)
            values = _values(row, columns)
            day = _day(values.get("day", ""))
            code = codes.get(values.get("bin", "").upper())
            why = row.problem or ("" if values.get("schedule") else "it names no round")
            why = why or ("" if day else f"“{values.get('day', '')[:20]}” is not a date; write 2026-07-04")
            why = why or ("" if code else f"no bin of the pack is imported as “{values.get('bin', '')[:20]}”")
            if why or day is None or code is None:
                counted.refused += 1
                say(row.number, values.get("schedule", "")[:40], False, why)
                continue
            key = (values["schedule"], day, code)
            if key in seen:
                counted.repeated += 1
                continue
            seen.add(key)
            yield key

    _, counted.changed = import_collections(read(), by=by)
    return counted


def _values(row: RawRow, columns: Mapping[str, str]) -> dict[str, str]:
    return {name: row.values.get(column, "").replace("\x00", "").strip() for name, column in columns.items()}


def _number_problem(text: str) -> str:
    if not text:
        return "it has no number"
    return "" if text.isascii() and text.isdigit() and 0 < len(text) <= 12 else "its number is not up to 12 digits"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
