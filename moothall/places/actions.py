"""The only writers of addresses, streets and areas: imports, which may be run again and change only what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import transaction

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.bulk import merge_rows
from moothall.core.ids import new_id
from moothall.places.geometry import NotAShape, Point, box_of, middle_of, polygons_of
from moothall.places.models import Area, Asset, Landmark, Shape, Street
from moothall.places.rules import postcode_key, search_text, show_postcode

BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Premises:
    """One property to bring in. ``address`` is whole; ``uprn`` up to 12 digits."""

    uprn: int
    address: str
    number: str = ""
    street: str = ""
    postcode: str = ""
    usrn: int | None = None
    area_code: str = ""
    latitude: float | None = None
    longitude: float | None = None
    kind: str = "home"


_COLUMNS = (
    "uprn", "address", "search", "number", "street", "postcode", "postcode_key", "usrn", "area_code", "latitude",
    "longitude", "kind",
)  # fmt: skip


def import_premises(rows: Iterable[Premises], *, by: Actor) -> tuple[int, int]:
    """Bring in properties; one there already takes the new values. Returns how many were read and how many changed.

    Streams in batches of its own transactions: killed in the middle, running it again goes on. Of two rows with one UPRN in
    a batch the last wins.

    Raises:
        Refused: the actor may not import.
    """
    require(by, "import.run")
    read = changed = 0
    source = iter(rows)
    while batch := list(islice(source, BATCH)):
        read += len(batch)
        changed += _take(list({row.uprn: row for row in batch}.values()))
    return read, changed


def _take(batch: Sequence[Premises]) -> int:
    with transaction.atomic():
        return len(merge_rows("places_property", _COLUMNS, ("uprn",), map(_values, batch)))


def _values(row: Premises) -> tuple[object, ...]:
    key = postcode_key(row.postcode)
    postcode = show_postcode(key) if key else row.postcode.upper().strip()[:8]
    address, number, street = (_plain(text) for text in (row.address[:300], row.number[:40], row.street[:160]))
    return (
        row.uprn, address, search_text(f"{address} {postcode}")[:300], number, street, postcode,
        key or "".join(postcode.split())[:7], row.usrn, row.area_code, row.latitude, row.longitude, row.kind,
    )  # fmt: skip


def _plain(text: str) -> str:
    """Text without what PostgreSQL cannot hold: real address files have a NUL here and there."""
    return " ".join(text.replace("\x00", "").split())


def import_areas(areas: Iterable[tuple[str, str, str]], *, by: Actor) -> int:
    """Bring in areas as (code, kind, name); one there already takes the new name. Returns how many."""
    require(by, "import.run")
    rows = [Area(code=code, kind=kind, name=name) for code, kind, name in areas]
    Area.objects.bulk_create(rows, update_conflicts=True, unique_fields=["code"], update_fields=["kind", "name"])
    return len(rows)


@dataclass(frozen=True, slots=True)
class AreaShape:
    """An area with its land as GeoJSON geometry; ``owner`` is who looks after it where that is not the council."""

    code: str
    name: str
    geometry: Mapping[str, Any]
    kind: str = "ward"
    owner: str = ""


def import_shapes(areas: Iterable[AreaShape], *, by: Actor) -> int:
    """Bring in areas with their polygons; the shapes of one there already are replaced. Returns how many areas.

    Raises:
        NotAShape: a geometry that cannot be kept; nothing of this call is.
    """
    require(by, "import.run")
    known = list(areas)
    shapes = [
        Shape(
            id=new_id(), area_code=one.code, south=box.south, west=box.west, north=box.north, east=box.east,
            rings=[[list(point) for point in ring] for ring in rings],
        )
        for one in known
        for rings in polygons_of(one.geometry)
        for box in (box_of(rings),)
    ]  # fmt: skip
    with transaction.atomic():
        Area.objects.bulk_create(
            [Area(code=one.code, kind=one.kind, name=one.name[:120], owner=one.owner) for one in known],
            update_conflicts=True, unique_fields=["code"], update_fields=["kind", "name", "owner"],
        )  # fmt: skip
        Shape.objects.filter(area_code__in=[one.code for one in known]).delete()
        Shape.objects.bulk_create(shapes, batch_size=200)
    return len(known)


def shapes_of_geojson(
    collection: Mapping[str, Any], *, code: str, name: str, kind: str = "ward", owner: str = ""
) -> list[AreaShape]:
    """Read a GeoJSON FeatureCollection; ``code`` and ``name`` say which properties hold an area's code and name.

    Raises:
        NotAShape: it is no collection, or a feature lacks one of the two.
    """
    if collection.get("type") != "FeatureCollection":
        raise NotAShape("The file is not a GeoJSON FeatureCollection.")
    found = []
    for number, feature in enumerate(collection.get("features") or (), 1):
        held = feature.get("properties") or {}
        if not held.get(code) or not held.get(name):
            raise NotAShape(f"Feature {number} has no “{code}” or no “{name}”. It has: {', '.join(sorted(held))}.")
        found.append(
            AreaShape(str(held[code])[:20], str(held[name]), feature.get("geometry") or {}, kind=kind, owner=owner)
        )
    return found


@dataclass(frozen=True, slots=True)
class StreetLine:
    """One street to bring in, with where it runs (``[longitude, latitude]`` points) where that is known, or a point of it."""

    usrn: int
    name: str
    locality: str = ""
    area_code: str = ""
    line: Sequence[Point] = ()
    road_class: str = ""
    owner: str = ""
    latitude: float | None = None
    longitude: float | None = None


def import_streets(streets: Iterable[tuple[int, str, str, str] | StreetLine], *, by: Actor) -> int:
    """Bring in streets, as (USRN, name, locality, area code) or with where they run. Returns how many."""
    require(by, "import.run")
    rows = [_street(one if isinstance(one, StreetLine) else StreetLine(*one)) for one in streets]
    Street.objects.bulk_create(
        rows,
        batch_size=5000,
        update_conflicts=True,
        unique_fields=["usrn"],
        update_fields=["name", "locality", "area_code", "latitude", "longitude", "line", "road_class", "owner"],
    )
    return len(rows)


def _street(one: StreetLine) -> Street:
    latitude, longitude = middle_of(one.line) if one.line else (one.latitude, one.longitude)
    return Street(
        usrn=one.usrn, name=one.name, locality=one.locality, area_code=one.area_code, latitude=latitude,
        longitude=longitude, line=[list(point) for point in one.line], road_class=one.road_class, owner=one.owner,
    )  # fmt: skip


def import_landmarks(landmarks: Iterable[tuple[str, str, str, float, float]], *, by: Actor) -> int:
    """Bring in places people know, as (code, name, kind, latitude, longitude). Returns how many."""
    require(by, "import.run")
    rows = [Landmark(code=c, name=n, kind=k, latitude=lat, longitude=lon) for c, n, k, lat, lon in landmarks]
    Landmark.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["code"], update_fields=["name", "kind", "latitude", "longitude"]
    )
    return len(rows)


def import_assets(assets: Iterable[tuple[str, str, str, str, float, float]], *, by: Actor) -> int:
    """Bring in things in the street, as (code, kind, label, owner, latitude, longitude). Returns how many."""
    require(by, "import.run")
    rows = [
        Asset(code=code, kind=kind, label=label, owner=owner, latitude=latitude, longitude=longitude)
        for code, kind, label, owner, latitude, longitude in assets
    ]
    Asset.objects.bulk_create(
        rows, batch_size=5000, update_conflicts=True, unique_fields=["code"],
        update_fields=["kind", "label", "owner", "latitude", "longitude"],
    )  # fmt: skip
    return len(rows)
