"""Numbering streets that a file only names: the number a street of that name in that place has, else one of our own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction
from django.db.models import Max

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.places.models import Street

FIRST_LOCAL: Final = 900_000_001
"""Numbers given here have nine digits; the national ones up to eight."""


@dataclass(frozen=True, slots=True)
class NamedStreet:
    """A street as a file names it, with a point of it where one is known."""

    name: str
    locality: str = ""
    latitude: float | None = None
    longitude: float | None = None


Key = tuple[str, str]


def key_of(name: str, locality: str = "") -> Key:
    """Return what makes two names in two places one street: their words, whatever the capitals and spaces."""
    return _plain(name)[:160].lower(), _plain(locality)[:120].lower()


class StreetNumbers:
    """The numbers of streets by name and place. One query when made; one more for each lot with a street not seen before."""

    def __init__(self) -> None:
        self._known: dict[Key, int | None] = {}
        self._local: dict[Key, int] = {}
        for usrn, name, locality, local in Street.objects.values_list("usrn", "name", "locality", "local"):
            key = key_of(name, locality)
            if local:
                self._local[key] = usrn
            else:
                self._known[key] = None if key in self._known else usrn

    def of(self, name: str, locality: str = "") -> int | None:
        """Return the number of a street, ``None`` where there is none of that name in that place, or more than one."""
        key = key_of(name, locality)
        return self._known[key] if key in self._known else self._local.get(key)

    def give(self, streets: Iterable[NamedStreet], *, by: Actor) -> int:
        """Number those that have no number yet, and return how many. Done again, or by two at once, a street has one.

        A street of the national list keeps its own number; where that list has two of one name in one place, neither is
        chosen: what is there gets no number.

        Raises:
            Refused: the actor may not import.
        """
        require(by, "import.run")
        wanted: dict[Key, NamedStreet] = {}
        for one in streets:
            key = key_of(one.name, one.locality)
            if key[0] and key not in self._known and key not in self._local:
                wanted.setdefault(key, one)
        if not wanted:
            return 0
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('places.street_numbers', 0))")
            there = Street.objects.filter(local=True)
            for usrn, name, locality in there.values_list("usrn", "name", "locality"):
                self._local[key_of(name, locality)] = usrn
            last = there.aggregate(last=Max("usrn"))["last"] or FIRST_LOCAL - 1
            fresh = [(key, one) for key, one in wanted.items() if key not in self._local]
            rows = [
                Street(
                    usrn=last + n, name=_plain(one.name)[:160], locality=_plain(one.locality)[:120], latitude=one.latitude,
                    longitude=one.longitude, local=True,
                )
                for n, (_, one) in enumerate(fresh, 1)
            ]  # fmt: skip
            Street.objects.bulk_create(rows, batch_size=5000)
        self._local |= {key: row.usrn for (key, _), row in zip(fresh, rows, strict=True)}
        return len(rows)


def _plain(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())
