"""Bringing in the waste system's schedules: which premises are on which round, which bin goes on which day, and when a
round passes its streets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import islice
from typing import Final

from django.db import transaction

from moothall.core.actors import Actor
from moothall.core.packs import Pack
from moothall.intake.importing.reading import CannotReadFile, RawRow
from moothall.places.numbering import NamedStreet, StreetNumbers
from moothall.places.queries import addresses_of
from moothall.rounds.actions import Laid, Planned, PlannedStreet, import_stops, lay_days, leave_out, take_plan
from moothall.rounds.pack import BINS, ROUNDS
from moothall.rounds.queries import streets_of_rounds

STOP_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "uprn": ("uprn", "premises_id", "property_id"),
    "schedule": ("schedule_id", "schedule", "round"),
    "usrn": ("usrn", "street_id"),
    "street": ("street", "street_name"),
    "locality": ("locality", "town"),
}
DAY_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "schedule": ("schedule_id", "schedule", "round"),
    "day": ("collection_date", "date", "day"),
    "bin": ("bin", "container"),
}
PLAN_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "schedule": ("schedule_id", "schedule", "round"),
    "usrn": ("usrn", "street_id"),
    "street": ("street", "street_name"),
    "locality": ("locality", "town"),
    "time": ("planned", "planned_time", "time", "expected"),
    "minute": ("minute", "minutes"),
}
STOP_REQUIRED, DAY_REQUIRED, PLAN_REQUIRED = ("uprn", "schedule"), ("schedule", "day", "bin"), ("schedule",)
LOT: Final = 5_000
Say = Callable[[int, str, bool, str], None]


@dataclass
class Counted:
    """What became of the rows of one file. ``unscheduled`` premises are kept: we know them, and that no round is held.

    ``streets_numbered``: streets only named in it that have a number of our own now; ``without_street``: premises that are on
    a round and in no street we know, so that nothing the cab says of a street reaches them. ``absent``: premises that are on
    a round here and not in the file; ``ended`` of them are on none now.
    """

    read: int = 0
    refused: int = 0
    changed: int = 0
    unscheduled: int = 0
    repeated: int = 0
    streets_numbered: int = 0
    without_street: int = 0
    absent: int = 0
    ended: int = 0
    laid: Laid = field(default_factory=Laid)

    @property
    def kept(self) -> int:
        """Rows that were brought in."""
        return self.read - self.refused


Stop = tuple[int, str, int | None]


def import_round_premises(
    rows: Iterable[RawRow], columns: Mapping[str, str], *, complete: bool = False, dry_run: bool = False, say: Say, by: Actor,
    done: Callable[[int], None] = lambda count: None,
) -> Counted:  # fmt: skip
    """Bring in which premises are on which round. Each row is kept, or refused with its reason. May be run again.

    A street's number is the file's, else the gazetteer's of these premises, else that of its name in its place, given here
    where there is none (adr/0059). Where the file is ``complete`` and no row was refused, premises that are not in it are on
    no round any more. With ``dry_run`` nothing is written.
    """
    counted, known = Counted(), set()

    def read() -> Iterator[tuple[int, str, int | None, NamedStreet]]:
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
            usrn, uprn = values.get("usrn", ""), int(values["uprn"])
            known.add(uprn)
            number = int(usrn) if usrn.isascii() and usrn.isdigit() else None
            yield uprn, values["schedule"], number, NamedStreet(values.get("street", ""), values.get("locality", ""))

    with transaction.atomic() if dry_run else _each_by_itself():
        _, counted.changed = import_stops(_numbered(read(), counted, by), by=by)
        may_end = complete and not counted.refused and counted.read > 0
        counted.absent = leave_out(known, end=may_end, by=by)
        counted.ended = counted.absent if may_end else 0
        if dry_run:
            transaction.set_rollback(True)
    return counted


@contextmanager
def _each_by_itself() -> Iterator[None]:
    """No transaction round all of it: what is in stays in, and one that was stopped goes on."""
    yield


def _numbered(rows: Iterator[tuple[int, str, int | None, NamedStreet]], counted: Counted, by: Actor) -> Iterator[Stop]:
    """Give each stop the number of its street, some thousands at a time."""
    numbers: StreetNumbers | None = None
    while lot := list(islice(rows, LOT)):
        unknown = [uprn for uprn, _, usrn, _ in lot if usrn is None]
        held = {uprn: line.usrn for uprn, line in addresses_of(unknown).items() if line.usrn is not None}
        named = [street for uprn, _, usrn, street in lot if usrn is None and street.name and uprn not in held]
        if named:
            numbers = numbers or StreetNumbers()
            counted.streets_numbered += numbers.give(named, by=by)
        for uprn, schedule, usrn, street in lot:
            found = usrn if usrn is not None else held.get(uprn)
            if found is None and numbers is not None and street.name:
                found = numbers.of(street.name, street.locality)
            counted.without_street += found is None and schedule != ""
            yield uprn, schedule, found


def import_round_days(
    rows: Iterable[RawRow], columns: Mapping[str, str], *, pack: Pack, complete: bool = False, since: date | None = None,
    until: date | None = None, dry_run: bool = False, say: Say, by: Actor, at: datetime,
    done: Callable[[int], None] = lambda count: None,
) -> Counted:  # fmt: skip
    """Bring in which bin goes on which day of a round; a day that stands twice is kept once. May be run again.

    Where the file is ``complete`` and no row was refused, it replaces what is held for the days it covers: `lay_days`.
    """
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
            why = why or ("" if len(values["schedule"]) <= 40 else "the round's code is longer than 40 characters")
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

    counted.laid = lay_days(
        read(), whole=lambda: complete and not counted.refused and counted.read > 0, since=since, until=until,
        dry_run=dry_run, by=by, at=at,
    )  # fmt: skip
    counted.changed = counted.laid.new
    for schedule, day, code, new_day in counted.laid.told:
        why = (
            f"{code} of {day} goes on {new_day}, as people were told, and the file has neither day: put it right there"
        )
        say(0, schedule, True, why)
    return counted


@dataclass(slots=True)
class PlansCounted:
    """What became of a file of plans. ``kept_old``: rounds with a refused row, whose plan stays as it was.

    ``without``: streets of the rounds in the file for which it has no time.
    """

    read: int = 0
    refused: int = 0
    rounds: int = 0
    changed: int = 0
    same: int = 0
    kept_old: int = 0
    streets: int = 0
    without: int = 0


def check_plan_columns(found: Mapping[str, str], there: Sequence[str], *, file: str) -> None:
    """Let through a file of plans that says which street and when.

    Raises:
        CannotReadFile: with the columns that are looked for and those there are.
    """
    for wanted in (("usrn", "street"), ("time", "minute")):
        if not set(wanted) & set(found):
            names = " or ".join(name for one in wanted for name in PLAN_COLUMNS[one])
            raise CannotReadFile(
                f"{file} has no column {names}. Its columns are: {', '.join(there) or 'none'}. Nothing was brought in."
            )


def import_round_plans(
    rows: Iterable[RawRow], columns: Mapping[str, str], *, pack: Pack, dry_run: bool = False, say: Say, by: Actor,
    done: Callable[[int], None] = lambda count: None,
) -> PlansCounted:  # fmt: skip
    """Bring in when rounds pass their streets, each round's plan whole in place of the one it had. May be run again.

    A time is of the day (``14:30``), or the minutes after the rounds start. A round with a refused row keeps its old plan.
    """
    counted, starts = PlansCounted(), pack.one(ROUNDS).starts
    plans: dict[str, list[PlannedStreet]] = {}
    spoilt: set[str] = set()
    for row in rows:
        counted.read += 1
        done(1)
        values = _values(row, columns)
        schedule = values.get("schedule", "")
        usrn, minute = values.get("usrn", ""), _minute(values, starts)
        why = row.problem or ("" if schedule else "it names no round")
        why = why or (
            "" if not usrn or (usrn.isascii() and usrn.isdigit() and len(usrn) <= 9) else "its street is no number"
        )
        why = why or (
            "" if minute is not None else "it has no time: write 14:30, or the minutes after the rounds start"
        )
        if why or minute is None:
            counted.refused += 1
            spoilt.add(schedule)
            say(row.number, schedule[:40], False, why)
            continue
        number = int(usrn) if usrn else None
        line = PlannedStreet(row.number, minute, number, values.get("street", ""), values.get("locality", ""))
        plans.setdefault(schedule, []).append(line)
    with transaction.atomic():
        streets = streets_of_rounds(sorted(plans))
        for schedule, lines in plans.items():
            taken = take_plan(schedule, lines, check_only=schedule in spoilt, streets=streets, by=by)
            _count(counted, schedule, taken, spoilt=schedule in spoilt, say=say)
        if dry_run:
            transaction.set_rollback(True)
    return counted


def _count(counted: PlansCounted, schedule: str, taken: Planned, *, spoilt: bool, say: Say) -> None:
    counted.rounds += 1
    counted.refused += len(taken.refused)
    for number, why in taken.refused:
        say(number, schedule[:40], False, why)
    if taken.refused or spoilt:
        counted.kept_old += 1
        return
    counted.streets += taken.streets
    counted.without += taken.without
    counted.changed += taken.changed
    counted.same += not taken.changed


def _minute(values: Mapping[str, str], starts: time) -> int | None:
    """Minutes after the start of the day of rounds; below nought for a time before it, which is refused with the street."""
    if text := values.get("time", ""):
        try:
            at = time.fromisoformat(text if len(text.partition(":")[0]) == 2 else f"0{text}")
        except ValueError:
            return None
        return (at.hour - starts.hour) * 60 + at.minute - starts.minute
    text = values.get("minute", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else None


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
