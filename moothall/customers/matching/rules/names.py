"""One way of writing people's names, for comparing: what was written stays with the record."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

from moothall.customers.matching.rules.diminutives import roots_of
from moothall.customers.rules.writing import words_of

TITLES: Final = frozenset(
    "mr mrs miss ms mx master dr doctor prof professor rev reverend revd sir dame lord lady cllr councillor hon capt "
    "captain major col colonel fr father sr sister mme madame herr frau sra senor senora sheikh hajji haji mister".split()
)
GENERATIONS: Final = {
    "jr": "junior",
    "jnr": "junior",
    "junior": "junior",
    "snr": "senior",
    "senior": "senior",
    "ii": "2",
    "iii": "3",
}
_PARTICLES: Final = frozenset(
    "de del della di da dos das do du la le los las van von der den ten ter zu zur bin ibn bint binti al el ul abu ap ab san "
    "st "
    "mac mc o nic ni fitz y e".split()
)
_JOINED: Final = frozenset("mac mc o fitz st san al el ul abu nic ni".split())  # written with the next word or apart
_NEE: Final = re.compile(r"\b(?:nee|née|formerly|previously|aka|a\.k\.a\.?)\b.*$", re.IGNORECASE)
_BRACKETS: Final = re.compile(r"\([^)]*\)|\"[^\"]*\"|“[^”]*”")
# Letters of the scripts in which most of those who write to English councils spell their names, as they are usually
# carried over (the United Nations' and passport practice, without accents).
_CYRILLIC: Final = dict(
    zip(
        "абвгґдеёєжзиіїйклмнопрстуфхцчшщъыьэюя",
        "a b v h g d e e ye zh z i i i i k l m n o p r s t u f kh ts ch sh shch  y  e yu ya".split(" "),
        strict=True,
    )
)
_GREEK: Final = dict(
    zip("αβγδεζηθικλμνξοπρσςτυφχψω", "a v g d e z i th i k l m n x o p r s s t y f ch ps o".split(), strict=True)
)
_SCRIPTS: Final = str.maketrans({**_CYRILLIC, "г": "g", **_GREEK})


_ASCII_WORD: Final = re.compile(r"[a-z0-9]+")


class Names(NamedTuple):
    """A name standardised: letters only, lower case, no accents. None or () for what is not known."""

    given: str | None
    given_roots: tuple[str, ...] | None
    given_sound: str | None
    middles: tuple[str, ...] | None
    family: str | None
    family_parts: tuple[str, ...] | None
    family_sound: str | None
    generation: str | None


def plain_words(text: str) -> list[str]:
    """Return the words of a name: accents gone, Cyrillic and Greek carried over, apostrophes closed, hyphens parting."""
    if text.isascii():  # most are: the same, quickly
        return _ASCII_WORD.findall(text.lower().replace("'", "").replace("`", ""))
    bare = "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))
    return words_of(bare.translate(_SCRIPTS))


@lru_cache(maxsize=200_000)
def sound_of(word: str) -> str:
    """Return how a name sounds, roughly: its first sound and up to four consonant sounds after it.

    Ours, for bringing together what is then compared closely; `Smith` and `Smyth`, `Catherine` and `Kathryn`, `Wright` and
    `Right` share one.
    """
    if not word:
        return ""
    text = word
    for pattern, by in _SPELLINGS:
        text = pattern.sub(by, text)
    heard = [text[:1] if text[:1] not in "aeiouy" else "a"]
    for letter in text[1:]:
        code = _SOUNDS.get(letter, "")
        if code and code != heard[-1]:
            heard.append(code)
        elif not code and heard[-1] in _VOWEL_RESETS:
            continue
    first = _SOUNDS.get(heard[0], heard[0]) if heard[0] != "a" else "a"
    return (first + "".join(heard[1:]))[:5]


_SPELLINGS: Final = tuple(
    (re.compile(pattern), by)
    for pattern, by in (
        (r"^kn|^gn|^pn", "n"),
        (r"^wr", "r"),
        (r"^x", "s"),
        (r"^ps", "s"),
        (r"^mac", "mc"),
        (r"ph", "f"),
        (r"ough|augh", "o"),
        (r"gh", ""),
        (r"sch|tch|ch|sh|zh", "j"),
        (r"ck|q", "k"),
        (r"c(?=[eiy])", "s"),
        (r"c", "k"),
        (r"z", "s"),
        (r"th|dh", "t"),
        (r"w(?=[^aeiou]|$)|(?<=[a-z])h", ""),
        (r"(.)\1+", r"\1"),
    )
)
_SOUNDS: Final = dict(zip("bpfvkgsjdtlmnrx", "ppffkksjttlnnrs", strict=True))
_VOWEL_RESETS: Final = frozenset("a")


class GivenPart(NamedTuple):
    """What a given name alone says. `more`: names after the first."""

    first: str | None
    roots: tuple[str, ...] | None
    sound: str | None
    more: tuple[str, ...]
    generation: str | None


class FamilyPart(NamedTuple):
    """What a family name alone says. `generation` only where it was asked for."""

    whole: str | None
    parts: tuple[str, ...] | None
    sound: str | None
    generation: str | None


@lru_cache(maxsize=300_000)
def read_names(given: str, middle: str, family: str, full: str) -> Names:
    """Return the standard form of a name given in parts, or whole (`full`), or both (parts win)."""
    given, family = name_in_parts(given, family, full)
    first = given_part(given)
    last = family_part(family, first.generation is None)
    return Names(
        *first[:3],
        middle_words(first.more, middle),
        *last[:3],
        first.generation or last.generation,
    )


def name_in_parts(given: str, family: str, full: str) -> tuple[str, str]:
    """Return given and family name: as they are, or out of the whole name where both are empty."""
    return _split(full) if full and not (given or family) else (given, family)


def given_part(given: str) -> GivenPart:
    """Return what a given name says, whatever the family name is."""
    words, generation = _given_words(given)
    first = words[0] if words else None
    roots: tuple[str, ...] | None = None
    if first:
        parts = [part for part in plain_words(given.split(maxsplit=1)[0] if given.split() else "") if part]
        roots = tuple(dict.fromkeys([*roots_of(first), *(roots_of(parts[0]) if len(parts) > 1 else ())]))
    return GivenPart(first, roots, sound_of(first) if first else None, tuple(words[1:]), generation)


def family_part(family: str, ask_generation: bool) -> FamilyPart:
    """Return what a family name says. `ask_generation`: the given name did not tell elder or younger; this may."""
    family, words, born_as = _family_words(family)
    generation = None
    if ask_generation and words and words[-1] in GENERATIONS and len(words) > 1:
        generation = GENERATIONS[words.pop()]
    whole = "".join(words) or None
    if whole is None:
        return FamilyPart(None, None, None, generation)
    shares = [word for word in words if word not in _PARTICLES and len(word) > 1]
    sound = sound_of(shares[-1] if shares and not born_as and len(shares) == 1 else whole)
    return FamilyPart(whole, tuple(dict.fromkeys([whole, *shares, *born_as])), sound, generation)


def middle_words(more: tuple[str, ...], middle: str) -> tuple[str, ...] | None:
    """Return the names between: those written after the first, and those of their own column."""
    return tuple(dict.fromkeys([*more, *(word for word in plain_words(middle) if word not in TITLES)])) or None


def _given_words(text: str) -> tuple[list[str], str | None]:
    """The given names, a hyphenated first one closed up, without titles."""
    generation = None
    words: list[str] = []
    for piece in _BRACKETS.sub(" ", text).replace(".", " ").split():
        parts = plain_words(piece)
        word = "".join(parts)
        if not word or word.isdigit() or (word in TITLES and (len(words) == 0)):
            continue
        if word in GENERATIONS and words:
            generation = GENERATIONS[word]
            continue
        words.append(word)
    if not words:
        words = plain_words(text)[:1]  # nothing but a title: then it is the name
    return words, generation


def _family_words(text: str) -> tuple[str, list[str], list[str]]:
    """The words of a family name, prefixes closed up; and what she was called before, where it is written there."""
    before = _NEE.search(text)
    born_as = (
        [word for word in plain_words(before[0]) if word not in {"nee", "formerly", "previously", "aka", "a", "k"}]
        if before
        else []
    )
    text = _BRACKETS.sub(" ", _NEE.sub("", text))
    words: list[str] = []
    waiting = ""
    for word in plain_words(text):
        if word in _JOINED:
            waiting += word
            continue
        words.append(waiting + word)
        waiting = ""
    if waiting:
        words.append(waiting)
    return text, words, born_as


def _split(full: str) -> tuple[str, str]:
    """Given and family name of a whole one: `Dunn, Mrs Amina` or `Mrs Amina van der Berg`; one word alone is a given name."""
    if "," in full:
        family, _, given = full.partition(",")
        if plain_words(given) and "".join(plain_words(given)) not in GENERATIONS:
            return given, family
        full = full.replace(",", " ")
    words = _BRACKETS.sub(" ", full).replace(".", " ").split()
    while len(words) > 1 and "".join(plain_words(words[0])) in TITLES:
        words = words[1:]
    tail = ""
    if len(words) > 1 and "".join(plain_words(words[-1])) in GENERATIONS:
        tail = " " + words.pop()
    if len(words) < 2:
        return " ".join(words), ""
    at = len(words) - 1
    while at > 1 and "".join(plain_words(words[at - 1])) in _PARTICLES:
        at -= 1
    return " ".join(words[:at]) + tail, " ".join(words[at:])
