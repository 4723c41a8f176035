"""An e-mail as bytes, bounded before it is parsed: what is hostile costs us neither time nor memory. Pure.

The standard library's parser is kind to broken mail but knows no limits: it works line by line, and once more for each level
of nesting. So size, lines, headers and parts are counted first, over the bytes, and what is over a limit is trimmed where
nothing is lost that a reader needs, or refused with the reason.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from email.message import EmailMessage, Message
from email.policy import EmailPolicy
from functools import lru_cache
from typing import Any, Final

MB: Final = 1024 * 1024
LARGEST: Final = 36 * MB
"""A message of 25 MB of files, as base64 makes it."""
MOST_LINES: Final = 600_000
MOST_BOUNDARIES: Final = 60
MOST_WORK: Final = 3_000_000
"""Lines times levels of nesting: each line is compared with the end of every part it may stand in."""
MOST_PARTS: Final = 300
DEEPEST: Final = 20
MOST_HEADERS: Final = 500
MOST_FIELDS: Final = 2_000
"""More headers than this are not read at all: no honest mail has a tenth of them."""
LONGEST_HEADER: Final = 8_000
LONGEST_HEADERS: Final = 200_000
_BOUNDARY = re.compile(rb"boundary\s*=", re.IGNORECASE)
_END = re.compile(rb"\r?\n\r?\n|\r\r")
_LINE_ENDS = re.compile(r"[\r\n]+")
_SPACED = re.compile(rb"\A([!-9;-~]{1,76})[ \t]+:")
_FIELD = re.compile(rb"([!-9;-~]{1,76})[ \t]*:")


class NotMail(ValueError):
    """This cannot be read as an e-mail; the message is the reason, for the quarantine."""


_LIBRARY: Final = EmailPolicy()


@lru_cache(maxsize=512)
def _understood(name: str, value: str) -> Any:
    return _LIBRARY.header_factory(name, value)


class _Kept(EmailPolicy):
    """The library's own policy; a header it has understood once it need not understand again, which is most of its time."""

    def header_fetch_parse(self, name: str, value: Any) -> Any:
        """Return a header's value as the library reads it."""
        if hasattr(value, "name"):
            return value
        return _understood(name, _LINE_ENDS.sub("", str(value)))


KEPT: Final = _Kept()


def open_mail(raw: bytes) -> tuple[EmailMessage, list[str]]:
    """Return the parsed message, and sentences on what was left out of its headers.

    Raises:
        NotMail: it is empty, too large, has too many lines, headers or parts, is nested too deep, or is no e-mail.
    """
    if len(raw) > LARGEST:
        raise NotMail(f"It is larger than {LARGEST // MB} MB.")
    raw = raw.lstrip(b"\r\n \t\x00\xef\xbb\xbf")
    if not raw:
        raise NotMail("It is empty.")
    if raw.startswith(b"From "):  # a line of a mail folder, before the first header
        raw = raw.partition(b"\n")[2]
    lines = max(raw.count(b"\n"), raw.count(b"\r"))
    if lines > MOST_LINES:
        raise NotMail(f"It has more than {MOST_LINES:,} lines.")
    nested = len(_BOUNDARY.findall(raw))
    if nested > MOST_BOUNDARIES or nested * lines > MOST_WORK:
        raise NotMail("It has too many parts inside parts.")
    head, body, remarks = _trimmed(raw)
    try:
        message: Any = email.message_from_bytes(head + body, policy=KEPT)
    except RecursionError as deep:
        raise NotMail("Its parts are nested too deep.") from deep
    except Exception as wrong:  # a parser fails on broken mail in as many ways as mail is broken
        raise NotMail(f"It cannot be read: {type(wrong).__name__}.") from wrong
    if not message.keys():
        raise NotMail("It has no headers: it is not an e-mail.")
    return message, remarks


