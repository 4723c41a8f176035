"""Residents of a city as six systems hold them, for measuring how well records are linked; who is who is written apart.

Households of every kind live at Leeds's real premises where that list is at hand (streets of our own otherwise). Slips, gaps and
changes come at judged rates for a council's customer records; twins, fathers and sons of one name, shared telephones
and email addresses, students, moves, marriages and names written from other scripts are all there. Nobody in particular:
names are put together at random, telephone numbers begin with 06, which nobody has.
"""

from __future__ import annotations

import csv
import gzip
import random
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from moothall.customers.matching.rules.diminutives import _SHORT
from moothall.interfaces.cli.demo.names import ORIGINS

SYSTEMS = {"electoral": 0.92, "council_tax": 0.6, "library": 0.5, "parking": 0.35, "benefits": 0.25, "rents": 0.25}
RECORDS_A_PERSON = sum(SYSTEMS.values())
RATES = {
    "misspelt": 0.028,
    "swapped": 0.003,
    "nickname": 0.05,
    "old_name": 0.02,
    "dob_missing": 0.45,
    "dob_swapped": 0.004,
    "moved": 0.075,
    "no_uprn": 0.06,
    "no_flat": 0.05,
    "postcode_typo": 0.012,
    "phone_missing": 0.22,
    "phone_old": 0.12,
    "email_missing": 0.4,
    "email_dead": 0.07,
    "initial": 0.03,
    "transliterated": 0.25,
}
"""The share of records, each: the rates of a council's customer records as judged for this project; `transliterated` of the
records of people whose name has several spellings."""
HEADER = [
    "record_id",
    "system",
    "title",
    "given_name",
    "middle_names",
    "family_name",
    "date_of_birth",
    "sex",
    "phone",
    "email",
    "number",
    "street",
    "locality",
    "postcode",
    "uprn",
]
_ORIGIN_AT = list(accumulate(share for share, *_ in ORIGINS))
_ONSET = [
    "b",
    "br",
    "c",
    "ch",
    "cl",
    "d",
    "dr",
    "f",
    "g",
    "gr",
    "h",
    "j",
    "k",
    "l",
    "m",
    "n",
    "p",
    "pr",
    "r",
    "s",
    "sh",
    "st",
    "t",
    "th",
    "tr",
    "w",
]
_NUCLEUS = ["a", "ai", "e", "ea", "ee", "i", "o", "oo", "u"]
_CODA = ["ck", "d", "l", "ll", "m", "n", "nd", "ng", "r", "rd", "rn", "s", "sh", "st", "t", "th", "x"]
_END = ["ton", "ley", "son", "ford", "well", "man", "er", "field", "by", "wood", "worth", "ham", "s", "croft", "bank"]
_SPELT = [
    forms
    for line in _SHORT.split("\n")
    if (forms := line.split())
    and forms[0]
    in {
        "mohammed",
        "ahmed",
        "aisha",
        "fatima",
        "hussain",
        "hassan",
        "yusuf",
        "ibrahim",
        "osman",
        "omar",
        "zainab",
        "khalid",
        "mahmoud",
        "mustafa",
        "tariq",
        "khadija",
    }
]
SPELLINGS = {form: forms for forms in _SPELT for form in forms}
SHORT_FORMS: dict[str, list[str]] = {}
for _line in _SHORT.split("\n"):
    _forms = _line.split()
    if len(_forms) > 1 and _forms[0] not in SPELLINGS:
        SHORT_FORMS[_forms[0]] = _forms[1:4]


class Home(NamedTuple):
    uprn: str
    number: str
    street: str
    locality: str
    postcode: str


class Resident(NamedTuple):
    number: int
    given: str
    middle: str
    family: str
    old_family: str
    born: str
    sex: str
    phone: str
    old_phone: str
    email: str
    home: Home
    old_home: Home
    household: str


def _postcode(chance: random.Random, outcode: str) -> str:
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    return f"{outcode} {chance.randint(1, 9)}{chance.choice(letters)}{chance.choice(letters)}"


