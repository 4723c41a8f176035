"""What must not stand in a public answer: whatever says something of anybody. Pure.

It refuses too much rather than too little: an officer can always write privately.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from moothall.inbox.rules import references_in

_POSTCODE: Final = re.compile(r"\b(?:[A-Z]{1,2}\d[A-Z\d]?|GIR)\s*\d[A-Z]{2}\b", re.IGNORECASE)
_PHONE: Final = re.compile(r"(?<![\w.])(?:\+|00)?[\d(](?:[\s().-]*\d){8,14}(?!\w)")
_EMAIL: Final = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+")
_TOKEN: Final = re.compile(r"https?://\S*?(?:/[\w-]{20,}|[?&](?:reference|token|key)=)\S*", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
SHORTEST_NAME: Final = 3


class PersonalData(ValueError):
    """A public answer would tell something of somebody; the message says what."""


class NotProved(ValueError):
    """Nobody has shown who is behind the account."""


def check_public(text: str, *, names: Iterable[str] = (), address: str = "", ours: Iterable[str] = ()) -> None:
    """Refuse a public answer that holds a reference, postcode, telephone number, e-mail address, private link, or a
    name or address of the customer.

    ``names`` are hers as we hold them, ``address`` hers in one line, ``ours`` the council's own numbers and addresses,
    which may stand in it.

    Raises:
        PersonalData: it does; every finding is named.
    """
    found = [*_written(text, ours), *_hers(text, names, address)]
    if found:
        said = found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}"
        raise PersonalData(f"Everyone can read this answer, and it has {said}. Leave it out, or take it private.")


def ways_to_reach(text: str) -> bool:
    """Say whether an e-mail address or a telephone number stands in a text."""
    return bool(_EMAIL.search(text) or _PHONE.search(text))


def check_private(text: str, *, proved: bool) -> None:
    """Refuse a private answer that names a request before its author has shown who she is.

    Raises:
        NotProved: it does.
    """
    if not proved and references_in(text):
        raise NotProved(
            "Nobody has shown yet who is behind this account. Check who they are first, or leave the reference out."
        )


def _written(text: str, ours: Iterable[str]) -> list[str]:
    own = {_plain(one) for one in ours if one}
    found = []
    if named := references_in(text):
        found.append(f"a reference ({named[0][:4]}-{named[0][4:]})")
    if match := _POSTCODE.search(text):
        found.append(f"a postcode ({match[0]})")
    for match in _EMAIL.finditer(text):
        if _plain(match[0].rstrip(".,;:!?)")) not in own:
            found.append(f"an email address ({match[0]})")
            break
    for match in _PHONE.finditer(text):
        if _plain(match[0]) not in own:
            found.append(f"a telephone number ({match[0].strip()})")
            break
    if match := _TOKEN.search(text):
        found.append("a link that is for one person alone")
    return found


def _hers(text: str, names: Iterable[str], address: str) -> list[str]:
    said = {word.casefold() for word in _WORD.findall(text)}
    hers = [word for name in names for word in _WORD.findall(name) if len(word) >= SHORTEST_NAME]
    found = [f"the customer’s name ({word})" for word in dict.fromkeys(hers) if word.casefold() in said][:1]
    first = " ".join(address.partition(",")[0].split()).casefold()
    if len(first) >= 5 and first in " ".join(text.split()).casefold():
        found.append(f"the customer’s address ({address.partition(',')[0]})")
    return found


def _plain(text: str) -> str:
    """A number by its digits, with +44 as 0; anything else in lower case."""
    digits = re.sub(r"\D", "", text)
    if len(digits) >= 8 and "@" not in text:
        return "0" + digits.removeprefix("0044").removeprefix("44").removeprefix("0")
    return text.casefold().strip()
