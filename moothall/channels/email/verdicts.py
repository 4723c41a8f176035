"""What the council's own mail server found out about where an e-mail came from, and whether it is spam. Pure.

Only results of a server we are told to believe count: anybody can write such a header. Source: RFC 8601.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from email.message import Message
from itertools import islice
from typing import Final

from moothall.channels.email.wire import header, trace

_RESULT = re.compile(r"\b(spf|dkim|dmarc)\s*=\s*([a-z]+)", re.IGNORECASE)
_COMMENT = re.compile(r"\([^()]{0,500}\)")
_ALLOWED = frozenset({"pass", "fail", "softfail", "neutral", "none", "temperror", "permerror", "policy"})
_YES = re.compile(r"^\s*(?:yes|true)\b", re.IGNORECASE)
_LEVEL = re.compile(r"^\s*(-?\d{1,2})\s*$")
MOST_TRACES: Final = 100
SPAM_FROM: Final = 5
"""Exchange’s spam confidence level (SCL): 5 and above is put into the junk folder."""


def verdicts_of(message: Message, believed: Iterable[str]) -> dict[str, str]:
    """Return ``spf``, ``dkim`` and ``dmarc`` as a believed server gave them (one DKIM signature that passed is a pass)."""
    found: dict[str, str] = {}
    for name, results in _believed(message, {one.casefold() for one in believed}):
        said: dict[str, str] = {}
        for kind, result in _RESULT.findall(_COMMENT.sub(" ", results.lower())):
            if result in _ALLOWED and (kind not in said or (kind == "dkim" and result == "pass")):
                said[kind] = result
        found = said | found | {"by": name}  # the one on top wins
    return found


def _believed(message: Message, servers: set[str]) -> Iterator[tuple[str, str]]:
    """Each believed server's name with its results, from the top.

    One server may write several, one for each filter it runs. They stand together: what comes after the next station
    on the way (``Received``), or after one that another server wrote, may have come with the mail.
    """
    begun = False
    for key, value in islice(trace(message), MOST_TRACES):
        if key == "received":
            if begun:
                return
            continue
        server, _, rest = value.partition(";")
        name = server.strip().split(" ")[0].casefold()
        if name in servers:
            begun = True
            yield name, rest
        elif begun:
            return


def is_spam(message: Message) -> bool:
    """Say whether a filter on the way marked it as spam: SpamAssassin, rspamd and Exchange each say it in their own way."""
    if any(_YES.match(header(message, name)) for name in ("X-Spam-Flag", "X-Spam-Status", "X-Spam")):
        return True
    level = _LEVEL.match(header(message, "X-MS-Exchange-Organization-SCL"))
    return level is not None and int(level[1]) >= SPAM_FROM
