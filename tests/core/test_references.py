import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.core.references import (
    ALPHABET,
    NotAReference,
    looks_like_reference,
    new_reference,
    read_reference,
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


@pytest.mark.parametrize("text", ["", "4HTK", "4HTK-7W2", "OOOO-OOOO", "4HTK-7W2C-9", "ÄÖÜß-1234", "' OR 1=1--"])
def test_what_is_no_reference_says_what_to_do(text: str) -> None:
    with pytest.raises(NotAReference, match=r"letters and numbers|each letter and number"):
        read_reference(text)


def test_it_is_spelled_for_the_telephone() -> None:
    assert spell_reference("4HTK7W2C") == "4, Hotel, Tango, Kilo – 7, Whiskey, 2, Charlie"
