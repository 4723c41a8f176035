"""A case begins, or a further contact joins one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from moothall.cases import events
from moothall.cases.actions.rows import take
from moothall.cases.models import Case, CaseContact
from moothall.core.actors import Actor
from moothall.core.events import record, together
from moothall.core.ids import new_id
from moothall.core.reference_numbers import next_reference
from moothall.core.rows import add_rows


@dataclass(frozen=True, slots=True)
class NewCase:
    """Everything decided before a case is opened. Times are aware; money in pence."""

    service: str
    channel: str
    team: str
    kind: str = "request"
    restricted: str = ""
    priority: str = "normal"
    status: str = "received"
    answers: Mapping[str, Any] = field(default_factory=dict)
    decisions: Sequence[Mapping[str, Any]] = ()
    fee_pence: int = 0
    pack_version_id: UUID | None = None
    customer_id: UUID | None = None
    contact_id: UUID | None = None
    assignee_id: UUID | None = None
    uprn: int | None = None
    area: str = ""
    place_text: str = ""
    latitude: float | None = None
    longitude: float | None = None
    track_email: str = ""
    track_postcode: str = ""
    source: str = ""
    external_id: str = ""


def open_case(
    new: NewCase, *, by: Actor, at: datetime, due_at: datetime | None = None, id_: UUID | None = None
) -> Case:
    """Open a case and link the contact that raised it.

    ``due_at`` is the first open promise's due time where the caller makes the promises in the same transaction.
    """
    case = Case(
        id=id_ or new_id(), reference=next_reference(), service=new.service, kind=new.kind, restricted=new.restricted,
        pack_version_id=new.pack_version_id, status=new.status, priority=new.priority, channel=new.channel,
        customer_id=new.customer_id, contact_id=new.contact_id, team=new.team, assignee_id=new.assignee_id,
        uprn=new.uprn, area=new.area, place_text=new.place_text, latitude=new.latitude, longitude=new.longitude,
        answers=dict(new.answers), decisions=[dict(d) for d in new.decisions], fee_pence=new.fee_pence, opened_at=at,
        changed_at=at, due_at=due_at, track_email=new.track_email, track_postcode=new.track_postcode,
        source=new.source, external_id=new.external_id,
    )  # fmt: skip
    with transaction.atomic(savepoint=False), together():
        add_rows(case)
        if new.contact_id is not None:
            add_rows(CaseContact(id=new_id(), case=case, contact_id=new.contact_id, role="opened", at=at))
        rows = [str(decision.get("row", "")) for decision in new.decisions]
        record(
            [
                events.happening(
                    events.OPENED, case, at, priority=case.priority, reference=case.reference, kind=case.kind,
                    decisions=rows,
                )
            ],
            by=by,
        )  # fmt: skip
    return case


def join_contact(case_id: UUID, *, contact_id: UUID, role: str, by: Actor, at: datetime) -> CaseContact:
    """Link a further contact to a case: ``chased`` (asking where it is) or ``added`` (telling us more). Once per contact."""
    with transaction.atomic():
        case = take(case_id, by=by, permission="contact.take")
        link, fresh = CaseContact.objects.get_or_create(
            case=case, contact_id=contact_id, defaults={"id": new_id(), "role": role, "at": at}
        )
        if fresh:
            happening = events.happening(events.JOINED, case, at, role=role)
            record([happening], by=by)
        return link
