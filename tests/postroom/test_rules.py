"""What a letter says, and when that is enough to file it without a person."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.core.references import reference_of, show_reference
from moothall.postroom.rules import Case, Judgement, Person, clues_in, judge

SPACE = UUID(int=6)
TODAY = date(2026, 11, 20)
ONE, OTHER = reference_of(1001), reference_of(2002)


def person(name: str, address: str = "14 Mill Lane, Leeds, LS6 2AB", born: date | None = None) -> Person:
    given_name, _, family = name.rpartition(" ")
    return Person(uuid5(SPACE, name + address + str(born)), name, given_name, family, address, born)


def case(of: Person, reference: str = ONE, opened: date = date(2026, 10, 3), is_open: bool = True) -> Case:
    return Case(
        uuid5(SPACE, reference), reference, of.id, "street-light", opened, is_open, (frozenset({"street", "light"}),)
    )


AMINA = person("Amina Dunn")
ADDRESS = "Amina Dunn\n14 Mill Lane\nLeeds\nLS6 2AB\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"Our ref: {show_reference(ONE)}", ONE), (f"ref {ONE}.", ONE), (f"Re {ONE[:4]} {ONE[4:]}", ONE),
        (f"Your reference: {ONE[:4]}—{ONE[4:]},", ONE),
    ],
)  # fmt: skip
def test_a_reference_is_found_however_it_is_written(text: str, found: str) -> None:
    assert clues_in(text).references == (found,)


@pytest.mark.parametrize("place", range(8))
def test_a_reference_with_one_slip_is_mended_to_itself_among_few(place: int) -> None:
    looks = {
        "8": "B",
        "2": "Z",
        "4": "A",
        "6": "G",
        "7": "1",
        "D": "0",
        "G": "C",
        "C": "G",
        "V": "U",
        "H": "N",
        "M": "N",
        "F": "E",
    }
    if ONE[place] not in looks:  # no usual slip
        return
    read = ONE[:place] + looks[ONE[place]] + ONE[place + 1 :]
    clues = clues_in(f"Our ref {read[:4]}-{read[4:]}")
    assert ONE in clues.mended
    assert ONE not in clues.references


def test_words_and_numbers_are_no_references() -> None:
    clues = clues_in("Dear Sir that will have been done. Tel 0113 496 0123 on 18 November 2026, LS21 1AA, £1234.5678")
    assert clues.references == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [("LS6 2AB", "LS6 2AB"), ("LS62AB", "LS6 2AB"), ("L56 2AB", "LS6 2AB"), ("LS6 ZAB", "LS6 2AB"), ("LSI4 3QX", "LS14 3QX"), ("YO1 7HH", "YO1 7HH"),  # noqa: E501
     ("CB2 3QJ", "CB2 3QJ"), ("E1W 2AB", "E1W 2AB")],
)  # fmt: skip
def test_postcodes_are_mended_by_their_shape(text: str, code: str) -> None:
    assert code in clues_in(f"14 Mill Lane, Leeds {text}").postcodes


def test_ordinary_words_are_no_postcodes() -> None:
    assert clues_in("I am glad to see you are not at the old site any more, we are off to bed").postcodes == ()


@pytest.mark.parametrize("text", ["2 May 1948", "2nd of May 1948", "02/05/1948", "2.5.48", "O2/O5/1948", "2 May, 1948"])
def test_dates_are_read_as_people_write_them(text: str) -> None:
    assert clues_in(f"I was born on {text}.").says_day(date(1948, 5, 2))


@given(st.text(max_size=600))
def test_any_text_has_clues_or_none(text: str) -> None:
    clues = clues_in(text)
    assert judge(clues, [AMINA], [case(AMINA)], today=TODAY).sure in {True, False}


def filed(
    text: str, people: list[Person], cases: list[Case], coded: tuple[str, ...] = ()
) -> tuple[UUID, UUID | None] | None:
    found = judge(clues_in(text), people, cases, coded=coded, today=TODAY)
    return (found.best.person.id, found.case_id) if found.best and found.sure and found.sure_case else None


def test_reference_and_name_are_enough() -> None:
    own = case(AMINA)
    assert filed(f"Ref {show_reference(ONE)}\nYours, A Dunn", [AMINA], [own]) == (AMINA.id, own.id)
    assert filed("Yours faithfully\nA Dunn", [AMINA], [own], coded=(ONE,)) == (AMINA.id, own.id)


def test_a_reference_alone_is_not() -> None:
    assert filed(f"Ref {show_reference(ONE)}\nYours, a friend", [AMINA], [case(AMINA)]) is None


def test_a_name_and_address_without_a_case_is_enough_and_with_a_case_is_not() -> None:
    assert filed(f"{ADDRESS}Please cut the hedge.", [AMINA], []) == (AMINA.id, None)
    assert filed(f"{ADDRESS}Please cut the hedge.", [AMINA], [case(AMINA)]) is None
    assert filed("Amina Dunn\nPlease cut the hedge.", [AMINA], []) is None


def test_service_and_day_name_a_case_but_the_service_alone_does_not() -> None:
    own = case(AMINA)
    assert filed(f"{ADDRESS}I reported the street light on 3 October.", [AMINA], [own]) == (AMINA.id, own.id)
    assert filed(f"{ADDRESS}The street light is out.", [AMINA], [own]) is None


def test_a_reference_read_with_two_slips_is_hers_when_she_is_sure() -> None:
    own, wrong = case(AMINA), list(ONE)
    wrong[1], wrong[6] = "B", "S"
    assert filed(f"{ADDRESS}Ref {''.join(wrong[:4])}-{''.join(wrong[4:])}", [AMINA], [own]) == (AMINA.id, own.id)


def test_father_and_son_of_one_name_are_told_apart_by_birth_or_reference_or_not_at_all() -> None:
    father, son = person("Lee Dunn", born=date(1950, 1, 2)), person("Lee Dunn", born=date(1980, 3, 4))
    text = ADDRESS.replace("Amina", "Lee")
    assert filed(text, [father, son], []) is None
    assert filed(f"{text}My date of birth is 4 March 1980", [father, son], []) == (son.id, None)
    own = case(father)
    assert filed(f"{text}Ref {show_reference(ONE)}", [father, son], [own]) == (father.id, own.id)


def test_a_letter_for_somebody_else_goes_to_a_person() -> None:
    helper = person("Grace Hall", "3 Park Row, Leeds, LS1 5HD")
    text = f"Grace Hall\n3 Park Row\nLeeds LS1 5HD\nRef {show_reference(ONE)}\nI write for Amina Dunn of 14 Mill Lane, LS6 2AB."  # noqa: E501
    assert filed(text, [AMINA, helper], [case(AMINA)]) is None


def test_a_reference_of_somebody_elses_case_speaks_against() -> None:
    stranger = person("Omar Said", "9 Hill Top, Leeds, LS9 9ZZ")
    assert (
        filed(f"{ADDRESS}Ref {show_reference(OTHER)}", [AMINA, stranger], [case(AMINA), case(stranger, OTHER)]) is None
    )


def test_two_cases_named_are_for_a_person() -> None:
    text = f"{ADDRESS}Ref {show_reference(ONE)} and {show_reference(OTHER)}"
    assert filed(text, [AMINA], [case(AMINA), case(AMINA, OTHER)]) is None


@pytest.mark.parametrize(
    "line",
    [
        "ur eerece: DKHP-9",
        "R:D9-Q|6",
        "Our rf WYM-H9CC",
        "I write for Derek Heast about his bin.",
        "on behalf of my client",
        "I write forjack Goothson. Thank you for your letter.",
        "I reported this to you in the spring.",
    ],
)
def test_what_may_be_left_of_a_reference_or_speaks_for_another_is_no_new_matter(line: str) -> None:
    assert filed(f"{ADDRESS}{line}\nPlease cut the hedge.", [AMINA], []) is None


def judged(text: str, people: list[Person], cases: list[Case]) -> Judgement:
    return judge(clues_in(text), people, cases, today=TODAY)


def test_another_first_name_scores_lower_and_never_comes_first() -> None:
    anil, dinesh = person("Anil Dunn"), person("Dinesh Dunn")
    text = ADDRESS.replace("Amina", "Anil") + "Please cut the hedge.\n\nYours faithfully\n\nAnil Dunn"
    best, other = judged(text, [dinesh, anil], []).people
    assert (best.person, other.person) == (anil, dinesh)
    assert best.points > 60
    assert other.points <= 40
    assert "Surname, with another first name" in other.reasons
    # under his reference it is still signed by somebody else: a person looks, and sees who signed first
    found = judged(f"Ref {show_reference(ONE)}\n{text}", [dinesh, anil], [case(dinesh)])
    assert (found.people[0].person, found.sure) == (anil, False)
    assert found.people[1].points <= 40


def test_much_that_speaks_for_two_is_not_all_the_same() -> None:
    one = Person(uuid5(SPACE, "1"), "Amina Dunn", "Amina", "Dunn", AMINA.address, date(1970, 1, 2), ("0113 496 0123",))
    two = Person(uuid5(SPACE, "2"), "Amina Dunn", "Amina", "Dunn", AMINA.address, None, ("0113 496 0123",))
    text = f"{ADDRESS}My number is 0113 496 0123, born 2 January 1970."
    first, second = judged(text, [two, one], []).people
    assert 100 > first.points > second.points


@pytest.mark.parametrize(
    ("other", "says"),
    [
        (person("Amina Dunn", born=date(1950, 3, 4)), "Amina Dunn, born 1950, fits as well."),
        (person("Amina Dunn", "9 Hill Top, Leeds, LS6 2AB"), "Amina Dunn of 9 Hill Top fits as well."),
    ],
)
def test_two_of_one_name_are_told_apart(other: Person, says: str) -> None:
    known = person("Amina Dunn", born=date(1980, 3, 4))
    text = f"{ADDRESS}9 Hill Top, Leeds LS6 2AB\nPlease cut the hedge."
    found = judged(text, [known, other], [])
    assert {found.doubts[0], says} <= {
        says,
        "Amina Dunn, born 1980, fits as well.",
        "Amina Dunn of 14 Mill Lane fits as well.",
    }
    assert not found.sure
