"""What is booked along is arranged by somebody: a task with its own time before the start, in step with the booking."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from moothall.bookings.models import BookingState
from moothall.bookings.pack import BOOKABLES, Arranging
from moothall.bookings.queries.views import BookingView, bookings_of_case
from moothall.bookings.rules import say_access
from moothall.cases.actions import add_task, finish_task
from moothall.cases.queries.lists import overdue_of_kind, tasks_of_kind
from moothall.core.actors import SYSTEM
from moothall.core.packs import Pack, current_pack

ARRANGE: Final = "arrange"
NOT_ARRANGED: Final = "not_arranged"
SUPERSEDED: Final = "the booking has another time"
CALLED_OFF: Final = "the booking is off"
MOST_TITLE: Final = 200


def arrange_needs(view: BookingView, *, at: datetime) -> None:
    """Bring the tasks of a booking's request in step with it: one for each need that the pack has somebody arrange, for the
    time it has now; those of a time it has no more, or of a booking that is off, are ended. Twice is once.
    """
    if view.case_id is None:
        return
    pack = current_pack()
    stands = view.state == BookingState.CONFIRMED
    wanted = {_title(view, need): rule for need, rule in needed(view, pack).items()} if stands else {}
    known = tasks_of_kind(view.case_id, ARRANGE)
    for task in known:
        if task.done_at is None and task.title not in wanted:
            finish_task(task.id, outcome=SUPERSEDED if stands else CALLED_OFF, by=SYSTEM, at=at)
    there = {task.title for task in known if task.outcome not in {SUPERSEDED, CALLED_OFF}}
    for title, rule in wanted.items():
        if title not in there:
            due = due_at(view.starts_at, rule.before, at)
            add_task(view.case_id, title=title, team=rule.team, kind=ARRANGE, due_at=due, by=SYSTEM, at=at)


def warn_unarranged(*, at: datetime) -> int:
    """Tell whoever the pack names of what was not arranged in time and is still to come; once each. Return how many."""
    pack, warned = current_pack(), 0
    for task in overdue_of_kind(ARRANGE, at=at, unless=NOT_ARRANGED):
        rule = _rule_of(task.title, bookings_of_case(task.case_id), pack, at)
        if rule is not None:
            title = f"Not arranged in time. {task.title}"[:MOST_TITLE]
            add_task(task.case_id, title=title, team=rule.warns, kind=NOT_ARRANGED, by=SYSTEM, at=at)
            warned += 1
    return warned


def needed(view: BookingView, pack: Pack) -> dict[str, Arranging]:
    """Return what of a booking's needs the pack has somebody arrange: by need."""
    bookable = pack.of(BOOKABLES).get(view.bookable)
    rules = bookable.arranges if bookable is not None else {}
    has = {*view.needs, *(["access"] if view.access else [])}
    return {need: rule for need, rule in rules.items() if need in has}


def due_at(starts_at: datetime, before: int, at: datetime) -> datetime:
    """Return by when it is arranged: so many minutes before the start; booked later than that, half of the time left."""
    return starts_at - min(timedelta(minutes=before), (starts_at - at) / 2)


def _title(view: BookingView, need: str) -> str:
    """“Arrange: interpreter (Arabic), Thursday 26 November 2026, 2pm to 3pm, City centre One Stop Centre”. What the customer
    wrote of herself stands with the booking, not in a title."""
    if need == "access":
        said = "what they need to get in and about"
    else:
        said = say_access(need) + (f" ({view.language})" if need == "interpreter" and view.language else "")
    return f"Arrange: {said}, {view.when}, {view.where}"[: MOST_TITLE - 30]


def _rule_of(title: str, views: list[BookingView], pack: Pack, at: datetime) -> Arranging | None:
    """Return the rule a task was raised by; None where what it was for has begun or is off."""
    for view in views:
        if view.state == BookingState.CONFIRMED and view.starts_at > at:
            for need, rule in needed(view, pack).items():
                if _title(view, need) == title:
                    return rule
    return None
