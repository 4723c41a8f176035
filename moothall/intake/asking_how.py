"""Asking how we did, by the channel just used, when a contact is over. How often and where is the pack's to say.

On a page and in a call the question is asked there; by text it stands in our last answer; after a call or visit an adviser
took it comes as a message, to be answered by a word or by its link. Nobody is asked about what is restricted.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from moothall.cases.models import Case
from moothall.contacts.models import Contact
from moothall.core.actors import SYSTEM, customer_actor
from moothall.core.packs import current_pack
from moothall.customers.rules.writing import can_take_texts
from moothall.feedback.actions import About, BadRating, TooLateToSay, answer_ask, ask
from moothall.feedback.links import ask_link
from moothall.feedback.models import Ask
from moothall.feedback.pack import FEEDBACK
from moothall.feedback.queries import open_ask_of
from moothall.feedback.rules import read_said
from moothall.notifications.actions import queue_message
from moothall.notifications.recipients import recipient
from moothall.promises.models import Promise
from moothall.services.pack import SERVICES


def ask_how(
    contact_id: UUID,
    *,
    channel: str,
    people: Collection[str],
    service: str = "",
    case_id: UUID | None = None,
    at: datetime,
) -> Ask | None:
    """Write down that somebody is asked now about a contact; None where the pack does not ask, or she was asked lately."""
    pack = current_pack()
    wanted = pack.of(SERVICES).get(service)
    if channel not in pack.one(FEEDBACK).asks or (wanted is not None and wanted.restricted):
        return None
    case = Case.objects.filter(id=case_id).first() if case_id else None
    standard = Promise.objects.filter(subject_id=case_id, kind="complete").first() if case_id else None
    about = About(
        contact_id=contact_id, case_id=case_id, customer_id=case.customer_id if case else None, service=service,
        standard=standard.standard if standard else "", team=case.team if case else "", area=case.area if case else "",
    )  # fmt: skip
    return ask(about, people=people, channel=channel, by=SYSTEM, at=at)


def ask_by_message(contact: Contact, *, at: datetime) -> Ask | None:
    """Ask somebody after a call or visit, by text or email; None where she is not asked, or cannot be reached.

    Who spoke for somebody else is not asked: the numbers we hold are not the speaker's.
    """
    if contact.speaks_as:
        return None
    matter = contact.matters.order_by("opened_at", "id").first()
    service = matter.service if matter else ""
    to = recipient(contact.customer_id, phone=contact.caller if can_take_texts(contact.caller) else "")
    people = {contact.caller, str(contact.customer_id or ""), *(address.value for address in to.addresses)}
    if to.preference == "none" or not any(address.channel in {"sms", "email"} for address in to.addresses):
        return None
    asked = ask_how(
        contact.id,
        channel=contact.channel,
        people=people,
        service=service,
        case_id=matter.case_id if matter else None,
        at=at,
    )
    if asked is None:
        return None
    named = current_pack().of(SERVICES).get(service)
    queue_message(
        key=f"feedback:{asked.id}", template="feedback-asked", to=to, at=at, contact_id=contact.id,
        values={"service": named.name if named else "", "rate": ask_link(asked.id)},
    )  # fmt: skip
    return asked


def hear_how(sender: str, words: str, *, at: datetime) -> UUID | None:
    """Take a text as the answer to what its sender was asked last; return the contact it is about, None where it is none."""
    said = read_said(words)
    asked = open_ask_of(sender, at=at) if said else None
    if said is None or asked is None:
        return None
    try:
        answer_ask(asked.id, score=said[0], why=said[1], by=customer_actor(None), at=at)
    except (BadRating, TooLateToSay):
        return None
    return asked.contact_id
