"""Who an announcement touches: those with something open when it is made, and those who come about it later."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.announcements import events
from moothall.announcements.models import Announcement, How, Touched
from moothall.announcements.queries.reaching import cases_reached, contacts_reached, homes_reached
from moothall.announcements.queries.views import reach_of
from moothall.core.actors import Actor
from moothall.core.events import record
from moothall.core.ids import new_id
from moothall.core.packs import current_pack
from moothall.rounds.pack import ROUNDS

BATCH = 1_000


def find_touched(announcement_id: UUID, *, at: datetime) -> int:
    """Write down whose open case or promise an announcement touches; return how many are new. May be run again.

    Of a round that stopped, also who lives where it has not been. They are told in the order they are written down: open
    cases first, then those from whose doors the crew fetches the bins, then everybody else.
    """
    row = Announcement.objects.get(id=announcement_id)
    reach = reach_of(row)
    found = [Touched(id=new_id(), announcement=row, how=How.OPEN, case_id=case, customer_id=customer, at=at)
             for case, customer in cases_reached(reach, row.not_today or row.stopped_day)]  # fmt: skip
    if row.stopped_day is not None and current_pack().one(ROUNDS).stopped.households:
        told = {one.customer_id for one in found}
        found += [Touched(id=new_id(), announcement=row, how=How.LIVES, customer_id=customer, at=at)
                  for customer in homes_reached(reach, row.stopped_day) if customer not in told]  # fmt: skip
    found += [Touched(id=new_id(), announcement=row, how=How.OPEN, contact_id=contact, customer_id=customer, at=at)
              for contact, customer in contacts_reached(reach)]  # fmt: skip
    Touched.objects.bulk_create(found, batch_size=BATCH, ignore_conflicts=True)
    return len(found)


def join_case(
    announcement_id: UUID, *, case_id: UUID, customer_id: UUID | None, before: bool = False, by: Actor, at: datetime
) -> bool:
    """Join a case to an announcement: it hears the news and the end. Once; returns whether it is new.

    ``before``: it was open when it was announced; else its customer read of it before she sent anything.
    """
    how = How.OPEN if before else How.LATER
    return _join(announcement_id, how, case_id=case_id, contact_id=None, customer_id=customer_id, by=by, at=at)


def join_contact(announcement_id: UUID, *, contact_id: UUID, customer_id: UUID | None, by: Actor, at: datetime) -> bool:
    """Join a contact about it: counted with it, and its customer hears the news and the end. Once."""
    return _join(announcement_id, How.RANG, case_id=None, contact_id=contact_id, customer_id=customer_id, by=by, at=at)


def _join(
    announcement_id: UUID, how: How, *, case_id: UUID | None, contact_id: UUID | None, customer_id: UUID | None,
    by: Actor, at: datetime,
) -> bool:  # fmt: skip
    with transaction.atomic():
        row = Announcement.objects.get(id=announcement_id)
        one = Touched(
            id=new_id(),
            announcement=row,
            how=how,
            case_id=case_id,
            contact_id=contact_id,
            customer_id=customer_id,
            at=at,
        )
        Touched.objects.bulk_create([one], ignore_conflicts=True)
        if not Touched.objects.filter(id=one.id).exists():
            return False
        joined = events.happening(
            events.JOINED, row, at, case_id=case_id, contact_id=contact_id, customer_id=customer_id, how=str(how)
        )
        record([joined], by=by)
        return True


def forget(customer_id: UUID) -> int:
    """Take who it was out of what they were told of; that somebody was touched stays. Returns how many rows."""
    return Touched.objects.filter(customer_id=customer_id).update(customer_id=None)
