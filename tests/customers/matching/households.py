"""A corpus of households, who share what people of one household share. Every kind is named.

`HOUSEHOLDS`: two people, a record each. `SEVERAL`: three records and more, of several systems, each with its person. Nobody
of one household is ever to be joined with another by the machine, whatever weights it was taught. `ONE_PERSON`: who is.
"""

from __future__ import annotations

import random
from typing import Final

Said = dict[str, str]
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
HOME: Final = {"uprn": "100001", "number": "12", "street": "Mill Lane", "locality": "Leeds", "postcode": "LS6 2AB"}
SHARED: Final = {
    **HOME,
    "phone": "0113 496 0123",
    "mobile": "07700 900123",
    "email": "thedunns@example.com",
    "family_name": "Dunn",
}
MOVED: Final = {"uprn": "200002", "number": "7", "street": "Long Row", "postcode": "LS9 8ZZ"}


def housed(at: int, said: Said) -> Said:
    """The household in a home and with a name of its own, so that only those of one kind can be taken for one another."""
    own = dict(said)
    name = "".join(random.Random(at).choices(_LETTERS, k=7)).title() + SHARED["family_name"].lower()
    for key in ("family_name", "given_name"):
        if own.get(key):
            own[key] = own[key].replace(SHARED["family_name"], name)
    if own.get("family_name") and own["family_name"] != name and own.get("given_name") != name:
        own["family_name"] = "".join(random.Random(at).choices(_LETTERS, k=7)).title() + own["family_name"].lower()
    own |= {key: f"{own[key]}{at:02}" for key in ("uprn",) if own.get(key)}
    own |= {key: own[key][:-2] + f"{at:02}" for key in ("phone", "mobile") if own.get(key)}
    if own.get("email"):
        own["email"] = f"house{at}@example.com"
    if own.get("street"):
        own["street"] = f"{_LETTERS[at % 26] * 3}{at} {own['street']}"
    return {key: value for key, value in own.items() if value}


def _pair(one: Said, other: Said) -> tuple[Said, Said]:
    return {**SHARED, **one}, {**SHARED, **other}


