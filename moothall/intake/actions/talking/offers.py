"""A text about the waiting list: YES takes what we offered this number, NO lets it go to the next, LEAVE leaves the list.

The number we texted is the proof, as for a booking's reminder.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from moothall.bookings import actions as bookings
from moothall.bookings.links import offer_link
from moothall.bookings.queries.diary import WaitLine, waits_of
from moothall.bookings.rules import say_until
from moothall.core.actors import customer_actor
from moothall.core.packs import current_pack
from moothall.intake.actions.raising import NotOnThisChannel
from moothall.intake.actions.waiting import go_on_from_offer
from moothall.intake.models import Conversation
from moothall.intake.pack import sentence
from moothall.notifications.models import Message

TAKES: Final = frozenset({"y", "yes", "yes please", "take it", "ok"})
LETS_GO: Final = frozenset({"n", "no", "no thanks", "no thank you"})
LEAVES: Final = frozenset({"leave", "leave list", "leave the list"})
OFFERED: Final = "booking-offered"


@dataclass(frozen=True, slots=True)
class AboutWait:
    """What a text says of the waiting list, and of which places on it."""

    said: str
    waits: tuple[WaitLine, ...]


def about_waiting(sender: str, words: str, *, since: datetime | None) -> AboutWait | None:
    """Return what a text wants of the waiting list; None where it is about something else.

    YES and NO answer the offer we texted this number last, and only where we asked nothing else ``since``. At most four
    queries, and none for other words.
    """
    said = " ".join(words.lower().replace("’", "'").strip(" .!?,").split())
    if said not in TAKES | LETS_GO | LEAVES:
        return None
    waits = waits_of(points=[sender])
    if said in LEAVES:
        return AboutWait("leave", tuple(waits)) if waits else None
    last = Message.objects.filter(to=sender, channel="sms", template=OFFERED).order_by("-created_at").first()
    if last is None or (since is not None and last.created_at < since):
        return None
    link = str(last.values.get("link", ""))
    offered = next((one for one in waits if one.state == "offered" and offer_link(one.id) == link), None)
    if offered is None and not any(one.state == "offered" for one in waits):
        asked_since = Message.objects.filter(to=sender, channel="sms", created_at__gt=last.created_at).exists()
        return None if asked_since else AboutWait("gone", ())
    chosen = offered or next(one for one in waits if one.state == "offered")
    return AboutWait("take" if said in TAKES else "let_go", (chosen,))


def leave(about: AboutWait, *, at: datetime) -> str:
    """Take her off every list her number stands on; return what to say."""
    for one in about.waits:
        bookings.leave_list(one.id, by=customer_actor(None), at=at)
    return sentence(current_pack(), "list_left")


def let_go(about: AboutWait, *, at: datetime) -> str:
    """Let the offer go to the next; return what to say."""
    for one in about.waits:
        bookings.let_offer_go(one.id, by=customer_actor(None), at=at)
    return sentence(current_pack(), "offer_let_go")


def take(row: Conversation, about: AboutWait, *, at: datetime) -> str:
    """Take what is offered: the conversation goes on with her request, the time chosen. Return what to say first.

    Raises:
        HoldGone: it has run out. NotOnThisChannel: the rest is not asked by text.
    """
    (wait,) = about.waits
    if wait.offered is None or wait.offered.expires_at is None or row.contact_id is None:
        raise bookings.HoldGone
    row.dialogue_id, _ = go_on_from_offer(
        wait.id, channel=row.channel, contact_id=row.contact_id, by=customer_actor(row.customer_id), at=at
    )
    row.held = {}
    what = f"{wait.offered.what}, {wait.offered.when}, {wait.offered.where}"
    return sentence(current_pack(), "offer_taken", what=what, until=say_until(wait.offered.expires_at))


def online(about: AboutWait) -> str:
    """Return where she takes it, where the rest is not asked by text."""
    return sentence(current_pack(), "offer_online", link=offer_link(about.waits[0].id))


__all__ = ["AboutWait", "NotOnThisChannel", "about_waiting", "leave", "let_go", "online", "take"]
