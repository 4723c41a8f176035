"""Addresses as people write them and as they are searched. Pure."""

from __future__ import annotations

import re
import unicodedata

_FULL_POSTCODE = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})")
_POSTCODE_IN_TEXT = re.compile(r"\b([A-Za-z]{1,2}\d[A-Za-z\d]?)\s*(\d[A-Za-z]{2})\b")


def postcode_key(text: str) -> str:
    """Return a postcode as it is searched: capitals, no space. Empty when the text is not a whole UK postcode."""
    plain = "".join(character for character in text.upper() if character.isalnum())
    return plain if plain == "GIR0AA" or _FULL_POSTCODE.fullmatch(plain) else ""


def show_postcode(key: str) -> str:
    """Return a postcode with its space: LS1 1UR."""
    return f"{key[:-3]} {key[-3:]}" if len(key) > 4 else key


def search_text(text: str) -> str:
    """Return text as addresses are searched: lower case, accents and punctuation gone, single spaces."""
    # Twice: folding the case of a mathematical letter leaves a plain one that folds again.
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).casefold()
    kept = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c) and c not in "'’")
    return " ".join(kept.split())


def split_postcode(text: str) -> tuple[str, str]:
    """Return the text without its postcode, and the postcode's key (empty when it holds none)."""
    found = _POSTCODE_IN_TEXT.search(text)
    if not found:
        return text, ""
    return (text[: found.start()] + " " + text[found.end() :]).strip(" ,"), (found[1] + found[2]).upper()


def natural_order(text: str) -> tuple[tuple[int, str], ...]:
    """Return a sort key by which 2 Mill Lane comes before 14 Mill Lane."""
    return tuple(
        (int(piece), "") if piece.isdigit() else (0, piece) for piece in re.findall(r"\d+|\D+", text.casefold())
    )
