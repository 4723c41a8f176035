"""What is done about a case besides the work itself: its urgency changed, joined to another, what is owed given."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.cases import events, joining
from moothall.cases.actions.rows import refresh_due, save, take
from moothall.cases.models import Case, CaseContact, CaseState
from moothall.cases.queries.joined import joined_chain
from moothall.core.actors import Actor
from moothall.core.events import record, together
from moothall.core.ids import new_id
from moothall.core.packs import current_pack, pack_at
from moothall.core.references import show_reference
from moothall.promises import actions as promises
from moothall.promises.models import RedressOwed
from moothall.promises.queries import open_promises
from moothall.promises.service_terms import promise_for_priority, terms_of
from moothall.services.pack import SERVICES

PRIORITIES = ("emergency", "urgent", "high", "normal", "low")


def set_priority(
    case_id: UUID, *, priority: str, by: Actor, at: datetime, version: int | None = None, reason: str = ""
) -> Case:
    """Change how urgent a case is. Its open promises come under the promise its service makes for that urgency.

    Time used is kept and what is left moves; a promise broken already stays so. The same priority again does nothing.

    Raises:
        ValueError: there is no such priority, or the case is closed.
    """
    if priority not in PRIORITIES:
        raise ValueError(f"“{priority}” is not a priority. There are: {', '.join(PRIORITIES)}.")
    with transaction.atomic(), together():
        case = take(case_id, by=by, version=version)
        if case.state not in (CaseState.OPEN, CaseState.WAITING):
            raise ValueError("This case is closed; open it again to change its priority.")
        if case.priority == priority:
            return case
        before, case.priority = case.priority, priority
        happening = events.happening(
            events.PRIORITY_CHANGED, case, at, priority=priority, reason=reason, **{"from": before}
        )
        record([happening], by=by)
        _under_another_promise(case, by, at)
        refresh_due(case)
        save(case, at, "priority", "due_at", "late")
        return case


def merge_case(case_id: UUID, *, into: UUID, by: Actor, at: datetime, version: int | None = None) -> Case:
    """Join a duplicate to the case of the same thing: its clocks stop without a verdict, its contacts follow the other.

    Whoever made it is told now, and again when the other case ends. What was joined to it before comes along, and goes with
    it when it is taken out again. Joined to the same case already, nothing happens.

    Raises:
        ValueError: they are the same case or of one already, one of them is over, or only one is of a restricted kind.
        joining.NotTheSame: they are not of one thing, or this actor may not say so; the message says what to do instead.
    """
    with transaction.atomic(), together():
        if case_id == into:
            raise ValueError("A case cannot be joined to itself.")
        # the same order whoever asks, so that two who join each other's at once do not wait for ever
        taken = {id_: take(id_, by=by, version=version if id_ == case_id else None) for id_ in sorted((case_id, into))}
        case, other = taken[case_id], taken[into]
        if case.state == CaseState.MERGED and case.joined_to_id == into:
            return case
        _may_join(case, other)
        if case.restricted != other.restricted:
            raise ValueError("A case of a restricted kind can only be joined to one of the same kind.")
        joining.check(case, other, by=by)
        promises.withdraw_promises(case.id, reason="merged", by=by, at=at)
        case.tasks.filter(done_at=None).update(done_at=at, outcome="joined to another case")
        links = CaseContact.objects.filter(case=case).values_list("contact_id", flat=True)
        CaseContact.objects.bulk_create(
            [CaseContact(id=new_id(), case=other, contact_id=contact, role="joined", at=at) for contact in links],
            ignore_conflicts=True,
        )
        case.state, case.joined_to, case.closed_at, case.due_at, case.late = CaseState.MERGED, other, at, None, False
        save(case, at, "state", "joined_to", "closed_at", "due_at", "late")
        save(other, at)
        record([events.happening(events.MERGED, case, at, into=str(other.id))], by=by)
        return case


def _may_join(case: Case, other: Case) -> None:
    """Refuse what is over or joined already, saying what to do instead. Only what is worked on is joined to what is worked
    on, so no chain of them comes back to itself.
    """
    if case.state == CaseState.MERGED:
        said = _worked_on(case)
        raise ValueError(
            f"This case is joined to {said} already. Take it out of that one first, then join it to the other."
        )
    if other.state == CaseState.MERGED:
        on = joined_chain(other.id)[-1]
        if on == case.id:
            raise ValueError("That case is joined to this one already. Nothing is left to do.")
        raise ValueError(
            f"That case is itself joined to {_worked_on(other)}. Join this one to {_worked_on(other)} instead."
        )
    if case.state == CaseState.CLOSED:
        raise ValueError("Only cases that are open can be joined, and this one is closed. Open it again first.")
    if other.state == CaseState.CLOSED:
        raise ValueError(
            "Only cases that are open can be joined, and that one is closed: what is joined to it would never be done. Open"
            " that one again first, or leave this one open."
        )


def _worked_on(case: Case) -> str:
    on = joined_chain(case.id)[-1]
    return show_reference(Case.objects.values_list("reference", flat=True).get(id=on))


def split_case(case_id: UUID, *, by: Actor, at: datetime, version: int | None = None) -> Case:
    """Take a case out of the one it was joined to: it was another thing after all. Its clocks go on where they stopped.

    Whoever made it is told. What was joined to it before goes with it. The contacts it brought stay linked to the other: they
    spoke of it, as far as anyone knew.

    Raises:
        ValueError: the case is not joined to another.
    """
    with transaction.atomic(), together():
        case = take(case_id, by=by, version=version)
        if case.state != CaseState.MERGED or case.joined_to_id is None:
            raise ValueError("This case is not joined to another.")
        other = case.joined_to_id
        case.state, case.status, case.joined_to, case.closed_at = CaseState.OPEN, "checking", None, None
        promises.reopen_promises(case.id, kinds=["complete", "reply"], by=by, at=at)
        refresh_due(case)
        save(case, at, "state", "status", "joined_to", "closed_at", "due_at", "late")
        record([events.happening(events.SPLIT, case, at, **{"from": str(other)})], by=by)
        return case


def settle_redress(case_id: UUID, *, promise_id: UUID, by: Actor, at: datetime) -> RedressOwed:
    """Note that what was owed for a broken promise of this case has been given. Twice is once.

    Raises:
        LookupError: nothing is owed for such a promise of this case.
    """
    with transaction.atomic(), together():
        case = take(case_id, by=by)
        if not RedressOwed.objects.filter(promise_id=promise_id, promise__subject_id=case.id).exists():
            raise LookupError("Nothing is owed for this promise.")
        settled = promises.settle_redress(promise_id, by=by, at=at)
        save(case, at)
        return settled


def _under_another_promise(case: Case, by: Actor, at: datetime) -> None:
    pack = pack_at(case.pack_version_id) if case.pack_version_id else current_pack()
    service = pack.of(SERVICES).get(case.service)
    promise = promise_for_priority(service, case.priority) if service is not None else None
    if service is None or promise is None:
        return
    standards = {term.kind: term.standard for term in terms_of(service, promise)}
    for row in open_promises(case.id):
        if row.kind in standards and row.standard.startswith(f"{service.code}."):
            promises.change_standard(row.id, standard=standards[row.kind], by=by, at=at, reason="priority")
