"""How far each system has come with what it was told: for the person herself, the adviser, and the team whose task it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from moothall.core.access import require, restrictions_visible_to
from moothall.core.actors import Actor, ActorKind
from moothall.core.packs import current_pack
from moothall.customers.linking.actions.changing import FOR_PEOPLE
from moothall.customers.linking.models import Change, Telling, TellingState
from moothall.customers.linking.pack import SYSTEMS
from moothall.customers.rules.access import require_view
from moothall.customers.rules.writing import full_name

KINDS = {"name": "Name", "address": "Address", "contact": "Ways to reach you", "preference": "Preferences"}
LOOKS = {
    "confirmed": "done",
    "settled": "done",
    "overtaken": "done",
    "waiting": "waiting",
    "later": "waiting",
    "person": "waiting",
}


@dataclass(frozen=True, slots=True)
class ToldLine:
    """One system and one change: where it stands, in a word and a shape, with its receipt or reason."""

    id: UUID
    system: str
    state: str
    words: str
    look: str
    receipt: str
    reason: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One change with every system that was told of it."""

    id: UUID
    kind: str
    kind_words: str
    asked_at: datetime
    told: tuple[ToldLine, ...]

    @property
    def confirmed(self) -> int:
        """How many have confirmed, or were settled by a person."""
        return sum(1 for line in self.told if line.look == "done")


@dataclass(frozen=True, slots=True)
class TellingTask:
    """A change that a system did not take, for a person of its team."""

    id: UUID
    system: str
    team: str
    kind_words: str
    customer_id: UUID
    customer: str
    words: str
    reason: str
    values: tuple[tuple[str, str], ...]
    key: str
    asked_at: datetime


def changes_of(customer_ids: Iterable[UUID], visible_to: Actor, *, size: int = 5) -> tuple[ChangeView, ...]:
    """Return the newest changes with what each system made of them. Two queries.

    A restricted system is not there for who may not know of it; the person herself sees what was told of her but no
    restricted system either.
    """
    wanted = list(customer_ids)
    hers = visible_to.kind is ActorKind.CUSTOMER and visible_to.id in wanted  # with the records joined to hers
    if not hers and (visible_to.kind is not ActorKind.STAFF or not visible_to.may("customer.view")):
        for one in wanted:
            require_view(visible_to, one)
    allowed = restrictions_visible_to(visible_to)
    changes = list(Change.objects.filter(customer__in=wanted).order_by("-asked_at", "-id")[:size])
    tellings = Telling.objects.filter(change__in=[c.id for c in changes])
    if allowed is not None:
        tellings = tellings.filter(restricted__in=["", *sorted(allowed)])
    systems = current_pack().of(SYSTEMS)
    by_change: dict[UUID, list[ToldLine]] = {}
    for row in tellings.order_by("system", "id"):
        name = systems[row.system].name if row.system in systems else row.system
        by_change.setdefault(row.change_id, []).append(
            ToldLine(
                row.id, name, row.state, TellingState(row.state).label, LOOKS.get(row.state, "late"), row.receipt,
                row.reason, row.answered_at,
            )
        )  # fmt: skip
    return tuple(
        ChangeView(c.id, c.kind, KINDS.get(c.kind, c.kind), c.asked_at, tuple(by_change.get(c.id, ()))) for c in changes
    )


def telling_tasks(visible_to: Actor, *, size: int = 25) -> tuple[TellingTask, ...]:
    """Return the changes that systems of the actor's teams did not take, the longest waiting first. One query.

    Who decides of identities sees every team's.
    """
    require(visible_to, "case.view")
    rows = Telling.objects.filter(state__in=FOR_PEOPLE)
    if not visible_to.may("identity.decide"):
        rows = rows.filter(team__in=sorted(visible_to.teams))
    allowed = restrictions_visible_to(visible_to)
    if allowed is not None:
        rows = rows.filter(restricted__in=["", *sorted(allowed)])
    systems = current_pack().of(SYSTEMS)
    return tuple(
        TellingTask(
            row.id, systems[row.system].name if row.system in systems else row.system, row.team,
            KINDS.get(row.change.kind, row.change.kind), row.change.customer_id, _name(row), TellingState(row.state).label,
            row.reason, _values(row),
            row.record.key, row.change.asked_at,
        )
        for row in rows.select_related("change__customer", "record").order_by("due_at", "id")[:size]
    )  # fmt: skip


def _name(row: Telling) -> str:
    who = row.change.customer
    return full_name(who.title, who.given_name, who.family_name, who.organisation_name)


def _values(row: Telling) -> tuple[tuple[str, str], ...]:
    return tuple((k.replace("_text", "").replace("_", " "), str(v)) for k, v in sorted(row.change.values.items()) if v)
