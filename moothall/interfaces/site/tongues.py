"""A drawn page in another language: each text that the pack has in it in its place, what is left marked as English.

The catalogue is keyed by the English as it stands on the page, as gettext's is. Pure but for what it is given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape, unescape
from typing import Final

_PIECES: Final = re.compile(
    r"(<!--.*?-->|<script\b.*?</script>|<style\b.*?</style>|<textarea\b.*?</textarea>|<svg\b.*?</svg>|<[^>]+>)", re.S
)
_NAMED: Final = re.compile(r'(\s(?:aria-label|placeholder|alt|title)=")([^"]*)(")')
_DATE: Final = re.compile(r"(?P<day>[A-Z][a-z]+day) (?P<n>\d{1,2}) (?P<month>[A-Z][a-z]+)(?P<rest>.*)")
_BARE: Final = frozenset({"title", "option", "dd"})
"""Where text stands without a mark of its language: no markup may stand there, or the words are the reader's own."""
_SENTENCE: Final = re.compile(r"(?:^|\s)[a-z]{2,}(?=\s|$)")
"""English words, where a name, a number or an address of email has none: a text is never half translated."""
_DATE_IN: Final = "{day} {n} {month}"


class Tongue:
    """One language of a page."""

    def __init__(self, code: str, says: Mapping[str, str], *, right_to_left: bool) -> None:
        self.code, self.right_to_left = code, right_to_left
        self._says = dict(says)
        self._forms = [
            (re.compile("(.+?)".join(re.escape(part) for part in english.split("{}"))), own)
            for english, own in says.items()
            if "{}" in english
        ]

    def has(self, english: str) -> bool:
        """Say whether this text is in the catalogue."""
        return self.say(english) is not None

    def say(self, english: str) -> str | None:
        """Return a text in this language; None where the pack does not have it."""
        if english in self._says:
            return self._says[english]
        if dated := self._date(english):
            return dated
        for form, own in self._forms:
            if found := form.fullmatch(english):
                held = [self.say(part) or ("" if _SENTENCE.search(part) else part) for part in found.groups()]
                if all(held):
                    return own.format(*held)
        return None

    def _date(self, english: str) -> str:
        found = _DATE.fullmatch(english)
        if found is None:
            return ""
        day, month = self._says.get(found["day"]), self._says.get(found["month"])
        shape = self._says.get(_DATE_IN, "")
        return shape.format(day=day, n=found["n"], month=month) + found["rest"] if day and month and shape else ""

    def page(self, html: str) -> str:
        """Return a whole page in this language, with its language and direction said."""
        direction = ' dir="rtl"' if self.right_to_left else ""
        html = re.sub(r'<html lang="[^"]*"', f'<html lang="{self.code}"{direction}', html, count=1)
        bare: list[str] = []
        out: list[str] = []
        for at, piece in enumerate(_PIECES.split(html)):
            if at % 2:
                _note(bare, piece)
                out.append(_NAMED.sub(self._named, piece) if piece[1:2].isalpha() else piece)
            else:
                out.append(self._text(piece, bare))
        return "".join(out)

    def _named(self, found: re.Match[str]) -> str:
        own = self.say(" ".join(unescape(found[2]).split()))
        return f"{found[1]}{escape(own)}{found[3]}" if own else found[0]

    def _text(self, piece: str, bare: list[str]) -> str:
        core = " ".join(unescape(piece).split())
        if not re.search(r"[A-Za-z]", core):
            return piece
        own = self._title(core) if bare[-1:] == ["title"] else self.say(core)
        before, after = piece[: len(piece) - len(piece.lstrip())], piece[len(piece.rstrip()) :]
        if own is not None:
            return f"{before}{escape(own, quote=False)}{after}"
        if bare or not re.search("[a-z]{2}", core):
            return piece
        ltr = ' dir="ltr"' if self.right_to_left else ""
        return f'{before}<span lang="en"{ltr}>{piece.strip()}</span>{after}'

    def _title(self, core: str) -> str:
        return " – ".join(self.say(part) or part for part in core.split(" – "))


def _note(bare: list[str], tag: str) -> None:
    found = re.match(r"<(/?)([a-z0-9]+)", tag)
    if found is None or found[2] not in _BARE:
        return
    if found[1]:
        bare[-1:] = []
    else:
        bare.append(found[2])


def english_of(html: str, say: Callable[[str], str | None]) -> list[str]:
    """Return the texts of an English page that a language lacks, for tests and whoever translates."""
    texts = (" ".join(unescape(piece).split()) for at, piece in enumerate(_PIECES.split(html)) if not at % 2)
    return [text for text in texts if re.search(r"[A-Za-z]", text) and say(text) is None]
