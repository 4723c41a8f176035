"""Asking again for what one holds: the answers of last time are filled in, and only what is new is asked."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.core.zone import council_date
from moothall.customers.queries import CustomerCard
from moothall.intake.actions.dialogues import start_dialogue
from moothall.intake.dialogue import prune, read_all
from moothall.permits.queries import renewal_of
from moothall.services.pack import SERVICES


class CannotRenew(LookupError):
    """It is not hers, is renewed already, or its time to be renewed has not come or is over."""


def renew(permit_id: UUID, card: CustomerCard, *, by: Actor, at: datetime) -> tuple[UUID, str]:
    """Begin a renewal for a permit's holder; return the request's id and token.

    An answer that the service would not take today (a choice that is gone) is left out, and asked again.

    Raises:
        CannotRenew: with what to do. NotOnThisChannel.
    """
    found = renewal_of(permit_id, card.ids, at=at)
    if found is None:
        raise CannotRenew(
            "It has been renewed already, or it is too early or too late for it. You can ask for a new one."
        )
    code, answers = found
    service, today = current_pack().of(SERVICES)[code], council_date(at)
    wrong = read_all(service, prune(service, answers, today, "web"), today=today, channel="web")[1]
    kept = {question: value for question, value in answers.items() if question not in wrong}
    return start_dialogue(code, channel="web", by=by, at=at, answers=kept, customer_id=card.id)
