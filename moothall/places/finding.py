"""Where is it? The readers for reports from the street: by name, by point, by list, by what stands near."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeVar

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import CharField, F, Value

from moothall.places.geometry import box_around, cell_of, metres_between, metres_to_line, within
from moothall.places.models import Area, Asset, Landmark, Property, Shape, Street
from moothall.places.queries import find_addresses
from moothall.places.rules import search_text

NEAR_STREET: Final = 400.0
"""Metres from a point within which a street may name it."""
AT_ASSET: Final = 25.0
EDGE: Final = 50.0
"""Metres by which an outline may be wrong: outlines are simplified, and a road on the edge is ours as well."""
MOST_LISTED: Final = 400
MOST_NAMED: Final = 60
Row = TypeVar("Row", Landmark, Street)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that can be chosen: ``pick`` is how a form names it (``street:99000001``), ``text`` how people do."""

    pick: str
    text: str
    kind: str
    latitude: float | None = None
    longitude: float | None = None
    usrn: int | None = None
    uprn: int | None = None
    area: str = ""
    postcode: str = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a point lies on and in: the words for it, the nearest street, its areas, and things close by."""

    text: str
    usrn: int | None = None
    street: str = ""
    street_owner: str = ""
    road_class: str = ""
    area: str = ""
    areas: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    lands: tuple[tuple[str, str, str], ...] = ()
    """The areas it lies in as (code, kind, owner), the smallest first."""
    assets: tuple[tuple[str, str, str], ...] = ()
    """Things within a few steps as (code, kind, owner), nearest first."""


def find_spots(text: str, *, limit: int = 20) -> list[Spot]:
    """Return places that fit what was typed: landmarks, streets, then addresses. At most four queries."""
    words = search_text(text)
    for opening in ("near the ", "near ", "by the ", "outside the ", "outside ", "opposite the ", "opposite ", "the "):
        words = words.removeprefix(opening)
    if len(words) < 2:
        return []
    found: list[Spot] = []
    if not any(character.isdigit() for character in words):
        found = [*_landmarks(words, limit=8), *_streets(words, limit=12)]
    if len(found) < limit and len(words) >= 3:
        for line in find_addresses(text, limit=limit - len(found)):
            found.append(
                Spot(
                    f"uprn:{line.uprn}", line.text, "address", line.latitude, line.longitude, line.usrn, line.uprn,
                    line.area, line.postcode,
                )
            )  # fmt: skip
    return found[:limit]


def spot_in(words: str) -> Spot | None:
    """Return the one place that somebody's words are sure to mean: “by the stop on Dock Road”, “outside 14 Mill Lane”.

    The one landmark whose whole name stands in them, else the one street; of names within names the longer, of streets of
    one name that in a locality which they name too. With a house number before the street, and one such home, its point.
    ``None`` where there is none or more than one. At most four queries.
    """
    plain = search_text(words[:300])
    said = Value(words.replace("\x00", "")[:300], output_field=CharField())
    landmarks = _named_in(plain, Landmark.objects.alias(said=said).filter(said__icontains=F("name"))[:MOST_NAMED])
    if landmarks:
        return _landmark(landmarks[0]) if len(landmarks) == 1 else None
    named = Street.objects.alias(said=said).exclude(name="").filter(said__icontains=F("name"))
    streets = _named_in(plain, named[:MOST_NAMED])
    if len(streets) > 1 and len({row.name for row in streets}) == 1:
        streets = _named_in(plain, [row for row in streets if row.locality], by="locality")
    if len(streets) != 1:
        return None
    return _home_on(streets[0], plain) or _street(streets[0])


def _named_in(plain: str, rows: Iterable[Row], *, by: str = "name") -> list[Row]:
    """Those whose name stands in the words as whole words, and in no longer name that does too."""
    held = [(search_text(getattr(row, by)), row) for row in rows]
    held = [(name, row) for name, row in held if name and f" {name} " in f" {plain} "]
    names = {name for name, _ in held}
    return [row for name, row in held if not any(name != one and f" {name} " in f" {one} " for one in names)]


def _home_on(street: Street, plain: str) -> Spot | None:
    """The point of the one home with the number that stands before the street's name. It is a place, not whose home it is."""
    before = f" {plain} ".partition(f" {search_text(street.name)} ")[0].split()
    if not before or not before[-1][0].isdigit():
        return None
    found = find_addresses(f"{before[-1]} {street.name} {street.locality}".strip(), limit=2)
    if len(found) != 1 or found[0].latitude is None:
        return None
    return Spot(
        f"street:{street.usrn}", _street(street).text, "street", found[0].latitude, found[0].longitude, street.usrn, None,
        street.area_code,
    )  # fmt: skip


