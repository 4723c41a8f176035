"""Requests under way that somebody who is here now began elsewhere: that there are any, never what they hold."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from moothall.core.access import require, restrictions_visible_to
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.intake.models import Dialogue, DialogueState
from moothall.services.pack import SERVICES, Service

MOST = 5


@dataclass(frozen=True, slots=True)
class BegunLine:
    """One request under way: what is asked for, where it was begun and when it was last touched."""

    id: UUID
    service: str
    name: str
    channel: str
    changed_at: datetime


def begun_elsewhere(
    *, customer_ids: Collection[UUID], points: Collection[str], channel: str, visible_to: Actor, at: datetime
) -> tuple[BegunLine, ...]:
    """Return the newest requests under way of these people, or whose link went to one of these addresses or numbers.

    Those asked for another person, those of colleagues, those the desk does not take on this channel and those this officer
    may not know of are left out. One query. Raises Refused.
    """
    require(visible_to, "contact.take")
    wanted = Q(customer_id__in=list(customer_ids))
    held = {point.lower() for point in points if point}
    if held:
        wanted |= Q(link_to__in=held)
    rows = open_rows(at).filter(wanted).exclude(channel__in={"phone", "counter"}).order_by("-changed_at", "id")
    return tuple(line for row in rows[: MOST * 2] if (line := _line(row, channel, visible_to)) is not None)[:MOST]


def open_rows(at: datetime) -> QuerySet[Dialogue]:
    """Return requests under way that somebody asks for herself, as rows: for this room's own actions."""
    return Dialogue.objects.filter(
        state=DialogueState.OPEN, expires_at__gt=at, staff_id__isnull=True, representation_id__isnull=True
    )


def files_sent(dialogue_id: UUID) -> dict[str, list[str]]:
    """Return the names of the files that came with a request, by question. One query."""
    row = Dialogue.objects.filter(id=dialogue_id).first()
    kept = row.answers.items() if row else ()
    names = {
        name: [str(mark.get("name") or "a file") for mark in value if isinstance(mark, dict) and mark.get("id")]
        for name, value in kept
        if isinstance(value, list)
    }
    return {name: held for name, held in names.items() if held}


def may_know(service: Service, actor: Actor) -> bool:
    """Say whether an actor may know that somebody asks for this service."""
    seen = restrictions_visible_to(actor)
    return not service.restricted or seen is None or service.restricted in seen


def _line(row: Dialogue, channel: str, visible_to: Actor) -> BegunLine | None:
    service = current_pack().of(SERVICES).get(row.service)
    if service is None or not row.answers or service.channel(channel).level == "no":
        return None
    if not may_know(service, visible_to):
        return None
    return BegunLine(row.id, row.service, service.name, row.channel, row.changed_at)
