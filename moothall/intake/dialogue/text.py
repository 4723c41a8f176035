"""Text as people send it: cleaned of what cannot be seen, refused when it did not come through whole."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from moothall.intake.dialogue.errors import AnswerError, called

TEXT_MAX = 200
LONG_TEXT_MAX = 4_000
_KEPT_CONTROLS = "\n\t"


def clean(value: Any, label: str, *, most: int = TEXT_MAX, lines: bool = False, part: str = "") -> str:
    """Return text without invisible characters and outer space; one line unless ``lines``.

    Raises:
        AnswerError: it is not text, holds a character that did not come through (NUL, a lost character of another
            encoding, half of a pair), or is longer than ``most`` characters.
    """
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise AnswerError(f"Answer {called(label)} in words.", part)
    text = str(value)
    if "\x00" in text or "\ufffd" in text or any(0xD800 <= ord(character) <= 0xDFFF for character in text):
        raise AnswerError(f"Some characters of {called(label)} did not come through. Type them again.", part)
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = "".join(c for c in text if c in _KEPT_CONTROLS or unicodedata.category(c) not in {"Cc", "Cn", "Co"})
    if not lines:
        text = " ".join(text.split())
    text = text.strip()
    if len(text) > most:
        raise AnswerError(
            f"Shorten {called(label)} to {most:,} characters or fewer. It has {len(text):,} now.",
            part,
        )
    return text


def one(given: Any) -> Any:
    """Return the single value of something a form may send as a list; a mapping or list of several stays as it is."""
    if isinstance(given, list | tuple) and len(given) <= 1:
        return given[0] if given else None
    return given


def parts(given: Any, label: str) -> Mapping[str, Any]:
    """Return an answer in parts.

    Raises:
        AnswerError: it is something else.
    """
    if given is None or given == "":
        return {}
    if isinstance(given, Mapping):
        return {str(key): one(value) for key, value in given.items()}
    raise AnswerError(f"Answer each part of {called(label)}.")


def several(given: Any) -> Sequence[Any]:
    """Return the values of a list answer; one value is a list of one."""
    if given is None or given == "":
        return ()
    if isinstance(given, str | Mapping) or not isinstance(given, Sequence):
        return (given,)
    return given
