"""How typed text finds people: what a record can be found by, what a typed line asks for, how close two words are.

A record's `search` holds its words. A typed word also means the words that sound like it or differ by one slip: those
are looked up among all words ever held (`NameWord`), which are few, so that the search over people stays exact and quick.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from rapidfuzz.distance import OSA

from moothall.core.references import looks_like_reference, read_reference
from moothall.customers.rules.registers import read_company_number
from moothall.customers.rules.writing import (
    CannotRead,
    cut_postcode,
    plain_company_number,
    plain_email,
    plain_phone,
    postcode_in,
    words_of,
)

MOST_TYPED: Final = 200
MOST_WORDS: Final = 8
_PHONE = re.compile(r"(?<![\w/.-])(?:\+|00)?\(?\d[\d ()-]{8,17}\d(?![\w/.-])")
_EMAIL = re.compile(r"[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>]+")
_DATE = re.compile(r"\b(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[/. -](\d{1,2})[/. -](\d{4}))\b")
_UPRN = re.compile(r"\b(?:uprn\s*:?\s*)(\d{1,12})\b", re.IGNORECASE)
_COMPANY_ALONE = re.compile(r"^(?:[A-Za-z]{2} ?[0-9]{5,6}|[0-9]{6,7})$")
_LONG_NUMBER = re.compile(r"^\d{9,12}$")
_OUTWARD = re.compile(r"^[a-z]{1,2}[0-9][0-9a-z]?$")
_SHORTEST_TO_MEND: Final = 3
_LONGEST_SHORT_WORD: Final = 4


def search_document(names: Iterable[str], address: str = "") -> str:
    """Return the words a person can be found by: of the names, of the address, the postcode whole and its outward half."""
    words: list[str] = []
    for name in names:
        parts = words_of(name)
        words += parts
        if "-" in name and len(parts) > 1:
            words.append("".join(parts))  # Smith-Jones is also typed smithjones
    postcode = postcode_in(address)
    words += words_of(cut_postcode(address))
    if postcode:
        words += [(postcode[0] + postcode[1]).lower(), postcode[0].lower()]
    return " ".join(dict.fromkeys(words))[:400]


def words_to_mend_by(document: str) -> list[str]:
    """Return a record's words that someone might mistype: those with letters alone, of three or more."""
    return sorted({word for word in document.split() if len(word) >= _SHORTEST_TO_MEND and word.isalpha()})


def slips_of(word: str) -> list[str]:
    """Return the word and every form of it with one letter left out: two words share one when a slip parts them.

    Covers one letter wrong, missing, added or two neighbours swapped (Damerau); closer looks are `closeness`'s.
    """
    return list(dict.fromkeys([word, *(word[:at] + word[at + 1 :] for at in range(len(word)))]))


def closeness(typed: str, held: str) -> float:
    """Return 1 for the same word down to 0, counting a swap of neighbours as one slip."""
    return OSA.normalized_similarity(typed, held)


def close_enough(typed: str, held: str, *, sounds_alike: bool) -> bool:
    """Say whether the typed word may have meant this one: one slip, two in a long word, or the same sound."""
    slips = OSA.distance(typed, held)
    allowed = 1 if len(typed) <= _LONGEST_SHORT_WORD + 1 else 2
    return slips <= allowed or (sounds_alike and slips <= max(2, max(len(typed), len(held)) // 2))


@dataclass(frozen=True, slots=True)
class Typed:
    """What one typed line asks for. Everything given must hold; `words` are the rest, to be found in names and addresses.

    `or_company`: what reads as a reference of ours may as well be this company number; either will do.
    """

    phone: str = ""
    email: str = ""
    postcode: str = ""
    reference: str = ""
    uprn: int | None = None
    born: date | None = None
    words: tuple[str, ...] = ()
    or_company: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing was asked."""
        return self == Typed()


def read_typed(text: str) -> Typed:
    """Read a line typed into the search box. Never fails: what is nothing special is words. Over-long text is cut."""
    line = " ".join(text[:MOST_TYPED].split())
    line, email = _take(line, _EMAIL, plain_email)
    if looks_like_reference(line) and not postcode_in(line):
        return Typed(email=email, reference=read_reference(line), or_company=_whole_company_number(line))
    uprn = None
    if named := _UPRN.search(line):
        uprn, line = int(named[1]), line.replace(named[0], " ")
    line, born = _take_date(line)
    bare = line.strip()
    if uprn is None and _LONG_NUMBER.match(bare) and not bare.startswith("0"):
        uprn, line = int(bare), ""
    if number := _company_number(line):
        return Typed(email=email, uprn=uprn, born=born, words=(number,))
    line, phone = _take(line, _PHONE, plain_phone)
    postcode = postcode_in(line)
    words = words_of(cut_postcode(line))[:MOST_WORDS]
    return Typed(
        phone=phone,
        email=email,
        postcode=(postcode[0] + postcode[1]).lower() if postcode else "",
        uprn=uprn,
        born=born,
        words=tuple(dict.fromkeys(words)),
    )


def _company_number(line: str) -> str:
    """A company number that stands alone, as records are found by it: `SC 12345` and `1234567` want the noughts in front."""
    if not _COMPANY_ALONE.match(line.strip()):
        return ""
    try:
        return read_company_number(line).lower()
    except CannotRead:
        return ""


def _whole_company_number(line: str) -> str:
    try:
        return plain_company_number(line).lower()
    except CannotRead:
        return ""


def is_outward(word: str) -> bool:
    """Say whether a word looks like the first half of a postcode (`ls6`)."""
    return _OUTWARD.match(word) is not None


def expression(groups: Sequence[Sequence[str]], *, prefixes: Sequence[str] = ()) -> str:
    """Return a PostgreSQL tsquery: one word of every group must be there. `prefixes[i]` may also begin a word.

    Words come from `words_of`, so hold letters and digits alone; they are quoted all the same.
    """
    parts = []
    for at, group in enumerate(groups):
        terms = [f"'{word}'" for word in group]
        if at < len(prefixes) and prefixes[at]:
            terms.append(f"'{prefixes[at]}':*")
        parts.append(f"({' | '.join(terms)})")
    return " & ".join(parts)


def _take(line: str, pattern: re.Pattern[str], read: Callable[[str], str]) -> tuple[str, str]:
    for found in pattern.finditer(line):
        try:
            value = read(found[0])
        except CannotRead:
            continue
        return f"{line[: found.start()]} {line[found.end() :]}", value
    return line, ""


def _take_date(line: str) -> tuple[str, date | None]:
    for found in _DATE.finditer(line):
        year, month, day = (found[1], found[2], found[3]) if found[1] else (found[6], found[5], found[4])
        try:
            born = date(int(year), int(month), int(day))
        except ValueError:
            continue
        return f"{line[: found.start()]} {line[found.end() :]}", born
    return line, None
