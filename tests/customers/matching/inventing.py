"""People invented for the tests, like and unlike each other in every way that is compared."""

from __future__ import annotations

import random

from moothall.customers.matching.rules import Person, standardise

_GIVEN = (
    "Robert Bob Rob Amina Ameena Siân Sian John Jon Jo Mary Marie Alexander Alexandra Alex Łukasz J A Muhammad Mohammed "
    "Chris Jane Roberta Smith"
)
_FAMILY = (
    "Smith Smyth Smithe Jones Jonas O'Brien OBrien Dunn Dunne Patel Smith-Jones Robert Amina Kowalski Kowalska Nguyen Ó"
)
GIVEN, FAMILY = _GIVEN.split(), _FAMILY.split()
STREETS = ["High Street", "High St", "Hugh Street", "Mill Lane", "Mill Lan", "Long Row", "Otley Road"]
PLACES = ["Leeds", "Leed", "Headingley", "Otley"]


def invent_people(count: int, seed: int) -> list[tuple[str, str, Person]]:
    """Return (record, source, person), as many as asked, the same for the same seed."""
    chance = random.Random(seed)

    def maybe(text: str, share: float = 0.75) -> str:
        return text if chance.random() < share else ""

    found = []
    for at in range(count):
        said = {
            "given_name": maybe(" ".join(chance.sample(GIVEN, chance.choice([1, 1, 1, 2]))), 0.92),
            "family_name": maybe(chance.choice(FAMILY) + chance.choice(["", "", "", " Jr", " Snr"]), 0.92),
            "date_of_birth": maybe(
                f"{chance.choice([1984, 1985, 1974, 1921])}-{chance.randint(3, 5):02}-{chance.randint(3, 5):02}", 0.85
            ),
            "sex": maybe(chance.choice("mf"), 0.5),
            "phone": maybe(f"07700 9000{chance.randint(10, 25)}", 0.6),
            "mobile": maybe(f"07700 9000{chance.randint(10, 25)}", 0.2),
            "email": maybe(
                f"{chance.choice(GIVEN)}{chance.randint(1, 3)}@{chance.choice(['example.com', 'example.org'])}".lower(),
                0.5,
            ),
            "uprn": maybe(str(1000 + chance.randint(1, 12)), 0.4),
            "number": maybe(str(chance.randint(1, 5)), 0.8),
            "street": maybe(chance.choice(STREETS), 0.7),
            "locality": maybe(chance.choice(PLACES), 0.7),
            "postcode": maybe(
                f"{chance.choice(['LS6', 'LS7', 'BD1'])} {chance.randint(1, 2)}A{chance.choice('AB')}", 0.7
            ),
            "id_number": maybe(f"QQ{123450 + chance.randint(0, 30)}A", 0.4),
            "other": maybe(chance.choice(["painter", "paintre", "baker", "teacher"]), 0.5),
            "other_2": maybe(chance.choice(["yorkshire", "yorkshir", "kent"]), 0.5),
        }
        found.append((f"r{at:05}", chance.choice(["tax", "rents"]), standardise(said)))
    return found
