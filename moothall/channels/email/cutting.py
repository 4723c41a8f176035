"""What is new in an e-mail: what was quoted, signed or disclaimed is cut from the end. Pure, in one pass over the lines.

The whole is kept beside it: a cut too much is looked up, a cut too little is read over. Nothing in the middle is cut, so that
answers between quoted lines stay, with what they answer.
"""

# ruff: noqa: E501 - a pattern is read whole

from __future__ import annotations

import re
from typing import Final

MOST_LINES: Final = 5_000
LONGEST_LINE: Final = 2_000
SIGNATURE: Final = 10
"""The most lines a signature has, for the looser signs of one."""

_QUOTED = re.compile(r"^\s*>")
_WROTE = re.compile(
    r"^\s*(?:>+\s*)?(?:on\b.{3,200}\bwrote|am\b.{3,200}\bschrieb\b.{0,100}|le\b.{3,200}\ba écrit|el\b.{3,200}\bescribió"
    r"|il\b.{3,200}\bha scritto|op\b.{3,200}\bschreef\b.{0,100}|w dniu\b.{3,200}\bnapisał(?:\(a\)|a)?)\s*:?\s*$",
    re.IGNORECASE,
)
_BEGINS_WROTE = re.compile(r"^\s*(?:On|Am|Le|El|Il|Op|W dniu)\b[^\n]{2,200}$")
_ENDS_WROTE = re.compile(
    r"\b(?:wrote|schrieb|a écrit|escribió|ha scritto|schreef|napisał(?:\(a\)|a)?)\s*:?\s*$", re.IGNORECASE
)
_DIVIDER = re.compile(
    r"^\s*(?:-{2,}|_{2,})\s*(?:original (?:message|appointment)|forwarded (?:message|by .{0,80})|ursprüngliche nachricht"
    r"|message d'origine|reply (?:above|below) this line.{0,40})\s*(?:-{2,}|_{2,})?\s*$",
    re.IGNORECASE,
)
_LINE = re.compile(r"^\s*(?:_{10,}|-{20,}|={10,})\s*$")
_HEADING = re.compile(r"^\s*\*{0,2}(?:from|von|de|da|van|od)\*{0,2}\s*:\s*\*{0,2}.{1,200}$", re.IGNORECASE)
_NEXT_HEADING = re.compile(
    r"^\s*\*{0,2}(?:sent|date|to|subject|cc|gesendet|an|betreff|envoyé|à|objet|datum|data|reply-to|organi[sz]ation)\*{0,2}\s*:",
    re.IGNORECASE,
)
_SIGNED = re.compile(r"^\s*(?:--\s?|—|__|-\w.{0,40})\s*$")
_DASHES = re.compile(r"^\s*(?:--|—|__)\s*$")
_MOBILE = re.compile(
    r"^\s*(?:sent (?:from|via|using) (?:my|the|an?|yahoo|outlook|samsung|mail|gmail|blackberry|proton)\b[^,.;:!?]{0,45}"
    r"|get outlook for (?:ios|android).{0,40}|(?:von|envoyé de) mein(?:em)? .{0,40}gesendet|sent with [^,.;:!?]{0,40})\s*$",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"^\s*(?:(?:kind(?:est)?|best|warm(?:est)?|many)\s+(?:regards|wishes|thanks)|regards|yours (?:sincerely|faithfully|truly)"
    r"|sincerely|cheers|thanks|thank you|many thanks|thanks in advance|with thanks)\s*[,.!]?\s*$",
    re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"\b(?:this (?:e-?mail|message|communication)(?: and any (?:attachments?|files?)[^.]{0,60})?,? (?:is|are|may be|may contain|contains?)"
    r" (?:strictly )?(?:confidential|privileged|intended|private)|intended (?:solely|only) for the (?:use of the )?"
    r"(?:individual|addressee|person|named|intended)|if you (?:are not|have received) (?:the intended|this (?:e-?mail|message) in error)"
    r"|confidentiality notice|please consider the environment|think before you print|scanned (?:by|for) .{0,30}(?:virus|malware)"
    r"|virus[- ]free|registered (?:in england|office)|this email has been checked for viruses)",
    re.IGNORECASE,
)


def cut(whole: str) -> str:
    """Return what is new in a text: without what is quoted below, the signature, and what lawyers put under it.

    Where everything would be cut, everything stays: whoever wrote below the quote, or only a signature, is still read.
    """
    lines = [line[:LONGEST_LINE] for line in whole.split("\n")[:MOST_LINES]]
    end = _first_quote(lines)
    end = _without_footer(lines, end)
    end = _without_quoted_tail(lines, end)
    end = _without_disclaimer(lines, end)
    end = _without_signature(lines, end)
    kept = "\n".join(lines[:end]).strip()
    if kept:
        return kept
    below = "\n".join(line for line in lines if not _QUOTED.match(line) and not _WROTE.match(line)).strip()
    return below or whole.strip()


