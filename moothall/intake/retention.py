"""Who has not been in touch for the pack's months is erased whole; what was begun for a case goes with the case, what is
written of papers that came by post with the contact the letter was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.retention import (
    DueRecord,
    Forgot,
    Place,
    RecordClass,
    due_on,
    in_touch_of,
    out_of_touch,
    register_companion,
    register_record_class,
)
from moothall.customers.models import Customer
from moothall.customers.privacy.terms import ended_before
from moothall.inbox.models import Writing
from moothall.intake.erasing import erase_person, prospect
from moothall.intake.models import Dialogue
from moothall.postroom.actions import erase_originals_of

SAYS = ~Q(search="") | ~Q(given_name="") | ~Q(family_name="") | ~Q(organisation_name="")


def due(until: datetime, after: Place | None, limit: int) -> list[DueRecord]:
    """Return customers nobody has dealt with for the months at ``until``, by their id. Two queries for each room at most."""
    held = ended_before("customer", until)
    if held is None:
        return []
    rows = Customer.objects.filter(SAYS, joined_to=None, changed_at__lt=held[0])
    found: list[DueRecord] = []
    last = after[1] if after else None
    while len(found) < limit:
        wanted = rows.filter(id__gt=last) if last else rows
        some = list(out_of_touch(wanted, held[0]).order_by("id").only("id", "changed_at", "reference")[:limit])
        heads = dict(_joined([row.id for row in some]))
        busy = {heads[one] for one in in_touch_of(list(heads), held[0])}
        found += [
            DueRecord(row.id, row.changed_at, due_on(row.changed_at, held[1]), "Not in touch", row.id, row.reference)
            for row in some
            if row.id not in busy
        ]
        if len(some) < limit:
            break
        last = some[-1].id
    return found[:limit]


def _joined(heads: list[UUID]) -> list[tuple[UUID, UUID]]:
    """Records joined to these, each with whom it leads to."""
    return list(Customer.objects.filter(joined_to__in=heads).values_list("id", "joined_to_id"))


def forget(ids: Sequence[UUID], by: Actor, at: datetime) -> Forgot:
    """Erase these people whole, as when they ask for it, but unasked and untold; what the law has us keep is left."""
    require(by, "customer.erase")
    done, left = 0, Counter[str]()
    for one in ids:
        found = prospect(one, visible_to=by, at=at)
        if found is None or found.is_empty:
            continue
        if found.stops:
            left[found.stops[0].because] += 1
            continue
        erase_person(one, told=False, by=by, at=at)
        done += 1
    return Forgot(done, left)


def forget_begun(ids: Sequence[UUID], by: Actor, at: datetime) -> int:
    """Empty what was answered on the way to these cases."""
    require(by, "customer.erase")
    return Dialogue.objects.filter(case_id__in=ids).exclude(answers={}).update(answers={}, customer_id=None)


def forget_papers(ids: Sequence[UUID], by: Actor, at: datetime) -> int:
    """Take the words out of the register of papers that came with the letters these contacts were."""
    return erase_originals_of(Writing.objects.filter(contact_id__in=ids).values_list("id", flat=True), by=by)


register_record_class(RecordClass("customer", "People not in touch any more", due, forget, rank=90, ahead=False))
register_companion("case", "intake", forget_begun)
register_companion("contact", "postroom", forget_papers)
