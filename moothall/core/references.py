"""References a person can read out over a bad line and an adviser can type back.

Eight characters from an alphabet without vowels or look-alikes (no 0/O, 1/I/L, 5/S, 2/Z pairs; adr/0071), the last one a
check character: any one wrong character and any two neighbours swapped are caught before a search is made.
"""

import re
import secrets

ALPHABET = "2346789CDFHJKMPQRTVWXYG"
LENGTH = 8
_BASE = len(ALPHABET)  # 23, a prime: weights 1..8 below it make the check catch every single slip
SPACE = _BASE ** (LENGTH - 1)
_INDEX = {character: number for number, character in enumerate(ALPHABET)}
_SPOKEN = {
    "C": "Charlie", "D": "Delta", "F": "Foxtrot", "G": "Golf", "H": "Hotel", "J": "Juliett", "K": "Kilo",
    "M": "Mike", "P": "Papa", "Q": "Quebec", "R": "Romeo", "T": "Tango", "V": "Victor", "W": "Whiskey",
    "X": "X-ray", "Y": "Yankee",
}  # fmt: skip

_WRITTEN = re.compile(rf"(?<![A-Z0-9])([{ALPHABET}]{{4}})[^A-Z0-9]{{0,3}}([{ALPHABET}]{{4}})(?![A-Z0-9])")


class NotAReference(ValueError):
    """The text is not one of our references; the message says what to do."""


def _check_character(body: str) -> str:
    total = sum((place + 2) * _INDEX[character] for place, character in enumerate(body))
    return ALPHABET[-total % _BASE]


def reference_of(number: int) -> str:
    """Return the reference of a number, stored form (no dash): each number has its own, and neighbours look nothing alike.

    Numbers run from 0 to 23⁷ − 1, over three thousand million.
    """
    if not 0 <= number < SPACE:
        raise ValueError(f"A reference's number lies between 0 and {SPACE - 1}.")
    mixed = (number * 1_979_339_339 + 716_283_197) % SPACE
    digits = []
    for _ in range(LENGTH - 1):
        mixed, digit = divmod(mixed, _BASE)
        digits.append(digit)
    turned = 0
    for digit in digits:  # the fast-changing digits now lead, and are mixed again
        turned = turned * _BASE + digit
    turned = (turned * 2_654_435_761 + 1_234_567_891) % SPACE
    body = ""
    for _ in range(LENGTH - 1):
        turned, digit = divmod(turned, _BASE)
        body += ALPHABET[digit]
    return body + _check_character(body)


def new_reference() -> str:
    """Return some reference, drawn at random: for examples. Rows take theirs from ``core.reference_numbers``."""
    return reference_of(secrets.randbelow(SPACE))


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


def reference_in(text: str) -> str:
    """Return the stored form of a reference that was pasted with the words around it: “Your reference 4HTK-7W2C.”.

    Raises:
        NotAReference: there is none in it, or more than one.
    """
    try:
        return read_reference(text)
    except NotAReference:
        found: set[str] = {
            first + last for first, last in _WRITTEN.findall(text.upper()) if looks_like_reference(first + last)
        }
        if len(found) != 1:
            raise
        return found.pop()


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
