"""One way of writing each thing that people write in many."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.core.references import new_reference, show_reference
from moothall.customers.rules.finding import Typed, close_enough, read_typed, search_document, slips_of
from moothall.customers.rules.writing import (
    CannotRead,
    can_take_texts,
    plain_email,
    plain_name,
    plain_phone,
    postcode_in,
    show_phone,
    words_of,
)


@pytest.mark.parametrize(
    "written",
    ["07700 900123", "07700900123", "+44 7700 900 123", "0044 7700 900123", "(07700) 900-123", "+44 (0)7700 900123"],
)
def test_a_mobile_is_one_number_however_it_is_written(written):
    assert plain_phone(written) == "+447700900123"
    assert show_phone("+447700900123") == "07700 900123"


def test_landlines_get_no_texts_and_mobiles_do():
    assert plain_phone("0113 496 0001") == "+441134960001"
    assert not can_take_texts("+441134960001")
    assert can_take_texts("+447700900123")
    assert can_take_texts("+353851234567")
    assert not can_take_texts("+447012345678")  # personal numbering, not a mobile


@pytest.mark.parametrize("written", ["", "abc", "123", "07700", "07700 900123 07700 900124 07700 900125", "=1+1"])
def test_what_is_no_number_is_refused_with_a_sentence(written):
    with pytest.raises(CannotRead, match="Enter a telephone number, like"):
        plain_phone(written)


def test_email_addresses():
    assert plain_email("  Amina.Dunn@Example.COM ") == "amina.dunn@example.com"
    for wrong in ("", "amina", "amina@", "@example.com", "a b@example.com", f"{'a' * 250}@example.com"):
        with pytest.raises(CannotRead, match="Enter an email address"):
            plain_email(wrong)


def test_a_name_keeps_its_spelling_and_loses_what_nobody_wrote():
    assert plain_name("  Zoë   O’Neill\x00\u202e ") == "Zoë O’Neill"
    with pytest.raises(CannotRead):
        plain_name("x" * 121)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Zoë O’Neill-Łukasz", ["zoe", "oneill", "lukasz"]),
        ("D'Arcy", ["darcy"]),
        ("Strauß Øystein", ["strauss", "oystein"]),
        ("山田 太郎", ["山田", "太郎"]),
        ("14a Mill Lane, Leeds", ["14a", "mill", "lane", "leeds"]),
        ("') OR 1=1; --", ["or", "1", "1"]),
    ],
)
def test_words(text, words):
    assert words_of(text) == words


@given(st.text(max_size=60))
def test_a_word_never_holds_anything_but_letters_and_digits(text):
    for word in words_of(text):
        assert word.isalnum() or all(c.isalnum() or not c.isascii() for c in word)
        assert "'" not in word
        assert "\\" not in word


def test_postcodes():
    assert postcode_in("14 Mill Lane, Leeds ls62ab") == ("LS6", "2AB")
    assert postcode_in("SW1A 1AA") == ("SW1A", "1AA")
    assert postcode_in("no code at 14 Mill Lane") is None


def test_a_record_is_found_by_name_address_and_both_halves_of_the_postcode():
    assert (
        search_document(["Amina", "Smith-Jones"], "14 Mill Lane, Leeds LS6 2AB")
        == "amina smith jones smithjones 14 mill lane leeds ls62ab ls6"
    )
    assert len(search_document([], "Long " * 200)) <= 400


@pytest.mark.parametrize(
    ("line", "asks"),
    [
        ("amina dunn", Typed(words=("amina", "dunn"))),
        ("dunn 07700 900123", Typed(phone="+447700900123", words=("dunn",))),
        ("07700900123", Typed(phone="+447700900123")),
        ("0113 496 0001", Typed(phone="+441134960001")),
        ("Amina@Example.com", Typed(email="amina@example.com")),
        ("dunn ls6 2ab", Typed(postcode="ls62ab", words=("dunn",))),
        ("dunn ls6", Typed(words=("dunn", "ls6"))),
        ("14 mill lane", Typed(words=("14", "mill", "lane"))),
        ("uprn 72001234", Typed(uprn=72001234)),
        ("100071234567", Typed(uprn=100071234567)),
        ("", Typed()),
        ("   ", Typed()),
        ("'; drop table", Typed(words=("drop", "table"))),
    ],
)
def test_what_a_typed_line_asks_for(line, asks):
    assert read_typed(line) == asks


def test_a_date_of_birth_is_read_day_first():
    assert str(read_typed("dunn 27/3/1964").born) == "1964-03-27"
    assert str(read_typed("1964-03-27 dunn").born) == "1964-03-27"
    assert read_typed("dunn 31/2/1964").born is None


def test_a_reference_is_read_as_one_and_a_surname_never_is():
    reference = new_reference()
    assert read_typed(show_reference(reference).lower()).reference == reference
    assert read_typed("smithson").words == ("smithson",)  # references have no vowels


@given(st.text(max_size=400))
def test_any_line_can_be_read(line):
    read_typed(line)


@given(st.text(alphabet="abcdefghij", min_size=3, max_size=8), st.data())
def test_one_slip_leaves_a_form_in_common(word, data):
    at = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from("abcxyz"))
    for wrong in (
        word[:at] + word[at + 1 :],
        word[:at] + letter + word[at:],
        word[:at] + letter + word[at + 1 :],
        word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :],
    ):
        assert set(slips_of(word)) & set(slips_of(wrong))


def test_closeness_knows_slips_from_other_names():
    assert close_enough("dnun", "dunn", sounds_alike=False)
    assert close_enough("jonhson", "johnson", sounds_alike=False)
    assert close_enough("smyth", "smith", sounds_alike=True)
    assert close_enough("cathryn", "katherine", sounds_alike=True)
    assert not close_enough("dunn", "hunt", sounds_alike=False)
