"""Words in Braille by liblouis (Debian: liblouis-bin, liblouis-data), laid out as a BRF file that an embosser takes as it is.

A BRF file is plain ASCII in the North American Braille code: 40 cells a line, 25 lines a page, a form feed between pages.
"""

import shutil
import subprocess
from functools import lru_cache
from typing import Final

TABLES: Final = {
    "en": "en-ueb-g2.ctb",
    "cy": "cy-cy-g2.ctb",
    "ar": "ar-ar-g1.utb",
    "ur": "ur-pk-g1.utb",
    "tr": "tr-g1.ctb",
}
"""Contracted Braille for English (UEB) and Welsh, uncontracted for the others."""

CELLS: Final = 40
LINES: Final = 25
LONGEST: Final = 40_000
_SECONDS: Final = 20


class CannotEmboss(ValueError):
    """These words cannot be put into Braille here; the message says why."""


def can_emboss(language: str) -> bool:
    """Say whether this machine can put a language into Braille."""
    return language in TABLES and shutil.which("lou_translate") is not None


@lru_cache(maxsize=64)
def brf(words: str, language: str) -> bytes:
    """Return a BRF file of the words; paragraphs begin in the third cell.

    Raises:
        CannotEmboss: no table for the language, no liblouis here, too many words, or it failed.
    """
    if not can_emboss(language):
        raise CannotEmboss("This language cannot be put into Braille here.")
    if len(words) > LONGEST:
        raise CannotEmboss(f"At most {LONGEST:,} characters can be put into Braille at once.")
    paragraphs = [" ".join(one.split()) for one in words.splitlines() if one.strip()]
    return pages(_cells(paragraphs, language))


def _cells(paragraphs: list[str], language: str) -> list[str]:
    command = ["lou_translate", "-f", f"en-us-brf.dis,{TABLES[language]}"]
    given = "".join(f"{one}\n" for one in paragraphs).replace(
        "\\", "\\\\"
    )  # it reads a backslash as the start of a code
    try:
        done = subprocess.run(command, input=given.encode(), capture_output=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise CannotEmboss("It took too long to put this into Braille.") from None
    lines = done.stdout.decode("utf-8", "replace").splitlines()
    if done.returncode or len(lines) < len(paragraphs):
        raise CannotEmboss("This could not be put into Braille.")
    return [line.upper() for line in lines[: len(paragraphs)]]


def pages(paragraphs: list[str]) -> bytes:
    """Lay out paragraphs of Braille cells: no line longer than 40, no page longer than 25. Pure."""
    lines = [line for one in paragraphs for line in _broken(one)]
    cut = [lines[at : at + LINES] for at in range(0, len(lines), LINES)]
    text = "\f".join("".join(f"{line}\r\n" for line in page) for page in cut)
    return text.encode("ascii", "replace")


def _broken(cells: str) -> list[str]:
    lines, line = [], "  "
    for whole in cells.split():
        word = whole
        while len(word) > CELLS:
            room = CELLS - len(line)
            lines.append(line + word[:room])
            line, word = "", word[room:]
        if line.strip() and len(line) + 1 + len(word) > CELLS:
            lines.append(line.rstrip())
            line = word
        elif not line.strip() and len(line) + len(word) > CELLS:
            line = word
        else:
            line = f"{line} {word}" if line.strip() else line + word
    return [*lines, line.rstrip()] if line.strip() else lines
