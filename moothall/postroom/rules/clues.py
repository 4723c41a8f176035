"""What can be read out of a letter's words: references, postcodes, dates, numbers, names; slips of the reading forgiven.

A machine takes O for 0, 5 for S, rn for m. What must have a certain shape (a reference with its check character, a postcode)
is mended by that shape, and says that it was.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import product
from typing import Final

from rapidfuzz import fuzz, process

from moothall.core.references import ALPHABET, LENGTH, NotAReference, read_reference

_LOOKS: Final = {
    "0": "DQ", "O": "DQCG", "1": "7JT", "I": "JT7", "L": "4J", "5": "69", "S": "893", "Z": "27", "B": "8R", "A": "4",
    "E": "F", "N": "MH", "U": "VJ", "€": "C6", "|": "JT", "]": "J",
}  # fmt: skip
"""What a character that no reference has was probably read from."""
_ALIKE: Final = {
    "8": "36", "6": "8G", "3": "89", "9": "43", "4": "9", "2": "7", "7": "2T", "C": "G", "G": "C6", "D": "Q", "Q": "DG",
    "F": "PT", "P": "FR", "R": "PK", "H": "MK", "M": "HW", "K": "XR", "X": "KY", "V": "YW", "Y": "VX", "W": "VM", "T": "7Y",
    "J": "T",
}  # fmt: skip
"""What a character may have been read from though it is one that references have."""
MOST_MENDED: Final = 40
_TOKEN: Final = re.compile(
    r"(?<![A-Za-z0-9])([A-Za-z0-9€|\]]{4})[ ]?([-–—~_=.:]?)[ ]?([A-Za-z0-9€|\]]{4})(?![A-Za-z0-9])"
)
_LOOSE: Final = re.compile(
    r"(?<![A-Za-z0-9])((?:[A-Za-z0-9€|£\]][“”\"'~°*.,_]?){2,6}\s?[-–—~_=]\s?(?:[“”\"'~°*.,_]?[A-Za-z0-9€|£\]]){2,6})(?![A-Za-z0-9])"
)
_RUN: Final = re.compile(r"(?<![A-Za-z0-9])(?=[A-Z0-9]*\d)(?=[A-Z0-9]*[A-Z])[A-Z0-9]{7,10}(?![A-Za-z0-9])")
_AFTER_LABEL: Final = re.compile(r"\b(?:our |your )?(?:re|r?ef|reference)\b\s?[.:;]?\s*(\S.{4,14})", re.IGNORECASE)
_LABEL: Final = re.compile(r"\b(?:our|your) ref(?:erence)?\b|^\W*re?f(?:erence)?\s?[:.;]", re.IGNORECASE | re.MULTILINE)
_REMAINS: Final = re.compile(
    r"(?<![A-Za-z0-9])(?=[A-Z0-9|€-]*[A-Z])(?=[A-Z0-9|€-]*\d)[A-Z0-9|€]{1,6}[-–—][A-Z0-9|€]{1,6}(?![A-Za-z0-9])"
)
_FOR_ANOTHER: Final = re.compile(
    r"\b(?:on behalf of|wri\w{1,5} for (?!the\b|a\b|some\b)|my (?:mother|father|client|tenant)\b)",
    re.IGNORECASE,
)
_NEW: Final = re.compile(
    r"\b(?:wr[il1]\w{2,5}|contact\w*|asking|applying|report\w*)\b(?:\W+\w+){0,4}\W+f[il1]rst\W+t[il1]\w{1,3}\b"
    r"|\b(?:not|never)\s+(?:written|asked|been in touch|contacted you)\s+(?:\w+\s+){0,3}before\b"
    r"|\b(?:a new|another|a different) (?:matter|request|complaint|application)\b",
    re.IGNORECASE,
)
_ANSWERS: Final = re.compile(
    r"\b(?:your letter|you asked (?:me )?for|i (?:last )?wrote|as i said|my (?:last|earlier) letter)\b", re.IGNORECASE
)
_POSTCODE: Final = re.compile(r"(?<![A-Z0-9])([A-Z0-9]{2,4})[ .]{0,2}([A-Z0-9]{3})(?![A-Z0-9])")
_LETTER_OF: Final = {"0": "O", "1": "I", "5": "S", "8": "B", "2": "Z", "6": "G", "4": "A", "7": "T"}
_DIGIT_OF: Final = {
    "O": "0",
    "D": "0",
    "Q": "0",
    "I": "1",
    "L": "1",
    "S": "5",
    "B": "8",
    "Z": "2",
    "G": "6",
    "A": "4",
    "T": "7",
}
_SHAPES: Final = ("AN", "ANN", "AAN", "AANN", "ANA", "AANA")
_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_WORDY_DATE: Final = re.compile(
    r"(?<!\w)([0-9OoIlSB]{1,2})\s?(?:st|nd|rd|th)?\s+(?:of\s+)?([A-Za-z]{3,10})\.?,?(?:\s+([0-9OoIlSB]{4}))?"
)
_NUMERIC_DATE: Final = re.compile(
    r"(?<![\dA-Za-z])([0-9OIl]{1,2})\s?[/.\-]\s?([0-9OIl]{1,2})\s?[/.\-]\s?((?:[0-9OIl]{2}){1,2})(?![\dA-Za-z])"
)
_EMAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE: Final = re.compile(r"(?<!\d)(?:\+44\s?|0)(?:[\dOoIl][\s-]?){9,10}(?!\d)")
_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_TITLES: Final = r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Rev|Sir|Prof)"
_NAMED: Final = re.compile(rf"\b{_TITLES}\.?\s+([A-Z][\w'’.-]*(?:\s+[A-Z][\w'’-]+){{0,3}})")
_SIGNED: Final = re.compile(
    r"(?:sincerely|faithfully|truly|regards|wishes|thanks|thank you"
    r"|z powa[zż]aniem|pozdrawiam|yn gywir|cu stim[aă])\b[,.]?\s*\n((?:.*\n?){1,4})",
    re.IGNORECASE,
)
_LABELLED: Final = re.compile(r"^\s*(?:full |my )?name\s*[:;.]?\s+(.{3,60})$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Clues:
    """What a letter says. ``references`` pass their check as they stand, ``mended`` after a likely slip was put right.

    ``postcodes`` are `LS6 2AB`; ``days`` are dates with their year or 0 where none is written: (year, month, day).
    ``words`` are all words in order, lower case.
    """

    references: tuple[str, ...] = ()
    mended: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    postcodes: tuple[str, ...] = ()
    days: frozenset[tuple[int, int, int]] = frozenset()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    remains: bool = False
    """It holds what may be left of a reference, or the words that stand before one."""
    for_another: bool = False
    """It speaks for somebody else: whoever signed is not enough."""
    says_earlier: bool = False
    """It says that this was reported or asked for before."""
    answers: bool = False
    """It speaks of letters that went before it."""
    says_new: bool = False
    """It says of itself that it is about something new: written for the first time, not asked before."""

    def says_day(self, day: date, *, without_year: bool = False) -> bool:
        """Whether the day is written, with its year or, if that will do, without."""
        return (day.year, day.month, day.day) in self.days or (without_year and (0, day.month, day.day) in self.days)


def clues_in(text: str) -> Clues:
    """Return what can be read out of a letter's words. Any text will do; it never raises."""
    exact, mended, tokens = _references(text)
    return Clues(
        references=exact, mended=mended, tokens=tokens, postcodes=_postcodes(text), days=_days(text),
        emails=tuple(dict.fromkeys(one.lower().rstrip(".") for one in _EMAIL.findall(text))),
        phones=_phones(text), names=_names(text), words=tuple(one.lower() for one in _WORD.findall(text)),
        remains=bool(_REMAINS.search(text) or _LABEL.search(text)), for_another=bool(_FOR_ANOTHER.search(text)),
        says_new=bool(_NEW.search(text)),
        answers=bool(_ANSWERS.search(text)),
        says_earlier=any(fuzz.ratio(one.lower(), "reported") >= 75 for one in _WORD.findall(text)),
    )  # fmt: skip


