"""Which way a message goes, when it may go (`way.py`), and how long we keep trying. Pure."""

from datetime import datetime, timedelta

from moothall.notifications.rules.way import (
    Address,
    Ask,
    Form,
    Here,
    NeedSays,
    Reason,
    Wants,
    Way,
    decide,
    next_allowed,
)

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


__all__ = [
    "DELIVERED",
    "NOT_THERE",
    "THEIR_FAULT",
    "TRIED_IN_VAIN",
    "Address",
    "Ask",
    "Form",
    "Here",
    "NeedSays",
    "Reason",
    "Wants",
    "Way",
    "decide",
    "gives_up",
    "is_known_status",
    "next_allowed",
    "pause_after",
    "read_reference_of",
    "reference_of",
]
