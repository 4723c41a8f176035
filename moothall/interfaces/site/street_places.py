"""A place for the list of reports and for news of it: found by street, postcode or landmark, or from the box of the map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.http import QueryDict

from moothall.interfaces.site.place_question import point_of
from moothall.interfaces.ui.fields import FieldView
from moothall.interfaces.ui.jinja import with_query
from moothall.places.finding import find_spots, surroundings
from moothall.places.geometry import Box, metres_between

MOST: Final = 20
LONGEST: Final = 120
REACHES: Final = (200, 500, 1000, 2000)
"""Metres round a place that news can be asked for."""
USUAL: Final = 500
FIELD: Final = FieldView(
    "place", "text", "Street, postcode or somewhere near it", width="20", hint="Mill Lane, LS1 1UR, or near the library"
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A place that fits what was typed, and the address of the page about it."""

    text: str
    link: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What was typed and what fits it; ``says`` where nothing does."""

    typed: str = ""
    choices: tuple[Choice, ...] = ()
    says: str = ""


@dataclass(frozen=True, slots=True)
class Watched:
    """A place to hear of: its point, how far round it, and what it is called."""

    latitude: float
    longitude: float
    metres: int
    text: str

    @property
    def near(self) -> str:
        """The point as the query of an address."""
        return f"{self.latitude},{self.longitude}"


def look(query: QueryDict, path: str, keep: Mapping[str, str]) -> Looked:
    """Return the places that fit the typed ``place``, each with the link that chooses it. Nothing typed: nothing looked for.

    A place that was chosen before (``placed``) and is typed again is the one in ``near``. At most four queries.
    """
    typed = " ".join(query.get("place", "").replace("\x00", "").split())[:LONGEST]
    if not typed or (typed == query.get("placed", "") and query.get("near")):
        return Looked()
    found = [one for one in find_spots(typed, limit=MOST) if one.latitude is not None]
    choices = tuple(
        Choice(
            one.text, with_query(path, **keep, near=f"{one.latitude},{one.longitude}", place=one.text, placed=one.text)
        )
        for one in found
    )
    says = "" if choices else f"We found nothing called “{typed}”. Try a street, a postcode or what is near it."
    return Looked(typed, choices, says)


def watched(query: QueryDict) -> Watched | None:
    """Return the place that a query names by its point; ``None`` where it names none.

    What it is called is what lies there, never words of the query: they would go into a message to whoever is named.
    """
    point = point_of(*([*query.get("near", "").split(","), ""][:2]))
    if point is None:
        return None
    asked = query.get("metres", "")
    metres = int(asked) if asked in {str(one) for one in REACHES} else USUAL
    return Watched(*point, metres, surroundings(*point).text)


def news_of(path: str, near: str, box: Box | None, service: str) -> str:
    """Return the address that asks for news of what a list shows: of its place, or of the middle of its part of the map.

    Empty where the list is of the whole area, or of a part too wide to hear of all of it.
    """
    if near:
        return with_query(path, near=near, service=service)
    if box is None:
        return ""
    middle = (box.south + box.north) / 2, (box.west + box.east) / 2
    reach = metres_between(*middle, box.north, box.east)
    wide = next((one for one in REACHES if one >= reach * 0.7), None)
    point = f"{middle[0]:.5f},{middle[1]:.5f}"
    return with_query(path, near=point, metres=str(wide), service=service) if wide else ""
