"""Text messages as they leave and as they arrive."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.channels.sms.text import Wish, clean, is_chasing, measure, plainer, understand
from moothall.core.references import new_reference, show_reference


@pytest.mark.parametrize(
    ("words", "alphabet", "units", "segments"),
    [
        ("", "gsm", 0, 1),
        ("a" * 160, "gsm", 160, 1),
        ("a" * 161, "gsm", 161, 2),
        ("a" * 306, "gsm", 306, 2),
        ("a" * 307, "gsm", 307, 3),
        ("€" * 80, "gsm", 160, 1),
        ("a" * 152 + "€" + "b" * 10, "gsm", 164, 2),  # a pair is never split over two messages
        ("ł" * 70, "unicode", 70, 1),
        ("ł" * 71, "unicode", 71, 2),
        ("🗑" * 35, "unicode", 70, 1),
        ("🗑" * 36, "unicode", 72, 2),
    ],
)
def test_length_and_segments(words, alphabet, units, segments):
    length = measure(words)
    assert (length.alphabet, length.units, length.segments) == (alphabet, units, segments)


def test_typography_is_made_plain_only_where_that_is_all_that_is_in_the_way():
    assert plainer("We’ll come – “soon”…") == 'We\'ll come - "soon"...'
    assert plainer("We’ll tell Paweł") == "We’ll tell Paweł"


@given(st.text(max_size=700))
def test_more_text_never_takes_fewer_messages(words: str):
    assert measure(words).segments <= measure(words + "a").segments


@pytest.mark.parametrize("words", ["STOP", "stop", " Stop. ", "STOP!", "Unsubscribe", "stop all"])
def test_stop_is_stop_however_it_is_written(words: str):
    assert understand(words).wish is Wish.STOP


@pytest.mark.parametrize(
    "words",
    ["Cancel", "CANCEL.", "Please stop the bin lorry at 7am", "the bus stop is broken", "don't start", "help me"],
)
def test_a_sentence_with_the_word_in_it_is_not_a_command(words: str):
    assert understand(words).wish is Wish.OTHER


def test_a_reference_is_found_in_any_shape_and_a_slip_is_not():
    reference = new_reference()
    for shape in (reference, show_reference(reference), reference.lower(), f"{reference[:4]} {reference[4:]}"):
        read = understand(f"Hi, any news of {shape}, thanks")
        assert (read.wish, read.reference) == (Wish.ABOUT_CASE, reference)
    swapped = reference[:2] + ("2" if reference[2] != "2" else "3") + reference[3:]
    assert understand(f"about {swapped}").wish is Wish.OTHER


@pytest.mark.parametrize(
    ("words", "chasing"),
    [
        ("{ref}", True), ("Any news of {ref}?", True), ("when is {ref} coming", True), ("{ref} still waiting", True),
        ("{ref} the lorry came back and took it, thank you", False),
        ("{ref} The bin is behind the gate, the code is 4412", False),
        ("{ref} it is now worse, there is glass on the path and a child fell over it, what should I do with her?", False),
    ],
)  # fmt: skip
def test_asking_is_told_from_telling(words: str, chasing: bool):
    assert is_chasing(understand(words.format(ref=show_reference(new_reference())))) is chasing


@given(st.text(max_size=3000))
def test_anything_at_all_can_be_read(text: str):
    read = understand(text)
    assert len(read.words) <= 2000
    assert "\x00" not in read.words
    assert clean(read.words) == read.words.strip()
