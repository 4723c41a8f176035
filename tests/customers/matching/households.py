"""A corpus of households: two people each, who share what people of one household share. Every kind is named.

Nobody of one household is ever to be joined with another by the machine, whatever weights it was taught.
"""

from __future__ import annotations

from typing import Final

Said = dict[str, str]
HOME: Final = {"uprn": "100001", "number": "12", "street": "Mill Lane", "locality": "Leeds", "postcode": "LS6 2AB"}
SHARED: Final = {
    **HOME,
    "phone": "0113 496 0123",
    "mobile": "07700 900123",
    "email": "thedunns@example.com",
    "family_name": "Dunn",
}
MOVED: Final = {"uprn": "200002", "number": "7", "street": "Long Row", "postcode": "LS9 8ZZ"}


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
    "by the short name": _pair(
        {"given_name": "Robert", "date_of_birth": "1956-02-07"}, {"given_name": "Bob", "date_of_birth": "1956-02-07"}
    ),
}
