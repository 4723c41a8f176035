"""Where a writing belongs: the case it is about, the exchange it goes on with, and how surely.

Never by what it says of its sender. It is *sure* when it answers a message of ours by that message's own id, from the address
we sent it to, and the checks of its sender (SPF, DKIM, DMARC) do not speak against it. Checks that speak for an address say
only that it is that address: who writes from it is not proved by them (adr/0062). Anything else only points to a case: a
person reads it before it counts as the customer's word.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from moothall.cases.models import Case, CaseState
from moothall.cases.named import cases_named
from moothall.contacts.models import Contact
from moothall.inbox import queries as writings
from moothall.inbox.models import Writing
from moothall.inbox.rules import messages_answered, references_in
from moothall.intake.asking_how import QUESTION
from moothall.intake.written.arrived import ArrivedWriting
from moothall.notifications.queries import sent_messages

HOPS = 5


@dataclass(frozen=True, slots=True)
class Belonging:
    """What a writing is about. ``sure``: it is the word of the case's customer; ``customer_id`` only then.

    ``rates``: it answers the very message that asked how we dealt with this contact, from where that was sent to.
    """

    case: Case | None = None
    earlier: Writing | None = None
    sure: bool = False
    customer_id: UUID | None = None
    rates: UUID | None = None


def find_belonging(arrived: ArrivedWriting) -> Belonging:
    """Return where it belongs: by the ids it answers, else by a reference in it, else by sender and subject. Six queries."""
    if arrived.unproved:
        return Belonging(None, writings.by_message_ids(arrived.answers), rates=arrived.rates)
    sent = sent_messages(messages_answered(arrived.answers))
    answered = sent[0] if sent else None
    earlier = writings.of_contact(answered.contact_id) if answered and answered.contact_id else None
    earlier = earlier or writings.by_message_ids(arrived.answers)
    case_id = (answered.case_id if answered else None) or (earlier.case_id if earlier else None)
    back = answered is not None and bool(arrived.sender) and answered.to.casefold() == arrived.sender.casefold()
    back = back and not writings.warns(arrived.verdicts)
    rates = answered.contact_id if back and answered is not None and answered.template == QUESTION else arrived.rates
    if case_id is None:
        case_id, named = _by_reference(arrived)
        earlier = earlier or named
    if earlier is None:
        since = arrived.received_at - writings.SAME_EXCHANGE
        earlier = writings.same_exchange(arrived.channel, arrived.sender, arrived.subject, since=since)
        case_id = case_id or (earlier.case_id if earlier else None)
    case = _standing(case_id) if case_id else None
    if case is None:
        return Belonging(None, earlier, back, answered.customer_id if back and answered else None, rates)
    sure = back and answered is not None and answered.case_id == case_id
    sure = sure or (back and earlier is not None and earlier.sure)
    return Belonging(case, earlier, sure, case.customer_id if sure else None, rates)


def _by_reference(arrived: ArrivedWriting) -> tuple[UUID | None, Writing | None]:
    """The case or the earlier writing that a reference names: found by the channel, in the subject, in the new text."""
    named = tuple(dict.fromkeys((*arrived.references, *references_in(arrived.subject, arrived.text))))
    if not named:
        return None, None
    cases = cases_named(named, for_officer=True)  # it only points: an officer reads whose word it is
    contacts = {row.reference: row.id for row in Contact.objects.filter(reference__in=named).only("id", "reference")}
    earlier = writings.of_contacts(contacts.values()) if contacts else None
    found = next((cases[one] for one in named if one in cases), None)
    return found or (earlier.case_id if earlier else None), earlier


def _standing(case_id: UUID) -> Case | None:
    """The case, or the one it was joined to."""
    for _ in range(HOPS):
        case = Case.objects.filter(id=case_id).first()
        if case is None or case.state != CaseState.MERGED or case.joined_to_id is None:
            return case
        case_id = case.joined_to_id
    return None
