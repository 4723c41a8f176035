"""Which records are worth comparing: those that share a key. The same keys in bulk (DuckDB) and in real time (PostgreSQL).

A key is a kind and the values of some columns, each known. A list column gives a key for each of its values. Kinds marked
loose bring many together; bulk linking uses them only while the pairs stay few enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from itertools import product
from typing import Final

from moothall.customers.matching.rules.person import LISTS, Person


@dataclass(frozen=True, slots=True)
class Key:
    """A way to bring records together. `columns` may hold `dob:4`: the first four letters of `dob`."""

    kind: str
    columns: tuple[str, ...]
    loose: bool = False


KEYS: Final = (
    Key("id", ("id_number",)),
    Key("call", ("phones",)),
    Key("mail", ("emails",)),
    Key("born", ("dob", "given_sound")),
    Key("born", ("dob", "family_sound")),
    Key("door", ("uprn", "given_sound")),
    Key("door", ("uprn", "family_sound")),
    Key("post", ("postcode", "given_sound")),
    Key("post", ("postcode", "family_sound")),
    Key("named", ("given_sound", "family_sound", "dob:7")),
    Key("named", ("family_sound", "given_sound", "dob:7")),
    Key("day", ("given_sound", "family_sound", "dob:-5")),
    Key("place", ("given", "family", "outward")),
    Key("place", ("family", "given", "outward")),
    Key("town", ("given", "family", "locality"), loose=True),
    Key("street", ("street", "number", "given_sound")),
    Key("street", ("street", "number", "family_sound")),
    Key("dob", ("dob",), loose=True),
    Key("name", ("given", "family"), loose=True),
    Key("lived", ("street", "number"), loose=True),
    Key("where", ("uprn",), loose=True),
    Key("sounds", ("given_sound", "family_sound"), loose=True),
    Key("name", ("family", "given"), loose=True),
    Key("code", ("postcode",), loose=True),
    Key("user", ("email_name",), loose=True),
    Key("trade", ("given_sound", "other"), loose=True),
    Key("trade", ("family_sound", "other"), loose=True),
    Key("near", ("given_sound", "locality"), loose=True),
    Key("near", ("family_sound", "locality"), loose=True),
    Key("year", ("given_sound", "dob:4"), loose=True),
    Key("year", ("family_sound", "dob:4"), loose=True),
)


def cut(column: str) -> tuple[str, int]:
    """Return a key column's name and how many letters of it count: negative from the end, nought for all."""
    name, _, length = column.partition(":")
    return name, int(length or 0)


def keys_of(person: Person) -> list[str]:
    """Return the keys of a record for looking up in real time, each once: those that are not loose."""
    found: dict[str, None] = {}
    for key in KEYS:
        if key.loose:
            continue
        values = [_values(person, column) for column in key.columns]
        for choice in product(*values):
            found[f"{key.kind}|{'|'.join(choice)}"] = None
    return list(found)


def _values(person: Person, column: str) -> tuple[str, ...]:
    name, length = cut(column)
    value = getattr(person, name)
    if value is None:
        return ()
    if name in LISTS:
        return tuple(value)
    if length:
        value = value[:length] if length > 0 else value[length:]
    return (value,)


def hashed(key: str) -> int:
    """Return a key as a number that PostgreSQL indexes well: the same on every machine, 64 bits with sign."""
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)
