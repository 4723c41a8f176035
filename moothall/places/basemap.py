"""A base map drawn from what was imported: streets, areas and landmarks as vector tiles in one PMTiles file.

For a demonstration, and for a council that has no tiles of its own yet. Layers: `land` (areas), `roads` (with `kind` and
`name`), `places` (landmarks, with `name`). Zooms 9 to 14; a map draws the last one larger.
"""

from __future__ import annotations

import gzip
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from math import atan, degrees, pi, sinh
from pathlib import Path
from typing import Any, Final

import mapbox_vector_tile  # type: ignore[import-untyped]
import numpy
from django.conf import settings
from django.db.models import Max, Min
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer
from shapely import (  # type: ignore[import-untyped]
    LineString,
    Point,
    Polygon,
    clip_by_rect,
    transform,
)

from moothall.places.geometry import Box, cells_in
from moothall.places.models import Landmark, Shape, Street

FIRST: Final = 9
LAST: Final = 14
MINOR_FROM: Final = 12
EXTENT: Final = 4096
MARGIN: Final = 0.01
"""Degrees around the middles of the streets: they run on to both sides."""
LAYERS: Final = ("land", "roads", "places")
Feature = tuple[str, Any, dict[str, Any]]


def basemap_path() -> Path:
    """Return where the drawn map lies."""
    return Path(str(settings.DATA_DIR)) / "basemap.pmtiles"


def bounds() -> list[float] | None:
    """Return west, south, east and north of the streets that were imported, or None. One query."""
    found = Street.objects.exclude(latitude=None).aggregate(
        w=Min("longitude"), s=Min("latitude"), e=Max("longitude"), n=Max("latitude")
    )
    if found["w"] is None:
        return None
    return [found["w"] - MARGIN, found["s"] - MARGIN, found["e"] + MARGIN, found["n"] + MARGIN]


def build_basemap(path: Path | None = None) -> int:
    """Draw the map and put it in place whole. Returns how many tiles it has; 0, and no file, where nothing was imported."""
    target, around = path or basemap_path(), bounds()
    if around is None:
        return 0
    features = list(_features())
    target.parent.mkdir(parents=True, exist_ok=True)
    made = 0
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as file:
        writer: Any = Writer(file)  # type: ignore[no-untyped-call]
        tiles: dict[int, bytes] = {}
        for zoom in range(FIRST, LAST + 1):
            for (x, y), held in _by_tile(features, zoom).items():
                tiles[zxy_to_tileid(zoom, x, y)] = _encode(held, zoom, x, y)
        for number in sorted(tiles):
            writer.write_tile(number, tiles[number])
            made += 1
        west, south, east, north = around
        writer.finalize(
            {
                "tile_type": TileType.MVT, "tile_compression": Compression.GZIP, "min_zoom": FIRST, "max_zoom": LAST,
                "min_lon_e7": int(west * 1e7), "min_lat_e7": int(south * 1e7), "max_lon_e7": int(east * 1e7),
                "max_lat_e7": int(north * 1e7), "center_zoom": 12, "center_lon_e7": int((west + east) / 2 * 1e7),
                "center_lat_e7": int((south + north) / 2 * 1e7),
            },
            {"name": "Streets and areas", "vector_layers": [{"id": one, "fields": {}} for one in LAYERS]},
        )  # fmt: skip
        name = file.name
    Path(name).chmod(0o644)
    Path(name).replace(target)
    return made


def _features() -> Iterator[Feature]:
    for rings in Shape.objects.values_list("rings", flat=True):
        if rings and len(rings[0]) > 3:
            yield "land", Polygon(rings[0], rings[1:]), {}
    for line, name, kind in Street.objects.exclude(line=[]).values_list("line", "name", "road_class"):
        if len(line) > 1:
            yield "roads", LineString(line), {"name": name, "kind": kind or "local"}
    for name, latitude, longitude in Landmark.objects.values_list("name", "latitude", "longitude"):
        yield "places", Point(longitude, latitude), {"name": name}


def _by_tile(features: list[Feature], zoom: int) -> dict[tuple[int, int], list[Feature]]:
    found: dict[tuple[int, int], list[Feature]] = defaultdict(list)
    for layer, shape, about in features:
        if zoom < MINOR_FROM and (layer == "places" or about.get("kind") == "local"):
            continue
        west, south, east, north = shape.bounds
        first_x, last_x, first_y, last_y = cells_in(Box(south, west, north, east), zoom)
        for x in range(first_x, last_x + 1):
            for y in range(first_y, last_y + 1):
                found[x, y].append((layer, shape, about))
    return found


def _edges(zoom: int, x: int, y: int) -> tuple[float, float, float, float]:
    def north(row: int) -> float:
        return degrees(atan(sinh(pi * (1 - 2 * row / 2**zoom))))

    return x / 2**zoom * 360 - 180, north(y + 1), (x + 1) / 2**zoom * 360 - 180, north(y)


def _encode(held: list[Feature], zoom: int, x: int, y: int) -> bytes:
    west, south, east, north = _edges(zoom, x, y)
    over_x, over_y = (east - west) * 0.04, (north - south) * 0.04

    def on_tile(points: Any) -> Any:
        """Degrees to the tile's own units: Web Mercator, y upwards."""
        across = ((points[:, 0] + 180) / 360 * 2**zoom - x) * EXTENT
        up = numpy.arcsinh(numpy.tan(numpy.radians(points[:, 1]))) / pi
        return numpy.column_stack((across, (1 - ((1 - up) / 2 * 2**zoom - y)) * EXTENT))

    layers: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for layer, shape, about in held:
        cut = clip_by_rect(shape, west - over_x, south - over_y, east + over_x, north + over_y)
        if not cut.is_empty:
            layers[layer].append({"geometry": transform(cut, on_tile), "properties": about})
    body = mapbox_vector_tile.encode([{"name": name, "features": rows} for name, rows in layers.items()])
    return gzip.compress(body, 6, mtime=0)
