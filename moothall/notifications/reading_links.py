"""The link to one message in another form (aloud, in Braille, large): signed, so that nobody reads another's."""

from uuid import UUID

from django.conf import settings

from moothall.core.tokens import read_signed_id, signed_id

_USE = "messages.read"


def reading_link(message_id: UUID) -> str:
    """Return the address of one message to listen to, to emboss or to read large."""
    return f"{settings.PUBLIC_URL}/messages/read/{reading_token(message_id)}"


def reading_token(message_id: UUID) -> str:
    """Return the token that opens one message."""
    return signed_id(_USE, message_id)


def read_reading_token(token: str) -> UUID | None:
    """Return the message a token opens, or ``None`` if we never made it."""
    return read_signed_id(_USE, token)