def _first_quote(lines: list[str]) -> int:
    """The line at which an earlier message begins, where all below it is that message."""
    answered: list[bool] = []
    for n, line in enumerate(lines):
        if _DIVIDER.match(line):
            return n
        if _LINE.match(line) and _headed(lines, n + 1):
            return n
        if _HEADING.match(line) and _headed(lines, n):
            return n
        length = _wrote(lines, n)
        if not length:
            continue
        answered = answered or _answered_below(lines)
        if not answered[n + length]:
            return n
    return len(lines)


def _wrote(lines: list[str], n: int) -> int:
    """How many lines from here say “On … wrote:”, up to three; 0 where none do."""
    if _WROTE.match(lines[n]) and re.search(r"\d|@", lines[n]):
        return 1
    if not _BEGINS_WROTE.match(lines[n]):
        return 0
    for more in (2, 3):
        together = lines[n : n + more]
        if len(together) == more and all(together) and _ENDS_WROTE.search(together[-1]):
            joined = " ".join(together)
            return more if len(joined) < 300 and re.search(r"\d|@", joined) else 0
    return 0


def _answered_below(lines: list[str]) -> list[bool]:
    """For each line, and for the end: whether somebody wrote on between or below the quoted lines from there, which are then
    part of what is said. One look at each line, from the end: whoever writes the same line a thousand times costs no more.
    """
    answered = [False] * (len(lines) + 1)
    below: bool | None = (
        False  # whether the next line that is neither quoted nor empty says something; None: not looked at
    )
    said = ""
    for n in range(len(lines) - 1, -1, -1):
        answered[n] = answered[n + 1]
        if _QUOTED.match(lines[n]):
            below = _says_something(said) if below is None else below
            answered[n] = below
        elif lines[n].strip():
            below, said = None, lines[n]
    return answered


def _says_something(line: str) -> bool:
    return not (_DASHES.match(line) or _MOBILE.match(line) or _LINE.match(line) or _DISCLAIMER.search(line))


def _headed(lines: list[str], n: int) -> bool:
    """Whether the head of an earlier message stands here: From and at least two more of its lines."""
    here = [line for line in lines[n : n + 8] if line.strip()][:6]
    return (
        bool(here) and bool(_HEADING.match(here[0])) and sum(bool(_NEXT_HEADING.match(line)) for line in here[1:]) >= 2
    )


def _without_quoted_tail(lines: list[str], end: int) -> int:
    """Leave out quoted lines at the end, and the line that says whose they are."""
    n = end
    while n and (not lines[n - 1].strip() or _QUOTED.match(lines[n - 1])):
        n -= 1
    if n == end or not any(_QUOTED.match(line) for line in lines[n:end]):
        return end
    for more in (1, 2, 3):
        if n - more >= 0 and _wrote(lines, n - more) == more:
            return n - more
    return n


def _without_disclaimer(lines: list[str], end: int) -> int:
    first = next((n for n in range(end) if _DISCLAIMER.search(lines[n])), end)
    while 0 < first < end and (_LINE.match(lines[first - 1]) or not lines[first - 1].strip()):
        first -= 1
    return first


def _without_footer(lines: list[str], end: int) -> int:
    """Leave out what a mailing list puts under a line: its name and addresses."""
    for n in range(max(1, end - SIGNATURE), end):
        below = [line for line in lines[n + 1 : end] if line.strip()]
        if _LINE.match(lines[n]) and below and any(re.search(r"https?://|@", line) for line in below):
            return n
    return end


def _without_signature(lines: list[str], end: int) -> int:
    """Leave out a signature: below dashes anywhere near the end, a telephone's own line, or a closing word and a few lines."""
    for n in range(max(0, end - 60), end):
        if _DASHES.match(lines[n]):
            return n
    for n in range(max(0, end - SIGNATURE), end):
        if _MOBILE.match(lines[n]):
            return n
    last = end
    while last and not lines[last - 1].strip():
        last -= 1
    if last and _SIGNED.match(lines[last - 1]) and last > 1:
        return last - 1
    for n in range(max(1, last - SIGNATURE), last):
        below = [line for line in lines[n + 1 : last] if line.strip()]
        if (
            _CLOSING.match(lines[n])
            and len(below) <= 8
            and all(len(line) <= 80 and not line.rstrip().endswith("?") for line in below)
        ):
            return n
    return end
