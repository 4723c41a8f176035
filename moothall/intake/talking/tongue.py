"""A conversation in another language than ours: what is said in it, sentence by sentence, and what comes back. Pure.

Like the pages (adr/0048) nothing in the dialogue knows of it: our sentences are put into hers as they leave, her words
into ours as they come. A sentence is in one language whole; what the pack has not is said in ours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from moothall.customers.pack import Keyword
from moothall.customers.rules.phrasebook import Phrasebook
from moothall.intake.talking.shapes import Prompt, Takes

_ENDS: Final = re.compile(r"(?<=[.?!])\s+")
_NUMBERED: Final = re.compile(r"(\d{1,2}) (.+)")
_ANSWERED: Final = re.compile(r"(.+?): (.+)\.")
_ENGLISH: Final = re.compile(r"(?:^|\s)[a-z]{2,}(?=[\s.?!,:]|$)")
"""Words in small letters: names, numbers and addresses have none, and are of no language."""
LEAST: Final = 3
"""So many letters at the least stand for a choice that begins with them."""


@dataclass(frozen=True, slots=True)
class Hers:
    """What somebody reads or hears in her language, and the words she may answer with (ours: hers)."""

    book: Phrasebook
    words: Mapping[Keyword, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence or more on end in one language: hers, or ours."""

    words: str
    hers: bool


def pieces_of(hers: Hers, line: str) -> list[Piece]:
    """Return a line of ours as it is said to her.

    The longest run of sentences that the pack has word for word stands for all of them; of what is filled in the shortest, so
    that what fills it is no sentence of ours.
    """
    sentences, found, at = _ENDS.split(line), list[Piece](), 0
    while at < len(sentences):
        runs = [(end, " ".join(sentences[at:end])) for end in range(at + 1, len(sentences) + 1)]
        whole = ((end, hers.book.exact(words)) for end, words in reversed(runs))
        filled = ((end, _one(hers.book, words)) for end, words in runs)
        end, own = next((one for each in (whole, filled) for one in each if one[1]), (at + 1, ""))
        found.append(Piece(own or sentences[at], hers=bool(own) or not _ENGLISH.search(sentences[at])))
        at = end
    return found


def written_in(hers: Hers, text: str) -> tuple[str, bool]:
    """Return a text message as she reads it, and whether all of it is in her language."""
    lines = [pieces_of(hers, line) if line.strip() else [] for line in text.split("\n")]
    return "\n".join(" ".join(one.words for one in line) for line in lines), all(
        one.hers for line in lines for one in line
    )


def meant(hers: Hers, prompt: Prompt, said: str) -> str:
    """Return an answer as the dialogue takes it: the key of the choice whose words she used, or our word for hers. What is
    neither stays as it is: her own words, a number, or an answer in our language."""
    bare = bare_of(said)
    own = [(choice, (hers.book.say(choice.label) or "").casefold()) for choice in prompt.choices]
    fits = [choice for choice, words in own if words and words == bare]
    if not fits and len(bare) >= LEAST:
        fits = [choice for choice, words in own if words.startswith(bare)]
    if len(fits) == 1:
        return fits[0].key
    word = word_meant(hers, said)
    return word if word in _fitting(prompt) else said


def word_meant(hers: Hers, said: str) -> str:
    """Return our word that she said in hers (``tak``: yes), or nothing."""
    bare = bare_of(said)
    return next((ours for ours, words in hers.words.items() if bare in {bare_of(one) for one in words}), "")


def bare_of(said: str) -> str:
    """Return what was said without what stands around it and without capitals."""
    return " ".join(said.casefold().split()).strip(" .!?,;:“”„\"'。！？，،؟")


def _one(book: Phrasebook, text: str) -> str:
    """A text of ours in her language: as it stands in the pack, numbered as a choice, or an answer behind its question."""
    if own := book.say(text):
        return own
    if numbered := _NUMBERED.fullmatch(text):
        return f"{numbered[1]} {own}" if (own := book.say(numbered[2])) else ""
    if (answered := _ANSWERED.fullmatch(text)) and (label := book.say(f"{answered[1]}?") or book.say(answered[1])):
        return f"{label.rstrip('?؟？:. ')}: {book.say(answered[2]) or answered[2]}."
    return f"{own}." if text.endswith(".") and (own := book.say(text[:-1])) else ""


def _fitting(prompt: Prompt) -> set[str]:
    """Which of our words answer a prompt; to a question for words hers are hers."""
    skips = {"skip"} if prompt.optional else set()
    match prompt.takes:
        case Takes.CHOICE | Takes.PHONE:
            return skips | {"yes", "no", "today", "tomorrow"}
        case Takes.DATE:
            return skips | {"today", "yesterday", "tomorrow"}
        case _:
            return skips
