"""What the words of a writing say of where it belongs. Pure."""

from __future__ import annotations

import re
from typing import Final
from uuid import UUID

from moothall.core.references import ALPHABET, looks_like_reference, read_reference

LONGEST_SEARCHED: Final = 20_000
MOST_REFERENCES: Final = 5
_REFERENCE = re.compile(rf"(?<![0-9A-Za-z])([{ALPHABET}]{{4}})[ \-–]?([{ALPHABET}]{{4}})(?![0-9A-Za-z])", re.IGNORECASE)
_OURS = re.compile(r"<?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@", re.IGNORECASE)
_AGAIN = re.compile(r"^(?:\s*(?:re|aw|wg|fw|fwd|antw|sv|tr|rv|odp)\s*(?:\[\d+\])?\s*:)+\s*", re.IGNORECASE)


def references_in(*texts: str) -> tuple[str, ...]:
    """Return our references named in texts, in stored form, in order, each once; the check character must fit."""
    found: dict[str, None] = {}
    for text in texts:
        for match in _REFERENCE.finditer(text[:LONGEST_SEARCHED]):
            written = match[1] + match[2]
            if looks_like_reference(
                written
            ):  # no word is made of our letters, and one reference in twenty has no figure
                found[read_reference(written)] = None
                if len(found) >= MOST_REFERENCES:
                    return tuple(found)
    return tuple(found)


def messages_answered(references: tuple[str, ...]) -> tuple[UUID, ...]:
    """Return the ids of messages of ours among the ids a writing answers, newest first: we name ours by their own id."""
    found = [UUID(match[1]) for one in references if (match := _OURS.match(one.strip()))]
    return tuple(dict.fromkeys(reversed(found)))


def bare_subject(subject: str) -> str:
    """Return a subject without “Re:” and “Fwd:”, as it is compared; empty when nothing is left."""
    return " ".join(_AGAIN.sub("", subject).split()).casefold()
