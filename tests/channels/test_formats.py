"""The same words aloud and in Braille: real files from real programs; where a program is missing nothing is offered."""

import io
import shutil
import subprocess
import wave

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.channels.formats import braille, speech
from moothall.channels.formats.braille import CELLS, LINES, CannotEmboss, brf, can_emboss, pages
from moothall.channels.formats.speech import CannotSpeak, can_speak, speak

needs_speech = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="needs espeak-ng (apt install espeak-ng)")
needs_braille = pytest.mark.skipif(shutil.which("lou_translate") is None, reason="needs liblouis-bin liblouis-data")


@needs_speech
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Wash your hands."),
        ("ur", "ہاتھ دھوئیں۔"),
        ("zh", "洗手。"),
        ("pl", "Myj ręce."),
        ("cy", "Golchwch eich dwylo."),
    ],
)
def test_it_is_read_aloud_in_each_language(language: str, words: str) -> None:
    with wave.open(io.BytesIO(speak(words, language))) as said:
        seconds = said.getnframes() / said.getframerate()
        sound = said.readframes(said.getnframes())
    assert 0.3 < seconds < 10
    assert max(sound) > 0


@pytest.mark.parametrize(("language", "words"), [("so", "Gacmaha dhaq."), ("en", "a" * 12_001)])
def test_what_cannot_be_read_aloud_says_so(language: str, words: str) -> None:
    with pytest.raises(CannotSpeak):
        speak(words, language)


def test_without_the_programs_nothing_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speech.shutil, "which", lambda _: None)
    monkeypatch.setattr(braille.shutil, "which", lambda _: None)
    assert not can_speak("en")
    assert not can_emboss("en")
    with pytest.raises(CannotSpeak):
        speak("Not said before.", "en")
    with pytest.raises(CannotEmboss):
        brf("Not embossed before.", "en")


@needs_braille
def test_braille_reads_back_to_the_same_words() -> None:
    words = "Wash your hands before you start, and after you touch raw\\cold meat.\nKeep your fridge at 5 degrees or colder."
    made = brf(words, "en").decode("ascii")
    joined = " ".join(made.replace("\r\n", " ").replace("\f", " ").split())
    back = subprocess.run(
        ["lou_translate", "-b", "en-us-brf.dis,en-ueb-g2.ctb"], input=joined.replace("\\", "\\\\") + "\n",
        capture_output=True, text=True,
        check=True,
    ).stdout  # fmt: skip
    assert back.split() == words.split()


@given(st.lists(st.lists(st.text("ABC1234", min_size=1, max_size=90), max_size=30).map(" ".join), max_size=20))
def test_no_line_is_longer_than_a_line_no_page_than_a_page_and_no_cell_is_lost(paragraphs: list[str]) -> None:
    made = pages(paragraphs).decode("ascii")
    for page in made.split("\f"):
        lines = page.split("\r\n")
        assert len(lines) <= LINES + 1
        assert all(len(line) <= CELLS for line in lines)
    assert "".join(made.split()) == "".join("".join(one.split()) for one in paragraphs)
