import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.core.references import (
    ALPHABET,
    SPACE,
    NotAReference,
    looks_like_reference,
    new_reference,
    read_reference,
    reference_of,
    show_reference,
    spell_reference,
)

references = st.builds(lambda _: new_reference(), st.integers())


@given(references)
def test_what_is_shown_or_read_out_with_spaces_reads_back(reference: str) -> None:
    assert read_reference(show_reference(reference)) == reference
    assert read_reference(f" {reference[:3].lower()} {reference[3:].lower()} ") == reference


@given(references, st.integers(0, 7), st.sampled_from(ALPHABET))
def test_any_one_wrong_character_is_caught(reference: str, place: int, wrong: str) -> None:
    changed = reference[:place] + wrong + reference[place + 1 :]
    assert looks_like_reference(changed) == (changed == reference)


@given(references, st.integers(0, 6))
def test_any_two_neighbours_swapped_are_caught(reference: str, place: int) -> None:
    swapped = reference[:place] + reference[place + 1] + reference[place] + reference[place + 2 :]
    assert looks_like_reference(swapped) == (swapped == reference)


@pytest.mark.parametrize("pair", ["0O", "0D", "0Q", "1I", "1L", "IL", "5S", "2Z", "8B", "UV", "MN"])
def test_of_two_that_are_written_alike_one_is_in_at_most(pair: str) -> None:
    assert sum(character in ALPHABET for character in pair) <= 1


def test_the_check_stands_on_a_prime() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) == 23


@pytest.mark.parametrize("text", ["", "4HTK", "4HTK-7W2", "OOOO-OOOO", "4HTK-7W2C-9", "ÄÖÜß-1234", "' OR 1=1--"])
def test_what_is_no_reference_says_what_to_do(text: str) -> None:
    with pytest.raises(NotAReference, match=r"letters and numbers|each letter and number"):
        read_reference(text)


def test_it_is_spelled_for_the_telephone() -> None:
    assert spell_reference("4HTK7W2C") == "4, Hotel, Tango, Kilo – 7, Whiskey, 2, Charlie"


@given(st.integers(0, SPACE - 1), st.integers(0, SPACE - 1))
def test_two_numbers_never_share_a_reference(one: int, other: int) -> None:
    assert (reference_of(one) == reference_of(other)) == (one == other)


@given(st.integers(0, SPACE - 2))
def test_neighbours_look_nothing_alike(number: int) -> None:
    pairs = zip(reference_of(number), reference_of(number + 1), strict=True)
    assert sum(a == b for a, b in pairs) <= 5


@pytest.mark.django_db
def test_references_of_rows_are_taken_in_blocks_and_never_twice(django_assert_num_queries, monkeypatch) -> None:
    from moothall.core import reference_numbers
    from moothall.core.reference_numbers import forget, next_reference, next_references

    monkeypatch.setattr(reference_numbers, "BLOCK", 1000)
    monkeypatch.setattr(reference_numbers, "_next", 0)
    monkeypatch.setattr(reference_numbers, "_end", 0)
    forget()
    with django_assert_num_queries(3):
        taken = [next_reference(), *next_references(2500), next_reference()]
    assert len(set(taken)) == 2502
    assert all(looks_like_reference(reference) for reference in taken)
