"""A caller who was put through and whom nobody answered: the call is promised to her, once, without her ringing again."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from moothall.cases import actions as cases
from moothall.cases.models import CaseState, Task
from moothall.contacts import actions as contacts
from moothall.contacts.models import Contact, Outcome
from moothall.core.actors import SYSTEM
from moothall.core.packs import current_pack
from moothall.core.references import show_reference
from moothall.core.zone import LONDON, council_date
from moothall.customers.rules.writing import can_take_texts, show_phone
from moothall.intake.desk_sending import Sent, promise_call_back
from moothall.intake.desk_standards import CALL_BACK
from moothall.intake.models import Conversation, Dialogue
from moothall.intake.pack import TALK
from moothall.intake.talking.told import CallEvent
from moothall.notifications.actions import queue_message
from moothall.notifications.recipients import recipient
from moothall.promises.queries import promises_of
from moothall.promises.rules import say_moment

PUT_THROUGH: Final = "put_through"
"""In what a conversation holds: the exchange has said that its caller was put through."""
TEMPLATE: Final = "call-not-answered"
LATELY: Final = 20
OVER: Final = (CaseState.CLOSED, CaseState.MERGED)


def put_through(call_id: str) -> Conversation | None:
    """Return the conversation whose caller was put through to an adviser from the menu, locked; None where none was."""
    rows = Conversation.objects.select_for_update().filter(channel="voice", call_id=call_id, ended="transferred")
    return rows.first()


def note_put_through(call_id: str) -> None:
    """Remember that the exchange put this caller through: a call that then ends without an answer was lost on the way."""
    row = put_through(call_id)
    if row is not None:
        row.held = {**row.held, PUT_THROUGH: True}
        row.save(update_fields=["held"])


def keep_place(contact_id: UUID, talked: Conversation | None, *, number: str, about: str, at: datetime) -> Sent:
    """Promise a call to a number, with what its caller had said so far beside it; the contact is open."""
    talk = current_pack().one(TALK)
    begun = (
        Dialogue.objects.filter(id=talked.dialogue_id).first()
        if talked is not None and talked.dialogue_id and not talked.held.get("case")
        else None
    )
    matter = contacts.add_matter(
        contact_id, service=begun.service if begun else talk.enquiries, by=SYSTEM, at=at,
        dialogue_id=talked.dialogue_id if talked is not None else None,
    )  # fmt: skip
    return promise_call_back(
        contact_id, matter_id=matter.id, given=begun.answers if begun else {}, team=talk.call_backs,
        about=f"{show_phone(number)} {about}", by=SYSTEM, at=at,
    )  # fmt: skip


def nobody_answered(contact: Contact, talked: Conversation | None, told: CallEvent, *, at: datetime) -> bool:
    """Promise the call that nobody took, and tell her so by text where we may; say whether a call is promised to her now.

    ``contact`` is open: the wait that ended without an answer. A call to this number that is promised already and not made
    is the one: this contact joins it. Where no number of hers is known nothing can be promised.
    """
    number = told.caller or contact.caller or (talked.caller if talked is not None else "")
    if not number.startswith("+"):
        return False
    standing = _promised_to(number)
    if standing is not None:
        contacts.record_ended_matter(
            contact,
            service=standing.case.service,
            outcome=Outcome.HANDED_ON,
            case_id=standing.case_id,
            by=SYSTEM,
            at=at,
        )
        cases.join_contact(standing.case_id, contact_id=contact.id, role="added", by=SYSTEM, at=at)
        return True
    sent = keep_place(contact.id, talked, number=number, about="was put through and nobody answered", at=at)
    if sent.case_id is not None and contact.customer_id is None:  # whoever is known hears it by the way she chose
        _tell(contact, number, sent.case_id, sent.reference, at)
    return sent.case_id is not None


def second_wait(contact: Contact, *, at: datetime) -> Contact:
    """Return the contact of somebody whom an adviser had answered and put through to somebody else; the same again."""
    return contacts.record_contact(
        channel="phone", received_at=at, caller=contact.caller, external_id=f"{contact.external_id[:180]}:put-through",
        customer_id=contact.customer_id, open_=True, by=SYSTEM, at=at,
    )  # fmt: skip


def _promised_to(number: str) -> Task | None:
    """The call that is promised to a number and not made yet, of what its caller was in touch about lately. Two queries."""
    lately = Contact.objects.filter(caller=number).order_by("-received_at").values_list("id", flat=True)[:LATELY]
    rows = Task.objects.filter(kind=CALL_BACK, done_at=None, case__contact_id__in=list(lately))
    return rows.exclude(case__state__in=OVER).select_related("case").order_by("-created_at").first()


def _tell(contact: Contact, number: str, case_id: UUID, reference: str, at: datetime) -> None:
    if not can_take_texts(number):
        return
    promise = next((one for one in promises_of([case_id], at=at)[case_id] if one.is_open and one.due_at), None)
    due = say_moment(promise.due_at.astimezone(LONDON), council_date(at)) if promise and promise.due_at else ""
    queue_message(
        key=f"{contact.id}:{number}:{TEMPLATE}", template=TEMPLATE, to=recipient(None, phone=number), at=at, channel="sms",
        values={"due": due, "reference": show_reference(reference)}, case_id=case_id, contact_id=contact.id,
    )  # fmt: skip
