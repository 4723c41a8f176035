"""Where somebody stands on waiting lists, beside a form that books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from moothall.bookings.pack import BOOKABLES, SITES
from moothall.bookings.queries.diary import WaitLine
from moothall.bookings.rules import say_until
from moothall.core.packs import current_pack
from moothall.core.zone import council_date
from moothall.intake.desk import DeskContact
from moothall.intake.desk_waiting import waits_beside
from moothall.interfaces.policy import Request
from moothall.promises.rules import say_day


@dataclass(frozen=True, slots=True)
class WaitingView:
    """One place on the list in words: what for and until when, and what is offered now, if anything is."""

    id: UUID
    says: str
    offered: str


def waiting(request: Request, held: DeskContact, at: datetime) -> tuple[WaitingView, ...]:
    """What the person in this contact waits for; by her number too while nobody is named. Two queries at most."""
    card = held.customer
    points = {point.value.lower() for point in card.points if not point.stopped} if card else {held.contact.caller}
    if not card and not held.contact.caller:
        return ()
    lines = waits_beside(customer_ids=card.ids if card else (), points=points, visible_to=request.actor)
    return tuple(_view(one, at) for one in lines)


def _view(line: WaitLine, at: datetime) -> WaitingView:
    pack = current_pack()
    found = pack.of(BOOKABLES).get(line.bookable)
    sites = [pack.of(SITES)[code].name for code in line.sites if code in pack.of(SITES)]
    last = say_day(council_date(line.until - timedelta(minutes=1)), council_date(at))
    says = ", ".join([found.name if found else line.bookable, *sites, f"until {last}"])
    one = line.offered
    until = say_until(one.expires_at) if one is not None and one.expires_at is not None else ""
    return WaitingView(
        line.id, says, f"{one.when}, {one.where}. Kept for them until {until}." if one is not None else ""
    )
