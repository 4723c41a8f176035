"""How a text message leaves, and what an arriving one asks for. Pure.

Lengths follow 3GPP TS 23.038: 160 septets of the GSM alphabet in one message, 153 each in several; one character
outside it makes the whole message UCS-2, with 70 and 67 UTF-16 units.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from moothall.core.references import LENGTH, NotAReference, read_reference
from moothall.intake.talking.tongue import bare_of
from moothall.notifications.protocols import Envelope
from moothall.notifications.senders import Outgoing

GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
TWICE = frozenset("^{}\\[~]|€\f")
_PLAINER = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " ", "•": "-"}
)
LONGEST_IN = 2000


@dataclass(frozen=True, slots=True)
class Length:
    """How long a text is: its alphabet (``gsm`` or ``unicode``), units, and how many messages it is sent as."""

    alphabet: str
    units: int
    segments: int


def render_text(outgoing: Outgoing) -> Envelope:
    """Return the envelope with the text, in the cheaper alphabet where only typography stands in its way."""
    return replace(outgoing.envelope, text=plainer(outgoing.body), subject="", html="")


def plainer(words: str) -> str:
    """Return the words with typographic quotes, dashes and dots in plain form, if that is all the GSM alphabet lacks."""
    tried = words.translate(_PLAINER)
    return tried if measure(tried).alphabet == "gsm" else words


def measure(words: str) -> Length:
    """Return alphabet, units and segments of a text. A character pair of the extension table is never split."""
    if all(character in GSM or character in TWICE for character in words):
        sizes = [2 if character in TWICE else 1 for character in words]
        return Length("gsm", sum(sizes), _segments(sizes, 160, 153))
    sizes = [2 if ord(character) > 0xFFFF else 1 for character in words]
    return Length("unicode", sum(sizes), _segments(sizes, 70, 67))


def _segments(sizes: list[int], alone: int, joined: int) -> int:
    if sum(sizes) <= alone:
        return 1
    segments, room = 1, joined
    for size in sizes:
        if size > room:
            segments, room = segments + 1, joined
        room -= size
    return segments


class Wish(StrEnum):
    """What a text that arrived asks for."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    ABOUT_CASE = "about_case"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Understood:
    """A text that arrived, as far as a machine may read it. ``words`` is what the customer wrote, cleaned."""

    wish: Wish
    words: str
    reference: str = ""


# CANCEL is none of them: to a person it means the booking we have just written about, never all texts for good.
_STOP = frozenset({"stop", "stopall", "stop all", "unsubscribe", "end", "quit", "opt out", "optout"})
_START = frozenset({"start", "unstop", "subscribe"})
_HELP = frozenset({"help", "info"})
_NO_OTHERS: Mapping[str, str] = MappingProxyType({})
_GROUPS = re.compile(r"[A-Za-z0-9]+")


def understand(text: str, also: Mapping[str, str] = _NO_OTHERS) -> Understood:
    """Read a text: STOP, START and HELP only when they are all it says; else the first of our references in it.

    ``also`` are words of other languages, in small letters, with the wish they stand for.
    """
    words = clean(text)
    bare = " ".join(re.sub(r"[^a-z ]", " ", words.lower()).split())
    for wish, known in ((Wish.STOP, _STOP), (Wish.START, _START), (Wish.HELP, _HELP)):
        if bare in known:
            return Understood(wish, words)
    if other := also.get(bare_of(words)):
        return Understood(Wish(other), words)
    reference = find_reference(words)
    return Understood(Wish.ABOUT_CASE, words, reference) if reference else Understood(Wish.OTHER, words)


def clean(text: str) -> str:
    """Return a text without control characters, in composed form, cut to a sane length."""
    kept = "".join(c for c in text if c == "\n" or unicodedata.category(c) not in {"Cc", "Cs", "Co", "Cn"})
    return unicodedata.normalize("NFC", kept).strip()[:LONGEST_IN]


def find_reference(words: str) -> str:
    """Return the first of our references written in a text, whole or in two groups, or nothing. The check
    character keeps an ordinary word of eight letters from being taken for one.
    """
    groups = _GROUPS.findall(words)
    for n, group in enumerate(groups):
        for candidate in (group, group + groups[n + 1] if n + 1 < len(groups) else ""):
            if len(candidate) == LENGTH:
                try:
                    return read_reference(candidate)
                except NotAReference:
                    continue
    return ""


_ASKING = frozenset(
    {"when", "where", "why", "what", "how", "update", "news", "progress", "status", "still", "waiting", "yet"}
)
LONGEST_CHASE = 8


def is_chasing(understood: Understood) -> bool:
    """Say whether a text about a case only asks how it stands, and tells us nothing new."""
    groups = [group for group in _GROUPS.findall(understood.words) if group.upper() not in understood.reference]
    said = {group.lower() for group in groups}
    if not said:
        return True
    return len(groups) <= LONGEST_CHASE and ("?" in understood.words or bool(_ASKING & said))
