"""What the form of a contact says of requests begun elsewhere, and of files that came with them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from moothall.intake.desk import DeskContact
from moothall.intake.queries.begun import BegunLine, begun_elsewhere, files_sent
from moothall.interfaces.desk.questions import AskedField
from moothall.interfaces.policy import Request


def begun(request: Request, held: DeskContact, at: datetime) -> tuple[BegunLine, ...]:
    """What the person in this contact began elsewhere; by her number too while nobody is named. One query at most."""
    card = held.customer
    points = {point.value for point in card.points if not point.stopped} if card else {held.contact.caller}
    if not card and not held.contact.caller:
        return ()
    return begun_elsewhere(
        customer_ids=card.ids if card else (),
        points=points,
        channel=held.contact.channel,
        visible_to=request.actor,
        at=at,
    )


def with_files(fields: list[AskedField], dialogue_id: UUID | None) -> list[AskedField]:
    """Say beside each question for files what came already. One query, only for what was begun elsewhere."""
    sent = files_sent(dialogue_id) if dialogue_id else {}
    return [
        replace(one, view=replace(one.view, known=f"They sent {', '.join(sent[one.view.id])} already."))
        if one.view.id in sent
        else one
        for one in fields
    ]