HOUSEHOLDS: Final[dict[str, tuple[Said, Said]]] = {
    "spouses": _pair(
        {"given_name": "Amina", "date_of_birth": "1984-04-03", "sex": "f"},
        {"given_name": "Peter", "date_of_birth": "1982-11-19", "sex": "m"},
    ),
    "spouses whose dates of birth nobody asked": _pair({"given_name": "Amina"}, {"given_name": "Peter"}),
    "spouses with names alike": _pair(
        {"given_name": "Paul", "date_of_birth": "1984-04-03"}, {"given_name": "Paula", "date_of_birth": "1984-09-13"}
    ),
    "spouses with names alike and no dates": _pair({"given_name": "Francis"}, {"given_name": "Frances"}),
    "spouses known by an initial": _pair({"given_name": "A"}, {"given_name": "Amina", "date_of_birth": "1984-04-03"}),
    "spouses, both A by initial": _pair({"given_name": "A", "sex": "m"}, {"given_name": "A", "sex": "f"}),
    "spouses born on one day": _pair(
        {"given_name": "Amina", "date_of_birth": "1984-04-03"}, {"given_name": "Peter", "date_of_birth": "1984-04-03"}
    ),
    "twins": _pair(
        {"given_name": "Emily", "date_of_birth": "2011-05-06"}, {"given_name": "Oliver", "date_of_birth": "2011-05-06"}
    ),
    "twins with names alike": _pair(
        {"given_name": "Jayden", "date_of_birth": "2011-05-06"}, {"given_name": "Kayden", "date_of_birth": "2011-05-06"}
    ),
    "twins a letter apart": _pair(
        {"given_name": "Ella", "date_of_birth": "2011-05-06"}, {"given_name": "Elsa", "date_of_birth": "2011-05-06"}
    ),
    "twins, one name within the other": _pair(
        {"given_name": "Jan", "date_of_birth": "2011-05-06"}, {"given_name": "Jane", "date_of_birth": "2011-05-06"}
    ),
    "twins, boy and girl of one name": _pair(
        {"given_name": "Alexander", "date_of_birth": "2011-05-06", "sex": "m"},
        {"given_name": "Alexandra", "date_of_birth": "2011-05-06", "sex": "f"},
    ),
    "twins with one short name between them": _pair(
        {"given_name": "Alex", "date_of_birth": "2011-05-06", "sex": "m"},
        {"given_name": "Alexandra", "date_of_birth": "2011-05-06", "sex": "f"},
    ),
    "twins with forms of one name": _pair(
        {"given_name": "Jean", "date_of_birth": "2011-05-06"}, {"given_name": "Joan", "date_of_birth": "2011-05-06"}
    ),
    "twins told apart by the second name": _pair(
        {"given_name": "Mohammed Ali", "date_of_birth": "2011-05-06"},
        {"given_name": "Mohammed Hassan", "date_of_birth": "2011-05-06"},
    ),
    "twins with each other's second name": _pair(
        {"given_name": "Anna Marie", "date_of_birth": "2011-05-06"},
        {"given_name": "Marie Anna", "date_of_birth": "2011-05-06"},
    ),
    "twins, one of them by initial": _pair(
        {"given_name": "J", "date_of_birth": "2011-05-06"}, {"given_name": "Jayden", "date_of_birth": "2011-05-06"}
    ),
    "twins with names that nobody else bears": _pair(
        {"given_name": "Zayvion", "date_of_birth": "2011-05-06"},
        {"given_name": "Xayvion", "date_of_birth": "2011-05-06"},
    ),
    "twins, one name common, one that nobody else bears": _pair(
        {"given_name": "Ella", "date_of_birth": "2011-05-06"}, {"given_name": "Ellia", "date_of_birth": "2011-05-06"}
    ),
    "twins, one by a form of the name that nobody else bears": _pair(
        {"given_name": "Alexander", "date_of_birth": "2011-05-06"},
        {"given_name": "Alexandria", "date_of_birth": "2011-05-06"},
    ),
    "twins told apart by second names with one letter first": _pair(
        {"given_name": "Mohammed Ali", "date_of_birth": "2011-05-06"},
        {"given_name": "Mohammed Ahmed", "date_of_birth": "2011-05-06"},
    ),
    "twins told apart by the first of two second names": _pair(
        {"given_name": "Mohammed Ali Khan", "date_of_birth": "2011-05-06"},
        {"given_name": "Mohammed Hassan Khan", "date_of_birth": "2011-05-06"},
    ),
    "twins, one with the names in the wrong boxes": _pair(
        {"given_name": "Dunn", "family_name": "Anna", "date_of_birth": "2011-05-06"},
        {"given_name": "Marie", "date_of_birth": "2011-05-06"},
    ),
    "father and son of one name": _pair(
        {"given_name": "John", "date_of_birth": "1956-02-07"}, {"given_name": "John", "date_of_birth": "1984-09-12"}
    ),
    "father and son of one name, one date not known": _pair(
        {"given_name": "John", "date_of_birth": "1956-02-07"}, {"given_name": "John"}
    ),
    "father and son of one name, no dates": _pair({"given_name": "John"}, {"given_name": "John"}),
    "father and son, a figure of the year apart": _pair(
        {"given_name": "John", "date_of_birth": "1956-02-07"}, {"given_name": "John", "date_of_birth": "1986-02-07"}
    ),
    "father and son born on one day of the year": _pair(
        {"given_name": "John", "date_of_birth": "1956-02-07"}, {"given_name": "John", "date_of_birth": "1984-02-07"}
    ),
    "father and son, elder and younger": _pair(
        {"full_name": "John Dunn Snr", "family_name": ""}, {"full_name": "John Dunn Jnr", "family_name": ""}
    ),
    "father and son, a date that stands for not known": _pair(
        {"given_name": "John", "date_of_birth": "01/01/1900"}, {"given_name": "John", "date_of_birth": "01/01/1900"}
    ),
    "father and son, one by the short name": _pair(
        {"given_name": "Robert", "date_of_birth": "1956-02-07"}, {"given_name": "Bobby", "date_of_birth": "1984-09-12"}
    ),
    "mother and daughter of one name": _pair(
        {"given_name": "Mary", "date_of_birth": "1956-02-07", "sex": "f"},
        {"given_name": "Mary", "date_of_birth": "1984-09-12", "sex": "f"},
    ),
    "brothers a year apart": _pair(
        {"given_name": "James", "date_of_birth": "2011-05-06"}, {"given_name": "John", "date_of_birth": "2012-05-16"}
    ),
    "brothers born on one day, years apart": _pair(
        {"given_name": "Jamie", "date_of_birth": "2011-05-06"}, {"given_name": "Jamil", "date_of_birth": "2013-05-06"}
    ),
    "carer who gave her own telephone and email": _pair(
        {"given_name": "Doris", "date_of_birth": "1938-01-30"},
        {"given_name": "Carol", "family_name": "Webb", "date_of_birth": "1966-08-21", **MOVED},
    ),
    "carer and cared for, no dates": _pair({"given_name": "Doris"}, {"given_name": "Carol", "family_name": "Webb"}),
    "students of one house": _pair(
        {"given_name": "Wei", "family_name": "Zhang", "date_of_birth": "2004-03-02"},
        {"given_name": "Wei", "family_name": "Wang", "date_of_birth": "2004-08-02"},
    ),
    "house-mates of one name, born in one month": _pair(
        {"given_name": "Wei", "family_name": "Zhang", "date_of_birth": "2004-03-02"},
        {"given_name": "Wei", "family_name": "Zhang", "date_of_birth": "2004-03-12"},
    ),
    "house-mates of one name": _pair(
        {"given_name": "Wei", "family_name": "Zhang", "date_of_birth": "2004-03-02"},
        {"given_name": "Wei", "family_name": "Zhang", "date_of_birth": "2005-11-23"},
    ),
    "letting agent with everybody's telephone": _pair(
        {"given_name": "Amina", "date_of_birth": "1984-04-03"},
        {"given_name": "Mark", "family_name": "Hill", "date_of_birth": "1971-07-07"},
    ),
    "only email and telephone shared": (
        {"email": "thedunns@example.com", "phone": "07700 900123", "given_name": "Amina", "family_name": "Dunn"},
        {"email": "thedunns@example.com", "phone": "07700 900123", "family_name": "Dunn"},
    ),
    "nothing but email": ({"email": "thedunns@example.com"}, {"email": "thedunns@example.com"}),
    "nothing but telephone": ({"phone": "07700 900123"}, {"phone": "07700 900123"}),
}

