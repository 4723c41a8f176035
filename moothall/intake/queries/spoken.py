"""What is looked for in another language than ours, and how to speak with us in it. From the pack; no database."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from typing import Final

from moothall.core.packs import Pack, current_pack
from moothall.customers.pack import LANGUAGES, PHRASES
from moothall.services.pack import SERVICES
from moothall.services.search import knows

MOST: Final = 4
TELLING: Final = 4
"""The letters a word must have to mean something by itself: shorter ones are mostly "not", "is" and "of"."""
ENDING: Final = 0.7
"""The share of two words that must be the same from their beginning, for one to be the other with another ending."""
SHARE: Final = 1 / 3
"""The share of words in plain letters that must be known: so few letters are English as well."""
_WORD: Final = re.compile(r"[^\W\d_]+")
_PLAIN: Final = str.maketrans({"ł": "l", "ı": "i", "ي": "ی", "ك": "ک"})


@dataclass(frozen=True, slots=True)
class Spoken:
    """A service found by words of another language: what it is called in it."""

    service: str
    language: str
    name: str
    right_to_left: bool
    drawn: bool
    """Whether pages can be drawn in the language."""


@dataclass(frozen=True, slots=True)
class SpokenWith:
    """A language we can be spoken with in: its own name, ours, and one sentence in it that says how."""

    code: str
    own_name: str
    name: str
    says: str
    right_to_left: bool


def spoken_with(*, only: str = "") -> tuple[SpokenWith, ...]:
    """Return the languages the pack has a sentence in on how to speak with us, but the council's own; or one of them."""
    pack = current_pack()
    return tuple(
        SpokenWith(code, one.own_name or one.name, one.name, one.says["speak"], one.right_to_left)
        for code, one in pack.of(LANGUAGES).items()
        if "speak" in one.says and code != pack.council.languages[0] and (not only or code == only)
    )


def spoken_services(pack: Pack, text: str) -> tuple[Spoken, ...]:
    """Return the public services that words of another language mean, best first; those of one language only."""
    asked = [word for word in dict.fromkeys(words_in(text)) if not _ours(pack, word)]
    best: tuple[float, str, dict[str, float]] = (0.0, "", {})
    for language, held in _index(pack).items():
        scores: dict[str, float] = defaultdict(float)
        matched = 0
        for word in asked:
            services = _meant(word, held)
            matched += bool(services)
            for code, sure in services.items():
                scores[code] += sure / len(services)
        if scores and (matched >= SHARE * len(asked) or not text.isascii()):
            best = max(best, (sum(scores.values()), language, scores), key=lambda one: one[0])
    _, language, scores = best
    least = max(scores.values(), default=0.0) / 2
    ranked = sorted((code for code in scores if scores[code] >= least), key=lambda code: -scores[code])
    return tuple(_spoken(pack, code, language) for code in ranked[:MOST])


def words_in(text: str) -> list[str]:
    """Return the words of a text in any script, without accents; of Chinese, which has no spaces, each two characters."""
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    found = _WORD.findall("".join(one for one in folded if not unicodedata.combining(one)))
    return [part for word in found for part in (_pairs(word) if _chinese(word) else [word])]


def _ours(pack: Pack, word: str) -> bool:
    """Whether it is an English word of the catalogue: the Turkish "park" is no telling word."""
    return word.isascii() and knows(pack, word)


def _chinese(word: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in word)


def _pairs(word: str) -> list[str]:
    return [word[at : at + 2] for at in range(len(word) - 1)] or [word]


def _meant(word: str, held: dict[str, tuple[str, ...]]) -> dict[str, float]:
    """The services a word means, with how sure that is: the word itself, or the same with another ending."""
    if len(word) < TELLING and not _chinese(word):
        return {}
    if word in held:
        return dict.fromkeys(held[word], 1.0)
    return {
        code: 0.8
        for other, codes in held.items()
        if len(other) >= TELLING
        and (word.startswith(other) or _alike(word, other) >= ENDING * max(len(word), len(other)))
        for code in codes
    }


def _alike(one: str, other: str) -> int:
    """How many letters two words have in common from their beginning."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


@lru_cache(maxsize=4)
def _index(pack: Pack) -> dict[str, dict[str, tuple[str, ...]]]:
    """For each language, its words and the services each means: those people look with, or what the service is called."""
    offered = {code for code, one in pack.of(SERVICES).items() if one.visibility == "public"}
    made: dict[str, dict[str, tuple[str, ...]]] = {}
    for language, one in pack.of(LANGUAGES).items():
        held: dict[str, list[str]] = defaultdict(list)
        for code, text in {**one.services, **one.finds}.items():
            for word in dict.fromkeys(words_in(text) if code in offered else []):
                if not _ours(pack, word):
                    held[word].append(code)
        made[language] = {word: tuple(codes) for word, codes in held.items()}
    return made


def _spoken(pack: Pack, code: str, language: str) -> Spoken:
    one, phrases = pack.of(LANGUAGES)[language], pack.of(PHRASES).get(language)
    name = pack.of(SERVICES)[code].name
    own = (phrases.says.get(name) if phrases else None) or one.services.get(code) or name
    return Spoken(code, language, own, one.right_to_left, phrases is not None)