def _references(text: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    exact: list[str] = []
    mended: list[str] = []
    tokens: list[str] = []
    for found in _TOKEN.finditer(text):
        token = (found[1] + found[3]).upper()
        if not _may_be_reference(found[1] + found[3], dashed=bool(found[2])):
            continue
        tokens.append(token)
        try:
            exact.append(read_reference(token))
        except NotAReference:
            mended.extend(_mend(token))
    for loose in (*_LOOSE.findall(text), *_AFTER_LABEL.findall(text)):
        token = "".join(one for one in loose.upper() if one.isalnum())
        told = any(one.isdigit() for one in token) or loose.upper() == loose
        if LENGTH - 3 <= len(token) <= LENGTH + 2 and told and not token.isdigit():
            tokens.append(token)
            mended.extend(_lengthened(token))
    for run in _RUN.findall(text):
        if not _postcodes(run):
            tokens.append(run)
            mended.extend(_lengthened(run))
    unique = tuple(dict.fromkeys(exact))
    return unique, tuple(one for one in dict.fromkeys(mended) if one not in unique), tuple(dict.fromkeys(tokens))


def _may_be_reference(token: str, *, dashed: bool) -> bool:
    """Not two words of four letters, nor part of a telephone number."""
    if token[4:].isdigit() and _month(token[:4]) and token[4:6] in {"19", "20"}:
        return False  # June 2026
    digits = sum(one.isdigit() for one in token)
    if digits == len(token) or token.lower() == token:
        return False
    return dashed or digits >= 1


@lru_cache(maxsize=4096)
def _mend(token: str) -> tuple[str, ...]:
    """The references a misread token may have been: every foreign character put right, or one of ours read amiss."""
    foreign = [place for place, one in enumerate(token) if one not in ALPHABET]
    if len(foreign) > 3:
        return ()
    choices = [(_LOOKS.get(one, "") if one not in ALPHABET else one) or ALPHABET for one in token]
    found = [one for one in map("".join, product(*choices)) if _right(one)]
    if not foreign:  # one character of eight is wrong: at each place exactly one other makes the check right
        found += [
            new
            for place in range(LENGTH)
            for other in ALPHABET
            if other != token[place] and _right(new := token[:place] + other + token[place + 1 :])
        ]
    elif len(foreign) == 1:
        base = [token[: foreign[0]] + new + token[foreign[0] + 1 :] for new in choices[foreign[0]]]
        for one in base:
            for place in range(LENGTH):
                found += [
                    new for other in _ALIKE.get(one[place], "") if _right(new := one[:place] + other + one[place + 1 :])
                ]
    return tuple(dict.fromkeys(found))[:MOST_MENDED]


@lru_cache(maxsize=4096)
def _lengthened(token: str) -> tuple[str, ...]:
    """The references that a token with one character too few or too many may have been: the check leaves about eight."""
    if any(one not in ALPHABET for one in token):
        return ()
    if len(token) == LENGTH - 1:
        every = {token[:place] + one + token[place:] for place in range(LENGTH) for one in ALPHABET}
    elif len(token) == LENGTH + 1:
        every = {token[:place] + token[place + 1 :] for place in range(LENGTH + 1)}
    else:
        return ()
    return tuple(sorted(one for one in every if _right(one)))[:MOST_MENDED]


def _right(text: str) -> bool:
    try:
        return read_reference(text) == text
    except NotAReference:
        return False


def _postcodes(text: str) -> tuple[str, ...]:
    found: list[str] = []
    for match in _POSTCODE.finditer(text.upper()):
        outward, inward = match[1], match[2]
        if not any(one.isdigit() for one in outward) and not (
            outward.endswith(("I", "L", "O", "S")) and inward[0].isdigit()
        ):
            continue  # two words, not a code
        end = _shaped(inward, "NAA")
        if end is None or end[1] > 1 or (not inward[0].isdigit() and inward[0] not in "OISBZLG"):
            continue
        starts = [
            one for shape in _SHAPES if len(shape) == len(outward) and (one := _shaped(outward, shape)) is not None
        ]
        starts.sort(key=lambda one: one[1])
        for start, slips in starts[:2]:
            if slips + end[1] <= 2:
                found.append(f"{start} {end[0]}")
    return tuple(dict.fromkeys(found))


def _shaped(text: str, shape: str) -> tuple[str, int] | None:
    """The text with letters where letters must be and digits where digits must be, and how many were changed."""
    out, slips = "", 0
    for one, wanted in zip(text, shape, strict=True):
        if wanted == "A":
            new = one if one.isalpha() else _LETTER_OF.get(one, "")
        else:
            new = one if one.isdigit() else _DIGIT_OF.get(one, "")
        if not new:
            return None
        slips += new != one
        out += new
    return out, slips


def _number(text: str) -> int:
    plain = "".join(_DIGIT_OF.get(one.upper(), one) for one in text)
    return int(plain) if plain.isdigit() else 0


def _days(text: str) -> frozenset[tuple[int, int, int]]:
    found: set[tuple[int, int, int]] = set()
    for match in _WORDY_DATE.finditer(text):
        month = _month(match[2])
        day, year = _number(match[1]), _number(match[3]) if match[3] else 0
        if month and 1 <= day <= 31:
            found.add((year if 1890 <= year <= 2200 else 0, month, day))
    for match in _NUMERIC_DATE.finditer(text):
        day, month, year = _number(match[1]), _number(match[2]), _number(match[3])
        if 1 <= day <= 31 and 1 <= month <= 12:
            years = (year,) if len(match[3]) == 4 else (1900 + year, 2000 + year)
            found |= {(one, month, day) for one in years if 1890 <= one <= 2200}
    return frozenset(found)


def _month(word: str) -> int:
    plain = word.lower()
    if len(plain) == 3 or plain in {"sept"}:
        return next((number for number, name in enumerate(_MONTHS, 1) if name.startswith(plain)), 0)
    best = process.extractOne(plain, _MONTHS, scorer=fuzz.ratio, score_cutoff=78)
    return _MONTHS.index(best[0]) + 1 if best else 0


def _phones(text: str) -> tuple[str, ...]:
    found = []
    for match in _PHONE.findall(text):
        digits = "".join(_DIGIT_OF.get(one.upper(), one) for one in match if one.isalnum() or one == "+")
        digits = digits.replace("+44", "0")
        if digits.isdigit() and len(digits) in {10, 11}:
            found.append(digits)
    return tuple(dict.fromkeys(found))


def _names(text: str) -> tuple[str, ...]:
    """Likely names of people: after a title, under the closing words, after `Name`; and the first line of all."""
    found = [match.strip(" .,") for match in _LABELLED.findall(text)]
    for block in _SIGNED.findall(text):
        found += [line.strip(" .,") for line in block.splitlines() if 4 <= len(line.strip()) <= 45][:2]
    found += [match.strip(" .,") for match in _NAMED.findall(text)]
    found += [line.strip(" .,") for line in text.strip().splitlines()[:2] if 4 <= len(line.strip()) <= 40]
    named = [one for one in found if sum(c.isalpha() for c in one) >= 4 and sum(c.isdigit() for c in one) == 0]
    return tuple(dict.fromkeys(named))[:8]
