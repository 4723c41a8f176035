"""What cases do when a promise of theirs changes by itself."""

from uuid import UUID

from django.db import transaction

from moothall.cases.actions.giving import give_case
from moothall.cases.actions.rows import keep_due, refresh_due, take
from moothall.cases.models import Case, CaseState, Task
from moothall.core import clock
from moothall.core.actors import SYSTEM
from moothall.core.events import Recorded, handles
from moothall.core.ids import new_id


@handles("promise.at_risk", "promise.broken", "promise.explained", as_="cases.refresh_due")
def refresh(event: Recorded) -> None:
    """Keep the queue columns in step with a promise that was swept."""
    if event.case_id is None:
        return
    with transaction.atomic():
        case = take(event.case_id, by=SYSTEM)
        refresh_due(case)
        keep_due(case)


@handles("promise.broken", as_="cases.escalate")
def escalate(event: Recorded) -> None:
    """A broken promise goes to whoever the pack names, once, as a task."""
    team = str(event.data.get("escalate_to") or "")
    if event.case_id is None or not team:
        return
    with transaction.atomic():
        case = take(event.case_id, by=SYSTEM)
        promise_id = UUID(str(event.subject_id))
        known = Task.objects.filter(case=case, kind="escalation", promise_id=promise_id).exists()
        if not known and case.state in (CaseState.OPEN, CaseState.WAITING):
            Task(
                id=new_id(), case=case, kind="escalation", title="Promise broken: see that it is put right", team=team,
                promise_id=promise_id, created_at=clock.now(),
            ).save(force_insert=True)  # fmt: skip


@handles("contact.given", as_="cases.go_with_the_contact")
def go_with_the_contact(event: Recorded) -> None:
    """Two people were parted and a contact is one's: so are the cases it opened."""
    before = event.data.get("before")
    if event.contact_id is None or event.customer_id is None or not before:
        return
    opened = Case.objects.filter(contact_id=event.contact_id, customer_id=UUID(str(before)))
    for case_id in opened.order_by("id").values_list("id", flat=True):
        give_case(case_id, event.customer_id, SYSTEM, clock.now())
