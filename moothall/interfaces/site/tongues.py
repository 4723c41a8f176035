"""A drawn page in another language: each text that the pack has in it in its place, what is left marked as English.

The catalogue is keyed by the English as it stands on the page, as gettext's is. Pure but for what it is given.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape
from typing import Final

from moothall.customers.rules.phrasebook import Phrasebook

_PIECES: Final = re.compile(
    r"(<!--.*?-->|<script\b.*?</script>|<style\b.*?</style>|<textarea\b.*?</textarea>|<svg\b.*?</svg>|<[^>]+>)", re.S
)
_NAMED: Final = re.compile(r'(\s(?:aria-label|placeholder|alt|title|data-cleared|data-i18n[a-z.-]+)=")([^"]*)(")')
_BARE: Final = frozenset({"title", "option", "dd"})
"""Where text stands without a mark of its language: no markup may stand there, or the words are the reader's own."""
_NUMBERS: Final = re.compile(r"\+?\d[\d ]* [\d ]*\d")
"""Groups of figures, as a telephone number: from right to left their order would be turned."""
_EMPTY: Final = frozenset({"input", "br", "img", "meta", "link", "hr", "source", "rect", "path"})


class Tongue(Phrasebook):
    """One language of a page."""

    def page(self, html: str) -> str:
        """Return a whole page in this language, with its language and direction said."""
        direction = ' dir="rtl"' if self.right_to_left else ""
        html = re.sub(r'<html lang="[^"]*"', f'<html lang="{self.code}"{direction}', html, count=1)
        bare: list[str] = []
        marked: list[str] = []
        out: list[str] = []
        for at, piece in enumerate(_PIECES.split(html)):
            if at % 2:
                _note(bare, piece)
                _note_marked(marked, piece)
                out.append(_NAMED.sub(self._named, piece) if piece[1:2].isalpha() and not marked else piece)
            else:
                out.append(piece if marked else self._text(piece, bare))
        return "".join(out)

    def _named(self, found: re.Match[str]) -> str:
        own = self.say(" ".join(unescape(found[2]).split()))
        return f"{found[1]}{escape(own)}{found[3]}" if own else found[0]

    def _text(self, piece: str, bare: list[str]) -> str:
        core = " ".join(unescape(piece).split())
        if not re.search(r"[A-Za-z]", core):
            turned = self.right_to_left and _NUMBERS.fullmatch(core) and bare[-1:] not in (["title"], ["option"])
            return f'<bdi dir="ltr">{piece}</bdi>' if turned else piece
        own = self._title(core) if bare[-1:] == ["title"] else self.say(core)
        before, after = piece[: len(piece) - len(piece.lstrip())], piece[len(piece.rstrip()) :]
        if own is not None:
            return f"{before}{escape(own, quote=False)}{after}"
        if self.right_to_left and bare[-1:] == ["dd"]:
            return f"{before}<bdi>{piece.strip()}</bdi>{after}"
        if bare or not re.search("[a-z]{2}", core):
            return piece
        ltr = ' dir="ltr"' if self.right_to_left else ""
        return f'{before}<span lang="en"{ltr}>{piece.strip()}</span>{after}'

    def _title(self, core: str) -> str:
        return " – ".join(self.say(part) or self._listed(part) for part in core.split(" – "))

    def _listed(self, core: str) -> str:
        """What a title names side by side, as a service and its reference: each by itself."""
        return ", ".join(self.say(part) or part for part in core.split(", "))


def _note(bare: list[str], tag: str) -> None:
    found = re.match(r"<(/?)([a-z0-9]+)", tag)
    if found is None or found[2] not in _BARE:
        return
    if found[1]:
        bare[-1:] = []
    else:
        bare.append(found[2])


def _note_marked(marked: list[str], tag: str) -> None:
    """Keep count of elements inside one whose language the page says itself: what stands there is left as it is."""
    found = re.match(r"<(/?)([a-z0-9]+)", tag)
    if found is None or found[2] in _EMPTY or found[2] == "html" or tag.endswith("/>"):
        return
    if found[1]:
        if marked and marked[-1] == found[2]:
            marked.pop()
    elif re.search(r"\slang=\"", tag) or (marked and marked[-1] == found[2]):
        marked.append(found[2])


def english_of(html: str, say: Callable[[str], str | None]) -> list[str]:
    """Return the texts of an English page that a language lacks, for tests and whoever translates."""
    texts = (" ".join(unescape(piece).split()) for at, piece in enumerate(_PIECES.split(html)) if not at % 2)
    return [text for text in texts if re.search(r"[A-Za-z]", text) and say(text) is None]
