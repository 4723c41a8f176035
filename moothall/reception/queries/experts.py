"""Who could be called in, and who is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.core.staff import staff_names
from moothall.reception.models import AskState, Duty, ExpertAsk, Visit
from moothall.reception.pack import CENTRES, skills_of
from moothall.reception.queries.duties import duty_row


@dataclass(frozen=True, slots=True)
class AskView:
    """A desk asks for an expert, as both sides see it. ``who`` is who comes."""

    id: UUID
    visit_id: UUID
    contact_id: UUID
    ticket: str
    desk: str
    skill: str
    state: str
    asked_at: datetime
    asked_by: str
    who: str
    about: str
    mine: bool
    busy: int


def could_come(centre: str, skill: str, *, but: UUID | None, at: datetime) -> list[UUID]:
    """Return who is on duty here with a skill and has not said that she is busy. One query."""
    rows = Duty.objects.filter(centre=centre, ended_at=None, skills__contains=[skill])
    free = rows.filter(Q(busy_until=None) | Q(busy_until__lte=at))
    return [one for one in free.values_list("staff_id", flat=True) if one != but]


def ask_for(*, visible_to: Actor, at: datetime, visit_id: UUID | None = None) -> list[AskView]:
    """Return what is asked of this officer now, and what she said she comes to; with ``visit_id`` what that visit asks.

    Three queries.
    """
    require(visible_to, "reception.join" if visit_id is None else "contact.view")
    rows = ExpertAsk.objects.select_related("visit").order_by("asked_at")
    if visit_id is not None:
        rows = rows.filter(visit_id=visit_id).exclude(state=AskState.OVER)
    else:
        duty = duty_row(visible_to)
        if duty is None:
            return []
        ringing = Q(state=AskState.RINGING, visit__centre=duty.centre, skill__in=duty.skills)
        rows = rows.filter(ringing | Q(state=AskState.COMING, staff_id=visible_to.id)).exclude(asked_by=visible_to.id)
    found = [row for row in rows if visible_to.id not in row.busy]
    names = staff_names({who for row in found for who in (row.asked_by, row.staff_id) if who})
    return [_view(row, names, visible_to) for row in found]


def is_called_in(contact_id: UUID, *, visible_to: Actor) -> bool:
    """Say whether this officer sits with the visitor of a contact, or said that she comes to them. One query."""
    coming = Q(asks__staff_id=visible_to.id, asks__state=AskState.COMING)
    return Visit.objects.filter(Q(staff_id=visible_to.id) | coming, contact_id=contact_id).exists()


def _view(row: ExpertAsk, names: dict[UUID, str], actor: Actor) -> AskView:
    visit: Visit = row.visit
    pack = current_pack()
    centre = pack.of(CENTRES).get(visit.centre)
    desk = centre.desk(visit.desk) if centre else None
    return AskView(
        id=row.id, visit_id=visit.id, contact_id=visit.contact_id, ticket=visit.ticket,
        desk=desk.name if desk else visit.desk, skill=skills_of(pack).get(row.skill, row.skill), state=row.state,
        asked_at=row.asked_at, asked_by=names.get(row.asked_by, "") if row.asked_by else "",
        who=names.get(row.staff_id, "") if row.staff_id else "", about=visit.about, mine=row.staff_id == actor.id,
        busy=len(row.busy),
    )  # fmt: skip
