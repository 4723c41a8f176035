"""Asking how we did, by the channel just used, when a contact is over. How often and where is the pack's to say.

On a page and in a call the question is asked there; by text it stands in our last answer; after a call or visit an adviser
took it comes as a message, to be answered by a word or by its link. What somebody wrote is asked about when it has been
answered, the way she wrote: by an e-mail, privately on a social network, by a line in the letter that answers. Nobody is
asked about what is restricted, nor who asked not to be asked.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from moothall.cases.models import Case
from moothall.contacts.models import Contact
from moothall.core.actors import SYSTEM, customer_actor
from moothall.core.packs import current_pack
from moothall.customers.rules.writing import can_take_texts
from moothall.feedback.actions import About, BadRating, TooLateToSay, answer_ask, ask, ask_no_more
from moothall.feedback.links import ask_link
from moothall.feedback.models import Ask
from moothall.feedback.pack import FEEDBACK
from moothall.feedback.queries import ask_of, open_ask_of
from moothall.feedback.rules import asks_no_more, read_figure, read_said, says_more
from moothall.inbox.models import Writing
from moothall.inbox.post_queries import account_of, post_of
from moothall.inbox.rules import references_in
from moothall.notifications.actions import queue_message
from moothall.notifications.adapters.social import WINDOWS
from moothall.notifications.recipients import recipient
from moothall.promises.models import Promise
from moothall.services.pack import SERVICES

QUESTION = "feedback-asked"
"""The message that asks: an answer to this very message may be a rating."""


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
    queue_message(
        key=f"feedback:{asked.id}", template=QUESTION, to=to, at=at, contact_id=contact.id,
        values=asking_values(asked),
    )  # fmt: skip
    return asked


def asking_values(asked: Ask) -> dict[str, str]:
    """Return what the message that asks names: the service, and where to answer."""
    named = current_pack().of(SERVICES).get(asked.service)
    return {"service": named.name if named else "", "rate": ask_link(asked.id)}


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


@dataclass(frozen=True, slots=True)
class Heard:
    """What somebody answered to the question how we did. ``whole``: there is nothing else in it to deal with."""

    contact_id: UUID
    whole: bool


def ask_about_writing(writing: Writing, contact: Contact, *, at: datetime) -> Ask | None:
    """Write down that somebody is asked how we dealt with what she wrote; None where she is not.

    On a social network only who wrote to us alone, and while the network lets us write more than the answer. Not who spoke
    for somebody else, who wants no messages or stopped them, nor about anything restricted.
    """
    case = Case.objects.filter(id=writing.case_id).first() if writing.case_id else None
    if contact.speaks_as or writing.restricted or (case is not None and case.restricted):
        return None
    people = {writing.answer_to, str(contact.customer_id or "")}
    if (post := post_of(writing.id)) is not None:
        window = WINDOWS.get(post.network)
        if not post.private or (window is not None and at > writing.received_at + window):
            return None
        people = {account_of(post), str(contact.customer_id or "")}
    to = recipient(contact.customer_id, email=writing.answer_to.lower() if writing.channel == "email" else "")
    stopped = any(one.stopped and one.value == writing.answer_to.lower() for one in to.addresses)
    if to.preference == "none" or stopped:
        return None
    matter = contact.matters.order_by("opened_at", "id").first()
    return ask_how(
        contact.id, channel=contact.channel,
        people=people | {address.value for address in to.addresses if address.channel != "post"},
        service=matter.service if matter else case.service if case else "",
        case_id=matter.case_id if matter and matter.case_id else writing.case_id, at=at,
    )  # fmt: skip


def hear_written(contact_id: UUID, words: str, *, files: bool = False, at: datetime) -> Heard | None:
    """Take what somebody wrote in answer to the very message that asked her about a contact; None where it is no answer.

    A figure from 1 to 3 or a word, and why; or that she does not want to be asked.
    """
    asked, said = ask_of(contact_id=contact_id), read_figure(words)
    if asked is None:
        return None
    if asks_no_more(words):
        ask_no_more(asked.id, at=at)
        return Heard(contact_id, whole=not files)
    if said is None:
        return None
    try:
        answer_ask(asked.id, score=said[0], why=said[1], by=customer_actor(None), at=at)
    except (BadRating, TooLateToSay):
        return None
    return Heard(contact_id, whole=not says_more(said[1], files=files) and not references_in(said[1]))
