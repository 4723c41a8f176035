"""How long it takes to find one person among SIZE, by what an adviser would type: milliseconds, and how often she is listed.

Invented people come in by `import_customers` into a database of its own, kept in `.moothall/bench-people-SIZE` for the next
run; `find_customers` is asked in process for lines made from people drawn at random, names with a slip of the finger. Names
follow Zipf's law over 3,000 given and 40,000 family names, as real ones roughly do; addresses lie in 14,000 streets.
`…_listed_percent`: in how many of a hundred searches the person was among the twenty lines shown.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

GIVEN = [
    "mohammed",
    "david",
    "john",
    "sarah",
    "amina",
    "paul",
    "susan",
    "james",
    "emma",
    "ali",
    "fatima",
    "robert",
    "joan",
    "peter",
    "claire",
    "aisha",
    "grace",
]
FAMILY = [
    "smith",
    "jones",
    "khan",
    "taylor",
    "ahmed",
    "brown",
    "wilson",
    "hussain",
    "patel",
    "williams",
    "johnson",
    "walker",
    "wright",
    "robinson",
    "dunn",
]
ONSETS = [
    "b",
    "br",
    "c",
    "ch",
    "cl",
    "d",
    "dr",
    "f",
    "fl",
    "g",
    "gr",
    "h",
    "j",
    "k",
    "kh",
    "l",
    "m",
    "n",
    "p",
    "pr",
    "r",
    "s",
    "sh",
    "sl",
    "st",
    "t",
    "th",
    "tr",
    "v",
    "w",
    "y",
    "z",
]
VOWELS = ["a", "e", "i", "o", "u", "ai", "ee", "ea", "oo", "ou"]
ENDS = [
    "",
    "n",
    "l",
    "r",
    "s",
    "th",
    "ck",
    "ng",
    "m",
    "rd",
    "nt",
    "ll",
    "son",
    "ton",
    "ley",
    "man",
    "ova",
    "ski",
    "wood",
]


def invented(known: list[str], count: int, dice: random.Random) -> list[str]:
    """Return `count` words that could be names, the known ones first."""
    words = dict.fromkeys(known)
    while len(words) < count:
        syllables = "".join(dice.choice(ONSETS) + dice.choice(VOWELS) for _ in range(dice.choice((1, 1, 2, 2, 3))))
        words[syllables + dice.choice(ENDS)] = None
    return list(words)


def zipf(words: list[str], dice: random.Random, flat: float) -> Callable[[], str]:
    """Return a drawer of words whose chance falls with their place; `flat` keeps the first from being everybody's."""
    weights = list(accumulate(1 / (place + flat) for place in range(len(words))))
    return lambda: dice.choices(words, cum_weights=weights)[0]


def people(count: int, seed: int = 7) -> Iterator[Any]:
    """Yield invented people, always the same for a seed."""
    from moothall.core import clock
    from moothall.customers.actions import ImportedCustomer

    dice = random.Random(seed)
    given, family = zipf(invented(GIVEN, 3_000, dice), dice, 20), zipf(invented(FAMILY, 40_000, dice), dice, 60)
    streets = [
        f"{name.title()} {dice.choice(('Road', 'Street', 'Lane', 'Avenue', 'Close'))}"
        for name in invented([], 14_000, dice)
    ]
    now = clock.now()
    for number in range(count):
        street = dice.randrange(len(streets))
        outward, inward = (
            f"LS{street % 29 + 1}",
            f"{street % 10}{'ABDEFGHJLN'[street // 10 % 10]}{'ABDEFGHJLN'[street // 100 % 10]}",
        )
        points = [
            ("phone", f"07{700_900_000 + number % 1000:09d}" if number % 50 == 0 else f"07{number % 1_000_000_000:09d}")
        ]
        if number % 3:
            points.append(("email", f"person{number}@example.org"))
        yield ImportedCustomer(
            created_at=now, given_name=given().title(), family_name=family().title(), points=points,
            date_of_birth=date(1935, 1, 1) + timedelta(days=dice.randrange(28_000)), uprn=72_000_000 + number // 2,
            address_text=f"{dice.randrange(1, 200)} {streets[street]}, Leeds {outward} {inward}",
        )  # fmt: skip


def slip(word: str, dice: random.Random) -> str:
    """Return the word with one slip of the finger."""
    if len(word) < 4:
        return word
    at = dice.randrange(1, len(word) - 1)
    return dice.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + dice.choice("aeinorst") + word[at + 1 :],
        )
    )