ONE_PERSON: Final[dict[str, tuple[Said, Said]]] = {
    "the same, said twice": _pair(
        {"given_name": "Amina", "date_of_birth": "1984-04-03"}, {"given_name": "AMINA", "date_of_birth": "03/04/1984"}
    ),
    "moved, with her telephone": _pair(
        {"given_name": "Amina", "date_of_birth": "1984-04-03"},
        {"given_name": "Amina", "date_of_birth": "1984-04-03", **MOVED},
    ),
    "married": _pair(
        {"given_name": "Amina", "date_of_birth": "1984-04-03"},
        {"given_name": "Amina", "date_of_birth": "1984-04-03", "family_name": "Oyelaran"},
    ),
    "day and month swapped": _pair(
        {"given_name": "Amina", "date_of_birth": "1984-04-03"}, {"given_name": "Amina", "date_of_birth": "1984-03-04"}
    ),
    "names in the wrong boxes": _pair(
        {"given_name": "Amina", "date_of_birth": "1984-04-03"},
        {"given_name": "Dunn", "family_name": "Amina", "date_of_birth": "1984-04-03"},
    ),
    "second name by its initial": _pair(
        {"given_name": "Amina Ruth", "date_of_birth": "1984-04-03"},
        {"given_name": "Amina R", "date_of_birth": "1984-04-03"},
    ),
}


def _several(*records: tuple[str, int, Said]) -> tuple[tuple[str, int, Said], ...]:
    return tuple((system, who, {**SHARED, **said}) for system, who, said in records)


TAX, LIBRARY, RENTS, PARKING, WASTE = "council-tax", "library", "housing-rents", "parking", "waste"
_ELDER, _YOUNGER, _TWINS = "1956-02-07", "1984-09-12", "2011-05-06"

