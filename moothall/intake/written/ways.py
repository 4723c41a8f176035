"""How each channel acknowledges what arrived and carries an officer's answer: filled at start by the channels above."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from moothall.core.actors import Actor
from moothall.core.packs import Pack
from moothall.feedback.models import Ask
from moothall.inbox.models import Writing
from moothall.inbox.pack import our_addresses, plain_address
from moothall.notifications.pack import MESSAGING


@dataclass(frozen=True, slots=True)
class Outbound:
    """What goes back about a writing. For an acknowledgement ``text`` is empty and ``promise`` says by when we answer.

    ``promised_day`` is its day in figures, for words in other languages. ``asked`` is the question how we did that is put
    with an answer.
    """

    writing: Writing
    contact_id: UUID | None
    customer_id: UUID | None
    case_id: UUID | None
    reference: str
    text: str = ""
    promise: str = ""
    promised_day: str = ""
    asked: Ask | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """What a channel can do with a writing of its own.

    ``acknowledge`` queues the word that we have it and returns whether it could; ``answer`` queues what an officer wrote and
    returns the message's id, or raises ValueError with what to do instead. ``preview`` returns the PDF that ``answer`` would
    send, where it sends paper. ``ask`` queues the question how we did as a message of its own, after the answer; a channel
    without it puts the question into the answer. Any may be missing.
    """

    acknowledge: Callable[[Outbound, Actor, datetime], bool] | None = None
    answer: Callable[[Outbound, Actor, datetime], UUID | None] | None = None
    preview: Callable[[Outbound, Actor, datetime], bytes] | None = None
    ask: Callable[[Outbound, Ask, datetime], None] | None = None


def own_addresses(pack: Pack) -> frozenset[str]:
    """Return the council's own e-mail addresses, plain: of its inboxes, its front door, its messages."""
    doors = (plain_address(way.value) for way in pack.council.contact if way.channel == "email")
    return our_addresses(pack) | frozenset(doors) | {plain_address(pack.one(MESSAGING).email_from)}


_ways: dict[str, Way] = {}


def register_way(channel: str, way: Way) -> None:
    """Say how a channel writes back."""
    _ways[channel] = way


def way_of(channel: str) -> Way:
    """Return how a channel writes back; one that was never registered cannot."""
    return _ways.get(channel, Way())
