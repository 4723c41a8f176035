"""Who carries which channel, and how a message looks on it: filled at start by the adapters and the channels above."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string

from moothall.core.packs import Pack
from moothall.notifications.protocols import Envelope, Sender

ADAPTERS = {
    "smtp": "moothall.notifications.adapters.smtp.SmtpSender",
    "notify": "moothall.notifications.adapters.notify.NotifySender",
    "twilio": "moothall.notifications.adapters.twilio.TwilioSender",
    "folder": "moothall.notifications.adapters.folder.FolderSender",
    "local": "moothall.notifications.adapters.local.LocalSender",
    "social": "moothall.notifications.adapters.social.SocialSender",
}


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as a channel renders it: ``body`` is Markdown for e-mail, plain words for a text.

    ``at`` is the day a letter bears; ``enclosures`` name what lies in its envelope besides.
    ``language`` is a tag of BCP 47; ``format`` a code of the pack's formats that this channel can carry.
    """

    envelope: Envelope
    body: str
    stop_link: str
    pack: Pack
    language: str = "en"
    format: str = "standard"
    at: datetime | None = None
    enclosures: tuple[str, ...] = ()


Renderer = Callable[[Outgoing], Envelope]
_renderers: dict[str, Renderer] = {}
_instead: dict[str, Sender] = {}


def register_renderer(channel: str, renderer: Renderer) -> None:
    """Say how messages look on a channel."""
    _renderers[channel] = renderer


def render(channel: str, outgoing: Outgoing) -> Envelope:
    """Return the envelope in the shape of its channel."""
    return _renderers[channel](outgoing)


def sender_for(channel: str) -> Sender | None:
    """Return who carries this channel here (``MOOTHALL_EMAIL_BY``, ``…_SMS_BY``, ``…_LETTERS_BY``), or ``None``."""
    if channel in _instead:
        return _instead[channel]
    return _made(settings.MESSAGES_BY.get(channel, "none"))


def channels_here() -> frozenset[str]:
    """Return the channels that somebody carries here."""
    by_setting = {channel for channel, name in settings.MESSAGES_BY.items() if name != "none"}
    return frozenset(by_setting | set(_instead))


def use(channel: str, sender: Sender | None) -> None:
    """Put another sender in a channel's place (tests); ``None`` gives the configured one back."""
    if sender is None:
        _instead.pop(channel, None)
    else:
        _instead[channel] = sender


@lru_cache(maxsize=8)
def _made(name: str) -> Sender | None:
    if name == "none":
        return None
    sender: Sender = import_string(ADAPTERS[name])()
    return sender
