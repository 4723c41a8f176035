"""An invented borough grown from a seed: wards, streets, premises and the people who live there. Pure: nothing is written."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from math import cos, pi, radians, sin
from random import Random
from uuid import UUID

from shapely import MultiPoint, Point, voronoi_polygons  # type: ignore[import-untyped]
from shapely.geometry import mapping  # type: ignore[import-untyped]

from moothall.customers.actions import ImportedCustomer
from moothall.insight.pack import Borough, Contacts
from moothall.interfaces.cli.demo import names
from moothall.places.actions import AreaShape, Premises, StreetLine
from moothall.places.geometry import middle_of, points_along

FIRST_UPRN = 990_000_000_000  # beyond the numbers given out
FIRST_USRN = 99_000_001
HOMES_A_STREET = 34
PEOPLE_A_HOME = 2.33
LETTERS = "ABDEFGHJLNPQRSTUWXYZ"  # those an inward code may hold
DRAMA = (
    "0113 496 0", "0114 496 0", "0115 496 0", "0116 496 0", "0117 496 0", "0118 496 0", "0121 496 0", "0131 496 0",
    "0141 496 0", "0151 496 0", "0161 496 0", "020 7946 0", "0191 498 0", "01632 960", "029 2018 0",
)  # fmt: skip
"""Beginnings of numbers kept for drama by Ofcom; three digits follow."""
MOBILE = "07700 900"
KEPT_MOBILES = 20  # the first ones belong to people of the stories
MAIL = ("example.com", "example.org", "example.net")
NEEDS = (
    ("hard-of-hearing", 0.018), ("sight-loss", 0.006), ("mobility", 0.02), ("memory", 0.008), ("reading", 0.01),
    ("mental-health", 0.01), ("extra-help", 0.006), ("wheelchair", 0.005), ("deaf-sign-language", 0.001),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Street:
    """One street of a ward with its postcode."""

    usrn: int
    name: str
    ward: str
    postcode: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Person:
    """One resident. `weight` is how much she is in touch compared with others."""

    id: UUID
    given: str
    family: str
    born: date
    home: Premises
    email: str
    phone: str
    mobile: str
    language: str
    needs: tuple[str, ...]
    prefers: str
    weight: float
    age: int


class Place:
    """The wards, streets and premises of a borough of so many residents."""

    def __init__(self, borough: Borough, residents: int, seed: int) -> None:
        rng = Random(f"place:{seed}")
        wards = max(4, min(len(names.WARDS), residents // 1500))
        self.wards = [(f"ward-{name.lower()}", "ward", name) for name in names.WARDS[:wards]]
        homes = max(round(residents / PEOPLE_A_HOME), 1)
        self.streets = list(_streets(borough, self.wards, max(homes // HOMES_A_STREET, wards), rng))
        self.premises = list(_premises(borough, self.streets, homes, rng))

    def street_rows(self) -> Iterator[StreetLine]:
        """The streets as they are imported, with where they run."""
        wards = {code: name for code, _, name in self.wards}
        for one in self.streets:
            yield StreetLine(one.usrn, one.name, wards[one.ward], one.ward, _run(one, 340), "local")

    def shapes(self) -> list[AreaShape]:
        """The wards as land: what lies nearer to one ward's middle than to any other's, out to a little past the streets."""
        points = {
            code: [(s.longitude, s.latitude) for s in self.streets if s.ward == code] for code, _, _ in self.wards
        }
        middles = {code: Point(middle_of(held)[::-1]) for code, held in points.items() if held}
        every = MultiPoint([point for held in points.values() for point in held])
        land = every.convex_hull.buffer(0.012)
        cells = voronoi_polygons(MultiPoint(list(middles.values())), extend_to=land)
        found = []
        for code, _, name in self.wards:
            cell = next((one for one in cells.geoms if code in middles and one.contains(middles[code])), None)
            if cell is not None:
                found.append(AreaShape(code, name, mapping(cell.intersection(land))))
        return found

    def landmarks(self) -> Iterator[tuple[str, str, str, float, float]]:
        """A library, a school and a park in each ward."""
        for n, (code, _, name) in enumerate(self.wards):
            held = [street for street in self.streets if street.ward == code]
            for number, kind in enumerate(("library", "primary school", "park")):
                street = held[(n + number * 7) % len(held)]
                title = f"{name} {kind.title() if kind != 'primary school' else 'Primary School'}"
                yield f"{code}-{kind.replace(' ', '-')}", title, kind, street.latitude + 0.0004, street.longitude


def _streets(borough: Borough, wards: Sequence[tuple[str, str, str]], count: int, rng: Random) -> Iterator[Street]:
    used: set[tuple[str, str]] = set()
    inwards: set[str] = set()
    middle = [
        (borough.centre[0] + rng.uniform(-0.05, 0.05), borough.centre[1] + rng.uniform(-0.08, 0.08)) for _ in wards
    ]
    for n in range(count):
        place = n % len(wards)
        ward = wards[place][0]
        name = f"{rng.choice(names.STREETS)} {rng.choice(names.ENDINGS)}"
        while (name, ward) in used and len(used) < 1_000:
            name = f"{rng.choice(names.STREETS)} {rng.choice(names.ENDINGS)}"
        used.add((name, ward))
        outward = borough.outward[place % len(borough.outward)]
        postcode = ""
        while not postcode or (postcode in inwards and len(inwards) < 15_000):
            postcode = f"{outward} {rng.randint(1, 9)}{rng.choice(LETTERS)}{rng.choice(LETTERS)}"
        inwards.add(postcode)
        latitude, longitude = middle[place]
        yield Street(
            FIRST_USRN + n, name, ward, postcode, round(latitude + rng.gauss(0, 0.006), 5),
            round(longitude + rng.gauss(0, 0.009), 5),
        )  # fmt: skip


def _run(street: Street, metres: float) -> list[tuple[float, float]]:
    """Where a street runs: straight through its middle, its direction its own whatever else is drawn from the seed."""
    angle = Random(f"line:{street.usrn}").uniform(0, pi)
    north = metres / 2 / 111_195 * sin(angle)
    east = metres / 2 / 111_195 * cos(angle) / cos(radians(street.latitude))
    return [
        (round(street.longitude - east, 6), round(street.latitude - north, 6)),
        (round(street.longitude + east, 6), round(street.latitude + north, 6)),
    ]


def _premises(borough: Borough, streets: Sequence[Street], homes: int, rng: Random) -> Iterator[Premises]:
    made = 0
    share, more = divmod(homes, len(streets))
    for n, street in enumerate(streets):
        flats = rng.random() < 0.12
        count = share + (n < more)
        doors = points_along(_run(street, 300), max(count, 1))
        for number, (latitude, longitude) in zip(range(1, count + 1), doors, strict=False):
            door = f"Flat {number}, {street.name.split()[0]} House" if flats else str(number)
            address = f"{door}, {street.name}" if flats else f"{door} {street.name}"
            yield Premises(
                uprn=FIRST_UPRN + made, address=f"{address}, {borough.town}", number=door, street=street.name,
                postcode=street.postcode, usrn=street.usrn, area_code=street.ward,
                latitude=round(latitude + rng.gauss(0, 0.00008), 6),
                longitude=round(longitude + rng.gauss(0, 0.00012), 6),
            )  # fmt: skip
            made += 1


def people_of(place: Place, contacts: Contacts, dialling: str, residents: int, seed: int, today: date) -> list[Person]:
    """Return the residents, home by home. The same seed and day give the same people."""
    rng = Random(f"people:{seed}")
    shares = list(accumulate(one[0] for one in names.ORIGINS))
    landlines = _numbers((dialling, *(one for one in DRAMA if one != dialling)))
    mobiles = (f"{MOBILE}{n:03}" for n in range(KEPT_MOBILES, 1000))
    mails: dict[str, int] = {}
    found: list[Person] = []
    for n, home in enumerate(place.premises):
        left = len(place.premises) - n
        if len(found) >= residents:
            break  # the last homes stand empty
        size = min(max(round(rng.gammavariate(2.2, (residents - len(found)) / left / 2.2)), 1), 7)
        if left == 1:
            size = max(residents - len(found), 1)
        origin = names.ORIGINS[min(bisect(shares, rng.random() * shares[-1]), len(shares) - 1)]
        family, phone = rng.choice(origin[3]), next(landlines)
        for member in range(size):
            if len(found) >= residents:
                break
            age = _age(rng, member)
            given = rng.choice(origin[1] if rng.random() < 0.51 else origin[2])
            own = family if member < 2 or age < 18 or rng.random() < 0.8 else rng.choice(origin[3])
            grown = age >= 16
            online = rng.random() < (0.93 if age < 65 else 0.7 if age < 80 else 0.4)
            mobile = next(mobiles, "") if grown and rng.random() < 0.2 else ""
            needs = tuple(code for code, share in NEEDS if grown and rng.random() < share * (3 if age > 74 else 0.7))
            language = rng.choice(origin[4]) if origin[4] and rng.random() < 0.3 else "en"
            if language != "en" and rng.random() < 0.25:
                needs += ("interpreter",)
            born = today - timedelta(days=round(age * 365.25) + rng.randint(0, 364))
            found.append(
                Person(
                    id=UUID(int=rng.getrandbits(128), version=4), given=given, family=own, born=born, home=home,
                    email=_mail(given, own, mails, rng) if grown and online else "", phone=phone if grown else "",
                    mobile=mobile, language=language, needs=needs,
                    prefers=rng.choice(("email", "email", "", "sms" if mobile else "")) if grown and online else "",
                    weight=rng.gammavariate(contacts.heavy_users, 1) if grown else 0.0, age=age,
                )
            )  # fmt: skip
    return found


def as_customer(person: Person, at: datetime) -> ImportedCustomer:
    """Return a resident as she is imported."""
    points = [("email", person.email), ("phone", person.phone), ("phone", person.mobile)]
    return ImportedCustomer(
        id=person.id, created_at=at, given_name=person.given, family_name=person.family, date_of_birth=person.born,
        points=[point for point in points if point[1]], needs=person.needs, uprn=person.home.uprn,
        address_text=f"{person.home.address}, {person.home.postcode}", area_code=person.home.area_code,
        language=person.language, preferred_channel=person.prefers,
    )  # fmt: skip


def _age(rng: Random, member: int) -> int:
    """Two grown-ups first, then children mostly; old people live in the smaller homes."""
    if member < 2:
        return min(round(rng.triangular(18, 97, 38)), 97)
    return rng.randint(0, 17) if rng.random() < 0.75 else rng.randint(18, 60)


def _numbers(beginnings: Sequence[str]) -> Iterator[str]:
    while True:
        for beginning in beginnings:
            for n in range(1, 1000):  # 000 is the council's own
                yield f"{beginning}{n:03}"


def _mail(given: str, family: str, used: dict[str, int], rng: Random) -> str:
    name = f"{given}.{family}".lower()
    used[name] = used.get(name, 0) + 1
    return f"{name}{used[name] if used[name] > 1 else ''}@{rng.choice(MAIL)}"