# System, which of the people it speaks of, what it says. In the order in which they come.
SEVERAL: Final[dict[str, tuple[tuple[str, int, Said], ...]]] = {
    "twins, and a record without the second name": _several(
        (TAX, 1, {"given_name": "Mohammed", "date_of_birth": _TWINS}),
        (LIBRARY, 1, {"given_name": "Mohammed Ali", "date_of_birth": _TWINS}),
        (RENTS, 2, {"given_name": "Mohammed Hassan", "date_of_birth": _TWINS}),
    ),
    "twins in two systems each": _several(
        (LIBRARY, 1, {"given_name": "Mohammed Ali", "date_of_birth": _TWINS}),
        (LIBRARY, 2, {"given_name": "Mohammed Hassan", "date_of_birth": _TWINS}),
        (RENTS, 1, {"given_name": "Mohammed Ali", "date_of_birth": _TWINS}),
        (TAX, 2, {"given_name": "Mohammed Hassan", "date_of_birth": _TWINS}),
    ),
    "twins with names alike, and one between": _several(
        (TAX, 1, {"given_name": "Ella", "date_of_birth": _TWINS}),
        (LIBRARY, 2, {"given_name": "Elsa", "date_of_birth": _TWINS}),
        (RENTS, 3, {"given_name": "Ellsa", "date_of_birth": _TWINS}),
    ),
    "twins, and a short name for both": _several(
        (TAX, 1, {"given_name": "Christopher", "date_of_birth": _TWINS}),
        (LIBRARY, 2, {"given_name": "Christine", "date_of_birth": _TWINS}),
        (RENTS, 3, {"given_name": "Chris", "date_of_birth": _TWINS}),
    ),
    "twins with forms of one name, three systems knowing one": _several(
        (TAX, 1, {"given_name": "Jean", "date_of_birth": _TWINS}),
        (LIBRARY, 1, {"given_name": "Jean", "date_of_birth": _TWINS}),
        (RENTS, 1, {"given_name": "Jean", "date_of_birth": _TWINS}),
        (PARKING, 2, {"given_name": "Joan"}),
        (WASTE, 2, {"given_name": "Joan"}),
    ),
    "father in three systems, son of his name without a date in a fourth": _several(
        (TAX, 1, {"given_name": "John", "date_of_birth": _ELDER}),
        (RENTS, 1, {"given_name": "John", "date_of_birth": _ELDER}),
        (LIBRARY, 1, {"given_name": "John", "date_of_birth": _ELDER}),
        (PARKING, 2, {"given_name": "John"}),
    ),
    "father in two systems, son of his name in two without a date": _several(
        (TAX, 1, {"given_name": "John", "date_of_birth": _ELDER}),
        (LIBRARY, 1, {"given_name": "John", "date_of_birth": _ELDER}),
        (PARKING, 2, {"given_name": "John"}),
        (WASTE, 2, {"given_name": "John"}),
    ),
    "father and son in two systems each": _several(
        (TAX, 1, {"given_name": "John", "date_of_birth": _ELDER}),
        (LIBRARY, 2, {"given_name": "John", "date_of_birth": _YOUNGER}),
        (RENTS, 1, {"given_name": "John", "date_of_birth": _ELDER}),
        (TAX, 2, {"given_name": "John", "date_of_birth": _YOUNGER}),
        (PARKING, 1, {"given_name": "John"}),
        (WASTE, 2, {"given_name": "John"}),
    ),
    "three of one name, grandfather to grandson": _several(
        (TAX, 1, {"given_name": "John", "date_of_birth": "1932-10-30"}),
        (LIBRARY, 2, {"given_name": "John", "date_of_birth": _ELDER}),
        (RENTS, 3, {"given_name": "John", "date_of_birth": _YOUNGER}),
        (PARKING, 2, {"given_name": "John"}),
    ),
    "spouses, and a record with an initial": _several(
        (TAX, 1, {"given_name": "Amina", "date_of_birth": "1984-04-03"}),
        (LIBRARY, 2, {"given_name": "Adam", "date_of_birth": "1984-04-03"}),
        (PARKING, 3, {"given_name": "A"}),
        (WASTE, 3, {"given_name": "A"}),
    ),
    "mother, daughter and a record of the surname": _several(
        (TAX, 1, {"given_name": "Mary", "date_of_birth": _ELDER}),
        (LIBRARY, 2, {"given_name": "Mary", "date_of_birth": _YOUNGER}),
        (WASTE, 3, {"given_name": ""}),
    ),
    "triplets": _several(
        (TAX, 1, {"given_name": "Jayden", "date_of_birth": _TWINS}),
        (LIBRARY, 2, {"given_name": "Kayden", "date_of_birth": _TWINS}),
        (RENTS, 3, {"given_name": "Hayden", "date_of_birth": _TWINS}),
    ),
    "house-mates of one name, born in one month": _several(
        (TAX, 1, {"given_name": "Wei", "date_of_birth": "2004-03-02"}),
        (LIBRARY, 2, {"given_name": "Wei", "date_of_birth": "2004-03-12"}),
        (RENTS, 3, {"given_name": "Wei", "date_of_birth": "2004-03-22"}),
    ),
    "twins, one with the names in the wrong boxes": _several(
        (TAX, 1, {"given_name": "Anna", "date_of_birth": _TWINS}),
        (LIBRARY, 1, {"given_name": "Dunn", "family_name": "Anna", "date_of_birth": _TWINS}),
        (RENTS, 2, {"given_name": "Marie", "date_of_birth": _TWINS}),
    ),
}
