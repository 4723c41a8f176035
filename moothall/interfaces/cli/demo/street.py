"""What lies in the streets of the invented borough: the roads between its wards, who looks after what, lamps. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Final

from shapely import LineString, Point  # type: ignore[import-untyped]

from moothall.interfaces.cli.demo.borough import FIRST_USRN, Place
from moothall.places.actions import AreaShape, StreetLine
from moothall.places.geometry import metres_between, middle_of

FIRST_ROAD: Final = FIRST_USRN + 900_000
NEIGHBOURS: Final = 3
Middle = tuple[float, float]


def middles_of(place: Place) -> dict[str, Middle]:
    """Return the middle of each ward's streets, longitude first."""
    held = {
        code: [(s.longitude, s.latitude) for s in place.streets if s.ward == code] for code, _, _ in place.wards
    }  # fmt: skip
    return {code: middle_of(points)[::-1] for code, points in held.items() if points}


def roads_between(place: Place) -> Iterator[StreetLine]:
    """Yield the main roads that join each ward to its nearest ones; each half bears the name of where it leads."""
    middles, names = middles_of(place), {code: name for code, _, name in place.wards}
    pairs: set[tuple[str, str]] = set()
    for code, (x, y) in middles.items():
        near = sorted((metres_between(y, x, b, a), other) for other, (a, b) in middles.items() if other != code)
        pairs |= {(min(code, other), max(code, other)) for _, other in near[:NEIGHBOURS]}
    number = FIRST_ROAD
    for one, other in sorted(pairs):
        rng = Random(f"road:{one}:{other}")
        (x1, y1), (x2, y2) = middles[one], middles[other]
        bend = (
            round((x1 + x2) / 2 + (y2 - y1) * rng.uniform(-0.15, 0.15), 6),
            round((y1 + y2) / 2 + (x1 - x2) * rng.uniform(-0.06, 0.06), 6),
        )
        for here, there, start in ((one, other, (x1, y1)), (other, one, (x2, y2))):
            yield StreetLine(number, f"{names[there]} Road", names[here], here, [start, bend], "main")
            number += 1


def trunk_road(place: Place, owner: str) -> Iterator[StreetLine]:
    """Yield a trunk road that crosses the borough from west to east, in pieces; somebody else looks after it."""
    middles = sorted(middles_of(place).values())
    if len(middles) < 2:
        return
    south = sorted(y for _, y in middles)[len(middles) // 3]
    west, east = middles[0][0] - 0.012, middles[-1][0] + 0.012
    line = LineString([(west, south - 0.006), ((west + east) / 2, south), (east, south + 0.004)])
    pieces = 14
    for n in range(pieces):
        ends = [line.interpolate(part / pieces, normalized=True) for part in (n, n + 0.5, n + 1)]
        points = [(round(one.x, 6), round(one.y, 6)) for one in ends]
        yield StreetLine(FIRST_ROAD + 5_000 + n, "Aire Trunk Road", "", "", points, "trunk", owner)


def owned_land(place: Place, owner: str) -> Iterator[AreaShape]:
    """Yield estates whose land a landlord looks after: one in every third ward, round a street of it."""
    from shapely.geometry import mapping  # type: ignore[import-untyped]

    for n, (code, _, name) in enumerate(place.wards):
        held = [street for street in place.streets if street.ward == code]
        if n % 3 or len(held) < 3:
            continue
        middle = held[2]
        around = Point(middle.longitude, middle.latitude).buffer(0.0022, quad_segs=3)
        yield AreaShape(f"estate-{code}"[:20], f"{name} Estate", mapping(around), "estate", owner)


def lamps(place: Place, owner: str) -> Iterator[tuple[str, str, str, str, float, float]]:
    """Yield two lamps for each street, as assets are imported; some are a power company's or a parish's to mend."""
    for n, street in enumerate(place.streets):
        for side in (-1, 1):
            code = f"lamp-{street.usrn}-{side + 2}"
            label = f"Lamp {side + 2} in {street.name}"
            theirs = owner if n % 40 == 7 else ""
            yield code, "lamp", label, theirs, street.latitude + side * 0.0003, street.longitude + side * 0.0002


_GROUPS: Final = (
    ("Befriending", "A volunteer visits or rings once a week.", "Isolation", 60, None),
    ("Food cupboard", "A bag of food for a few days. No voucher needed the first time.", "Food", None, None),
    ("Debt advice", "Free, confidential advice about debt and letters from bailiffs.", "Money", 16, None),
    ("Young carers", "A club after school for children who look after somebody.", "Caring", 8, 17),
    ("Repair café", "Bring something broken; a volunteer mends it with you.", "Waste", None, None),
    ("Warm room", "Heating, tea and company on weekdays in winter.", "Cold", None, None),
    ("Bereavement group", "Others who have lost somebody meet on Tuesday evenings.", "Bereavement", 18, None),
    ("Community transport", "Lifts to the doctor for people who cannot use a bus.", "Transport", None, None),
)


def help_near(place: Place) -> Iterator[dict[str, object]]:
    """Yield services of invented groups in each ward, as Open Referral UK 3.0 tells them."""
    from uuid import NAMESPACE_URL, uuid5

    def id_of(*parts: str) -> str:
        return str(uuid5(NAMESPACE_URL, "https://groups.example.org/" + "/".join(parts)))

    for n, (code, _, ward) in enumerate(place.wards):
        middle = middles_of(place)[code]
        for m, (kind, says, topic, least, most) in enumerate(_GROUPS):
            if (n + m) % 3:
                continue
            row: dict[str, object] = {
                "id": id_of("service", code, kind), "name": f"{ward} {kind.lower()}", "status": "active",
                "description": says, "email": f"{ward.lower()}@groups.example.org", "assured_date": "2026-09-01",
                "organization": {"id": id_of("organization", code), "name": f"{ward} Neighbours", "description": "A group."},
                "attributes": [{"id": id_of("attribute", code, kind), "taxonomy_term": {
                    "id": id_of("term", topic), "name": topic, "description": topic}}],
                "contacts": [{"id": id_of("contact", code), "phones": [
                    {"id": id_of("phone", code, kind), "number": f"01632 960{(n * 8 + m) % 1000:03}"}]}],
                "service_at_locations": [{"id": id_of("at", code, kind), "location": {
                    "id": id_of("location", code), "location_type": "physical", "name": f"{ward} community hall",
                    "latitude": round(middle[1], 5), "longitude": round(middle[0], 5)}}],
            }  # fmt: skip
            row |= {"minimum_age": least} if least else {}
            yield row | ({"maximum_age": most} if most else {})
