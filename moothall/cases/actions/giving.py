"""Whose a case is, after two people who were taken for one were parted."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.cases import events
from moothall.cases.actions.rows import take
from moothall.core.actors import SYSTEM, Actor
from moothall.core.events import record


def give_case(case_id: UUID, customer_id: UUID, by: Actor, at: datetime) -> None:
    """Say whose case it is. Its promises, answers and history are untouched; hers already is fine."""
    with transaction.atomic():
        case = take(case_id, by=SYSTEM)  # whoever parts two people need not work their cases, nor know of them
        if case.customer_id != customer_id:
            before, case.customer_id = case.customer_id, customer_id
            case.save(update_fields=["customer_id"])
            record([events.happening(events.GIVEN, case, at, before=str(before) if before else None)], by=by)
