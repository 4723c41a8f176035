"""How hard a text is to read, by a published formula that needs no word list. Pure.

The Automated Readability Index (Senter and Smith, 1967): 4.71 × letters ÷ words + 0.5 × words ÷ sentences − 21.43. It gives
the American school grade somebody needs; the age is about five years more. It counts letters, not syllables, so that it
gives the same on every machine. It says nothing of few words: those are judged by the length of their sentences alone.
"""

from __future__ import annotations

import re
from typing import Final

FEW: Final = 20
"""Words below which the index says nothing."""
_LINK: Final = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_FILLED: Final = re.compile(r"\{\{[^}]*\}\}|(?<!\{)\{[a-z_]+\}")
_CONTROL: Final = re.compile(r"\{%[^%]*%\}")
_ADDRESS: Final = re.compile(r"https?://\S+|\S+@\S+\.\w+")
_WORD: Final = re.compile(r"[^\W_]+(?:[’'.,-][^\W_]+)*")
_MARKS: Final = re.compile(r"^\s*(?:[-*+]|\d+\.|#+|>)\s+|[*_`|]", re.MULTILINE)
_END: Final = re.compile(r"(?<=[.!?:;…])[\s”’\")]+|\n+")


def plain_words(text: str) -> str:
    """Return a text as it is read: links by their words, what is filled in as one word, no marks of Markdown."""
    text = _CONTROL.sub(" ", _LINK.sub(r"\1", text))
    return _MARKS.sub("", _ADDRESS.sub("this", _FILLED.sub("this", text)))


def sentences_of(text: str) -> list[list[str]]:
    """Return the words of each sentence; a line, a list’s entry and what stands before a colon are sentences too."""
    return [words for part in _END.split(plain_words(text)) if (words := _WORD.findall(part))]


def grade_of(text: str) -> float | None:
    """Return the Automated Readability Index of a text; None for so few words that it says nothing."""
    sentences = sentences_of(text)
    words = [word for sentence in sentences for word in sentence]
    if len(words) < FEW:
        return None
    letters = sum(sum(character.isalnum() for character in word) for word in words)
    return 4.71 * letters / len(words) + 0.5 * len(words) / len(sentences) - 21.43


def longest_sentence(text: str) -> int:
    """Return how many words the longest sentence has."""
    return max((len(words) for words in sentences_of(text)), default=0)
