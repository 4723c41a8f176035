"""The adviser's desk as values: a contact in hand, its matters, what is promised, what to say. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from moothall.cases.queries import CaseLine
from moothall.contacts.models import Outcome
from moothall.contacts.queries import ContactView
from moothall.customers.queries import CustomerCard, CustomerLine
from moothall.customers.representation.queries import RepresentationLine
from moothall.intake.drafts import DraftView
from moothall.promises.queries import PromiseView
from moothall.rounds.queries import DoorHelp

SETTLED = frozenset({Outcome.DONE, Outcome.INFORMED, Outcome.SIGNPOSTED})


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A case of the caller's with the promise that matters now, to say aloud when they chase it."""

    case: CaseLine
    promise: PromiseView | None


@dataclass(frozen=True, slots=True)
class DeskMatter:
    """One thing the caller wants. ``draft`` is what was typed so far; ``case`` and ``promise`` what came of it;
    ``dialogue_id`` the request it goes on with, where it was begun elsewhere."""

    id: UUID
    service: str
    outcome: str
    cause: str
    opened_at: datetime
    ended_at: datetime | None
    case: CaseLine | None
    promise: PromiseView | None
    draft: DraftView
    dialogue_id: UUID | None = None

    @property
    def is_open(self) -> bool:
        """Whether it still waits for an end."""
        return self.ended_at is None


@dataclass(frozen=True, slots=True)
class DeskContact:
    """Everything the adviser sees of the contact in hand, but for the time line.

    ``helpers`` may speak for the customer; ``acting`` is who does so in this contact. ``bins``: the crew fetches hers.
    """

    contact: ContactView
    matters: tuple[DeskMatter, ...]
    customer: CustomerCard | None
    candidates: tuple[CustomerLine, ...]
    open_cases: tuple[OpenCase, ...]
    newcomer: DraftView
    wrap: DraftView
    helpers: tuple[RepresentationLine, ...] = ()
    acting: RepresentationLine | None = None
    bins: DoorHelp | None = None

    def matter(self, matter_id: UUID | None) -> DeskMatter | None:
        """Return one of its matters; without an id, the newest that is still open."""
        if matter_id is not None:
            return next((m for m in self.matters if m.id == matter_id), None)
        return next((m for m in reversed(self.matters) if m.is_open), None)

    @property
    def unfinished(self) -> tuple[DeskMatter, ...]:
        """The matters that still wait for an end."""
        return tuple(m for m in self.matters if m.is_open)


@dataclass(frozen=True, slots=True)
class OpenContact:
    """A contact this officer has not finished: what a dropped line or a closed browser left behind."""

    id: UUID
    channel: str
    caller: str
    name: str
    since: datetime
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """What the strip at the top of every desk screen shows."""

    open_contacts: tuple[OpenContact, ...]
    pressing: int

    @property
    def in_hand(self) -> OpenContact | None:
        """The newest unfinished contact: the call the officer is on."""
        return self.open_contacts[0] if self.open_contacts else None


def done_in_one(outcomes: Iterable[str]) -> bool | None:
    """Say whether everything was settled in this contact; ``None`` where nothing was asked for.

    Measured from what became of each matter, never declared.
    """
    ended = [outcome for outcome in outcomes if outcome]
    return all(outcome in SETTLED for outcome in ended) if ended else None


def pressing_promise(promises: Iterable[PromiseView]) -> PromiseView | None:
    """Return the promise to speak of: the open one that falls due first (a new date counts), else the last that ended."""
    found = list(promises)
    still = [p for p in found if p.is_open and p.due_at is not None]
    if still:
        return min(still, key=lambda p: p.new_date or p.due_at or p.started_at)
    return found[-1] if found else None


def answered_in(contact: ContactView) -> timedelta | None:
    """Return how long the caller waited, where the telephone system told us when the call was offered."""
    if contact.answered_at is None or contact.answered_at == contact.received_at:
        return None
    return contact.answered_at - contact.received_at


def matter_key(matter_id: UUID) -> str:
    """Return the name of a matter's draft."""
    return f"matter:{matter_id}"


def newcomer_key(contact_id: UUID) -> str:
    """Return the name of the draft of a new customer's record, begun in a contact."""
    return f"contact:{contact_id}:newcomer"


def wrap_key(contact_id: UUID) -> str:
    """Return the name of the draft of a contact's wrap-up."""
    return f"contact:{contact_id}:wrap"


SEEN: Final = "shared-seen"
"""The field of a matter's draft that says up to which change of the request it goes on with the officer has seen."""


def seen_of(version: int) -> tuple[str, list[str]]:
    """Return the field of a draft that says so."""
    return SEEN, [str(version)]
