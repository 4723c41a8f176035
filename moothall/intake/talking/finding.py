"""Finding a service by telephone: by its first letters on the keys. Pure.

A service is found by each phrase of its own (its name, what people call it) from the beginning of any word of it: “Apply for
or renew a Blue Badge” by BLUE (2583) and by BADG (2234).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from moothall.intake.talking.keypad import keys_of
from moothall.services.pack import Service

LEAST_KEYS: Final = 2
AT_ONCE: Final = 6
"""So many are read out at a time; whoever listens forgets the first of more."""


def spelt(keys: str, services: Iterable[Service]) -> list[str]:
    """Return the codes of the services that these keys begin a word of, likeliest first; none for fewer than two keys.

    A phrase that begins with them comes before one that has them inside, a service's name before its other names, and a
    phrase that they write out before a longer one.
    """
    if len(keys) < LEAST_KEYS or not keys.isdigit():
        return []
    found: list[tuple[tuple[int, int], str]] = []
    for service in services:
        places = [
            place
            for rank, phrase in enumerate((service.name, *service.synonyms))
            if (place := _place(keys, phrase, rank))
        ]
        if places:
            found.append((min(places), service.code))
    return [code for _, code in sorted(found)]


def _place(keys: str, phrase: str, rank: int) -> tuple[int, int] | None:
    words = [keys_of(word) for word in phrase.replace("-", " ").split()]
    words = [word for word in words if word]
    for start in range(len(words)):
        rest = "".join(words[start:])
        if rest.startswith(keys):
            return (0 if start == 0 else 1 if rank == 0 else 2, len(rest))
    return None
