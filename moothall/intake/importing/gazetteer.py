"""Bringing in a gazetteer: a table of premises, whatever its columns are called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from moothall.core.actors import Actor
from moothall.intake.importing.reading import RawRow
from moothall.places.actions import Premises, import_premises
from moothall.places.numbering import NamedStreet, StreetNumbers

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "uprn": ("uprn", "premises_id"),
    "number": ("number", "house_number", "paon"),
    "street": ("street", "street_name"),
    "locality": ("locality", "town"),
    "postcode": ("postcode", "outcode"),
    "usrn": ("usrn",),
    "latitude": ("latitude", "street_lat"),
    "longitude": ("longitude", "street_lon"),
}
REQUIRED: Final = ("uprn", "street")
LOT: Final = 5_000


@dataclass(slots=True)
class Counted:
    """What an import of premises did. `changed` are new or different; `same_address` share theirs with an earlier row.

    `streets_numbered`: streets that the file only names and that had no number here: they have one of our own now.
    """

    read: int = 0
    kept: int = 0
    changed: int = 0
    refused: int = 0
    same_address: int = 0
    streets_numbered: int = 0


def import_gazetteer(
    rows: Iterable[RawRow], columns: Mapping[str, str], *, say: Callable[[int, str, bool, str], None],
    done: Callable[[int], None] = lambda count: None, by: Actor,
) -> Counted:  # fmt: skip
    """Bring premises in, a batch to a transaction. Each row is kept, or refused with its reason by `say`.

    Two premises with one address are both kept, since each has its own number, and listed. Run again nothing changes.

    Raises:
        Refused: the actor may not import.
    """
    counted = Counted()
    read = _read(rows, columns, counted, say, done)
    _, counted.changed = import_premises(_numbered(read, counted, by), by=by)
    return counted


def _numbered(read: Iterator[tuple[Premises, NamedStreet]], counted: Counted, by: Actor) -> Iterator[Premises]:
    """Give premises whose street is only named the number of that street in that place (adr/0059)."""
    numbers: StreetNumbers | None = None
    while lot := list(islice(read, LOT)):
        named = [street for one, street in lot if one.usrn is None]
        if not named:
            yield from (one for one, _ in lot)
            continue
        numbers = numbers or StreetNumbers()
        counted.streets_numbered += numbers.give(named, by=by)
        for one, street in lot:
            yield replace(one, usrn=numbers.of(street.name, street.locality)) if one.usrn is None else one


def _read(
    rows: Iterable[RawRow], columns: Mapping[str, str], counted: Counted,
    say: Callable[[int, str, bool, str], None], done: Callable[[int], None],
) -> Iterator[tuple[Premises, NamedStreet]]:  # fmt: skip
    addresses: dict[int, int] = {}  # by a digest: hundreds of thousands of addresses need not be held whole
    numbers: set[int] = set()
    for row in rows:
        counted.read += 1
        done(1)
        values = {name: row.values.get(column, "").strip() for name, column in columns.items()}
        text = values.get("uprn", "")
        why = row.problem or _problem(text, values)
        if not why and int(text) in numbers:
            why = "its number stands in an earlier row of the file"
        if why:
            counted.refused += 1
            say(row.number, text[:40], False, why)
            continue
        premises = _premises(values)
        numbers.add(premises.uprn)
        mark = hash((premises.address.casefold(), premises.postcode))
        if mark in addresses:
            counted.same_address += 1
            say(row.number, text, True, f"the same address as premises {addresses[mark]}")
        addresses.setdefault(mark, premises.uprn)
        counted.kept += 1
        yield premises, NamedStreet(premises.street, values.get("locality", ""), premises.latitude, premises.longitude)


def _problem(uprn: str, values: Mapping[str, str]) -> str:
    if not (uprn.isascii() and uprn.isdigit() and 0 < int(uprn) < 10**12):
        return "its number is not one of up to 12 digits"
    return "" if values.get("street") else "it has no street"


def _premises(values: Mapping[str, str]) -> Premises:
    number, street, locality = (values.get(name, "") for name in ("number", "street", "locality"))
    door = number if any(letter.islower() for letter in number) else _proper(number)
    joined = f"{door} {street}" if door.replace(" ", "").isalnum() and door[:1].isdigit() else f"{door}, {street}"
    address = ", ".join(part for part in (joined if door else street, locality) if part)
    usrn = values.get("usrn", "")
    return Premises(
        uprn=int(values["uprn"]), address=address, number=door, street=street, postcode=values.get("postcode", ""),
        usrn=int(usrn) if usrn.isdigit() else None, latitude=_degrees(values.get("latitude", "")),
        longitude=_degrees(values.get("longitude", "")),
    )  # fmt: skip


def _proper(text: str) -> str:
    """Capitals as people write them: FLAT 2 THE TANNERY is Flat 2 The Tannery, 14A stays."""
    return " ".join(word if word[:1].isdigit() else word.capitalize() for word in text.split())


def _degrees(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
