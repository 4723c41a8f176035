"""Who waits by text hears by text: the ticket, that it is nearly their turn, and where to go."""

from __future__ import annotations

from moothall.core import clock
from moothall.core.events import Recorded, handles
from moothall.core.packs import current_pack
from moothall.reception import events
from moothall.reception.actions import tell_nearly
from moothall.reception.actions.calling import text
from moothall.reception.models import HowCalled, Visit
from moothall.reception.pack import CENTRES
from moothall.reception.rules import say_wait


@handles(events.ARRIVED, events.CALLED, events.NEARLY, as_="reception.text")
def tell(event: Recorded) -> None:
    """Send the one message of this event, once."""
    row = Visit.objects.filter(id=event.subject_id).first() if event.subject_id else None
    if row is None or row.call_by != HowCalled.TEXT or not row.phone:
        return
    now = clock.now()
    if event.name == events.ARRIVED:
        wait = event.data.get("wait")
        text(row, "visit-ticket", str(event.id), now, wait=say_wait(int(wait)) if wait is not None else "")
    elif event.name == events.NEARLY:
        text(row, "visit-nearly", str(event.id), now)
    else:
        centre = current_pack().of(CENTRES).get(row.centre)
        desk = centre.desk(str(event.data.get("desk"))) if centre else None
        text(row, "visit-called", str(event.id), now, desk=desk.name if desk else str(event.data.get("desk")))


@handles(events.CALLED, events.SEEN, events.LEFT, as_="reception.nearly")
def nearly(event: Recorded) -> None:
    """Whoever has come to the front by this is told so."""
    tell_nearly(str(event.data["centre"]), at=clock.now())
