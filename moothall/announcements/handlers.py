"""An announcement finds whom it touches by itself, tells them, and takes in whoever comes about it later."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from moothall.announcements.actions import announce_stop, end_stop, find_touched, join_case
from moothall.announcements.jobs import tell_in_turn
from moothall.announcements.queries import first_news, live, spot_of, touching
from moothall.cases.queries import case_page
from moothall.core import clock
from moothall.core.actors import SYSTEM
from moothall.core.events import Recorded, handles


@handles("announcement.made", as_="announcements.tell_first")
def tell_first(event: Recorded) -> None:
    """Whoever has something open that it touches is found, then told."""
    if event.subject_id is not None:
        find_touched(event.subject_id, at=event.occurred_at)
        tell_in_turn(UUID(str(event.data["news"])))


@handles("announcement.news", "announcement.over", as_="announcements.tell_on")
def tell_on(event: Recorded) -> None:
    """Everyone it touches hears the news, and the end."""
    tell_in_turn(UUID(str(event.data["news"])))


@handles("round.stopped", as_="announcements.announce_stop")
def tell_of_a_stop(event: Recorded) -> None:
    """A lorry that breaks down is announced by itself: those it has not been to hear why, and when there is news."""
    announce_stop(*_round_of(event), by=SYSTEM, at=clock.now())


@handles("round.resumed", as_="announcements.end_stop")
def tell_of_going_again(event: Recorded) -> None:
    """A round that goes again clears what was announced of it."""
    end_stop(*_round_of(event), by=SYSTEM, at=clock.now())


def _round_of(event: Recorded) -> tuple[str, date]:
    return str(event.data["schedule"]), date.fromisoformat(str(event.data["day"]))


@handles("case.opened", as_="announcements.take_in")
def take_in(event: Recorded) -> None:
    """A case that is opened while the failure goes on is joined to it: it hears when it is over.

    One that was there already when it was announced, and is only seen now, is told the first word too.
    """
    fitting = [one for one in live(at=clock.now()) if event.service in one.services]
    if not fitting or event.case_id is None:
        return
    page = case_page(event.case_id, visible_to=SYSTEM, at=clock.now())
    if page is None:
        return
    for one in touching([event.service], spot_of(page.uprn, event.area), among=fitting):
        before = event.recorded_at <= one.made_at
        joined = join_case(
            one.id, case_id=event.case_id, customer_id=event.customer_id, before=before, by=SYSTEM, at=clock.now()
        )
        if joined and before:
            tell_in_turn(first_news(one.id))
