"""What the line-of-business systems of the invented borough deliver: mostly the people we know, written their way.

Seeded: the same borough gets the same files. Some names are short or misspelt and some dates missing, so that a few pairs
wait for a person; some people are known to a system and not to us.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final

from moothall.core.actors import SYSTEM
from moothall.customers.actions import ImportedCustomer
from moothall.customers.linking.actions import decide_pair, receive, search_firms
from moothall.customers.linking.actions.deliveries import system_of
from moothall.customers.linking.actions.indexing import index_missing
from moothall.customers.linking.actions.joining import AlreadyOne
from moothall.customers.linking.actions.pairs import DecidedAlready
from moothall.customers.linking.queries.pairs import plainly_one
from moothall.customers.linking.registry import read_file

SHARES: Final = {
    "council-tax": 120, "housing-rents": 50, "library": 60, "parking": 20, "waste": 30, "electoral": 30, "benefits": 30,
    "social-care": 12,
}  # fmt: skip
"""How many residents each system holds here: enough to look round in, few enough to be there at once."""
FIRMS: Final = (
    ("MARKET PLACE BAKERY LIMITED", "The Corner Café", "99000101", "", 0), ("Market Place Bakery Ltd", "", "99000101", "", 1),
    ("Market Place Bakery", "The Corner Cafe", "", "", 0), ("Valley Motors (Repairs) Ltd", "", "99000102", "", 2),
    ("VALLEY MOTORS REPAIRS LIMITED", "", "99000102.0", "", 3), ("Bright & Dunne LLP", "", "OC990103", "", 4),
    ("Friends of the Old Reading Room", "", "", "9900104", 5), ("St Aidan’s Preschool CIO", "", "", "9900105", 6),
)  # fmt: skip
"""Name, the name it trades under, company and charity number, and which of a few streets it is in."""
Row = dict[str, Any]


def bring_records(
    people: Sequence[ImportedCustomer], told: Sequence[ImportedCustomer], *, seed: int, at: datetime
) -> dict[str, int]:
    """Let the systems deliver, each in its own format. The people of the stories are known to all but social care.

    Pairs with the same name at the same address have been looked at already; the others wait for somebody.
    """
    index_missing()
    rng = Random(f"records:{seed}")
    grown = [one for one in people if one.date_of_birth and (at.date() - one.date_of_birth).days > 18 * 365]
    brought = 0
    for code, count in SHARES.items():
        chosen = rng.sample(grown, min(count, len(grown)))
        held = chosen if code == "social-care" else [*told, *chosen]
        content = WRITERS[code]([_as_held(one, rng, plain=one in told) for one in held], at.date(), rng)
        as_of = at - timedelta(days=rng.randint(1, 6))
        done = receive(code, read_file(content, system_of(code)), how="file", name=f"{code}-{as_of:%Y%m%d}", as_of=as_of,
                       by=SYSTEM, at=at)  # fmt: skip
        brought += done.new
    brought += bring_firms(grown, seed=seed, at=at)
    for pair_id in plainly_one():
        with suppress(DecidedAlready, AlreadyOne):
            decide_pair(pair_id, decision="joined", reason="Same name at the same address; asked by telephone.", by=SYSTEM,
                        at=at)  # fmt: skip
    return {"records": brought}


def bring_firms(people: Sequence[ImportedCustomer], *, seed: int, at: datetime) -> int:
    """Let business rates deliver the firms and charities of a few streets. Their numbers are none of the register's.

    The bakery has two shops, which its number joins, and an old account without one, which waits for a person.
    """
    rng = Random(f"firms:{seed}")
    streets = [one.address_text for one in rng.sample(people, min(len(people), 8)) if one.address_text]
    if not streets:
        return 0
    rows = []
    for n, (name, trading, company, charity, place) in enumerate(FIRMS):
        text, _, postcode = streets[place % len(streets)].rpartition(", ")
        rateable = rng.randint(20, 400) * 100
        rows.append({
            "ACCOUNT_NO": f"8{n:05}0", "LIABLE_ORGANISATION": name, "TRADING_AS": trading, "COMPANY_NO": company,
            "CHARITY_NO": charity, "PROP_ADDR1": text, "PROP_POSTCODE": postcode, "RATEABLE_VALUE": f"{rateable}.00",
            "BALANCE": f"{rateable // 4}.00", "NEXT_INSTALMENT": f"{rateable // 24}.00",
            "NEXT_DUE": _day((at.date().replace(day=1) + timedelta(days=32)).replace(day=1), "%d/%m/%Y"),
        })  # fmt: skip
    code, as_of = "business-rates", at - timedelta(days=2)
    lot = read_file(_csv(rows), system_of(code))
    done = receive(code, lot, how="file", name=f"{code}-{as_of:%Y%m%d}", as_of=as_of, by=SYSTEM, at=at)
    search_firms(by=SYSTEM, at=at)
    return done.new


def _as_held(one: ImportedCustomer, rng: Random, *, plain: bool) -> Row:
    """One resident as a clerk of another system once typed her."""
    given, family, born = one.given_name, one.family_name, one.date_of_birth
    slip = 1.0 if plain else rng.random()
    if slip < 0.05 and len(family) > 4:
        place = rng.randint(1, len(family) - 3)
        family = family[:place] + family[place + 1] + family[place] + family[place + 2 :]
    elif slip < 0.10:
        given = given[:1]
    elif slip < 0.16:
        born = None
    elif slip < 0.20:
        given = rng.choice(("Sam", "Alex", "Robin", "Jo"))
        born = born.replace(year=born.year - rng.randint(2, 30), day=1) if born else None
    text, _, postcode = one.address_text.rpartition(", ")
    phone = next((value for kind, value in one.points if kind == "phone"), "")
    email = next((value for kind, value in one.points if kind == "email"), "")
    return {"title": one.title, "given": given, "family": family, "born": born, "uprn": str(one.uprn or ""), "address": text,
            "postcode": postcode, "phone": phone, "email": email, "key": rng.randint(100_000, 999_999)}  # fmt: skip


def _csv(rows: Sequence[Row], separator: str = ",") -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def _day(value: date | None, shape: str) -> str:
    return value.strftime(shape) if value else ""


def _council_tax(people: Sequence[Row], today: date, rng: Random) -> bytes:
    rows = []
    for n, one in enumerate(people):
        monthly = rng.randint(90, 240)
        rows.append({
            "ACCOUNT_REF": f"7{n:05}{one['key'] % 100:02}", "LIABLE_TITLE": one["title"],
            "LIABLE_FORENAME": one["given"].upper(),
            "LIABLE_SURNAME": one["family"].upper(), "DATE_OF_BIRTH": _day(one["born"], "%d/%m/%Y"), "UPRN": one["uprn"],
            "ADDR1": one["address"], "POSTCODE": one["postcode"], "TELEPHONE": one["phone"],
            "BALANCE": f"{monthly * rng.randint(0, 6)}.{rng.randint(0, 99):02}", "NEXT_INSTALMENT": f"{monthly}.00",
            "NEXT_DUE": _day((today.replace(day=1) + timedelta(days=32)).replace(day=1), "%d/%m/%Y"),
        })  # fmt: skip
    return _csv(rows)


def _benefits(people: Sequence[Row], today: date, rng: Random) -> bytes:
    lines = [
        f"B{n:07}  A{one['family'].upper():<30.30}{one['given'].upper():<30.30}{_day(one['born'], '%d%m%Y'):<8}"
        f"{one['address']:<80.80}{one['postcode']:<8.8}{one['phone']:<15.15}{rng.randint(1800, 14000):08}"
        f"{_day(today + timedelta(days=rng.randint(20, 300)), '%d%m%Y')}"
        for n, one in enumerate(people)
    ]
    return "\r\n".join(lines).encode()


def _rents(people: Sequence[Row], today: date, rng: Random) -> bytes:
    return json.dumps([
        {"tenancy": {"id": f"T{n:05}", "officer": rng.choice(("J. Hale", "S. Khan", "P. Moss")), "ended": False},
         "tenant": {"name": f"{one['given']} {one['family']}", "born": _day(one["born"], "%Y-%m-%d"),
                    "phones": [one["phone"]],
                    "email": one["email"]},
         "property": {"uprn": one["uprn"], "line1": one["address"], "postcode": one["postcode"]},
         "rent": {"balance_pence": rng.choice((0, 0, 0, rng.randint(500, 60_000)))}}
        for n, one in enumerate(people)
    ]).encode()  # fmt: skip


def _electoral(people: Sequence[Row], today: date, rng: Random) -> bytes:
    return _csv([
        {"Elector Number": n + 1, "Elector Name": f"{one['family']}, {one['given']}", "UPRN": one["uprn"],
         "Address1": one["address"], "PostCode": one["postcode"], "PD": f"P{n % 9 + 1}"}
        for n, one in enumerate(people)
    ])  # fmt: skip


def _library(people: Sequence[Row], today: date, rng: Random) -> bytes:
    lines = [
        json.dumps({"barcode": f"L{n:06}", "first_name": one["given"], "last_name": one["family"],
                    "birth_date": _day(one["born"], "%Y-%m-%d"), "street": one["address"], "zip": one["postcode"],
                    "email": one["email"], "loans": rng.randint(0, 6), "charges_pence": rng.choice((0, 0, 0, 120, 480)),
                    "deleted": False})
        for n, one in enumerate(people)
    ]  # fmt: skip
    return "\n".join(lines).encode()


def _parking(people: Sequence[Row], today: date, rng: Random) -> bytes:
    return _csv([
        {"PermitHolderId": f"P{n:05}", "HolderName": f"{one['title']} {one['given']} {one['family']}".strip(),
         "HolderAddress": one["address"], "HolderPostcode": one["postcode"], "HolderPhone": one["phone"],
         "HolderEmail": one["email"], "PermitNo": f"R{rng.randint(1000, 9999)}",
         "VRM": f"YD{rng.randint(10, 25)} {''.join(rng.choices('ABCDEFGH', k=3))}",
         "ValidTo": _day(today + timedelta(days=rng.randint(5, 360)), "%d-%b-%Y")}
        for n, one in enumerate(people)
    ], ";")  # fmt: skip


def _waste(people: Sequence[Row], today: date, rng: Random) -> bytes:
    return _csv([
        {"subscription": f"G{n:05}", "first_name": one["given"], "last_name": one["family"], "uprn": one["uprn"],
         "address": one["address"], "postcode": one["postcode"], "phone": one["phone"], "email": one["email"],
         "ends": _day(today.replace(month=3, day=31) + timedelta(days=365), "%Y-%m-%d")}
        for n, one in enumerate(people)
    ])  # fmt: skip


def _social_care(people: Sequence[Row], today: date, rng: Random) -> bytes:
    return json.dumps([
        {"id": f"SC{n:05}", "forename": one["given"], "surname": one["family"], "dob": _day(one["born"], "%Y-%m-%d"),
         "uprn": one["uprn"], "address": one["address"], "postcode": one["postcode"], "phone": one["phone"],
         "key_worker": rng.choice(("M. Levy", "D. Amin")), "review_on": _day(today + timedelta(days=90), "%Y-%m-%d"),
         "closed": False}
        for n, one in enumerate(people)
    ]).encode()  # fmt: skip


WRITERS: Final = {
    "council-tax": _council_tax, "benefits": _benefits, "housing-rents": _rents, "electoral": _electoral, "library": _library,
    "parking": _parking, "waste": _waste, "social-care": _social_care,
}  # fmt: skip
