"""Reading fields out of what arrives: each is there, of its type and of a sane size, or we say which is not."""

from datetime import UTC, datetime
from typing import Any


class NotReadable(ValueError):
    """What arrived is not what its sender's documentation says; the message names the field."""


def as_text(payload: Any, name: str, *, longest: int, empty: bool = False) -> str:
    """Return a text field. ``empty`` lets it be missing, null or blank."""
    if not isinstance(payload, dict):
        raise NotReadable("The body is not a JSON object.")
    value = payload.get(name)
    if value is None and empty:
        return ""
    if not isinstance(value, str):
        raise NotReadable(f"“{name}” is missing or is not text.")
    if not value.strip() and not empty:
        raise NotReadable(f"“{name}” is empty.")
    if len(value) > longest:
        raise NotReadable(f"“{name}” has {len(value)} characters; the most is {longest}.")
    if "\x00" in value:
        value = value.replace("\x00", "")
    return value


def as_moment(payload: Any, name: str) -> datetime:
    """Return a moment field in UTC; one without a zone is taken as UTC."""
    text = as_text(payload, name, longest=40)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise NotReadable(f"“{name}” is not a date and time.") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
