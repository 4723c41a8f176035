"""Names, dates, numbers and addresses, written one way: tables of how they really come, and what must always hold."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moothall.customers.matching.rules import Person, keys_of, standardise
from moothall.customers.matching.rules.dates import read_birth
from moothall.customers.matching.rules.diminutives import roots_of
from moothall.customers.matching.rules.names import plain_words, read_names, sound_of
from moothall.customers.matching.rules.person import COLUMNS, LISTS, RAW
from moothall.customers.matching.rules.reach import read_email, read_phone, read_sex
from moothall.customers.rules.writing import words_of


@pytest.mark.parametrize(
    ("said", "given_name", "middles", "family", "parts"),
    [
        ({"full_name": "Mrs Amina Dunn"}, "amina", None, "dunn", ("dunn",)),
        ({"full_name": "DUNN, Amina Rose"}, "amina", ("rose",), "dunn", ("dunn",)),
        ({"full_name": "Dr. Siân O'Connor-Smith"}, "sian", None, "oconnorsmith", ("oconnorsmith", "oconnor", "smith")),
        ({"full_name": "Pieter van der Berg"}, "pieter", None, "vanderberg", ("vanderberg", "berg")),
        ({"full_name": "María de la Cruz"}, "maria", None, "delacruz", ("delacruz", "cruz")),
        ({"full_name": "Cher"}, "cher", None, None, None),
        ({"given_name": "Mary-Jane", "family_name": "O Brien"}, "maryjane", None, "obrien", ("obrien",)),
        ({"given_name": "MARY JANE", "family_name": "Mac Donald"}, "mary", ("jane",), "macdonald", ("macdonald",)),
        ({"given_name": "J.", "family_name": "Smith"}, "j", None, "smith", ("smith",)),
        ({"given_name": "Łukasz", "family_name": "Wójcik"}, "lukasz", None, "wojcik", ("wojcik",)),
        ({"given_name": "Олександр", "family_name": "Шевченко"}, "oleksandr", None, "shevchenko", ("shevchenko",)),
        ({"given_name": "Γιώργος", "family_name": "Παπάς"}, "giorgos", None, "papas", ("papas",)),
        ({"given_name": "Ann", "family_name": "Jones (née Patel)"}, "ann", None, "jones", ("jones", "patel")),
        ({"given_name": "Ann", "family_name": "Jones nee Patel"}, "ann", None, "jones", ("jones", "patel")),
        ({"title": "Ms", "given_name": "Ms Ann", "family_name": "Jones"}, "ann", None, "jones", ("jones",)),
        ({"given_name": "Bishop", "family_name": "Lord"}, "bishop", None, "lord", ("lord",)),
        ({}, None, None, None, None),
    ],
)
def test_a_name_is_written_one_way(
    said: dict[str, str], given_name: str | None, middles: object, family: str | None, parts: object
) -> None:
    person = standardise(said)
    assert (person.given, person.middles, person.family, person.family_parts) == (given_name, middles, family, parts)


def test_the_elder_and_the_younger_are_told_apart() -> None:
    assert standardise({"full_name": "John Smith Jnr"}).generation == "junior"
    assert standardise({"full_name": "John Smith Snr"}).generation == "senior"
    assert standardise({"given_name": "John", "family_name": "Smith Jr"}).family == "smith"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("bob", "robert"),
        ("bill", "liam"),
        ("peggy", "margaret"),
        ("kate", "katherine"),
        ("muhammad", "mohamed"),
        ("yusuf", "joseph"),
        ("oleksandr", "alexander"),
        ("alex", "alexandra"),
        ("alex", "alexander"),
    ],
)
def test_forms_of_one_name_share_a_root(one: str, other: str) -> None:
    assert set(roots_of(one)) & set(roots_of(other))


@pytest.mark.parametrize(("one", "other"), [("alexander", "alexandra"), ("paul", "pauline"), ("john", "jane")])
def test_other_names_do_not(one: str, other: str) -> None:
    assert not set(roots_of(one)) & set(roots_of(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("smith", "smyth"),
        ("catherine", "kathryn"),
        ("wright", "right"),
        ("phillips", "filips"),
        ("mohammed", "muhamad"),
        ("stephen", "steven"),
    ],
)
def test_names_that_sound_alike_come_together(one: str, other: str) -> None:
    assert sound_of(one) == sound_of(other)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1984-04-03", "1984-04-03"),
        ("1984-04-03T00:00:00Z", "1984-04-03"),
        ("03/04/1984", "1984-04-03"),
        ("3.4.1984", "1984-04-03"),
        ("04/23/1984", "1984-04-23"),
        ("03/04/84", "1984-04-03"),
        ("03/04/12", "2012-04-03"),
        ("19840403", "1984-04-03"),
        ("3rd April 1984", "1984-04-03"),
        ("3-Apr-1984", "1984-04-03"),
        ("1984-02-31", "1984-02-31"),
        ("1984", "1984-00-00"),
        ("1984-04", "1984-04-00"),
        ("01/01/1900", None),
        ("1900-01-01", None),
        ("31/12/9999", None),
        ("not known", None),
        ("", None),
    ],
)
def test_a_date_of_birth_is_written_one_way(written: str, read: str | None) -> None:
    assert read_birth(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("07700 900123", "+447700900123"),
        ("+44 (0)7700 900123", "+447700900123"),
        ("00447700900123", "+447700900123"),
        ("7700900123", "+447700900123"),
        ("0113 496 0000 ext 12", "+441134960000"),
        ("+33 1 42 68 53 00", "+33142685300"),
        ("01234567890", None),
        ("00000000000", None),
        ("12345", None),
        ("ask her son", None),
    ],
)
def test_a_telephone_number_is_written_one_way(written: str, read: str | None) -> None:
    assert read_phone(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (" Amina.Dunn@Example.COM ", "amina.dunn@example.com"),
        ("amina+council@example.com", "amina@example.com"),
        ("none@example.com", None),
        ("n/a", None),
        ("amina@", None),
    ],
)
def test_an_email_address_is_written_one_way(written: str, read: str | None) -> None:
    assert read_email(written) == read


def test_sex_is_read_where_it_is_said() -> None:
    assert [read_sex(word) for word in ("Male", "f", "2", "X", "")] == ["m", "f", "f", None, None]


@pytest.mark.parametrize(
    ("written", "number", "street", "locality", "postcode"),
    [
        ("Flat 3, 12a High St, Headingley, Leeds LS6 2AB", "3/12a", "high street", "headingley", "ls62ab"),
        ("12A HIGH STREET, LS62AB", "12a", "high street", None, "ls62ab"),
        ("Rose Cottage, Mill Lane, Otley", "rosecottage", "mill lane", "otley", None),
        ("Flat A, 10 - 12 Kirkgate, Leeds", "a/10-12", "kirkgate", "leeds", None),
        ("Apartment 12 The Mill, 5 Canal Wharf, Leeds", "12/5", "canal wharf", "leeds", None),
        ("7 St Johns Rd", "7", "saint johns road", None, None),
        ("ROOM 7 3 NORTH HILL COURT, LS6 1AA", "7/3", "north hill court", None, "ls61aa"),
    ],
)
def test_an_address_is_written_one_way(
    written: str, number: str | None, street: str | None, locality: str | None, postcode: str | None
) -> None:
    person = standardise({"address": written})
    assert (person.number, person.street, person.locality, person.postcode) == (number, street, locality, postcode)


def test_parts_of_an_address_go_before_the_whole() -> None:
    person = standardise({"number": "No. 12", "street": "High St.", "locality": "Leeds", "postcode": "ls6 2ab"})
    assert (person.number, person.street, person.locality, person.postcode, person.outward) == (
        "12",
        "high street",
        "leeds",
        "ls62ab",
        "ls6",
    )


def test_an_address_finds_its_property() -> None:
    asked: list[tuple[str, str, str]] = []

    def locate(number: str, street: str, postcode: str) -> str:
        asked.append((number, street, postcode))
        return "100012345"

    said = {"address": "12 High Street, LS6 2AB"}
    assert standardise(said, locate).uprn == "100012345"
    assert standardise({**said, "uprn": "000072"}, locate).uprn == "72"
    assert asked == [("12", "high street", "ls62ab")]


_ANY = st.dictionaries(st.sampled_from(RAW), st.text(max_size=60))


@settings(deadline=None)
@given(_ANY)
def test_nothing_that_can_be_written_fails(said: dict[str, str]) -> None:
    before = dict(said)
    person = standardise(said)
    assert said == before
    for name in COLUMNS:
        value = getattr(person, name)
        assert value is None or (
            isinstance(value, tuple) and value if name in LISTS else isinstance(value, str) and value
        )
    assert len(set(keys_of(person))) == len(keys_of(person))


_LETTERS = st.text(alphabet=string.ascii_letters, min_size=1, max_size=12)


@settings(deadline=None)
@given(_LETTERS, _LETTERS)
def test_case_and_spaces_do_not_matter(one: str, other: str) -> None:
    assert read_names(one, "", other, "") == read_names(f"  {one.upper()} ", "", f"{other.lower()}  ", "")


@settings(deadline=None)
@given(st.text(alphabet=st.characters(max_codepoint=127), max_size=40))
def test_plain_letters_are_read_quickly_and_the_same(text: str) -> None:
    assert plain_words(text) == words_of(text)


@settings(deadline=None)
@given(st.dates())
def test_every_date_is_read_back_the_same(born: object) -> None:
    assert read_birth(str(born)) in {str(born), None}


def test_nobody_is_a_person_of_whom_nothing_is_known() -> None:
    assert standardise({}) == Person()
    assert keys_of(Person()) == []