def _landmarks(words: str, *, limit: int) -> list[Spot]:
    rows = Landmark.objects.filter(name__trigram_word_similar=words)
    rows = rows.annotate(like=TrigramWordSimilarity(words, "name")).order_by("-like", "name")[:limit]
    return [_landmark(row) for row in rows]


def _streets(words: str, *, limit: int) -> list[Spot]:
    rows = Street.objects.filter(name__trigram_word_similar=words)
    rows = rows.annotate(like=TrigramWordSimilarity(words, "name")).order_by("-like", "name", "usrn")[:limit]
    return [_street(row) for row in rows]


def _landmark(row: Landmark) -> Spot:
    return Spot(f"landmark:{row.code}", f"Near {row.name}", "landmark", row.latitude, row.longitude)


def _street(row: Street) -> Spot:
    text = f"{row.name}, {row.locality}" if row.locality else row.name
    return Spot(f"street:{row.usrn}", text, "street", row.latitude, row.longitude, row.usrn, None, row.area_code)


def spot(pick: str) -> Spot | None:
    """Return the place that a form named, or ``None``. One query."""
    kind, _, key = pick.partition(":")
    number = int(key) if key.isascii() and key.isdigit() and len(key) <= 12 else 0
    if kind == "street" and number:
        street = Street.objects.filter(usrn=number).first()
        return _street(street) if street else None
    if kind == "landmark":
        landmark = Landmark.objects.filter(code=key[:60]).first()
        return _landmark(landmark) if landmark else None
    if kind == "uprn" and number:
        home = Property.objects.filter(uprn=number).first()
        if home is not None:
            return Spot(
                pick, home.address, "address", home.latitude, home.longitude, home.usrn, home.uprn,
                home.area_code, home.postcode,
            )  # fmt: skip
    return None


def street_letters() -> list[str]:
    """Return the letters that streets begin with, in order: the list of streets by letter. One query."""
    from django.db.models.functions import Left, Upper

    rows = Street.objects.annotate(letter=Upper(Left("name", 1))).values_list("letter", flat=True).distinct()
    return sorted(letter for letter in rows if letter.isalpha())


def streets_of_letter(letter: str) -> list[Spot]:
    """Return the streets that begin with a letter, in order; at most 400. One query."""
    if len(letter) != 1 or not letter.isalpha():
        return []
    rows = Street.objects.filter(name__istartswith=letter).order_by("name", "locality", "usrn")[:MOST_LISTED]
    return [_street(row) for row in rows]


def surroundings(latitude: float, longitude: float) -> Surroundings:
    """Return what a point lies on and in. Four queries, whatever is there."""
    street = nearest_street(latitude, longitude)
    areas = areas_at(latitude, longitude)
    assets = assets_near(latitude, longitude)
    ward = next((area for area in areas if area.kind == "ward"), None)
    name = f"{street.name}, {street.locality}" if street and street.locality else street.name if street else ""
    text = f"Near {name}" if name else f"The point in {ward.name}" if ward else "The point on the map"
    return Surroundings(
        text=text, usrn=street.usrn if street else None, street=name, street_owner=street.owner if street else "",
        road_class=street.road_class if street else "", area=ward.code if ward else street.area_code if street else "",
        areas=tuple(area.code for area in areas), owners=tuple(area.owner for area in areas if area.owner),
        lands=tuple((area.code, area.kind, area.owner) for area in areas), assets=assets,
    )  # fmt: skip


def nearest_street(latitude: float, longitude: float) -> Street | None:
    """Return the street that runs nearest to a point, none beyond 400 m. One query."""
    # A street is found by its middle; one as long as this half begins within reach of it.
    box = box_around(latitude, longitude, NEAR_STREET + 1_200)
    rows = Street.objects.filter(
        latitude__range=(box.south, box.north), longitude__range=(box.west, box.east)
    )  # fmt: skip
    near = [(_metres(row, latitude, longitude), row.usrn, row) for row in rows]
    found = min(near, default=None, key=lambda one: one[:2])
    return found[2] if found and found[0] <= NEAR_STREET else None


