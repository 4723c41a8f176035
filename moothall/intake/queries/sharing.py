"""Where a request that an adviser shares may go, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.core.zone import council_date
from moothall.customers.linking.queries import used_points
from moothall.customers.queries import CustomerCard
from moothall.intake.carrying import SHOWN
from moothall.intake.dialogue import first_unanswered
from moothall.intake.lookups import answers_now
from moothall.intake.models import Dialogue, DialogueState
from moothall.services.pack import SERVICES, Service
from moothall.services.rules import unanswered

WROTE_FROM = frozenset({"email", "sms"})
"""Channels on which what somebody wrote from is an address that a link can be sent to."""


class _InHand(Protocol):
    """A contact in hand, as far as it matters here."""

    @property
    def identity_check(self) -> str: ...

    @property
    def speaker(self) -> str: ...

    @property
    def channel(self) -> str: ...

    @property
    def caller(self) -> str: ...


@dataclass(frozen=True, slots=True)
class ShareChoices:
    """Where a link may go: (address, shown) of hers; ``other``: any that she says. ``because_not``: why it may not go."""

    addresses: tuple[tuple[str, str], ...]
    other: bool
    because_not: str = ""


@dataclass(frozen=True, slots=True)
class SharedView:
    """How far a request is that the customer and the officer may both go on with.

    ``behind``: she changed something that the officer has not seen yet. ``at`` is what she is asked now; empty when all is
    answered. ``to`` is where its link went, ``because`` why she was helped, both empty where it was only begun elsewhere.
    ``by_us``: an officer shared it.
    """

    to: str
    because: str
    at: str
    answered: int
    changed_at: datetime
    expires_at: datetime
    is_open: bool
    behind: bool
    by_us: bool


def share_choices(service: Service, contact: _InHand, card: CustomerCard | None) -> ShareChoices:
    """Say where a matter's link may go. Two queries where other records were joined with hers.

    A named person's answers may hold what we know of her: until who is speaking is checked they go only where her record
    says she is reached, and never to what only somebody typed (adr/0085). Where nobody is named they hold only what the
    caller said, and where she wrote from is offered.
    """
    if because := _refused(service, contact.speaker):
        return ShareChoices((), False, because)
    points = used_points(card) if card is not None else ()
    held = tuple((point.value, point.shown) for point in points if point.kind == "email" or point.can_text)
    other = card is None or contact.identity_check in SHOWN
    wrote_from = contact.caller if other and contact.channel in WROTE_FROM else ""
    if wrote_from and wrote_from.lower() not in {value.lower() for value, _ in held}:
        held += ((wrote_from, f"{wrote_from}, where they wrote from"),)
    return ShareChoices(held, other)


def _refused(service: Service, speaker: str) -> str:
    use = service.channel("web")
    if use.level == "no" or service.visibility != "public":
        return "This can’t be done on our website."
    if service.restricted:
        return "This is too private to go by a link that somebody else may open. Finish it with them."
    if speaker:
        return "Somebody speaks for them. Finish it here, so that it says so."
    return ""


def may_go_on(service: Service) -> bool:
    """Say whether a request for it may go by a link to whoever began it, to be finished on the web. Pure."""
    return not _refused(service, "")


def shared(dialogue_id: UUID | None, *, seen: str, visible_to: Actor, at: datetime) -> SharedView | None:
    """Return how far a matter's request is; None where it goes on with none. One query, none for most. Raises Refused."""
    require(visible_to, "contact.take")
    row = Dialogue.objects.filter(id=dialogue_id).first() if dialogue_id else None
    service = current_pack().of(SERVICES).get(row.service) if row else None
    if row is None or service is None:
        return None
    step = first_unanswered(
        service, answers_now(service, row.answers, channel=row.channel, at=at), council_date(at), row.channel
    )
    return SharedView(
        to=row.link_to, because=row.helped_because, at=step.label if step else "",
        answered=sum(not unanswered(value) for value in row.answers.values()), changed_at=row.changed_at,
        expires_at=row.expires_at, is_open=row.state == DialogueState.OPEN and row.expires_at > at,
        behind=row.state == DialogueState.OPEN and seen != str(row.version), by_us=row.helped_in is not None,
    )  # fmt: skip
