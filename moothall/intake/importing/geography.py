"""Bringing in where things lie: streets, areas, landmarks and things in the street, from GeoJSON or from a table."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Final

from django.utils.text import slugify

from moothall.core.actors import Actor
from moothall.intake.importing.reading import CannotReadFile, RawRow, find_columns, headings, opened, rows_of
from moothall.places.actions import (
    AreaShape,
    StreetLine,
    import_assets,
    import_landmarks,
    import_shapes,
    import_streets,
)
from moothall.places.geometry import NotAShape, Point, on_earth, polygons_of

LOT: Final = 2_000
YEARS: Final = range(19, 31)
"""The years of the national list of wards, which names its columns by them: WD25CD."""
Say = Callable[[int, str, bool, str], None]
_PLACE: Final = {"latitude": ("latitude", "lat", "y"), "longitude": ("longitude", "lon", "long", "lng", "x")}
COLUMNS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "streets": {
        "usrn": ("usrn", "street_id"), "name": ("name", "street", "street_name", "street_descriptor"),
        "locality": ("locality", "town", "town_name"), "area": ("area", "area_code", "ward", "ward_code"),
        "road_class": ("road_class", "class"), "owner": ("owner",), **_PLACE,
    },
    "areas": {
        "code": ("code", "area_code", "ward_code", *(f"wd{year}cd" for year in YEARS), "id"),
        "name": ("name", "area_name", "ward_name", *(f"wd{year}nm" for year in YEARS)),
        "kind": ("kind",), "owner": ("owner",),
    },
    "landmarks": {"code": ("code", "id", "uprn"), "name": ("name",), "kind": ("kind", "type"), **_PLACE},
    "assets": {
        "code": ("code", "id", "asset_id", "asset_number"), "kind": ("kind", "type", "asset_type"),
        "label": ("label", "name", "description"), "owner": ("owner",), **_PLACE,
    },
}  # fmt: skip
"""For each kind of file what is read, under any of these headings or properties, whatever their capitals."""
REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    "streets": ("usrn", "name"), "areas": ("code", "name"), "landmarks": ("name",), "assets": ("code", "kind"),
}  # fmt: skip


@dataclass(slots=True)
class Counted:
    """What became of the rows of a file. ``owners``: who looks after some of it and is no partner of the pack in force."""

    read: int = 0
    kept: int = 0
    refused: int = 0
    without_place: int = 0
    owners: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Feature:
    """One row of a table, or one feature of a GeoJSON file with its geometry."""

    row: RawRow
    geometry: Mapping[str, Any] | None = None


class _Wrong(ValueError):
    """A row that cannot be kept; the message says why."""


def read_geography(
    path: Path, kind: str, named: Mapping[str, str], usual: Mapping[str, str]
) -> tuple[dict[str, str], list[Feature] | None]:
    """Look at a file of one kind. Returns which column or property is which, and its features where it is GeoJSON.

    ``named`` says for some what they are called in this file, before what they are usually called; ``usual`` fills what
    the file does not say.

    Raises:
        CannotReadFile: it cannot be read, or something needed is under no heading; the message names what there is.
    """
    features = _features(path) if path.name.removesuffix(".gz").lower().endswith((".geojson", ".json")) else None
    there = (
        headings(path) if features is None else list(dict.fromkeys(name for one in features for name in one.row.values))
    )
    wanted = {name: ((named[name],) if name in named else usual) for name, usual in COLUMNS[kind].items()}
    for name, theirs in named.items():
        if name not in wanted:
            raise CannotReadFile(f"There is no “{name}” of {kind}. What is read: {', '.join(wanted)}.")
        if theirs.casefold() not in {one.casefold() for one in there}:
            raise CannotReadFile(f"{path.name} has no “{theirs}”. It has: {', '.join(there) or 'nothing'}.")
    required = [name for name in REQUIRED[kind] if not usual.get(name)]
    if features is None and kind == "areas":
        raise CannotReadFile("Areas have shapes, which a table has not: give a GeoJSON file.")
    if features is None and kind in {"landmarks", "assets"}:
        required += ["latitude", "longitude"]
    return find_columns(there, wanted, required, file=path.name), features


def import_geography(
    path: Path, kind: str, columns: Mapping[str, str], features: Sequence[Feature] | None, *, usual: Mapping[str, str],
    owners: frozenset[str], say: Say, by: Actor, done: Callable[[int], None] = lambda count: None,
) -> Counted:  # fmt: skip
    """Bring a file in, some thousands of rows to a transaction: each kept, or refused with its reason. May be run again.

    ``usual`` fills what a row does not say (``kind``, ``owner``, ``area``). ``owners`` are the partners of the pack.

    Raises:
        Refused: the actor may not import.
    """
    counted, seen = Counted(), set[str]()
    make: Callable[[Mapping[str, str], Feature], Any] = _MAKERS[kind]
    keep: Callable[[Sequence[Any]], object] = partial(_WRITERS[kind], by=by)

    def read() -> Iterator[Any]:
        for one in features if features is not None else (Feature(row) for row in rows_of(path)):
            counted.read += 1
            done(1)
            held = {
                name: str(one.row.values.get(column, "")).replace("\x00", "").strip()
                for name, column in columns.items()
            }
            values = {**dict.fromkeys(COLUMNS[kind], ""), **held}
            values |= {name: value for name, value in usual.items() if name in values and not values[name]}
            key = values.get("usrn") or values.get("code") or slugify(values.get("name", ""))[:60]
            try:
                if one.row.problem:
                    raise _Wrong(one.row.problem)
                missing = [name for name in REQUIRED[kind] if not values[name]]
                if missing:
                    raise _Wrong(f"it has no {' and no '.join(missing)}")
                if key in seen:
                    raise _Wrong("its number stands in an earlier row of the file")
                made = make(values, one)
            except (_Wrong, NotAShape) as wrong:
                counted.refused += 1
                say(one.row.number, key[:40], False, str(wrong))
                continue
            seen.add(key)
            if values.get("owner") and values["owner"] not in owners:
                counted.owners.add(values["owner"])
            counted.kept += 1
            counted.without_place += isinstance(made, StreetLine) and not made.line and made.latitude is None
            yield made

    source = read()
    while lot := list(islice(source, LOT)):
        keep(lot)
    return counted


def _features(path: Path) -> list[Feature]:
    with opened(path) as text:
        try:
            held = json.load(text)
        except (ValueError, RecursionError) as wrong:
            raise CannotReadFile(f"{path.name} is not JSON: {wrong}. Save it as GeoJSON.") from wrong
    if (
        not isinstance(held, dict)
        or held.get("type") != "FeatureCollection"
        or not isinstance(held.get("features"), list)
    ):
        raise CannotReadFile(f"{path.name} is not a GeoJSON FeatureCollection.")
    return [_feature(number, one) for number, one in enumerate(held["features"], 1)]


def _feature(number: int, one: Any) -> Feature:
    about = one.get("properties") if isinstance(one, dict) else None
    if not isinstance(one, dict) or not isinstance(about or {}, dict):
        return Feature(RawRow(number, {}, "it is no GeoJSON feature"))
    geometry = one.get("geometry")
    values = {str(name): "" if value is None else str(value) for name, value in (about or {}).items()}
    return Feature(RawRow(number, values), geometry if isinstance(geometry, dict) else None)


def _street(values: Mapping[str, str], one: Feature) -> StreetLine:
    usrn = values["usrn"]
    if not (usrn.isascii() and usrn.isdigit() and 0 < int(usrn) < 10**8):
        raise _Wrong("its number (USRN) is not one of up to 8 digits")
    line: Sequence[Point] = ()
    point = _point_of(values, one)
    latitude, longitude = point if point is not None else (None, None)
    if one.geometry is not None and one.geometry.get("type") in {"LineString", "MultiLineString"}:
        parts = one.geometry.get("coordinates") or []
        parts = [parts] if one.geometry["type"] == "LineString" else parts
        line = max((_line(part) for part in parts), key=len, default=())
    return StreetLine(
        int(usrn), values["name"][:160], values["locality"][:120], values["area"][:20], line, values["road_class"][:20],
        values["owner"][:60], latitude, longitude,
    )  # fmt: skip


def _line(points: Any) -> Sequence[Point]:
    try:
        line = [(float(point[0]), float(point[1])) for point in points]
    except (TypeError, ValueError, IndexError) as wrong:
        raise _Wrong("its line has points that are not numbers") from wrong
    if not all(on_earth(north, east) for east, north in line):
        raise _Wrong("a point of its line is not on Earth: GeoJSON says longitude first, in degrees (EPSG:4326)")
    return line


def _area(values: Mapping[str, str], one: Feature) -> AreaShape:
    if len(values["code"]) > 20:
        raise _Wrong("its code is longer than 20 characters")
    polygons_of(one.geometry)
    return AreaShape(
        values["code"], values["name"], one.geometry or {}, values["kind"][:20] or "ward", values["owner"][:60]
    )


def _landmark(values: Mapping[str, str], one: Feature) -> tuple[str, str, str, float, float]:
    point = _point(values, one)
    return values["code"][:60] or slugify(values["name"])[:60], values["name"][:160], values["kind"][:30], *point


def _asset(values: Mapping[str, str], one: Feature) -> tuple[str, str, str, str, float, float]:
    point = _point(values, one)
    label = values["label"][:160] or values["kind"]
    return values["code"][:60], values["kind"][:30], label, values["owner"][:60], *point


def _point(values: Mapping[str, str], one: Feature) -> tuple[float, float]:
    point = _point_of(values, one)
    if point is None:
        raise _Wrong("it has no point: a latitude and a longitude in degrees, or a GeoJSON Point")
    return point


def _point_of(values: Mapping[str, str], one: Feature) -> tuple[float, float] | None:
    """Latitude and longitude of a row or a feature, ``None`` where it has none."""
    given: Iterable[Any] = (values.get("latitude"), values.get("longitude"))
    if one.geometry is not None and one.geometry.get("type") == "Point":
        given = list(one.geometry.get("coordinates") or ())[1::-1]
    try:
        latitude, longitude = (float(part) for part in given)
    except (TypeError, ValueError):
        return None
    if not on_earth(latitude, longitude):
        raise _Wrong("its point is not on Earth: latitude and longitude are in degrees (EPSG:4326), not metres")
    return latitude, longitude


_MAKERS: Final[Mapping[str, Callable[[Mapping[str, str], Feature], Any]]] = {
    "streets": _street, "areas": _area, "landmarks": _landmark, "assets": _asset,
}  # fmt: skip
_WRITERS: Final[Mapping[str, Callable[..., int]]] = {
    "streets": import_streets, "areas": import_shapes, "landmarks": import_landmarks, "assets": import_assets,
}  # fmt: skip
