"""Bringing in a list of the homes whose bins the crew fetches, by number (UPRN) or by address and postcode."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Final

from moothall.core.actors import Actor
from moothall.intake.importing.reading import CannotReadFile, RawRow
from moothall.intake.social.guard import ways_to_reach
from moothall.places.queries import addresses_meant, addresses_of
from moothall.places.rules import postcode_key
from moothall.rounds.actions import Listed, ListedHome, bring_list
from moothall.rounds.queries import served

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "uprn": ("uprn", "premises_id", "property_id"),
    "address": ("address", "full_address", "address_line_1"),
    "postcode": ("postcode", "post_code"),
    "begins": ("begins", "start_date", "start", "from", "valid_from"),
    "ends": ("ends", "end_date", "end", "until", "valid_to"),
    "note": ("note", "notes", "crew_note", "crew_notes", "instructions", "collection_point"),
}
"""What is read, and no more: no name, no number to ring, no reason. A crew needs the door, the days, where the bins are."""
BATCH: Final = 200
LONGEST_NOTE: Final = 200
LONGEST_SOURCE: Final = 60
Say = Callable[[int, str, bool, str], None]


@dataclass(slots=True)
class Counted:
    """What became of the rows of a file. ``unserved`` homes are kept and on no crew's sheet: no round serves them."""

    read: int = 0
    refused: int = 0
    noted: int = 0
    unserved: int = 0
    listed: Listed = field(default_factory=Listed)


def check_columns(found: Mapping[str, str], there: Sequence[str], *, file: str) -> list[str]:
    """Return which columns of the file are not read.

    Raises:
        CannotReadFile: nothing in it says which home; the message names what is looked for and what there is.
    """
    if "uprn" not in found and not {"address", "postcode"} <= set(found):
        raise CannotReadFile(
            f"{file} has no column {' or '.join(COLUMNS['uprn'])}, nor both an address ({', '.join(COLUMNS['address'])}) and "
            f"a postcode. Its columns are: {', '.join(there) or 'none'}. Nothing was brought in."
        )
    return [name for name in there if name and name not in found.values()]


def import_assisted(
    rows: Iterable[RawRow], columns: Mapping[str, str], *, source: str, complete: bool, dry_run: bool, say: Say, by: Actor,
    at: datetime, done: Callable[[int], None] = lambda count: None,
) -> Counted:  # fmt: skip
    """Bring in the list ``source``: each row is kept, or refused with its reason. May be run again.

    Homes that are gone from a ``complete`` list are ended, unless a row was refused: it may be the one that looks gone.

    Raises:
        Refused: the actor may not import.
    """
    counted = Counted()
    homes = _homes(rows, columns, counted, say, done)
    counted.listed = bring_list(
        homes, source=source, may_end=lambda: complete and not counted.refused and counted.read > 0, dry_run=dry_run,
        say=say, by=by, at=at,
    )  # fmt: skip
    return counted


def _homes(
    rows: Iterable[RawRow], columns: Mapping[str, str], counted: Counted, say: Say, done: Callable[[int], None]
) -> Iterator[ListedHome]:
    source = iter(rows)
    while batch := list(islice(source, BATCH)):
        counted.read += len(batch)
        done(len(batch))
        read = [(row, {name: _plain(row.values.get(column, "")) for name, column in columns.items()}) for row in batch]
        found = _find([values for _, values in read])
        on_round = served({uprn for uprn, _ in found if uprn})
        for (row, values), (uprn, lost) in zip(read, found, strict=True):
            days, wrong = _days(values)
            why = row.problem or lost or wrong
            if why or uprn is None:
                counted.refused += 1
                say(row.number, values.get("uprn", "")[:12], False, why)
                continue
            if not on_round.get(uprn):
                counted.unserved += 1
                say(row.number, str(uprn), True, "no round serves it, so it is on no crew’s sheet until one does")
            yield ListedHome(row.number, uprn, *days, _note(row.number, uprn, values.get("note", ""), counted, say))


def _find(values: Sequence[Mapping[str, str]]) -> list[tuple[int | None, str]]:
    """Return for each row its home, or why there is none. Three queries for a batch."""
    numbers = {int(text) for one in values if _is_number(text := one.get("uprn", ""))}
    known = set(addresses_of(numbers)) | set(served(numbers)) if numbers else set()
    asked = [
        one for one in values if not one.get("uprn") and one.get("address") and postcode_key(one.get("postcode", ""))
    ]
    meant = addresses_meant([(one["address"], one["postcode"]) for one in asked]) if asked else []
    by_row = {id(one): [line.uprn for line in lines] for one, lines in zip(asked, meant, strict=True)}
    return [_home(one, known, by_row.get(id(one), [])) for one in values]


def _home(values: Mapping[str, str], known: set[int], meant: Sequence[int]) -> tuple[int | None, str]:
    text, postcode = values.get("uprn", ""), values.get("postcode", "")
    if text:
        if not _is_number(text):
            return None, "its number (UPRN) is not one of up to 12 digits"
        if int(text) not in known:
            return None, "no premises here have this number (UPRN): mend it, or bring the premises in first"
        return int(text), ""
    if not values.get("address") or not postcode:
        return None, "it does not say which home: give its number (UPRN), or its address and postcode"
    if not postcode_key(postcode):
        return None, "its postcode is not a whole one: write it as LS1 1UR, or give the number (UPRN)"
    if not meant:
        return None, "no address here at that postcode is written so: give its number (UPRN)"
    if len(meant) > 1:
        return None, f"{len(meant)} addresses here may be meant: give its number (UPRN)"
    return meant[0], ""


def _days(values: Mapping[str, str]) -> tuple[tuple[date | None, date | None], str]:
    found: list[date | None] = []
    for name in ("begins", "ends"):
        text = values.get(name, "")
        day = _day(text)
        if text and day is None:
            return (None, None), f"“{text[:20]}” is not a date: write 2026-07-04 or 04/07/2026"
        found.append(day)
    begins, ends = found
    return (begins, ends), "it ends before it begins: mend its dates" if begins and ends and ends < begins else ""


def _day(text: str) -> date | None:
    """A date as 2026-07-04 or, as spreadsheets here write it, 04/07/2026; with or without a time after it."""
    for form, length in (("%Y-%m-%d", 10), ("%d/%m/%Y", 10)):
        try:
            return datetime.strptime(text[:length], form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


def _note(number: int, uprn: int, text: str, counted: Counted, say: Say) -> str:
    """What crews are told of the door: without ways to reach anybody, and short enough to read in a cab."""
    why = ""
    if ways_to_reach(text):
        text, why = (
            "",
            "its note has an e-mail address or telephone number, so crews are not told it: write only where the bins are",
        )
    elif len(text) > LONGEST_NOTE:
        text, why = (
            text[:LONGEST_NOTE],
            f"its note is longer than {LONGEST_NOTE} characters, so crews read its beginning",
        )
    if why:
        counted.noted += 1
        say(number, str(uprn), True, why)
    return text


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < len(text) <= 12 and int(text) > 0


def _plain(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())
