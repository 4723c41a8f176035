"""Social networks: posts read from them, answers written to them, each by its own protocol behind one seam.

``MOOTHALL_SOCIAL`` names the networks a council is on, ``MOOTHALL_SOCIAL_KEYS`` how they know us. A network that is not
named is not spoken to at all; there are three: Mastodon, Bluesky and Facebook.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from uuid import UUID

from django.conf import settings

from moothall.notifications.adapters.social.bluesky import Bluesky
from moothall.notifications.adapters.social.facebook import WINDOW, Facebook
from moothall.notifications.adapters.social.mastodon import Mastodon
from moothall.notifications.adapters.social.network import Answered, Away, Network, News
from moothall.notifications.protocols import Accepted, Envelope, NotNow, Refused
from moothall.notifications.rules import read_reference_of

__all__ = [
    "KINDS",
    "LENGTHS",
    "WINDOWS",
    "Answered",
    "Away",
    "Facebook",
    "Network",
    "News",
    "SocialSender",
    "network",
    "networks",
]

KINDS: dict[str, Callable[[str, str], Network]] = {
    "mastodon": Mastodon, "bluesky": Bluesky, "facebook": Facebook,
}  # fmt: skip
LENGTHS = {one.code: (one.longest, one.longest_private) for one in (Mastodon, Bluesky, Facebook)}
"""The most characters of a public and of a private answer, by network."""
WINDOWS = {Facebook.code: WINDOW}
"""How long after somebody wrote more than the answer itself may be written to her alone; others set no time."""


def networks() -> tuple[str, ...]:
    """Return the networks this council is on."""
    return tuple(code for code in KINDS if settings.SOCIAL_ADDRESSES.get(code))


def network(code: str) -> Network | None:
    """Return a network this council is on."""
    address = settings.SOCIAL_ADDRESSES.get(code, "")
    return _made(code, address.rstrip("/"), settings.SOCIAL_KEYS.get(code, "")) if address and code in KINDS else None


@lru_cache(maxsize=16)
def _made(code: str, address: str, key: str) -> Network:
    return KINDS[code](address, key)


class SocialSender:
    """Carries answers to where they were asked. An envelope's headers name the network and what is answered there."""

    name = "social"
    can_ask = True

    def send(self, envelope: Envelope) -> Accepted:
        """Post an answer, or write it privately."""
        there = network(envelope.headers.get("network", ""))
        if there is None:
            raise NotNow("We are not on this network just now.", unreachable=True)
        return Accepted(
            provider_id=there.post(_answered(envelope.headers, envelope.message_id, envelope.to, envelope.text))
        )

    def find(self, reference: str) -> Accepted | None:
        """Return the answer as the network has it: found by what it says and what it answers."""
        from moothall.notifications.models import Message  # only here: the twin of a network starts before Django does

        read = read_reference_of(reference)
        message = Message.objects.filter(id=UUID(read[0])).first() if read else None
        if message is None:
            raise Refused("That is no message of ours.")
        there = network(message.headers.get("network", ""))
        if there is None:
            raise NotNow("We are not on this network just now.", unreachable=True)
        found = there.find(_answered(message.headers, message.id, message.to, message.body))
        return Accepted(provider_id=found) if found else None


def _answered(headers: object, message_id: UUID, to: str, text: str) -> Answered:
    held = {str(name): str(value) for name, value in dict(headers).items()}  # type: ignore[call-overload]
    return Answered(message_id, to, held.get("author", ""), held.get("private") == "yes", text, held)
