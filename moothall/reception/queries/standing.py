"""Where everybody stands: the order, how many are before whom, and how long it takes by what the day has shown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from statistics import median
from uuid import UUID

from moothall.core.packs import Pack, current_pack
from moothall.core.zone import council_date
from moothall.reception.models import Duty, Visit, VisitState
from moothall.reception.pack import CENTRES, QUEUES
from moothall.reception.rules import OpenDesk, Place, Waiter, places, remaining

LOOK_BACK = 40
"""So many of the day's last finished visits tell how long one takes."""
ENOUGH = 3
"""Fewer of a queue than this tell nothing yet: the pack's length stands."""


def queues_of_duty(duty: Duty, pack: Pack | None = None) -> list[str]:
    """Return the queues an officer on duty serves: her desk's, less those that want a skill she has not."""
    pack = pack or current_pack()
    centre = pack.of(CENTRES).get(duty.centre)
    desk = centre.desk(duty.desk) if centre and duty.desk else None
    if centre is None or desk is None:
        return []
    queues = pack.of(QUEUES)
    return [
        code
        for code in (desk.queues or centre.queues)
        if code in queues and (queues[code].skill is None or queues[code].skill in duty.skills)
    ]


def waiter_of(row: Visit) -> Waiter:
    """Return a visit as far as the order is concerned."""
    return Waiter(row.id, row.queue, row.turn_at, row.number)


def places_here(centre: str, *, at: datetime, pack: Pack | None = None) -> dict[UUID, Place]:
    """Return the place of everybody who waits at a centre. Three queries."""
    pack = pack or current_pack()
    rows = list(Visit.objects.filter(centre=centre, state__in=("waiting", "called", "serving")))
    return standing(rows, list(Duty.objects.filter(centre=centre, ended_at=None)), usual_at(centre, at, pack), pack, at)


def standing(
    rows: Iterable[Visit], duties: Iterable[Duty], usual: dict[str, float], pack: Pack, at: datetime
) -> dict[UUID, Place]:
    """Return everybody's place from rows at hand."""
    here = list(rows)
    busy = {row.staff_id: row for row in here if row.state != VisitState.WAITING}
    desks = []
    for duty in duties:
        queues = frozenset(queues_of_duty(duty, pack))
        if queues:
            desks.append(OpenDesk(queues, _free_in(busy.get(duty.staff_id), usual, at)))
    return places([waiter_of(row) for row in here if row.state == VisitState.WAITING], desks, usual)


def usual_at(centre: str, at: datetime, pack: Pack) -> dict[str, float]:
    """Return how many seconds a visit takes by queue: the middle of the day's last ones, else as the pack says. One query."""
    rows = Visit.objects.filter(
        centre=centre, day=council_date(at), state=VisitState.DONE, serving_since__isnull=False, ended_at__isnull=False
    ).order_by("-ended_at")
    took: dict[str, list[float]] = {}
    for queue, since, ended in rows.values_list("queue", "serving_since", "ended_at")[:LOOK_BACK]:
        if ended is not None and since is not None:
            took.setdefault(queue, []).append((ended - since).total_seconds())
    usual = {code: queue.minutes * 60.0 for code, queue in pack.of(QUEUES).items()}
    return usual | {queue: median(held) for queue, held in took.items() if len(held) >= ENOUGH}


def place_of(row: Visit, *, at: datetime, pack: Pack | None = None) -> Place:
    """Return one visitor's place; nobody is before whoever does not wait any more. Three queries."""
    return places_here(row.centre, at=at, pack=pack).get(row.id, Place(0, 0))


def _free_in(row: Visit | None, usual: dict[str, float], at: datetime) -> float:
    if row is None:
        return 0.0
    length = usual.get(row.queue, 600.0)
    if row.state == VisitState.CALLED:
        return length
    return remaining(length, (at - (row.serving_since or at)).total_seconds())
