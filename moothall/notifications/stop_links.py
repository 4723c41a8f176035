"""The link under a message by which its reader stops such messages: signed, so that nobody stops another's."""

from django.conf import settings
from django.core import signing

_SALT = "moothall.messages.stop"


def stop_link(value: str) -> str:
    """Return the address that stops messages to this e-mail address."""
    return f"{settings.PUBLIC_URL}/messages/stop/{signing.dumps(value, salt=_SALT)}"


def read_stop_token(token: str) -> str | None:
    """Return the e-mail address a token was made for, or ``None`` if we never made it."""
    try:
        value: str = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    return value
