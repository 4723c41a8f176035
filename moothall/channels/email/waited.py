"""When an e-mail reached the council's own mail server, which may have kept it for us while we were away. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

LONGEST: Final = timedelta(days=5)
"""Mail servers give up after four to five days (RFC 5321, 4.5.4.1): what says it waited longer did not wait there."""
_HEAD: Final = 16_000
_MOST_LINES: Final = 60
"""A server may write where it delivers to above its station."""


def reached_at(content: bytes, *, now: datetime) -> datetime:
    """Return when the server that hands an e-mail over took it: the station on top, which it wrote itself (RFC 5321, 4.4).

    Never later than now. ``now`` where there is no station, where it cannot be read, or where it is older than any server
    keeps mail: what stands below it anybody may have written.
    """
    moment = _station(content).rpartition(b";")[2]
    try:
        at = parsedate_to_datetime(b" ".join(moment.split()).decode("ascii")).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return now
    return at if now - LONGEST <= at <= now else now


def _station(content: bytes) -> bytes:
    """The topmost ``Received`` field, its lines as one; empty where there is none near the top."""
    found: list[bytes] = []
    for line in content[:_HEAD].splitlines()[:_MOST_LINES]:
        if found and line[:1] in (b" ", b"\t"):
            found.append(line)
        elif found or not line.strip():
            break
        elif line[:9].lower() == b"received:":
            found.append(line)
    return b"".join(found)
