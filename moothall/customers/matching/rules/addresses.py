"""Addresses as people and systems write them: the door, the street, the place and the postcode, for comparing."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from moothall.customers.rules.writing import cut_postcode, postcode_in, words_of

_STREETS: Final = {
    short: line.split()[0]
    for line in """
road rd
avenue ave av aven
close cl clo
court ct crt
crescent cres cr
drive dr drv
gardens gdns gdn
grove gr gro grv
heights hts
lane la ln
mount mt
parade pde
park pk
place pl
square sq
street str
terrace ter terr tce
view vw
walk wk
way wy
yard yd
building bldg
buildings bldgs
house hse ho
hill hl
green gn grn
estate est
industrial ind
circus circ
row rw
mews mws
north nth
south sth
upper upr
lower lwr
great gt
little lt
""".strip().split("\n")
    for short in line.split()[1:]
}
_ENDS: Final = frozenset(
    "road street avenue close court crescent drive gardens grove heights lane mount parade park place square terrace view "
    "walk "
    "way yard hill green row mews rise croft fold vale garth gate approach bank circus crossing dene end field fields garden "
    "heath nook path quay ridge side top villas wharf wood broadway highway circuit ".split()
)
_FLATS: Final = frozenset("flat apartment apt unit room suite floor flt maisonette studio block plot no number".split())
_NUMBERED: Final = re.compile(r"^\d+[a-z]?$|^[a-z]\d+$|^\d+-\d+$")
_FLAT_LETTER: Final = re.compile(r"^[a-h]$")
_RANGE: Final = re.compile(r"(\d+)\s*[-–/]\s*(\d+)")
_LETTERED: Final = re.compile(r"\b(\d+)\s+([a-h])\b(?=\s+\w{3,})")
_SPACES: Final = re.compile(r"\s+")


class Address(NamedTuple):
    """An address standardised: words in lower case. None for what is not known."""

    number: str | None
    street: str | None
    locality: str | None
    postcode: str | None
    outward: str | None


@lru_cache(maxsize=50_000)
def read_address(number: str, street: str, locality: str, postcode: str, whole: str) -> Address:
    """Return the standard form of an address given in parts, or whole, or both (parts win).

    `number` is the door with its flat, inner one first and parted by `/` (`3/12a`), or a house's name. A postcode may stand
    anywhere; one of another country is kept closed up.
    """
    if whole and not street:
        found = _read_whole(whole)
        number, street, locality = number or found[0], found[1], locality or found[2]
    code, outward = read_postcode(postcode, whole or street)
    return Address(read_number(number), read_street(street), read_locality(locality), code, outward)


def read_street(street: str) -> str | None:
    """Return a street's name, short words written out, without a postcode."""
    return _read_street(cut_postcode(street)) or None


def read_locality(locality: str) -> str | None:
    """Return the words of a place's name."""
    return " ".join(words_of(cut_postcode(locality))) or None


def read_postcode(text: str, elsewhere: str) -> tuple[str | None, str | None]:
    """Return a postcode closed up, and its outward part; looked for elsewhere where it is not in its own place."""
    found = postcode_in(text) or (postcode_in(elsewhere) if elsewhere else None)
    if found:
        return (found[0] + found[1]).lower(), found[0].lower()
    bare = "".join(words_of(text))
    if not bare:
        return None, None
    return bare, bare[:-3] if len(bare) in {5, 6, 7} and not bare.isdigit() else bare[:2]


def read_number(text: str) -> str | None:
    """Return a door, its flat first, without the words for one."""
    if not text:
        return None
    text = _RANGE.sub(r"\1-\2", text.casefold()) if "flat" not in text.casefold() else text.casefold().replace("/", " ")
    words = [word for word in re.split(r"[\s,/]+", text) if word]
    kept = [word.strip(".") for word in words if word.strip(".") not in _FLATS]
    return "/".join(part for part in kept if part) or None


def _read_street(text: str) -> str:
    words = words_of(text)
    plain = [_STREETS.get(word, word) for word in words]
    if len(plain) > 1 and plain[-1] == "st":
        plain[-1] = "street"
    return " ".join("saint" if word == "st" else word for word in plain)


def _read_whole(text: str) -> tuple[str, str, str]:
    """Door, street and place of one line: the door is what holds figures before the street's name, or a house's name."""
    bare = cut_postcode(text).casefold()
    bare = _RANGE.sub(r"\1-\2", bare)
    bare = _LETTERED.sub(r"\1\2", bare)
    sections = [_SPACES.sub(" ", section).strip(" .") for section in bare.replace("\n", ",").split(",")]
    sections = [section for section in sections if section]
    door: list[str] = []
    street = ""
    rest: list[str] = []
    for at, section in enumerate(sections):
        if street:
            rest.append(section)
            continue
        words = section.split(" ")
        while words and (_is_door(words[0]) or (door and len(words) > 1 and _FLAT_LETTER.match(words[0]))):
            door.append(words.pop(0))
        if door and words and door[-1] in _FLATS and _FLAT_LETTER.match(words[0]):
            door.append(words.pop(0))
        if not words:
            continue
        inner = next((i for i, word in enumerate(words) if i and _NUMBERED.match(word)), None)
        if inner is not None and len(words) > inner + 1:  # rose house 12 mill lane
            door += [*([] if door else words[:inner]), words[inner]]
            words = words[inner + 1 :]
        elif (
            at + 1 < len(sections)
            and _read_street(" ".join(words)).split()[-1:] != []
            and not _ends_street(words)
            and _leads_street(sections[at + 1])
        ):
            if not any(_NUMBERED.match(word) for word in door):
                door.append("".join(words))
            continue
        street, more = _cut_street(words)
        rest += more
    return " ".join(door), street, " ".join(rest[:1])


def _is_door(word: str) -> bool:
    return word in _FLATS or _NUMBERED.match(word) is not None


def _ends_street(words: list[str]) -> bool:
    return _STREETS.get(words[-1], words[-1]) in _ENDS or words[-1] == "st"


def _leads_street(section: str) -> bool:
    words = section.split(" ")
    return _NUMBERED.match(words[0]) is not None or _ends_street(words)


def _cut_street(words: list[str]) -> tuple[str, list[str]]:
    """The street ends with the last of its kind of words; what follows in the same section is the place."""
    for at in range(len(words) - 1, 0, -1):
        if _STREETS.get(words[at], words[at]) in _ENDS or words[at] == "st":
            after = " ".join(words[at + 1 :])
            return " ".join(words[: at + 1]), [after] if after else []
    return " ".join(words), []
