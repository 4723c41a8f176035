"""What we ask of whoever carries our messages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

NOT_DRAWN = "This letter could not be drawn here: Pango is missing (apt install libpango-1.0-0 libpangoft2-1.0-0)."


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message ready to go. ``reference`` is the same for every look at the same try, and new for a new try.

    ``calendar`` is an iCalendar file to go with an e-mail, where the carrier takes files; ``pdf`` is a letter, drawn.
    """

    message_id: UUID
    reference: str
    channel: str
    to: str
    text: str
    subject: str = ""
    html: str = ""
    sender: str = ""
    reply_to: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    calendar: bytes = b""
    pdf: bytes = b""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider has it. ``status`` is the provider's own word, if it says more than that."""

    provider_id: str
    status: str = ""


class Refused(Exception):
    """The provider will never take this message to this address: trying again is no use."""


class NotNow(Exception):
    """The provider has certainly not taken it; try again later. ``unreachable``: there was no provider to ask."""

    def __init__(self, reason: str, *, unreachable: bool = False, wait_seconds: int = 0) -> None:
        self.unreachable, self.wait_seconds = unreachable, wait_seconds
        super().__init__(reason)


class Unclear(Exception):
    """The line went dead after we had handed it over: the provider may have it or not."""


class Sender(Protocol):
    """A way out. Implementations are safe to use from several threads."""

    name: str
    can_ask: bool
    """Whether ``find`` can tell afterwards what became of a try."""

    def send(self, envelope: Envelope) -> Accepted:
        """Hand a message over. Raises Refused, NotNow or Unclear; anything else counts as Unclear."""
        ...

    def find(self, reference: str) -> Accepted | None:
        """Return what the provider knows of a try, ``None`` when it never got it. Raises NotNow when it cannot say."""
        ...
