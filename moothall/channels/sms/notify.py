"""What GOV.UK Notify posts to us about texts and deliveries, read strictly. Source: its documentation on callbacks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moothall.channels.reading import NotReadable, as_moment, as_text


@dataclass(frozen=True, slots=True)
class ArrivedText:
    """A text somebody sent us."""

    external_id: str
    sender: str
    to: str
    message: str
    at: datetime
    pictures: int = 0
    """How many pictures or other files came with it at the provider's: they are not fetched."""


@dataclass(frozen=True, slots=True)
class DeliveryReceipt:
    """What became of a message of ours."""

    provider_id: str
    reference: str
    to: str
    status: str
    at: datetime


__all__ = ["ArrivedText", "DeliveryReceipt", "NotReadable", "read_receipt", "read_text"]


def read_text(payload: Any) -> ArrivedText:
    """Return an inbound text message. Raises NotReadable with what is wrong."""
    return ArrivedText(
        external_id=as_text(payload, "id", longest=200),
        sender=as_text(payload, "source_number", longest=40),
        to=as_text(payload, "destination_number", longest=40),
        message=as_text(payload, "message", longest=10_000, empty=True),
        at=as_moment(payload, "date_received"),
    )


def read_receipt(payload: Any) -> DeliveryReceipt:
    """Return a delivery receipt. Raises NotReadable with what is wrong."""
    completed = payload.get("completed_at") if isinstance(payload, dict) else None
    return DeliveryReceipt(
        provider_id=as_text(payload, "id", longest=200),
        reference=as_text(payload, "reference", longest=200, empty=True),
        to=as_text(payload, "to", longest=254, empty=True),
        status=as_text(payload, "status", longest=40),
        at=as_moment(payload, "completed_at" if completed else "created_at"),
    )
