"""What a conversation looks up while it asks: addresses by postcode and number, places by name, free times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from moothall.customers.rules.writing import postcode_in
from moothall.intake.queries.slots import filter_from, slot_search
from moothall.intake.talking.asking import MOST_OFFERED
from moothall.intake.talking.keypad import postcodes_of
from moothall.intake.talking.shapes import Times
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

    def times(self, question: Question, wanted: Mapping[str, str], page: int, many: int) -> Times | None:
        """Return a page of free times for what is looked for, the nearest to the address in her answers first until she names
        another postcode; None where nothing is booked and only a wish is taken."""
        said = {"near": self._home(), **wanted}
        search = slot_search(self._service, question, self._answers, filter_from(said), at=self._at)
        if search is None:
            return None
        shown = search.choices[page * many :]
        return Times(
            found=[(one.key, one.says) for one in shown[:many]], more=len(shown) > many, total=search.total,
            days=search.free_days, places=search.sites if search.searchable else (), offers=search.offers,
            whole_day=search.bookable.whole_day, near=bool(said["near"]) and not search.near_unknown,
            unknown=search.near_unknown and "near" in wanted, passed=search.passed,
        )  # fmt: skip

    def _home(self) -> str:
        """The postcode of the address she has given in this request."""
        given = (self._answers.get(one.id) for one in self._service.questions if one.type == "address")
        held = next((value for value in given if isinstance(value, Mapping)), {})
        written = postcode_in(f"{held.get('text', '')} {held.get('postcode', '')}")
        return " ".join(written or ())
