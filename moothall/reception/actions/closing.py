"""A centre's day is over: whoever is still in a queue has gone, and nobody sits at a desk any more."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from moothall.core.actors import SYSTEM
from moothall.core.packs import Pack, current_pack
from moothall.core.zone import LONDON, council_date
from moothall.promises.pack import calendar_of
from moothall.reception.actions.calling import gone
from moothall.reception.actions.duty import off_duty
from moothall.reception.actions.lines import take_visit
from moothall.reception.actions.serving import finish
from moothall.reception.errors import NotSo
from moothall.reception.models import HERE, Duty, Visit, VisitState
from moothall.reception.pack import CENTRES

AT_ONCE: Final = 500


def close_yesterday(*, at: datetime) -> int:
    """End the visits and duties of days that are over, as of when their centre closed; return how many visits.

    Without this the first person of the morning would stand behind everybody whom nobody counted out the evening before.
    Who waited is counted as gone because we closed; a visit at a desk as finished then. The officer's contact stays hers
    to wrap up.
    """
    pack = current_pack()
    over = (
        Visit.objects.filter(state__in=HERE, day__lt=council_date(at)).order_by("turn_at").values_list("id", flat=True)
    )
    ended = sum(_end(visit_id, pack) for visit_id in list(over[:AT_ONCE]))
    for duty in Duty.objects.filter(ended_at=None, began_at__lt=_midnight(council_date(at)))[:AT_ONCE]:
        off_duty(duty, by=SYSTEM, at=closed_at(duty.centre, duty.began_at, pack))
    return ended


def closed_at(centre: str, since: datetime, pack: Pack) -> datetime:
    """Return when a centre last closed on the day of ``since``: the day's end where it never opened or closed before then."""
    day = council_date(since)
    known, end = pack.of(CENTRES).get(centre), _midnight(day + timedelta(days=1)) - timedelta(seconds=1)
    if known is None:
        return end
    opened = calendar_of(pack, known.calendar).open_intervals(_midnight(day), end)
    return next((till for _, till in reversed(opened) if till > since), end)


def _end(visit_id: UUID, pack: Pack) -> int:
    with transaction.atomic():
        try:
            row, _ = take_visit(visit_id)
        except NotSo:
            return 0  # somebody ended it meanwhile
        at = closed_at(row.centre, max(row.arrived_at, row.serving_since or row.arrived_at), pack)
        if row.state == VisitState.SERVING:
            finish(row, because="closed", by=SYSTEM, at=at)
        else:
            gone(row, "closed", by=SYSTEM, at=at)
    return 1


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LONDON)