def _metres(row: Street, latitude: float, longitude: float) -> float:
    line = row.line or [[row.longitude, row.latitude]]
    return metres_to_line(latitude, longitude, line)


def areas_at(latitude: float, longitude: float, *, kind: str = "") -> list[Area]:
    """Return the areas whose land holds a point, the smallest first. Two queries."""
    rows = Shape.objects.filter(
        south__lte=latitude, north__gte=latitude, west__lte=longitude, east__gte=longitude
    )  # fmt: skip
    sizes: dict[str, float] = {}
    for row in rows:
        if within(latitude, longitude, row.rings):
            sizes[row.area_code] = min(sizes.get(row.area_code, 1e9), (row.north - row.south) * (row.east - row.west))
    found = Area.objects.filter(code__in=sizes)
    return sorted(
        (area for area in found if not kind or area.kind == kind), key=lambda area: (sizes[area.code], area.code)
    )


def beyond(latitude: float, longitude: float, *, kind: str) -> bool:
    """Say whether a point lies outside all land of one kind and is not within 50 m of any of it. At most two queries.

    Where no land of the kind is known, nothing is outside of it.
    """
    land = Shape.objects.filter(area_code__in=Area.objects.filter(kind=kind).values("code"))
    boxes = list(land.values_list("id", "south", "west", "north", "east"))
    reach = box_around(latitude, longitude, EDGE)
    near = [
        id_
        for id_, south, west, north, east in boxes
        if south <= reach.north and north >= reach.south and west <= reach.east and east >= reach.west
    ]
    if not near:
        return bool(boxes)
    return not any(
        within(latitude, longitude, rings) or any(metres_to_line(latitude, longitude, ring) <= EDGE for ring in rings)
        for rings in Shape.objects.filter(id__in=near).values_list("rings", flat=True)
    )


def assets_near(latitude: float, longitude: float, *, metres: float = AT_ASSET) -> tuple[tuple[str, str, str], ...]:
    """Return the things within so many metres as (code, kind, owner), nearest first. One query."""
    box = box_around(latitude, longitude, metres)
    rows = Asset.objects.filter(latitude__range=(box.south, box.north), longitude__range=(box.west, box.east))[:200]
    near = sorted(
        (metres_between(latitude, longitude, row.latitude, row.longitude), row.code, row.kind, row.owner)
        for row in rows
    )
    return tuple((code, kind, owner) for far, code, kind, owner in near if far <= metres)


def area_codes_by_point(points: Iterable[tuple[float, float]], *, kind: str = "ward") -> list[str]:
    """Return the area of one kind that holds each point, empty where none does. Two queries, however many points."""
    codes = dict(Area.objects.filter(kind=kind).values_list("code", "name"))
    shapes = list(Shape.objects.filter(area_code__in=codes))
    return [
        next(
            (
                row.area_code
                for row in shapes
                if row.south <= lat <= row.north and row.west <= lon <= row.east and within(lat, lon, row.rings)
            ),
            "",
        )
        for lat, lon in points
    ]


class StreetIndex:
    """All streets in memory by square, to name many points at once. One query when made."""

    LEVEL: Final = 14

    def __init__(self) -> None:
        self._squares: dict[tuple[int, int], list[tuple[Street, str]]] = {}
        for row in Street.objects.exclude(latitude=None):
            name = f"{row.name}, {row.locality}" if row.locality else row.name
            self._squares.setdefault(cell_of(row.latitude or 0, row.longitude or 0, self.LEVEL), []).append((row, name))

    def nearest(self, latitude: float, longitude: float) -> str:
        """Return the name of the street that runs nearest, none beyond 400 m."""
        column, row = cell_of(latitude, longitude, self.LEVEL)
        near = [
            (_metres(street, latitude, longitude), name)
            for dx in (-1, 0, 1)
            for dy in (-1, 0, 1)
            for street, name in self._squares.get((column + dx, row + dy), ())
        ]
        found = min(near, default=(NEAR_STREET + 1, ""))
        return found[1] if found[0] <= NEAR_STREET else ""
