"""Which way a message goes, when it may go, and how long we keep trying. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from moothall.core.zone import LONDON


@dataclass(frozen=True, slots=True)
class Address:
    """One way to reach someone. Addresses come best first: confirmed before not, newer before older."""

    channel: str
    value: str
    confirmed: bool = False
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """Where a message goes, or why it does not: exactly one of ``address`` and ``suppressed`` says something."""

    address: Address | None
    suppressed: str = ""


def choose(
    offered: Sequence[str], preference: str, addresses: Iterable[Address], *, here: frozenset[str], must: bool = False
) -> Choice:
    """Choose channel and address for one message.

    ``offered`` are the channels the template is written for, best first. The customer's preference comes first where it
    is offered and possible; else the others in order. ``none`` is respected unless the message ``must`` go (an answer
    to what she just asked by that channel). An address that said STOP is never used.
    """
    if preference == "none" and not must:
        return Choice(None, "The customer asked for no messages.")
    order = [channel for channel in offered if channel in here]
    if preference in order:
        order.remove(preference)
        order.insert(0, preference)
    known = list(addresses)
    for channel in order:
        for address in known:
            if address.channel == channel and not address.stopped:
                return Choice(address)
    if any(address.stopped for address in known):
        return Choice(None, "Every number or address we have said STOP.")
    return Choice(None, "We have no number or address to send this to.")


def next_allowed(at: datetime, opens: time, closes: time) -> datetime:
    """Return ``at`` if the local time lies in [opens, closes), else the next opening, as the clock on the wall says it.

    Opening and closing the same means any time. The result is in UTC if ``at`` was.
    """
    local = at.astimezone(LONDON)
    if opens == closes or opens <= local.time() < closes:
        return at
    day = local.date() if local.time() < opens else local.date() + timedelta(days=1)
    return datetime.combine(day, opens, tzinfo=LONDON).astimezone(at.tzinfo)


_MINUTES = (1, 5, 15, 60, 180, 360, 720, 1440)
_LONGEST_UNREACHABLE = 30


def pause_after(attempts: int, *, unreachable: bool = False) -> timedelta:
    """Return how long to wait after the n-th failed try: 1 minute at first, a day at most.

    A provider that cannot be reached at all says nothing about the message: it is tried every half hour at the latest,
    so that what waited for it goes out soon after it is back.
    """
    minutes = _MINUTES[min(attempts, len(_MINUTES)) - 1] if attempts else 0
    return timedelta(minutes=min(minutes, _LONGEST_UNREACHABLE) if unreachable else minutes)


def gives_up(created_at: datetime, at: datetime, days: int) -> bool:
    """Say whether a message has been tried for long enough."""
    return at - created_at >= timedelta(days=days)


def reference_of(message_id: str, attempt: int) -> str:
    """Return our reference for one try: the provider keeps it and can be asked by it."""
    return f"{message_id}.{attempt}"


def read_reference_of(text: str) -> tuple[str, int] | None:
    """Return message id and attempt from our reference, or ``None`` if it is none of ours."""
    message_id, dot, attempt = text.rpartition(".")
    return (message_id, int(attempt)) if dot and attempt.isdigit() and len(message_id) == 36 else None


_RANK = {"created": 0, "pending": 0, "sending": 1, "sent": 1, "accepted": 1}
DELIVERED = frozenset({"delivered", "received"})
NOT_THERE = frozenset({"permanent-failure", "cancelled", "validation-failed"})
TRIED_IN_VAIN = frozenset({"temporary-failure"})
THEIR_FAULT = frozenset({"technical-failure", "virus-scan-failed"})


def is_known_status(status: str) -> bool:
    """Say whether a provider's status is one we understand."""
    return status in _RANK or status in DELIVERED | NOT_THERE | TRIED_IN_VAIN | THEIR_FAULT
