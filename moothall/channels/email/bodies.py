"""What an e-mail says: its words out of whatever alphabet, encoding and markup they came in. Pure; every step is bounded."""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import quopri
import re
from email.message import Message
from typing import Final

LONGEST_HTML: Final = 1_000_000
LONGEST_BODY: Final = 400_000
_BLOCKS: Final = frozenset({
    "p", "div", "br", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "section", "article",
    "header", "footer", "blockquote", "pre", "dt", "dd", "title",
})  # fmt: skip
_SILENT: Final = frozenset({"script", "style", "head", "template", "noscript", "svg"})
_SPACES: Final = re.compile(r"[ \t\u00a0\u200b\u200c\u200d\ufeff\u2007\u202f]+")
_ODD: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_NAME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9]{0,15}")
_NEVER: Final = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "utf-7", "utf7"})
"""Not alphabets of letters people write, or ones that say other than they show."""
_ALIASES: Final = {
    "ks_c_5601-1987": "cp949", "ks_c_5601": "cp949", "x-unknown": "", "unknown-8bit": "", "default": "", "ansi_x3.4-1968": "",
    "iso-8859-8-i": "iso-8859-8", "x-sjis": "shift_jis", "gb2312": "gb18030", "windows-874": "cp874",
    "us-ascii": "",
    "ascii": "",    "iso-8859-1": "cp1252", "latin1": "cp1252", "utf8": "utf-8", "cp-850": "cp850",
    "x-mac-roman": "mac_roman",
}  # fmt: skip


def content_of(part: Message, most: int) -> bytes:
    """Return a part's content, its transfer encoding undone as far as it can be; at most so many bytes. Never raises."""
    held = getattr(part, "_payload", "")  # as the parser kept it: asked nicely, it guesses at alphabets and loses bytes
    if not isinstance(held, str):
        return b""
    try:
        raw = held.encode("ascii", "surrogateescape")
    except UnicodeEncodeError:
        raw = held.encode("utf-8", "replace")
    try:
        coding = str(part.get("content-transfer-encoding", "")).strip().lower().rstrip(";")
    except Exception:  # the parser fails on broken headers in its own ways
        coding = ""
    try:
        if coding.startswith("base64"):
            return _unpacked(raw)[:most]
        if coding.startswith("quoted-printable"):
            return quopri.decodestring(raw)[:most]
        if "uue" in coding or "uuencode" in coding:
            return _uudecoded(raw)[:most]
    except (binascii.Error, ValueError):
        return raw[:most]
    return raw[:most]


def _unpacked(raw: bytes) -> bytes:
    """Base64, however it was broken: what is no letter of it is left out, an end that is missing is put there."""
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", raw.split(b"=\n\n", 1)[0])
    return base64.b64decode(letters[: len(letters) - (len(letters) % 4 == 1)] + b"=" * (-len(letters) % 4))


def _uudecoded(raw: bytes) -> bytes:
    lines, inside = [], False
    for line in raw.splitlines():
        if line.startswith(b"begin "):
            inside = True
        elif line.strip() == b"end":
            break
        elif inside:
            try:
                lines.append(binascii.a2b_uu(line))
            except binascii.Error:
                length = (((line[0] - 32) & 63) * 4 + 5) // 3 if line else 0
                lines.append(binascii.a2b_uu(line[:length]))
    return b"".join(lines)


def words_of(part: Message) -> str:
    """Return a text part's words. The alphabet it names is tried first, then the likely ones; nothing is lost for a byte."""
    raw = content_of(part, LONGEST_HTML)
    try:
        named = str(part.get_content_charset() or "").lower().strip("\"' ")
    except Exception:  # the parser fails on broken headers in its own ways
        named = ""
    return decoded(raw, named)


def decoded(raw: bytes, named: str = "") -> str:
    """Return bytes as text."""
    named = _ALIASES.get(named, named)
    if raw[:3] == codecs.BOM_UTF8:
        raw, named = raw[3:], "utf-8"
    likely = ("utf-8", "iso2022_jp" if b"\x1b$" in raw else "", "cp1252")
    for name, errors in ((named, "strict"), *((one, "strict") for one in likely), (named, "replace")):
        try:
            text = raw.decode(name, errors) if name and name not in _NEVER else None
        except (LookupError, UnicodeError, ValueError):
            continue
        if isinstance(text, str):
            return tidy(text)
    return tidy(raw.decode("latin-1"))


def tidy(text: str) -> str:
    """Return text without what no reader sees and no database holds; line ends are ``\\n``."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _ODD.sub("", text).encode("utf-8", "replace").decode("utf-8")[:LONGEST_BODY]


def from_html(markup: str) -> str:
    """Return the words of HTML, in one pass over it: tags that end a line end it, what is not shown is left out.

    Quoted blocks keep their ``>``, links their address where it says more than their words do.
    """
    markup = markup[:LONGEST_HTML]
    out: list[str] = []
    at, depth = 0, 0
    silent = ""
    while at < len(markup):
        opens = markup.find("<", at)
        if opens < 0:
            opens = len(markup)
        if opens > at and not silent:
            _say(out, markup[at:opens], depth)
        if opens == len(markup):
            break
        if markup.startswith("<!--", opens):
            ends = markup.find("-->", opens + 4)
            at = ends + 3 if ends >= 0 else len(markup)
            continue
        closes = markup.find(">", opens + 1)
        if closes < 0:
            break
        inner = markup[opens + 1 : min(closes, opens + 2000)]
        at = closes + 1
        ending = inner.startswith("/")
        name = _NAME.match(inner, 1 if ending else 0)
        tag = name[0].lower() if name else ""
        if silent:
            silent = "" if ending and tag == silent else silent
        elif not ending and tag in _SILENT and not inner.endswith("/"):
            silent = tag
        elif tag == "blockquote":
            depth = max(0, depth - 1) if ending else min(depth + 1, 8)
            out.append("\n")
        elif tag in _BLOCKS:
            out.append("\n")
        elif tag in {"td", "th"} and ending:
            out.append("\t")
    text = "".join(out)
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _say(out: list[str], text: str, depth: int) -> None:
    words = html.unescape(text[:LONGEST_BODY]).replace("\n", " ").replace("\r", " ")
    if depth and words.strip() and (not out or out[-1].endswith("\n")):
        out.append(">" * depth + " ")
    out.append(words)
