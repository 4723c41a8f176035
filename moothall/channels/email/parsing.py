"""An e-mail as it arrived, read: who says they sent it, what is new in it, what came with it, what it answers. Pure.

Reads whatever comes, or says why it cannot (`NotMail`): broken, in any alphabet, nested, packed by Outlook, or hostile.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from email.message import Message
from email.utils import getaddresses
from typing import Final

from moothall.channels.email import tnef
from moothall.channels.email.bodies import LONGEST_BODY, content_of, decoded, from_html, words_of
from moothall.channels.email.calendars import invitation
from moothall.channels.email.cutting import cut
from moothall.channels.email.machines import Report, asks_for_quiet, machine_of, reports_of
from moothall.channels.email.verdicts import is_spam, verdicts_of
from moothall.channels.email.wire import NotMail, clean, header, headers, kind_of, open_mail, parts_of
from moothall.intake.written.arrived import ArrivedFile

MOST_FILES: Final = 60
MOST_CONTENT: Final = 30 * 1024 * 1024
DEEPEST: Final = 3
_ID = re.compile(r"<[^<>\s]{1,250}>")
_LIKE_BOUNDARY = re.compile(rb"^--(-*[^\s\r\n-][^\r\n]{0,69}?)[ \t]*\r?$", re.MULTILINE)
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"]{1,64}@[^\s@<>()\[\],;:\"]{1,180}")

__all__ = ["Mail", "NotMail", "read_mail"]


@dataclass(frozen=True, slots=True)
class Mail:
    """An e-mail, read. ``digest`` is of what its sender wrote: the same on every way it may come to us."""

    digest: str
    message_id: str = ""
    sender: str = ""
    sender_name: str = ""
    answer_to: str = ""
    sent_to: tuple[str, ...] = ()
    subject: str = ""
    text: str = ""
    whole: str = ""
    answers: tuple[str, ...] = ()
    files: tuple[ArrivedFile, ...] = ()
    machine: str = ""
    quiet: bool = False
    reports: tuple[Report, ...] = ()
    verdicts: dict[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


def read_mail(raw: bytes, *, believed: Iterable[str] = (), own: frozenset[str] = frozenset()) -> Mail:
    """Read an e-mail. ``believed`` are the servers whose checks count, ``own`` the council's addresses, lower case.

    Raises:
        NotMail: it cannot be read, and why.
    """
    message, remarks = open_mail(raw)
    try:
        return _read(message, remarks, tuple(believed), own)
    except RecursionError as deep:
        raise NotMail("Its parts are nested too deep.") from deep


def _read(message: Message, remarks: list[str], believed: Sequence[str], own: frozenset[str]) -> Mail:
    parts = parts_of(message)
    told: list[str] = list(remarks)
    whole, files = _contents(parts, told, 0)
    name, sender = _first(headers(message, "From"))
    _, answer_to = _first(headers(message, "Reply-To"))
    subject = header(message, "Subject", 900)
    message_id = "".join(_ID.findall(header(message, "Message-ID"))[:1])
    machine = machine_of(message, parts, sender=sender.casefold(), own=own, spam=is_spam(message))
    verdicts = verdicts_of(message, believed)
    if answer_to and sender and answer_to.rpartition("@")[2].casefold() != sender.rpartition("@")[2].casefold():
        told.append(f"It asks for the answer at another place than it says it comes from: {answer_to}.")
    return Mail(
        digest=_digest(message, message_id, whole, files), message_id=message_id, sender=sender, sender_name=name,
        answer_to=answer_to or sender, sent_to=_sent_to(message), subject=subject, text=cut(whole), whole=whole,
        answers=_answers(message), files=tuple(files), machine=machine, quiet=_disproved(verdicts) or asks_for_quiet(message),
        reports=reports_of(parts) if machine in {"bounce", "delayed", "delivered", "read"} else (), verdicts=verdicts,
        remarks=tuple(dict.fromkeys(told)),
    )  # fmt: skip


def _disproved(verdicts: dict[str, str]) -> bool:
    return verdicts.get("dmarc") == "fail" or (verdicts.get("spf") == "fail" and verdicts.get("dkim") != "pass")


def _contents(parts: Sequence[Message], told: list[str], depth: int) -> tuple[str, list[ArrivedFile]]:
    """The words of a message and its files. Of several versions of the same, the plain one that says something."""
    plain: list[str] = []
    marked: list[str] = []
    files: list[ArrivedFile] = []
    for part in parts:
        kind = kind_of(part)
        if kind.startswith("multipart/"):
            if not part.is_multipart():
                plain += _unparted(part, files, told, depth)
            continue
        if kind == "message/rfc822" or (kind.startswith("message/") and part.is_multipart()):
            if kind == "message/rfc822":
                plain += _forwarded(part, files, told, depth)
            continue
        name, disposition = _name_of(part), _disposition(part)
        if kind in {"text/plain", "text/html"} and not name and disposition != "attachment":
            words = words_of(part)
            (plain if kind == "text/plain" else marked).append(words if kind == "text/plain" else from_html(words))
        elif kind == "text/calendar":
            told += invitation(content_of(part, LONGEST_BODY))
            files.append(ArrivedFile(name or "invitation.ics", content_of(part, LONGEST_BODY)))
        elif len(files) >= MOST_FILES:
            told.append(f"It has more than {MOST_FILES} files; the rest are in the original.")
        else:
            files += _file(part, kind, name, disposition, plain, told)
    text = "\n\n".join(one.strip() for one in plain if one.strip())
    if not text:
        text = "\n\n".join(one.strip() for one in marked if one.strip())
    return text[:LONGEST_BODY], files


def _unparted(part: Message, files: list[ArrivedFile], told: list[str], depth: int) -> list[str]:
    """Words of a part that says it has parts and names no boundary that is there: the first line like one is tried."""
    raw = content_of(part, MOST_CONTENT)
    found = _LIKE_BOUNDARY.search(raw[:200_000])
    if found is None or depth >= DEEPEST:
        return [decoded(raw[:LONGEST_BODY])] if raw.strip() else []
    head = b'Content-Type: multipart/mixed; boundary="' + found[1].replace(b'"', b"").replace(b"\\", b"") + b'"\n\n'
    inner, _ = open_mail(head + raw)
    if not inner.is_multipart():
        return [decoded(raw[:LONGEST_BODY])]
    told.append("Its parts are not marked as they should be; they are read as well as they can be.")
    words, more = _contents(parts_of(inner), told, depth + 1)
    files += more[: max(0, MOST_FILES - len(files))]
    return [words]


def _file(
    part: Message, kind: str, name: str, disposition: str, plain: list[str], told: list[str]
) -> list[ArrivedFile]:
    content = content_of(part, MOST_CONTENT)
    if (
        kind == "text/rfc822-headers"
        or kind.startswith("message/delivery")
        or kind.startswith("message/disposition")
        or not content
    ):
        return []
    if kind == "application/ms-tnef" or name.lower() == "winmail.dat":
        opened = tnef.open_packed(content)
        if opened is None:
            told.append("It holds a file packed by Outlook that cannot be opened; it is kept as it came.")
            return [ArrivedFile(name or "winmail.dat", content)]
        if opened.words and not any(one.strip() for one in plain):
            plain.append(opened.words)
        return [ArrivedFile(one, inner) for one, inner in opened.files]
    inline = kind.startswith("image/") and (disposition == "inline" or bool(header(part, "Content-ID")))
    return [ArrivedFile(name or _made_up(kind), content, "inline" if inline else "attached")]


def _forwarded(part: Message, files: list[ArrivedFile], told: list[str], depth: int) -> list[str]:
    """A message inside this one: its words with who wrote them, its files; to a depth. Deeper is in the original."""
    held = part.get_payload()
    inner = held[0] if isinstance(held, list) and held and isinstance(held[0], Message) else None
    if inner is None:
        return []
    if depth >= DEEPEST:
        told.append("It holds messages inside messages; the innermost are in the original.")
        return []
    words, more = _contents(parts_of(inner), told, depth + 1)
    files += more[: max(0, MOST_FILES - len(files))]
    says, subject = header(inner, "From", 200), header(inner, "Subject", 200)
    head = f"---------- Forwarded message ----------\nFrom: {says}\nSubject: {subject}"
    return [f"{head}\n\n{words}"]


def _name_of(part: Message) -> str:
    try:
        return clean(part.get_filename() or "")[:200]
    except Exception:  # the parser fails on broken headers in its own ways
        found = re.search(
            r"name\*?=\s*\"?([^\";\n]{1,150})", header(part, "Content-Disposition") + header(part, "Content-Type")
        )
        return clean(found[1]) if found else ""


def _disposition(part: Message) -> str:
    try:
        return str(part.get_content_disposition() or "")
    except Exception:  # the parser fails on broken headers in its own ways
        return header(part, "Content-Disposition").partition(";")[0].strip().lower()


def _made_up(kind: str) -> str:
    main, _, sub = kind.partition("/")
    return f"{'picture' if main == 'image' else 'file'}.{re.sub(r'[^a-z0-9]', '', sub)[:8] or 'bin'}"


def _first(lines: Sequence[str]) -> tuple[str, str]:
    """The first address of headers, with its name; what has no address in it gives its words as the name."""
    for line in lines:
        try:
            pairs = getaddresses([line[:2000]])
        except Exception:  # the parser fails on broken headers in its own ways
            pairs = []
        for name, address in pairs[:5]:
            if _ADDRESS.fullmatch(address):
                return clean(name)[:200], address
        found = _ADDRESS.search(line)
        if found:
            return clean(line[: found.start()].strip(' "<'))[:200], found[0]
    return (clean(lines[0])[:200] if lines else ""), ""


def _sent_to(message: Message) -> tuple[str, ...]:
    """Where it was sent: as our own server delivered it, then as the sender addressed it."""
    found: dict[str, None] = {}
    for name in ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc"):
        for line in headers(message, name)[:5]:
            for address in _ADDRESS.findall(line[:4000])[:20]:
                found[address.casefold()] = None
    return tuple(found)[:40]


def _answers(message: Message) -> tuple[str, ...]:
    """The ids it answers, oldest first: References, then In-Reply-To, each once."""
    ids = _ID.findall(header(message, "References")) + _ID.findall(header(message, "In-Reply-To"))
    return tuple(dict.fromkeys(reversed(list(dict.fromkeys(reversed(ids))))))[-50:]


def _digest(message: Message, message_id: str, whole: str, files: Sequence[ArrivedFile]) -> str:
    """What its sender wrote, in short: a second message under a used id is a second message; a second copy is not."""
    said = [message_id, header(message, "From"), header(message, "Date"), header(message, "Subject"), whole.strip()]
    digest = hashlib.sha256("\x1f".join(said).encode("utf-8", "replace"))
    for one in files:
        digest.update(hashlib.sha256(one.content).digest())
    return digest.hexdigest()
