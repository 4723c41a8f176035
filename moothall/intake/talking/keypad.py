"""What a telephone's keys can say: postcodes by the letters on them, dates, times and money. Pure.

Letters stand on keys as ITU-T E.161 puts them: 2 ABC, 3 DEF, 4 GHI, 5 JKL, 6 MNO, 7 PQRS, 8 TUV, 9 WXYZ.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

LETTERS = {
    "2": "ABC", "3": "DEF", "4": "GHI", "5": "JKL", "6": "MNO", "7": "PQRS", "8": "TUV", "9": "WXYZ",
}  # fmt: skip
KEY_OF = {letter: key for key, letters in LETTERS.items() for letter in letters}
_SHAPES = ("A9", "A99", "AA9", "AA99", "A9A", "AA9A")
_INWARD_LETTERS = frozenset("ABDEFGHJLNPQRSTUWXYZ")
"""The last two letters of a postcode are never C I K M O V (Royal Mail’s rules for postcodes)."""


def keys_of(text: str) -> str:
    """Return the keys one presses to write a text: letters by their key, digits as they are, nothing else."""
    return "".join(KEY_OF.get(character, character if character.isdigit() else "") for character in text.upper())


def postcodes_of(keys: str) -> list[str]:
    """Return every postcode that these keys could mean, without its space; none for keys no postcode has.

    At most some two thousand, so that they can be looked for among the postcodes of the area in one query.
    """
    if not keys.isascii() or not keys.isdigit() or not 5 <= len(keys) <= 7:
        return []
    found: list[str] = []
    for shape in _SHAPES:
        if len(shape) + 3 != len(keys):
            continue
        places = [_letters(key) if kind == "A" else _digit(key) for kind, key in zip(shape, keys, strict=False)]
        inward = [_digit(keys[-3]), *([c for c in _letters(key) if c in _INWARD_LETTERS] for key in keys[-2:])]
        found += ["".join(one) for one in product(*places, *inward)]
    return found


def _letters(key: str) -> list[str]:
    return list(LETTERS.get(key, ""))


def _digit(key: str) -> list[str]:
    return [key]


def date_of(keys: str) -> dict[str, str] | None:
    """Return the parts of a date keyed as eight numbers, day first ("19112026"); None for any other number of keys."""
    if len(keys) != 8 or not keys.isdigit():
        return None
    return {"day": keys[:2], "month": keys[2:4], "year": keys[4:]}


def time_of(keys: str) -> str | None:
    """Return a time keyed as four numbers of the 24-hour clock ("1730") as "17:30"; None for anything else."""
    return f"{keys[:2]}:{keys[2:]}" if len(keys) == 4 and keys.isdigit() else None


def amount_of(keys: str) -> str:
    """Return an amount or number as it is written: star stands for the point ("14*50" is "14.50")."""
    return keys.replace("*", ".", 1)


def several_of(keys: str, known: Iterable[str]) -> list[str]:
    """Return the choices whose keys were pressed one after the other; divided by stars where some have two digits."""
    names = set(known)
    if "*" in keys or any(len(name) > 1 for name in names):
        return [part for part in keys.split("*") if part]
    return list(keys)
