"""Whoever comes about what is announced: answered at the desk with it, or told instead of sending a request."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.announcements.actions import join_contact
from moothall.announcements.queries import announcement
from moothall.contacts import actions as contacts
from moothall.contacts.models import Outcome
from moothall.contacts.queries import contact as contact_of
from moothall.core.access import require
from moothall.core.actors import SYSTEM, Actor
from moothall.core.events import together
from moothall.core.zone import council_date
from moothall.intake.actions.dialogues import AlreadySent, service_of, take
from moothall.intake.actions.raising import customer_from
from moothall.intake.dialogue import prune
from moothall.intake.dialogue.known import known_from_answers
from moothall.intake.models import DialogueState
from moothall.intake.place import where_is
from moothall.intake.queries.announcing import announced_for
from moothall.intake.slots import release_slots


def answer_about(contact_id: UUID, announcement_id: UUID, *, by: Actor, at: datetime) -> None:
    """Answer who is on the line with an announcement: the matter ends as answered, the contact counts with it, and its
    customer hears the news and the end.

    Raises:
        ContactClosed; LookupError: there is no such contact or announcement.
    """
    require(by, "contact.take")
    one = announcement(announcement_id, at=at)
    held = contact_of(contact_id, visible_to=by)
    if one is None or held is None:
        raise LookupError("There is no such announcement.")
    with transaction.atomic(), together():
        row = contacts.open_contact(contact_id)
        open_one = next((m for m in held.matters if m.ended_at is None and m.service in one.services), None)
        matter_id = open_one.id if open_one else None
        if matter_id is None and not any(m.service in one.services for m in held.matters):
            matter_id = contacts.add_matter(contact_id, service=one.services[0], by=by, at=at).id
        if matter_id is not None:
            contacts.end_matter(matter_id, outcome=Outcome.INFORMED, by=by, at=at)
        join_contact(one.id, contact_id=contact_id, customer_id=row.customer_id, by=by, at=at)


def follow_instead(
    dialogue_id: UUID, token: str, announcement_id: UUID, *, by: Actor, at: datetime, language: str = ""
) -> bool:
    """End a request that asks for what is announced: nothing is sent, and whoever asked hears when it is over.

    ``language`` is the one its pages were read in, for the record this may make of who asked.
    Returns whether there was one to end; a second press changes nothing.

    Raises:
        NoSuchDialogue, Expired; LookupError: no such announcement goes on here.
    """
    with transaction.atomic(), together():
        try:
            row = take(dialogue_id, token, at=at)
        except AlreadySent:
            return False
        service = service_of(row)
        answers = prune(service, row.answers, council_date(at), row.channel)
        one = next((one for one in announced_for(service, answers, at=at) if one.id == announcement_id), None)
        if one is None:
            raise LookupError("This does not go on here any more.")
        known = known_from_answers(service.by_question, answers)
        where = where_is(service, answers, known)
        customer_id = row.customer_id or customer_from(known, where, language=language, by=by, at=at)
        release_slots(row.id, by=by, at=at)
        made = contacts.record_contact(
            channel=row.channel,
            received_at=at,
            by=by,
            at=at,
            customer_id=customer_id,
            service=service.code,
            area=where.area,
        )
        contacts.record_ended_matter(
            made,
            service=service.code,
            outcome=Outcome.INFORMED,
            by=by,
            at=at,
            case_id=None,
            cause="new",
            dialogue_id=row.id,
        )
        join_contact(one.id, contact_id=made.id, customer_id=customer_id, by=SYSTEM, at=at)
        row.state, row.contact_id, row.customer_id = DialogueState.SENT, made.id, customer_id
        row.version, row.changed_at = row.version + 1, at
        row.save(update_fields=["state", "contact_id", "customer_id", "version", "changed_at"])
        return True
