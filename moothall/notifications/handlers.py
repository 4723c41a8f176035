"""Telling people, before they ask: what we write to whom when something happens.

Each handler runs in the transaction that takes it off the queue and only writes messages down; the key (event,
recipient, purpose) makes it safe to run again.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from moothall.cases import actions as cases
from moothall.cases.models import Case, CaseState, Note, Task
from moothall.cases.queries import cases_under
from moothall.contacts.models import Contact
from moothall.core import clock
from moothall.core.actors import SYSTEM
from moothall.core.events import Recorded, handles
from moothall.core.idempotency import once
from moothall.core.packs import current_pack
from moothall.core.references import show_reference
from moothall.notifications import (  # noqa: F401 - their handlers register themselves
    debits,
    paying,
    privacy_handlers,
    record_handlers,
)
from moothall.notifications.actions.queueing import queue_message
from moothall.notifications.booking_handlers import is_over_by_booking, is_told_by_booking
from moothall.notifications.models import Message
from moothall.notifications.recipients import Recipient, recipient
from moothall.notifications.rules import Address
from moothall.notifications.values import (
    AboutCase,
    about_case,
    case_values,
    outcome_words,
    rate_link,
    reason_words,
    redress_words,
)
from moothall.promises import actions as promises
from moothall.promises.queries import PromiseView, promises_of

OVER = (CaseState.CLOSED, CaseState.MERGED)


def tell(event: Recorded, about: AboutCase, template: str, **more: Any) -> Message:
    """Write one message about a case down for its customer."""
    to = about.to
    whom = to.customer_id or (to.addresses[0].value if to.addresses else about.case.id)
    return queue_message(
        key=f"{event.id}:{whom}:{template}", template=template, to=to, values={**about.values, **more}, at=clock.now(),
        case_id=about.case.id, contact_id=event.contact_id, event_id=event.id,
    )  # fmt: skip


@handles("case.opened", as_="notifications.acknowledge")
def acknowledge(event: Recorded) -> None:
    """We have it: reference, promise, where to follow it. A case done in the same contact is told once, as closed."""
    about = _about(event)
    if about is None or about.case.state in OVER:
        return
    if not is_told_by_booking(about):
        tell(event, about, "case-opened", acknowledge=_acknowledged(about))
    if about.case.kind == "request" and any(p.kind == "acknowledge" and p.is_open for p in about.promises):
        promises.meet_promises(about.case.id, kinds=["acknowledge"], by=SYSTEM, at=clock.now())


@handles("case.status_changed", as_="notifications.progress")
def progress(event: Recorded) -> None:
    """It moved on: the status in words. One that has moved on again, or says nothing to a customer, is not told."""
    about = _about(event)
    if about is None or about.case.state in OVER or about.case.status != event.data.get("status"):
        return
    if about.case.status == "passed_on" or event.data.get("told"):
        return  # another message says it, and more
    if about.values["status"]:
        tell(event, about, "case-progress")


@handles("case.waiting", as_="notifications.waiting")
def waiting(event: Recorded) -> None:
    """We wait for something: what, and what it does to the promise."""
    about = _about(event)
    if about is None or about.case.state != CaseState.WAITING or event.data.get("told"):
        return
    if event.data.get("reason") == "payment_outstanding":
        return  # what there is to pay is said by a message of its own
    asked = event.data.get("question")
    row = Note.objects.filter(id=asked).first() if asked and not about.case.restricted else None
    reason = reason_words(about.pack, str(event.data.get("reason", "")))
    tell(event, about, "case-waiting", reason=reason, question=row.text if row is not None else "")


@handles("case.resumed", as_="notifications.resumed")
def resumed(event: Recorded) -> None:
    """The wait is over: the promise with its date as it stands now. Not told to whoever just ended it herself."""
    about = _about(event)
    if about is None or about.case.state != CaseState.OPEN or event.actor_kind == "customer":
        return
    if event.data.get("reason") == "paid" or event.data.get("told"):
        return  # the receipt says so, or another message
    tell(event, about, "case-resumed")


@handles("case.noted", as_="notifications.note")
def note(event: Recorded) -> None:
    """An officer wrote something for the customer to read. Of a restricted case only that there is news."""
    if not event.data.get("visible_to_customer") or event.actor_kind == "customer" or event.data.get("told"):
        return
    about = _about(event)
    row = Note.objects.filter(id=event.data["note_id"]).first() if about is not None else None
    if about is not None and row is not None:
        tell(event, about, "case-note", note="" if about.case.restricted else row.text)


@handles("case.closed", as_="notifications.closed")
def closed(event: Recorded) -> None:
    """It is over: in honest words, done or not done, and how to say what you think. Those who joined it hear it too."""
    about = _about(event)
    if about is None or about.case.state != CaseState.CLOSED or event.data.get("told"):
        return
    if is_over_by_booking(about, clock.now()):
        return
    if event.data.get("outcome") == "withdrawn":
        tell(event, about, "case-withdrawn")
        for other in _joined(about):  # they did not take theirs back: that it is over, and how to say it is not
            tell(event, other, "case-closed-not-done", outcome="", rate="")
        return
    done = event.data.get("resolved") is not False
    outcome = "" if about.case.restricted else outcome_words(about.pack, about.case)
    template = "case-closed-done" if done else "case-closed-not-done"
    tell(event, about, template, outcome=outcome, rate=rate_link(about.case, clock.now()))
    for other in _joined(about):
        tell(event, other, template, outcome=outcome, rate=rate_link(other.case, clock.now()))


def _joined(about: AboutCase) -> Iterator[AboutCase]:
    """The cases joined to this one, directly or through others: their customers heard that we work on them as one."""
    under = cases_under(about.case.id)
    for case in Case.objects.filter(id__in=under).exclude(id=about.case.id).order_by("id"):
        yield case_values(case, clock.now())


@handles("case.merged", as_="notifications.merged")
def merged(event: Recorded) -> None:
    """It was joined to another case of the same thing: nothing to do for her, and we tell her when it is done."""
    about = _about(event)
    if about is not None and about.case.state == CaseState.MERGED:
        tell(event, about, "case-merged")


@handles("case.reopened", "case.split", as_="notifications.reopened")
def reopened(event: Recorded) -> None:
    """It was not done after all: we are on it again. Those who joined it, who heard that it was done, hear this too."""
    about = _about(event)
    if about is None or about.case.state in OVER:
        return
    for one in (about, *_joined(about)):
        tell(event, one, "case-reopened")


@handles("case.task_added", as_="notifications.call_back")
def call_back(event: Recorded) -> None:
    """Somebody will call: by when."""
    if event.data.get("kind") != "call_back":
        return
    about = _about(event)
    task = Task.objects.filter(id=event.data["task_id"]).first() if about is not None else None
    if about is None or task is None or task.done_at is not None:
        return
    view = about.promise(task.promise_id)
    tell(event, about, "call-back-promised", due=view.due_words if view else "")


@handles("promise.explained", as_="notifications.explained")
def explained(event: Recorded) -> None:
    """A promise will not be kept, or was not: sorry, why, the new date, and what we owe. Before the customer asks."""
    if event.case_id is None and event.contact_id is not None:
        _reply_late(event, event.contact_id)
        return
    if event.data.get("told"):
        return  # another message gives the new date
    about = _about(event)
    view = about.promise(event.subject_id) if about is not None else None
    if about is None or view is None or view.kind == "acknowledge":
        return
    if not view.is_open:  # done in the minute after it fell due: the new date is past caring, what we owe is not
        if view.owed is not None and view.owed.kind != "apology":
            tell(event, about, "redress-owed", was_due=view.due_words, redress=redress_words(view))
        return
    more = {
        "was_due": view.due_words,
        "new_date": view.new_date_words,
        "reason": reason_words(about.pack, str(event.data.get("reason", ""))),
        "redress": redress_words(view),
    }
    if view.kind == "call_back":
        tell(event, about, "call-back-late", **more)
    elif view.tag == "late":
        tell(event, about, "promise-broken", **more)
    else:
        tell(event, about, "promise-new-date", **{k: v for k, v in more.items() if k != "redress"})


def _reply_late(event: Recorded, contact_id: UUID) -> None:
    """An answer that was promised to whoever wrote to us is late: sorry, and by when."""
    now = clock.now()
    contact = Contact.objects.filter(id=contact_id).first()
    view = next((p for p in promises_of([contact_id], at=now)[contact_id] if p.id == event.subject_id), None)
    if contact is None or view is None or not view.is_open or view.kind != "reply":
        return
    to = recipient(contact.customer_id, email=contact.caller if "@" in contact.caller else "")
    values = {
        "reference": show_reference(contact.reference),
        "was_due": view.due_words,
        "new_date": view.new_date_words,
        "reason": reason_words(current_pack(), str(event.data.get("reason", ""))),
        "redress": redress_words(view),
    }
    queue_message(
        key=f"{event.id}:{contact.id}:reply-late", template="reply-late", to=to, values=values, at=now,
        contact_id=contact.id, event_id=event.id,
    )  # fmt: skip


@handles("promise.changed", as_="notifications.changed")
def changed(event: Recorded) -> None:
    """How urgent it is changed, and with it the date we promised: the date as it is now."""
    about = _about(event)
    view = about.promise(event.subject_id) if about is not None else None
    if about is not None and view is not None and view.is_open and view.kind != "acknowledge":
        tell(event, about, "promise-changed")


@handles("redress.owed", as_="notifications.owed")
def owed(event: Recorded) -> None:
    """Something is owed that no message about the break has said: the new date had been given before. Said once."""
    about = _about(event) if not event.data.get("offered") else None
    view = about.promise(event.subject_id) if about is not None else None
    if about is None or view is None or view.owed is None or view.owed.offered_at is not None:
        return
    tell(event, about, "redress-owed", was_due=view.due_words, redress=redress_words(view))
    promises.offer_redress(view.id, by=SYSTEM, at=clock.now())


@handles("promise.at_risk", as_="notifications.warn_team")
def warn_team(event: Recorded) -> None:
    """A promise is at risk: its team is warned, by a task and by e-mail where it has an address. The customer is not."""
    about = _about(event)
    view = about.promise(event.subject_id) if about is not None else None
    if about is None or view is None or not view.is_open or about.case.state in OVER or view.kind == "acknowledge":
        return

    def do() -> dict[str, str]:
        return {"task_id": str(_warn(event, about, view))}

    once("warn_team", str(event.id), at=clock.now(), do=do)


def _warn(event: Recorded, about: AboutCase, view: PromiseView) -> UUID:
    now = clock.now()
    title = f"Promise at risk: due {view.due_words}"[:200]
    task = cases.add_task(
        about.case.id, title=title, team=about.case.team, kind="at_risk", assignee_id=about.case.assignee_id,
        due_at=view.due_at, by=SYSTEM, at=now,
    )  # fmt: skip
    team = about.pack.teams.get(about.case.team)
    if team is not None and team.email:
        values = {name: about.values[name] for name in ("reference", "service")} | {"due": view.due_words}
        queue_message(
            key=f"{event.id}:{team.code}:team-at-risk", template="team-at-risk", values=values, at=now,
            to=Recipient(name=team.name, addresses=(Address("email", team.email),)), event_id=event.id,
        )  # fmt: skip
    return task.id


def _about(event: Recorded) -> AboutCase | None:
    return about_case(event.case_id, clock.now()) if event.case_id is not None else None


def _acknowledged(about: AboutCase) -> str:
    """Return by when a person will first look at it, where that is a promise of its own still to be kept by one."""
    if about.case.kind == "request":
        return ""
    return next((p.due_words for p in about.promises if p.kind == "acknowledge" and p.is_open), "")
