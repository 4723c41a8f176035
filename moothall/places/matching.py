"""Which premises an address that somebody wrote is: told only where it is sure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db import connection

from moothall.places.queries import AddressLine, addresses_meant, addresses_of
from moothall.places.rules import postcode_key, search_text, split_postcode

LIKE: Final = 0.6
"""How like the words of two addresses must be (pg_trgm, 0 to 1), where postcode and every number are the same."""
AHEAD: Final = 0.2
"""By how much the likest door must be ahead of the next."""


def premises_of(written: Sequence[tuple[str, str]]) -> list[AddressLine | None]:
    """Return for each (address, postcode) the premises it is, or ``None`` where that is not sure. At most three queries.

    The postcode may stand in the address. Every number must be the same; the words are forgiven their slips as long as no
    other door of the postcode comes near. Nothing is guessed: without a postcode, or with two that fit, it is nobody's door.
    """
    read = [(split_postcode(text)[0], postcode_key(code) or split_postcode(text)[1]) for text, code in written]
    found = [lines[0] if len(lines) == 1 else None for lines in addresses_meant(read)]
    open_to = [at for at, (text, key) in enumerate(read) if found[at] is None and key and _numbers(search_text(text))]
    if not open_to:
        return found
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT w.at, p.uprn, p.address, greatest(word_similarity(w.text, p.search), word_similarity(p.search, w.text))"
            " FROM unnest(%s::int[], %s::text[], %s::text[]) AS w(at, text, key)"
            " JOIN places_property p ON p.postcode_key = w.key",
            [open_to, [_words(read[at][0]) for at in open_to], [read[at][1] for at in open_to]],
        )
        doors: dict[int, list[tuple[float, int]]] = {}
        for at, uprn, address, like in cursor.fetchall():
            if _numbers(search_text(address)) == _numbers(search_text(read[at][0])):
                doors.setdefault(at, []).append((like, uprn))
    sure: dict[int, int] = {}
    for at, near in doors.items():
        (best, uprn), *others = sorted(near, reverse=True)
        if best >= LIKE and all(best - like >= AHEAD for like, _ in others):
            sure[at] = uprn
    lines = addresses_of(set(sure.values()))
    return [lines.get(sure[at]) if at in sure else one for at, one in enumerate(found)]


def _numbers(plain: str) -> list[str]:
    return sorted(word for word in plain.split() if word[0].isdigit())


def _words(text: str) -> str:
    return " ".join(word for word in search_text(text).split() if not word[0].isdigit())
