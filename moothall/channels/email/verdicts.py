"""What the council's own mail server found out about where an e-mail came from, and whether it is spam. Pure.

Only results of a server we are told to believe count: anybody can write such a header. Source: RFC 8601.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.message import Message

from moothall.channels.email.wire import header, headers

_RESULT = re.compile(r"\b(spf|dkim|dmarc)\s*=\s*([a-z]+)", re.IGNORECASE)
_COMMENT = re.compile(r"\([^()]{0,500}\)")
_ALLOWED = frozenset({"pass", "fail", "softfail", "neutral", "none", "temperror", "permerror", "policy"})
_STARS = re.compile(r"^\s*(?:yes|true)\b", re.IGNORECASE)


def verdicts_of(message: Message, believed: Iterable[str]) -> dict[str, str]:
    """Return ``spf``, ``dkim`` and ``dmarc`` as a believed server gave them (one DKIM signature that passed is a pass)."""
    servers = {one.casefold() for one in believed}
    found: dict[str, str] = {}
    for line in headers(message, "Authentication-Results"):
        server, _, rest = line.partition(";")
        name = server.strip().split(" ")[0].casefold()
        if name not in servers:
            continue
        for kind, result in _RESULT.findall(_COMMENT.sub(" ", rest.lower())):
            if result in _ALLOWED and (kind not in found or (kind == "dkim" and result == "pass")):
                found[kind] = result
        found["by"] = name
        break  # servers put theirs on top: what stands below may have come with the mail
    return found


def is_spam(message: Message) -> bool:
    """Say whether a filter on the way marked it as spam."""
    return bool(_STARS.match(header(message, "X-Spam-Flag")) or _STARS.match(header(message, "X-Spam-Status")))
