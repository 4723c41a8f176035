"""The day that is agreed for a case: booked, moved, or off."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.cases.actions.rows import keep_due, refresh_due, take
from moothall.core.actors import Actor
from moothall.core.events import together
from moothall.promises import actions as promises
from moothall.promises.queries import open_promises


def agree_day(case_id: UUID, *, due: datetime | None, by: Actor, at: datetime) -> None:
    """Promise the work for what the customer booked; with ``None`` that is off, and the promise's own count stands again.

    What is broken or over stays as it is. The same day twice changes nothing.
    """
    with transaction.atomic(), together():
        case = take(case_id, by=by)
        promises.agree_day(case.id, due=due, by=by, at=at)
        refresh_due(case)
        keep_due(case)


def new_day(case_id: UUID, *, due: datetime, reason: str, by: Actor, at: datetime) -> None:
    """Keep with the promise another day that we chose: the first stays what was promised, and is missed. The customer hears
    of it by the message of what was booked. ``reason`` is a code; a day that is past already says nothing.
    """
    with transaction.atomic(), together():
        case = take(case_id, by=by)
        for promise in open_promises(case.id):
            if promise.kind == "complete" and due > at:
                promises.explain_promise(promise.id, new_date=due, reason=reason, told=True, by=by, at=at)
        refresh_due(case)
        keep_due(case)
