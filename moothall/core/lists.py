"""Several things said one after the other. Pure."""

from __future__ import annotations

from collections.abc import Sequence


def say_all(words: Sequence[str]) -> str:
    """Return them as people say them: "a", "a and b", "a, b and c"; nothing for none."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))
