"""The words on a page, by Tesseract: in the language it is written in, whichever way up it lies."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PIL import Image

from moothall.channels.post.cleaning import clean, is_blank, level
from moothall.documents.pictures import page_png

SECONDS: Final = 60
GOOD: Final = 72.0
"""Mean confidence (0–100) from which a page is taken as read; below it other ways up and other languages are tried."""
TESSERACT: Final = {
    "en": "eng",
    "cy": "cym",
    "pl": "pol",
    "ro": "ron",
    "ur": "urd",
    "ar": "ara",
    "pt": "por",
    "es": "spa",
}
_COMMON: Final = {
    "en": "the and to of is for you my have that was it are this with not be on we in at your please dear",
    "pl": "nie jest się sie na do w z i to że ze mam proszę prosze mój moj dla jak od po przez pan pani",
    "cy": "yn y yr mae wedi ar i o fy eich gan nid chi fod a dw ei am hwn",
    "ro": "nu este și si la de în in că ca pe am cu pentru vă va rog sunt",
    "pt": "não nao que de para com uma por meu minha está esta são sao",
    "es": "no que de para con una por mi está esta el los las favor",
}
_STOPS: Final = {code: frozenset(words.split()) for code, words in _COMMON.items()}


class NoReader(RuntimeError):
    """Tesseract is not installed here, or does not work."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word read: its text, how sure (0–100), where it stands in dots from the top left, and on which line."""

    text: str
    sure: float
    left: int
    top: int
    width: int
    height: int
    line: int


@dataclass(frozen=True, slots=True)
class PageWords:
    """What stands on a page. ``picture`` is the page upright and level; ``sure`` the mean confidence, 0 on a blank page."""

    picture: Image.Image
    words: tuple[Word, ...]
    text: str
    sure: float
    language: str
    turned: float

    @property
    def blank(self) -> bool:
        """Whether nothing was found on it."""
        return not self.words


@lru_cache(maxsize=1)
def installed() -> frozenset[str]:
    """Return the languages Tesseract has here, by its own codes; empty when it is not installed."""
    if shutil.which("tesseract") is None:
        return frozenset()
    said = subprocess.run(
        ["tesseract", "--list-langs"], capture_output=True, text=True, timeout=SECONDS, check=False  # noqa: S607
    )  # fmt: skip
    return frozenset(line.strip() for line in said.stdout.splitlines()[1:] if line.strip())


def read_page(page: Image.Image, *, languages: Sequence[str] = ("en",)) -> PageWords:
    """Return the words of a page as it lies in the scanner: level, upright, in its language.

    ``languages`` are the pack's, first the usual one; those that Tesseract lacks here are left out. A page that reads badly
    is tried the other ways up, then in the language its commonest words suggest.

    Raises:
        NoReader: Tesseract is not here or failed.
    """
    if is_blank(page):
        return PageWords(page, (), "", 0.0, languages[0] if languages else "en", 0.0)
    straight, tilt = level(page)
    usual = _tesseract(languages[:1])
    best, turned = _try(straight, usual), tilt
    if best.sure < GOOD or _known_share(best.text) < 0.12:
        way = _way_up(straight)
        if way:
            again, more = level(straight.rotate(way, expand=True, fillcolor=255))
            second = _try(again, usual)
            if _worth(second) > _worth(best):
                best, turned = second, tilt + way + more
    language = language_of(best.text, languages)
    if language != (languages[0] if languages else "en") and (other := _tesseract([language])) != usual:
        best = _try(best.picture, other)
    return PageWords(best.picture, best.words, best.text, best.sure, language, round(turned, 2))


def language_of(text: str, languages: Sequence[str]) -> str:
    """Return which of these languages a text is in, by its commonest words; in doubt the first."""
    words = re.findall(r"[^\W\d_]+", text.casefold())
    first = languages[0] if languages else "en"
    if len(words) < 12:
        return first
    shares = {code: sum(w in _STOPS[code] for w in words) / len(words) for code in languages if code in _STOPS}
    best = max(shares, key=lambda code: shares[code], default=first)
    return best if shares.get(best, 0) > max(0.06, 1.6 * shares.get(first, 0)) else first


def _known_share(text: str) -> float:
    words = re.findall(r"[^\W\d_]+", text.casefold())
    every = frozenset[str]().union(*_STOPS.values())
    return sum(word in every for word in words) / len(words) if words else 0.0


@dataclass(frozen=True, slots=True)
class _Read:
    picture: Image.Image
    words: tuple[Word, ...]
    text: str
    sure: float


def _worth(read: _Read) -> float:
    """More words that are sure are a better reading, whatever the mean."""
    return sum(word.sure for word in read.words if word.sure > 40 and len(word.text) > 1)


def _tesseract(languages: Sequence[str]) -> str:
    here = installed()
    if not here:
        raise NoReader("Tesseract is not installed on this machine.")
    wanted = [TESSERACT[code] for code in languages if TESSERACT.get(code) in here]
    return "+".join(wanted) or ("eng" if "eng" in here else min(here))


def _way_up(page: Image.Image) -> int:
    """Return by how much to turn a page (anticlockwise) to stand it up, by its letters; 0 when that cannot be told."""
    if "osd" not in installed():
        return 0
    said = _run(page, ["--psm", "0", "-l", "osd"])
    found = re.search(r"Rotate: (\d+)[\s\S]*Orientation confidence: ([\d.]+)", said)
    if not found or float(found[2]) < 0.5:
        return 0
    return (360 - int(found[1])) % 360


def _try(page: Image.Image, languages: str) -> _Read:
    ready = clean(page)
    said = _run(ready, ["-l", languages, "--oem", "1", "--psm", "3", "tsv"])
    words: list[Word] = []
    lines: dict[tuple[str, str, str], int] = {}
    for row in csv.DictReader(io.StringIO(said), delimiter="\t", quoting=csv.QUOTE_NONE):
        text = (row.get("text") or "").strip()
        if row.get("level") != "5" or not text:
            continue
        line = lines.setdefault((row["block_num"], row["par_num"], row["line_num"]), len(lines))
        place = (int(row["left"]), int(row["top"]), int(row["width"]), int(row["height"]))
        words.append(Word(text, max(0.0, float(row["conf"])), *place, line))
    held: dict[int, list[str]] = {}
    for word in words:
        held.setdefault(word.line, []).append(word.text)
    text = "\n".join(" ".join(one) for one in held.values())
    letters = sum(len(word.text) for word in words)
    sure = sum(word.sure * len(word.text) for word in words) / letters if letters else 0.0
    return _Read(page, tuple(words), text, round(sure, 1))


def _run(page: Image.Image, options: Sequence[str]) -> str:
    sent = page_png(page)
    try:
        done = subprocess.run(
            ["tesseract", "stdin", "stdout", "--dpi", "200", *options],  # noqa: S607
            input=sent, capture_output=True, timeout=SECONDS, check=False, env=_ENVIRONMENT,
        )  # fmt: skip
    except FileNotFoundError as gone:
        raise NoReader("Tesseract is not installed on this machine.") from gone
    except subprocess.TimeoutExpired:
        return ""  # a page of nothing but specks: it has no words, and a person looks at it
    if done.returncode and "0" not in options:
        raise NoReader(f"Tesseract failed: {done.stderr.decode(errors='replace').strip()[:200]}")
    return done.stdout.decode("utf-8", errors="replace")


_ENVIRONMENT: Final = {"OMP_THREAD_LIMIT": "1", "PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
"""One thread a page: several pages at once are faster than one page on all cores."""
