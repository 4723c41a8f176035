"""The lock that everybody takes who changes the order of a centre's queues."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from moothall.core.packs import Pack, current_pack
from moothall.core.zone import council_date
from moothall.reception.errors import NotSo
from moothall.reception.models import HERE, Line, Visit
from moothall.reception.pack import CENTRES, Centre


def centre_of(code: str, pack: Pack | None = None) -> Centre:
    """Return a centre of the pack. NotSo: there is none of this code."""
    found = (pack or current_pack()).of(CENTRES).get(code)
    if found is None:
        raise NotSo("centre", "Choose a centre.")
    return found


def hold_line(centre: str, at: datetime) -> Line:
    """Lock the day's line of a centre in the caller's transaction; the first to come makes it."""
    day = council_date(at)
    Line.objects.bulk_create([Line(centre=centre, day=day)], ignore_conflicts=True)
    return Line.objects.select_for_update().get(centre=centre, day=day)


def take_visit(visit_id: UUID) -> tuple[Visit, Line]:
    """Lock a visit with its line, the line first, so that no two wait for one another.

    Raises:
        LookupError: there is no such visit. NotSo: it is over.
    """
    known = Visit.objects.filter(id=visit_id).values_list("centre", "day").first()
    if known is None:
        raise LookupError("There is no such visit.")
    line = Line.objects.select_for_update().get(centre=known[0], day=known[1])
    row = Visit.objects.select_for_update().get(id=visit_id)
    if row.state not in HERE:
        raise NotSo("visit", "This visit is over.")
    return row, line
