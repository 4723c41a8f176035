"""References a person can read out over a bad line and an adviser can type back.

Eight characters from an alphabet without vowels or look-alikes (no 0/O, 1/I/L, 5/S, 2/Z pairs), the last one a check
character: any one wrong character and any two neighbours swapped are caught before a search is made.
"""

import secrets

ALPHABET = "2346789CDFHJKMPQRTVWXYG"
LENGTH = 8
_BASE = len(ALPHABET)  # 23, a prime: weights 1..8 below it make the check catch every single slip
_INDEX = {character: number for number, character in enumerate(ALPHABET)}
_SPOKEN = {
    "C": "Charlie", "D": "Delta", "F": "Foxtrot", "G": "Golf", "H": "Hotel", "J": "Juliett", "K": "Kilo",
    "M": "Mike", "P": "Papa", "Q": "Quebec", "R": "Romeo", "T": "Tango", "V": "Victor", "W": "Whiskey",
    "X": "X-ray", "Y": "Yankee",
}  # fmt: skip


class NotAReference(ValueError):
    """The text is not one of our references; the message says what to do."""


def _check_character(body: str) -> str:
    total = sum((place + 2) * _INDEX[character] for place, character in enumerate(body))
    return ALPHABET[-total % _BASE]


def new_reference() -> str:
    """Return a fresh random reference, stored form (no dash). The column's unique index has the last word."""
    number, body = secrets.randbelow(_BASE ** (LENGTH - 1)), ""
    for _ in range(LENGTH - 1):
        number, digit = divmod(number, _BASE)
        body += ALPHABET[digit]
    return body + _check_character(body)


def read_reference(text: str) -> str:
    """Return the stored form of what a person typed: case, spaces and dashes do not matter.

    Raises:
        NotAReference: it is too short, too long, has a character we never use, or fails the check character.
    """
    cleaned = "".join(character for character in text.upper() if character.isalnum())
    if len(cleaned) != LENGTH:
        raise NotAReference(f"A reference has {LENGTH} letters and numbers, like {show_reference('4HTK7W2' + 'C')}.")
    if any(character not in _INDEX for character in cleaned) or _check_character(cleaned[:-1]) != cleaned[-1]:
        raise NotAReference("That reference is not one of ours. Check each letter and number and try again.")
    return cleaned


def looks_like_reference(text: str) -> bool:
    """Say whether the text would be read as a reference."""
    try:
        read_reference(text)
    except NotAReference:
        return False
    return True


def show_reference(stored: str) -> str:
    """Return the form people see: two groups of four, ``4HTK-7W2C``."""
    return f"{stored[:4]}-{stored[4:]}"


def spell_reference(stored: str) -> str:
    """Return the words an adviser reads out: ``4, Hotel, Tango, Kilo – 7, Whiskey, 2, Charlie``."""
    spoken = [_SPOKEN.get(character, character) for character in stored]
    return f"{', '.join(spoken[:4])} – {', '.join(spoken[4:])}"