def _trimmed(raw: bytes) -> tuple[bytes, bytes, list[str]]:
    """Part the headers from the rest, and leave out of them what no honest mail has."""
    end = _END.search(raw)
    head, body = (raw[: end.start()], raw[end.start() :]) if end else (raw, b"\n\n")
    fields: list[list[bytes]] = []
    for line in head.splitlines():
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1].append(line)
        elif len(fields) == MOST_FIELDS:
            raise NotMail(f"It has more than {MOST_FIELDS:,} headers.")
        else:
            fields.append([line])
    kept: list[bytes] = []
    size, cut = 0, False
    for field in fields:
        text = _SPACED.sub(rb"\1:", b"\n".join(field), count=1)  # “Subject :”, as it was written before 1982
        if len(text) > LONGEST_HEADER:
            text, cut = text[:LONGEST_HEADER].rstrip(b"\\"), True
        if len(kept) >= MOST_HEADERS or size + len(text) > LONGEST_HEADERS:
            cut = True
            if not _needed(text):
                continue
        size += len(text)
        kept.append(text)
        if size > 2 * LONGEST_HEADERS:
            break
    return b"\n".join(kept), body, ["Its headers are far too many or too long; some are left out."] if cut else []


_NEEDED: Final = frozenset(
    {b"from", b"to", b"subject", b"message-id", b"content-type", b"content-transfer-encoding", b"auto-submitted",
     b"in-reply-to", b"references", b"mime-version"}
)  # fmt: skip


def _needed(text: bytes) -> bool:
    name = _FIELD.match(text)
    return name is not None and name[1].lower() in _NEEDED


def header(message: Message, name: str, longest: int = LONGEST_HEADER) -> str:
    """Return a header as words on one line, decoded as far as it can be; empty where it is missing. Never raises."""
    try:
        value = message.get(name)
        text = str(value) if value is not None else ""
    except Exception:  # the parser fails on broken headers in its own ways
        text = _raw_header(message, name)
    return clean(text)[:longest]


def headers(message: Message, name: str) -> list[str]:
    """Return every header of a name, first one first. Never raises."""
    try:
        return [clean(str(value)) for value in message.get_all(name) or []][:50]
    except Exception:  # the parser fails on broken headers in its own ways
        return [clean(str(value)) for key, value in message.raw_items() if key.lower() == name.lower()][:50]


def trace(message: Message) -> Iterator[tuple[str, str]]:
    """Yield the stations and checks on a message's way (``received``, ``authentication-results``), top first."""
    for key, value in message.raw_items():
        if (name := key.lower()) in {"received", "authentication-results"}:
            yield name, clean(str(value))


def _raw_header(message: Message, name: str) -> str:
    """A header that the library cannot understand, word for word."""
    try:
        found = next((str(v) for k, v in message.raw_items() if k.lower() == name.lower()), "")
    except Exception:  # the parser fails on broken headers in its own ways
        return ""
    try:
        from email.header import decode_header, make_header

        return str(make_header(decode_header(found)))
    except Exception:  # the parser fails on broken headers in its own ways
        return found


def clean(text: str) -> str:
    """Return text as one line that a database can hold: no line ends, no zero bytes, no lone halves of characters."""
    return " ".join(text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8").split())


def parts_of(message: Message) -> list[Message]:
    """Return the parts of a message, in order, without those inside another message; bounded in number and depth.

    Raises:
        NotMail: there are too many, or they are nested too deep.
    """
    found: list[Message] = []
    stack: list[tuple[Message, int]] = [(message, 0)]
    while stack:
        part, depth = stack.pop()
        if depth > DEEPEST:
            raise NotMail("Its parts are nested too deep.")
        if len(found) >= MOST_PARTS:
            raise NotMail(f"It has more than {MOST_PARTS} parts.")
        found.append(part)
        inside: Any = part.get_payload() if part.is_multipart() and kind_of(part) != "message/rfc822" else []
        if isinstance(inside, list):
            stack.extend((one, depth + 1) for one in reversed(inside) if isinstance(one, Message))
    return found


def kind_of(part: Message) -> str:
    """Return a part's media type, lower case; text/plain where it cannot be told. Never raises."""
    try:
        return part.get_content_type().lower()
    except Exception:  # the parser fails on broken headers in its own ways
        return "text/plain"
