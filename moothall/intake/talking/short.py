"""What is wrong with an answer, made short for the ear and for a text. Pure."""

from __future__ import annotations

import re

_ABOUT = re.compile(r" (?:for|to|of) “[^”]*”")


def short(message: str) -> str:
    """Return a message of the dialogue without the name of the question, which was just put."""
    cut = _ABOUT.sub("", message).strip()
    return cut[0].upper() + cut[1:] if cut else message