def homes(count: int, seed: int, premises: Path | None) -> list[Home]:
    """Homes to live in, in an order of their own: neighbours share a postcode, about twenty doors to one."""
    chance = random.Random(seed)
    found: list[Home] = []
    if premises is not None:
        codes: dict[tuple[str, str, int], str] = {}
        with gzip.open(premises, "rt", encoding="utf-8") as file:
            for at, row in enumerate(csv.DictReader(file)):
                outcode = row["outcode"] or "LS1"
                key = (outcode, row["street"].lower(), at // 25)
                code = codes.get(key) or codes.setdefault(key, _postcode(chance, outcode))
                found.append(Home(row["premises_id"], row["number"], row["street"].title(), row["locality"], code))
        chance.shuffle(found)
    while len(found) < count:
        street = f"{_surname(chance)} {chance.choice(['Road', 'Street', 'Avenue', 'Close', 'Drive', 'Grove'])}"
        outcode = f"LS{chance.randint(1, 28)}"
        code = _postcode(chance, outcode)
        found += [Home(str(7_000_000 + len(found) + n), str(n), street, "Leeds", code) for n in range(1, 24)]
    return found[:count]


def _surname(chance: random.Random) -> str:
    middle = chance.choice(_ONSET) + chance.choice(_NUCLEUS) + chance.choice(_CODA)
    return (middle + (chance.choice(_END) if chance.random() < 0.8 else "")).title()


def residents(people: int, seed: int, premises: Path | None) -> Iterator[Resident]:  # noqa: PLR0915  household by household
    """Yield people, household by household."""
    chance = random.Random(seed)
    pool = homes(max(500, people // 2), seed, premises)
    tail = [_surname(chance) for _ in range(30_000)]
    weights = list(accumulate(1 / (rank + 30) for rank in range(len(tail))))
    made = at_home = 0
    phones = iter(range(1, 10**9))

    def phone() -> str:
        return f"06{next(phones) * 7919 % 10**9:09}"

    while made < people:
        home = pool[at_home % len(pool)]
        old_home = pool[chance.randrange(len(pool))]
        at_home += 1
        _, women, men, families, _ = ORIGINS[
            min(
                len(ORIGINS) - 1,
                next((i for i, at in enumerate(_ORIGIN_AT) if chance.random() * _ORIGIN_AT[-1] < at), 0),
            )
        ]
        family = chance.choice(families) if chance.random() < 0.4 else chance.choices(tail, cum_weights=weights)[0]
        landline = phone()
        kind = chance.choices(
            ["alone", "couple", "family", "twins", "father_and_son", "students", "one_parent"],
            [0.30, 0.27, 0.27, 0.012, 0.02, 0.04, 0.088],
        )[0]
        members: list[tuple[str, str, str, int]] = []  # given, sex, family, year of birth
        adult = chance.randint(1935, 2004)

        def some(sex: str, women: tuple[str, ...] = women, men: tuple[str, ...] = men) -> str:
            return chance.choice(women if sex == "f" else men)

        def family_of_wife(family: str = family, families: tuple[str, ...] = families) -> str:
            return family if chance.random() < 0.75 else chance.choice(families)

        if kind == "alone":
            sex = chance.choice("fm")
            members = [(some(sex), sex, family, adult)]
        elif kind == "couple":
            members = [
                (some("f"), "f", family_of_wife(), adult),
                (some("m"), "m", family, adult + chance.randint(-6, 6)),
            ]
        elif kind == "students":
            members = [
                (
                    some(sex := chance.choice("fm")),
                    sex,
                    chance.choices(tail, cum_weights=weights)[0],
                    chance.randint(2002, 2008),
                )
                for _ in range(chance.randint(3, 6))
            ]
        else:
            adult = min(adult, 1988)
            members = [(some("f"), "f", family_of_wife(), adult)]
            if kind != "one_parent":
                members.append((some("m"), "m", family, adult + chance.randint(-6, 4)))
            if kind == "father_and_son":
                members.append((members[1][0], "m", family, members[1][3] + chance.randint(20, 35)))
            elif kind == "twins":
                born = adult + chance.randint(18, 35)
                one, other = chance.choice("fm"), chance.choice("fm")
                first = second = some(one)
                while second == first:
                    second = some(other)
                members += [(first, one, family, born), (second, other, family, born)]
            else:
                members += [
                    (some(sex := chance.choice("fm")), sex, family, adult + chance.randint(20, 35))
                    for _ in range(chance.randint(1, 2))
                ]
        shared_email = f"{family.lower()}{made}@example.org"
        share_email = chance.random() < 0.08
        day = (chance.randint(1, 12), chance.randint(1, 28))
        for at, (given, sex, surname, year) in enumerate(members):
            month_day = day if kind == "twins" and at >= 2 else (chance.randint(1, 12), chance.randint(1, 28))
            own = share_email and at < 2
            yield Resident(
                made,
                given,
                some(sex) if chance.random() < 0.5 else "",
                surname,
                chance.choice(families) if sex == "f" else surname,
                f"{min(year, 2012):04}-{month_day[0]:02}-{month_day[1]:02}",
                sex,
                landline if chance.random() < 0.35 else phone(),
                phone(),
                shared_email
                if own
                else f"{given.lower()}.{surname.lower()}{made if chance.random() < 0.8 else ''}@example.{chance.choice(['com', 'org', 'net'])}",
                home,
                old_home,
                kind,
            )
            made += 1
            if made >= people:
                return


def _misspell(chance: random.Random, word: str) -> str:
    if len(word) < 3:
        return word
    at = chance.randrange(1, len(word) - 1)
    how = chance.random()
    if how < 0.3:
        return word[:at] + word[at + 1 :]
    if how < 0.55:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    letter = chance.choice("aeiourstln")
    return word[:at] + letter + word[at + (how < 0.8) :]


def records(people: int, seed: int, premises: Path | None) -> Iterator[tuple[list[str], int, str, str]]:
    """Yield (row of HEADER, person, kind of household, what is wrong with the row, words parted by blanks)."""
    chance = random.Random(seed + 1)
    number = 0
    for person in residents(people, seed, premises):
        in_systems = [system for system, share in SYSTEMS.items() if chance.random() < share]
        for system in in_systems or ["electoral"]:
            hit = {kind for kind, rate in RATES.items() if chance.random() < rate}
            number += 1
            row, wrong = _written(chance, person, system, hit)
            yield [f"{system[:3]}{number:07}", system, *row], person.number, person.household, " ".join(sorted(wrong))


def _written(  # noqa: PLR0912  one slip after another
    chance: random.Random, person: Resident, system: str, hit: set[str]
) -> tuple[list[str], set[str]]:
    wrong = set(hit)
    given, family, home = person.given, person.family, person.home
    if "old_name" in hit:
        if person.old_family == family:
            wrong.discard("old_name")
        family = person.old_family
    if "nickname" in hit and (forms := SHORT_FORMS.get(given.lower())):
        given = chance.choice(forms).title()
    else:
        wrong.discard("nickname")
    if "transliterated" in hit and (spellings := SPELLINGS.get(given.lower())):
        given = chance.choice(spellings).title()
    else:
        wrong.discard("transliterated")
    if "misspelt" in hit:
        if chance.random() < 0.5:
            given = _misspell(chance, given)
        else:
            family = _misspell(chance, family)
    if "initial" in hit:
        given = given[:1]
    if "swapped" in hit:
        given, family = family, given
    if "moved" in hit:
        home = person.old_home
    year, month, day = person.born.split("-")
    if "dob_missing" in hit:
        born = ""
        wrong.discard("dob_swapped")
    elif "dob_swapped" in hit and int(day) <= 12 and day != month:
        born = f"{month}/{day}/{year}" if system in {"rents", "benefits"} else f"{year}-{day}-{month}"
    else:
        wrong.discard("dob_swapped")
        born = f"{day}/{month}/{year}" if system in {"rents", "benefits"} else person.born
    number, postcode = home.number, home.postcode
    if "no_flat" in hit and "," in number:
        number = number.rpartition(",")[2].strip()
    else:
        wrong.discard("no_flat")
    if "postcode_typo" in hit:
        postcode = postcode[:-1] + chance.choice("ABDEFGH")
    phone = "" if "phone_missing" in hit else person.old_phone if "phone_old" in hit else person.phone
    email = "" if "email_missing" in hit else f"old.{person.email}" if "email_dead" in hit else person.email
    if system in {"council_tax", "electoral"}:
        given, family = given.upper(), family.upper()
    return [
        ("Mrs" if chance.random() < 0.5 else "Ms") if person.sex == "f" else "Mr",
        given,
        person.middle if chance.random() < 0.3 else "",
        family,
        born,
        person.sex if system in {"benefits", "library"} else "",
        phone,
        email,
        number,
        home.street,
        home.locality,
        postcode,
        "" if "no_uprn" in hit else home.uprn,
    ], wrong


def write_files(folder: Path, size: int, seed: int, premises: Path | None) -> tuple[Path, Path]:
    """Write `records.csv` and, apart, `truth.csv` (record, person, household, what is wrong) of about `size` records."""
    folder.mkdir(parents=True, exist_ok=True)
    said, truth = folder / "records.csv", folder / "truth.csv"
    written = 0
    with said.open("w", newline="") as one, truth.open("w", newline="") as other:
        to_said, to_truth = csv.writer(one), csv.writer(other)
        to_said.writerow(HEADER)
        to_truth.writerow(["record_id", "person", "household", "wrong"])
        for row, person, household, wrong in records(int(size / RECORDS_A_PERSON * 1.02) + 10, seed, premises):
            to_said.writerow(row)
            to_truth.writerow([row[0], person, household, wrong])
            written += 1
            if written == size:
                break
    return said, truth
