"""Text of one line as it comes in from anywhere: what nobody wrote on purpose is not kept."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_BREAKS: Final = re.compile(r"[\s\x1c-\x1f\x85\u2028\u2029]+")
_UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Control characters of both sets, and marks that turn or part a text without being seen. The joiners of Persian and Hindi
(U+200C, U+200D) are letters' own and stay."""


def one_line(text: str) -> str:
    """Return a text on one line: line breaks and tabs are spaces, spaces are single, what cannot be seen is gone.

    A name can so never begin a new line of a message's head, of a log or of a file that is carried away.
    """
    spaced = _BREAKS.sub(" ", unicodedata.normalize("NFC", text))
    return " ".join(_UNSEEN.sub("", spaced).split())