KINDS: dict[str, Callable[[Any, random.Random], str]] = {
    "name": lambda p, d: f"{p.given_name} {p.family_name}",
    "name with a slip": lambda p, d: f"{p.given_name} {slip(p.family_name.lower(), d)}",
    "slips in both names": lambda p, d: f"{slip(p.given_name.lower(), d)} {slip(p.family_name.lower(), d)}",
    "family name": lambda p, d: p.family_name,
    "family name with a slip": lambda p, d: slip(p.family_name.lower(), d),
    "family name with a slip, postcode": lambda p, d: (
        f"{slip(p.family_name.lower(), d)} {' '.join(p.address_text.split()[-2:])}"
    ),
    "name with a slip, half a postcode": lambda p, d: (
        f"{p.given_name} {slip(p.family_name.lower(), d)} {p.address_text.split()[-2]}"
    ),
    "family name with a slip, born": lambda p, d: f"{slip(p.family_name.lower(), d)} {p.date_of_birth:%d/%m/%Y}",
    "family name with a slip, street": lambda p, d: f"{slip(p.family_name.lower(), d)} {p.address_text.split()[1]}",
    "house and street": lambda p, d: " ".join(p.address_text.split(",")[0].split()),
    "postcode": lambda p, d: " ".join(p.address_text.split()[-2:]),
    "telephone": lambda p, d: p.contact_points.all()[0].shown,
    "email": lambda p, d: next(
        (c.shown for c in p.contact_points.all() if c.kind == "email"), p.contact_points.all()[0].shown
    ),
    "reference": lambda p, d: p.reference,
    "uprn": lambda p, d: f"uprn {p.uprn}",
}


SIZE = 1_000_000
EACH = 200


def run(size: int) -> dict[str, Any]:
    """Bring `size` people in unless they are there, and measure."""
    from moothall.core.postgres import Cluster

    cluster = Cluster(ROOT / ".moothall" / f"bench-people-{size}")
    os.environ |= {"DATABASE_URL": cluster.start(), "MOOTHALL_MODE": "demo", "MOOTHALL_DB_POOL": "0"}
    os.environ["DJANGO_SETTINGS_MODULE"] = "moothall.config.settings"
    try:
        import django

        django.setup()
        return {**prepare(size), **measure()}
    finally:
        cluster.stop()


def prepare(size: int) -> dict[str, Any]:
    """Migrate and bring the people in, unless they are there."""
    from django.core.management import call_command
    from django.db import connection

    from moothall.core import clock
    from moothall.core.actors import SYSTEM
    from moothall.customers.actions import import_customers
    from moothall.customers.models import Customer

    call_command("migrate", verbosity=0, interactive=False)
    began = time.perf_counter()
    if not Customer.objects.exists():
        import_customers(people(size), by=SYSTEM, at=clock.now())
    loaded = time.perf_counter() - began
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("SELECT pg_total_relation_size('customers_customer'), (SELECT count(*) FROM customers_nameword)")
        row = cursor.fetchone()
    return {"load_seconds": round(loaded, 1), "customers_megabytes": row[0] // 1_048_576, "words": row[1]}


def measure() -> dict[str, float]:
    """Return for each way of typing the median and the 95th of a hundred, in milliseconds, and the share listed."""
    from moothall.core.actors import Actor, ActorKind
    from moothall.customers.models import Customer
    from moothall.customers.queries import find_customers

    adviser = Actor(ActorKind.STAFF, permissions=frozenset({"customer.search"}))
    dice = random.Random(11)
    total = Customer.objects.count()
    known = Customer.objects.order_by("uprn", "id").prefetch_related("contact_points")
    drawn = [known.filter(uprn__gte=72_000_000 + dice.randrange(max(1, total // 2))).first() for _ in range(EACH)]
    figures = {}
    for kind, typed in KINDS.items():
        taken, listed = [], 0
        for number, person in enumerate(drawn):
            line = typed(person, dice)
            began = time.perf_counter()
            found = find_customers(line, adviser)
            if number >= 5:  # the first few warm the caches
                taken.append((time.perf_counter() - began) * 1000)
            listed += any(person is not None and one.id == person.id for one in found)
        taken.sort()
        name = kind.replace(",", "").replace(" ", "_")
        figures[f"{name}_ms_p50"] = round(taken[len(taken) // 2], 1)
        figures[f"{name}_ms_p95"] = round(taken[int(len(taken) * 0.95)], 1)
        figures[f"{name}_listed_percent"] = round(100 * listed / len(drawn), 1)
    return figures
