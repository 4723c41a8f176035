"""Whether a person wrote an e-mail, and what a delivery report says of a message of ours. Pure.

Signs are read from headers that machines set on purpose (RFC 3834, RFC 3464, RFC 8098, RFC 2369), never from words a person may
write, but for the few subjects that mail systems put in front of an automatic reply.
"""

# ruff: noqa: E501 - a pattern is read whole

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message
from typing import Final

from moothall.channels.email.bodies import words_of
from moothall.channels.email.wire import header, headers, kind_of
from moothall.inbox.models import Machine

MOST_HOPS: Final = 40
_ROBOT = re.compile(
    r"^(?:mailer-daemon|postmaster|mail-daemon|mailerdaemon|no-?reply|do-?not-?reply|bounces?)(?:[+=._-].*)?@", re.I
)
_DAEMON = re.compile(r"^(?:mailer-daemon|postmaster|mail-daemon|mailerdaemon)@", re.IGNORECASE)
_AUTO = re.compile(
    r"^\s*(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response)|out of (?:the )?office auto ?reply|autoreply|abwesenheitsnotiz"
    r"|réponse automatique|respuesta automática|automatisch antwoord|odpowiedź automatyczna)\s*:",
    re.IGNORECASE,
)
_FAILED = re.compile(
    r"undeliver(?:able|ed)|delivery (?:status notification|has failed|failure|failed)|mail delivery (?:failed|system)"
    r"|returned mail|failure notice|non[- ]?delivery|could not be delivered|message (?:not delivered|undeliverable)",
    re.IGNORECASE,
)
_STATUS = re.compile(r"\b([245])\.\d{1,3}\.\d{1,3}\b")
_MESSAGE_ID = re.compile(r"^message-id\s*:\s*(<[^<>\s]{1,250}>)", re.IGNORECASE | re.MULTILINE)
_ACTION = re.compile(r"^action\s*:\s*([a-z]+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Report:
    """What a mail system reports of one message: its id, and ``failed``, ``delayed``, ``delivered`` or ``read``."""

    message_id: str
    what: str
    for_good: bool = True


def machine_of(message: Message, parts: Sequence[Message], *, sender: str, own: frozenset[str], spam: bool) -> str:
    """Return why an e-mail is taken for a machine's work; empty for a person's."""
    reported = _report_kind(message, parts)
    if reported:
        return reported
    came_from = header(message, "Return-Path").strip()
    nobody = came_from == "<>"
    subject = header(message, "Subject")
    if sender in own or header(message, "X-Loop").casefold() in own or len(headers(message, "Received")) > MOST_HOPS:
        return Machine.LOOP
    if _DAEMON.match(sender) or (nobody and _FAILED.search(subject)):
        return Machine.BOUNCE if _FAILED.search(subject) or nobody else Machine.NOTICE
    said = header(message, "Auto-Submitted").lower().partition(";")[0].strip()
    if said.startswith("auto-replied") or _AUTO.match(subject):
        return Machine.AUTO_REPLY
    if any(header(message, name) for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply")):
        return Machine.AUTO_REPLY
    precedence = header(message, "Precedence").lower()
    if precedence == "auto_reply" or (nobody and precedence in {"bulk", "junk"}):
        return Machine.AUTO_REPLY
    if spam:
        return Machine.SPAM
    if header(message, "List-Id") or header(message, "List-Unsubscribe") or precedence in {"bulk", "list", "junk"}:
        return Machine.LIST
    if (said and said != "no") or nobody or _ROBOT.match(sender):
        return Machine.NOTICE
    return ""


def asks_for_quiet(message: Message) -> bool:
    """Say whether an automatic answer is unwanted, though a person may have written: then nobody is acknowledged."""
    suppress = header(message, "X-Auto-Response-Suppress").lower()
    return any(word in suppress for word in ("all", "oof", "autoreply"))


def reports_of(parts: Sequence[Message]) -> tuple[Report, ...]:
    """Return what a delivery report or a read receipt says of messages, by the ids of the messages that came back with it."""
    told = ""
    for part in parts:
        if kind_of(part) in {"message/delivery-status", "message/disposition-notification"}:
            told += _plain(part)
    what = "read" if any(kind_of(p) == "message/disposition-notification" for p in parts) else ""
    actions = {found.lower() for found in _ACTION.findall(told)}
    statuses = set(_STATUS.findall(told))
    if not what:
        what = next((word for word in ("failed", "delayed", "delivered", "relayed", "expanded") if word in actions), "")
        what = "delivered" if what in {"relayed", "expanded"} else what or ("failed" if {"4", "5"} & statuses else "")
    if not what:
        return ()
    returned = [_plain(p) for p in parts if kind_of(p) in {"message/rfc822", "text/rfc822-headers", "message/global"}]
    ids = [found for text in (*returned, told) for found in _MESSAGE_ID.findall(text)]
    ids += re.findall(r"^original-message-id\s*:\s*(<[^<>\s]{1,250}>)", told, re.IGNORECASE | re.MULTILINE)
    return tuple(Report(one, what, "5" in statuses or "4" not in statuses) for one in dict.fromkeys(ids))


def _report_kind(message: Message, parts: Sequence[Message]) -> str:
    kinds = {kind_of(part) for part in parts}
    if "message/disposition-notification" in kinds:
        return Machine.READ
    if "message/delivery-status" not in kinds:
        return ""
    told = "".join(_plain(part) for part in parts if kind_of(part) == "message/delivery-status")
    actions = {found.lower() for found in _ACTION.findall(told)}
    if "failed" in actions or not actions:
        return Machine.BOUNCE
    return Machine.DELAYED if "delayed" in actions else Machine.DELIVERED


def _plain(part: Message) -> str:
    """A report's fields as lines, whether the parser made messages of them or not; bounded."""
    held = part.get_payload()
    if isinstance(held, list):
        lines = []
        for inner in held[:100]:
            if isinstance(inner, Message):
                lines += [f"{name}: {header(inner, name, 1000)}" for name in list(inner.keys())[:200]]
        return "\n".join(lines)[:100_000] + "\n"
    return words_of(part)[:100_000] + "\n"
