"""What a conversation looks up while it asks: addresses by postcode and number, places by name, free times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from moothall.intake.queries.slots import SlotFilter, slot_search
from moothall.intake.talking.asking import MOST_OFFERED
from moothall.intake.talking.keypad import postcodes_of
from moothall.places.finding import find_spots
from moothall.places.queries import addresses_at, postcodes_among
from moothall.services.pack import Question, Service


class Looking:
    """`talking.shapes.Finder` on the database: each look-up is one query or a fixed few."""

    def __init__(self, service: Service, answers: Mapping[str, Any], at: datetime) -> None:
        self._service, self._answers, self._at = service, answers, at

    def addresses(self, postcode: str, number: str) -> Sequence[tuple[str, str]]:
        """Return the addresses that have this very number at this postcode; all of it where the number is empty."""
        found = addresses_at(postcode, number=number)
        if number:
            found = [line for line in found if number.lower() in line.text.lower().replace(",", " ").split()]
        return [(str(line.uprn), line.text) for line in found]

    def postcodes(self, keys: str) -> Sequence[str]:
        """Return the postcodes here that these keys could mean."""
        return postcodes_among(postcodes_of(keys))

    def spots(self, words: str) -> Sequence[tuple[str, str]]:
        """Return the places these words may name, likeliest first."""
        return [(spot.pick, spot.text) for spot in find_spots(words, limit=MOST_OFFERED)]

    def times(self, question: Question, page: int) -> Sequence[tuple[str, str]] | None:
        """Return a page of free times; None where nothing is booked and only a wish is taken."""
        search = slot_search(self._service, question, self._answers, SlotFilter(), at=self._at)
        if search is None:
            return None
        first = page * MOST_OFFERED
        return [
            (one.key, " ".join(f"{one.group} {one.label}".split()))
            for one in search.choices[first : first + MOST_OFFERED]
        ]
