"""Standardising whole columns: each value that differs is read once, however many records have it.

Says of every record what `rules.standardise` says of it (a test holds the two together); a million records take seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from moothall.customers.matching.bulk.tables import SCHEMA
from moothall.customers.matching.rules.addresses import (
    read_address,
    read_locality,
    read_number,
    read_postcode,
    read_street,
)
from moothall.customers.matching.rules.dates import read_birth, read_birth_parts
from moothall.customers.matching.rules.names import (
    FamilyPart,
    GivenPart,
    family_part,
    given_part,
    middle_words,
    name_in_parts,
)
from moothall.customers.matching.rules.person import LISTS, free_words, plain_uprn, reference
from moothall.customers.matching.rules.reach import read_email, read_phone, read_sex

_LINES: Final = ("address", "address_1", "address_2", "address_3", "address_4")
Numbers = np.ndarray[Any, np.dtype[np.int64]]


class _Column:
    """A column as the numbers of its values: `values[numbers[row]]`."""

    def __init__(self, values: Sequence[Any], numbers: Numbers) -> None:
        self.values = values
        self.numbers = numbers

    def read(self, by: Callable[[Any], Any]) -> _Column:
        """Return the column with each value read, once."""
        return _Column([by(value) for value in self.values], self.numbers)

    def part(self, at: int) -> _Column:
        """Return one part of values that are tuples."""
        return _Column([value[at] for value in self.values], self.numbers)

    def arrow(self, name: str) -> pa.Array:
        """Return it as Arrow holds it in a table of people."""
        kind = pa.list_(pa.string()) if name in LISTS else pa.string()
        return pa.array(self.values, type=kind).take(pa.array(self.numbers))


def standardise_columns(ids: pa.Array, sources: pa.Array, raw: Mapping[str, pa.Array]) -> pa.Table:
    """Return records as `people_table` makes them. `raw`: what is held (as `rules.RAW` names it) and its column of text.

    Columns are plain arrays of strings, all as long as `ids`; nothing in one counts as empty.
    """
    said = {key: _numbered(array) for key, array in raw.items()}
    nothing = _Column([""], np.zeros(len(ids), dtype=np.int64))

    def get(key: str) -> _Column:
        return said.get(key, nothing)

    found: dict[str, _Column] = {
        **_names(get("given_name"), get("middle_names"), get("family_name"), get("full_name")),
        "dob": _birth(get),
        "sex": get("sex").read(read_sex),
        **_reach([get(key) for key in ("mobile", "phone", "phone_2")], [get(key) for key in ("email", "email_2")]),
        "uprn": get("uprn").read(plain_uprn),
        **_address(get, [get(key) for key in _LINES if key in said]),
        "id_number": get("id_number").read(reference),
        "other": get("other").read(free_words),
        "other_2": get("other_2").read(free_words),
    }
    arrays = [ids, sources, *(found[name].arrow(name) for name in SCHEMA.names[2:])]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def _birth(get: Callable[[str], _Column]) -> _Column:
    if any(get("birth_year").values):
        parts = ("date_of_birth", "birth_year", "birth_month", "birth_day")
        return _together([get(key) for key in parts], read_birth_parts)
    return get("date_of_birth").read(read_birth.__wrapped__)


def _numbered(array: pa.Array) -> _Column:
    coded = pc.fill_null(array, "").dictionary_encode()
    return _Column(coded.dictionary.to_pylist(), coded.indices.to_numpy(zero_copy_only=False).astype(np.int64))


def _together(columns: Sequence[_Column], by: Callable[..., Any]) -> _Column:
    """Return what `by` makes of several columns' values, asked once for each that occur together."""
    numbers = columns[0].numbers
    values: list[tuple[Any, ...]] = [(value,) for value in columns[0].values]
    for column in columns[1:]:
        if len(column.values) == 1:
            values = [(*value, column.values[0]) for value in values]
            continue
        width = len(column.values)
        kept, numbers = np.unique(numbers * width + column.numbers, return_inverse=True)
        values = [(*values[code // width], column.values[code % width]) for code in kept.tolist()]
    return _Column([by(*value) for value in values], numbers)


def _names(given: _Column, middle: _Column, family: _Column, full: _Column) -> dict[str, _Column]:
    if any(full.values):
        parted = _together([given, family, full], name_in_parts)
        given, family = _again(parted.part(0)), _again(parted.part(1))
    first: _Column = given.read(given_part)
    known = _Column([part.generation is None for part in first.values], first.numbers)
    ask = _Column([False, True], np.asarray(known.values, dtype=np.int64)[known.numbers])
    last = _together([family, ask], family_part)

    def generation(one: GivenPart, other: FamilyPart) -> str | None:
        return one.generation or other.generation

    spoken = any(part.generation for part in first.values) or any(part.generation for part in last.values)
    nobody = _Column([None], np.zeros(len(first.numbers), dtype=np.int64))
    return {
        "given": first.part(0),
        "given_roots": first.part(1),
        "given_sound": first.part(2),
        "middles": _together([_again(first.part(3)), middle], middle_words),
        "family": last.part(0),
        "family_parts": last.part(1),
        "family_sound": last.part(2),
        "generation": _together([first, last], generation) if spoken else nobody,
    }


def _again(column: _Column) -> _Column:
    """Number values anew, so that each stands once."""
    place: dict[Any, int] = {}
    moved = np.asarray([place.setdefault(value, len(place)) for value in column.values], dtype=np.int64)
    return _Column(list(place), moved[column.numbers])


def _reach(phones: Sequence[_Column], emails: Sequence[_Column]) -> dict[str, _Column]:
    read = [phone.read(lambda text: read_phone.__wrapped__(text) if text else None) for phone in phones]
    written = [email.read(lambda text: read_email.__wrapped__(text) if text else None) for email in emails]
    addresses = _together(_said(written), _each_once)
    return {
        "phones": _together(_said(read), _each_once),
        "emails": addresses,
        "email_name": addresses.read(lambda held: held[0].partition("@")[0] if held else None),
    }


def _said(columns: Sequence[_Column]) -> Sequence[_Column]:
    """Leave out columns in which nothing stands, but for one."""
    return [column for column in columns if any(column.values)] or columns[:1]


def _each_once(*values: str | None) -> tuple[str, ...] | None:
    return tuple(dict.fromkeys(value for value in values if value)) or None


def _address(get: Callable[[str], _Column], lines: Sequence[_Column]) -> dict[str, _Column]:
    number, street, locality, postcode = (get(key) for key in ("number", "street", "locality", "postcode"))
    if any(any(line.values) for line in lines):
        whole = _together(lines, lambda *parts: ", ".join(part for part in parts if part))
        read = _together([number, street, locality, postcode, _again(whole)], read_address.__wrapped__)
        return {name: read.part(at) for at, name in enumerate(("number", "street", "locality", "postcode", "outward"))}
    code = _together([postcode, street], read_postcode)
    return {
        "number": number.read(read_number),
        "street": street.read(read_street),
        "locality": locality.read(read_locality),
        "postcode": code.part(0),
        "outward": code.part(1),
    }
