"""What the telephone system tells us when a call is put through.

A softphone opens ``/desk/?number=…&call=…&offered=…`` as the adviser takes the call ("screen pop"). Every part may be
missing or nonsense: a call is never lost because its details are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

WITHHELD = frozenset({"", "anonymous", "withheld", "unknown", "private", "unavailable", "restricted", "asserted", "0"})
LONGEST_WAIT = timedelta(hours=4)
_NUMBER = re.compile(r"[^\d+]")


@dataclass(frozen=True, slots=True)
class ArrivedCall:
    """A call as it reaches the desk. ``number`` is as the network gave it, or empty when withheld.

    ``offered_at`` is when the caller began to wait, where the telephone system told us; time to answer counts from there.
    """

    number: str = ""
    call_id: str = ""
    offered_at: datetime | None = None

    @property
    def withheld(self) -> bool:
        """Whether the network told us no number."""
        return not self.number


def read_call(told: Mapping[str, str], *, now: datetime) -> ArrivedCall:
    """Read what came with a call. Never fails: what cannot be understood is left out."""
    return ArrivedCall(
        number=read_number(told.get("number", "")),
        call_id=told.get("call", "").strip()[:200],
        offered_at=_offered(told.get("offered", ""), now),
    )


def read_number(text: str) -> str:
    """Return the number of a caller without the wrapping of the network (``sip:+44…@host``, ``tel:``); empty if withheld."""
    bare = text.strip().lower().removeprefix("sip:").removeprefix("tel:").split("@", 1)[0].split(";", 1)[0]
    if bare in WITHHELD:
        return ""
    number = _NUMBER.sub("", bare)
    return number if 3 <= len(number.removeprefix("+")) <= 15 else ""


def _offered(text: str, now: datetime) -> datetime | None:
    """A moment of today's call: ISO 8601 with a zone, or seconds since 1970; never after now nor hours before it."""
    text = text.strip()
    try:
        moment = (
            datetime.fromtimestamp(float(text), UTC)
            if text.replace(".", "", 1).isdigit()
            else datetime.fromisoformat(text)
        )
    except (ValueError, OverflowError, OSError):
        return None
    if moment.tzinfo is None or not now - LONGEST_WAIT <= moment <= now:
        return None
    return moment
