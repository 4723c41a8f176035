"""Helping somebody with the web journey wherever she is: what an adviser has begun with her is hers to go on with.

The same request and its same link as for whoever saves one for later. Both may go on: what either answers, the other sees,
and neither writes over what she has not seen. What she sends so is recorded as assisted, by whom and why; not where she wrote
to us and only the rest of it follows by the link.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from moothall.contacts import actions as contacts
from moothall.contacts.models import Contact, Matter
from moothall.core.access import require
from moothall.core.actors import ANONYMOUS, Actor
from moothall.core.events import Happening, record
from moothall.core.limits import TooManyAttempts
from moothall.core.packs import current_pack
from moothall.core.zone import council_date
from moothall.customers.queries import customer_card, survivor_of
from moothall.intake.actions.dialogues import KEPT_FOR, known_address, save_for_later, start_dialogue
from moothall.intake.actions.holding import same_person
from moothall.intake.carrying import SHOWN
from moothall.intake.desk import matter_key, seen_of
from moothall.intake.dialogue import AnswerError, first_unanswered, prune
from moothall.intake.dialogue.typed import typed_from
from moothall.intake.draft_actions import drop_draft, keep_draft
from moothall.intake.draft_queries import draft
from moothall.intake.lookups import answers_now, as_given, read_now
from moothall.intake.models import Dialogue, DialogueState
from moothall.intake.queries.sharing import share_choices
from moothall.intake.slots import drop_void_slots
from moothall.intake.tokens import token_of
from moothall.services.pack import SERVICES, Service
from moothall.services.rules import unanswered

NO_LINK: Final = "here"
"""In place of an address: she has it open before her already."""
SPOKEN: Final = frozenset({"phone", "counter"})
"""Channels on which an adviser is with her: the link helps her with it."""
HERS_TO_GIVE: Final = frozenset({"slot", "payment", "photo", "file", "lookup"})
"""Times are held, money is paid and files are sent where she is; they are never carried over from a form."""


class NotShared(ValueError):
    """It was not shared; the message says why and what to do, ``field`` where."""

    def __init__(self, message: str, field: str = "share-to") -> None:
        self.field = field
        super().__init__(message)


def share_matter(
    contact_id: UUID, *, matter_id: UUID, given: Mapping[str, Any], to: str, because: str, seen: str = "", by: Actor,
    at: datetime,
) -> None:  # fmt: skip
    """Make what an adviser has filled in with somebody hers to go on with, and send her its link.

    The answers that can be read go into the request; the rest is asked of her. ``to`` is an e-mail address or a mobile
    number, or `NO_LINK` where she has the request open already. ``seen`` is the mark of the request that the form was
    drawn with. The same again sends the link again. ``because`` is why she is helped; nothing where she is not on the line.

    Raises:
        NotShared: in words for the officer. ContactClosed. Refused.
    """
    require(by, "contact.take")
    with transaction.atomic():
        contact = contacts.open_contact(contact_id)
        matter = contacts.take_matter(matter_id, contact)
        if matter.ended_at is not None:
            return
        service = current_pack().of(SERVICES)[matter.service]
        to = _check_to(service, contact, matter, to, by=by, at=at)
        because = because if contact.channel in SPOKEN else ""
        if contact.channel in SPOKEN:
            _note_help(contact_id, because, by=by, at=at)
        row = _row_of(matter, contact, seen=seen, at=at)
        _fill(row, service, _may_fill(row, contact, service, given), by=by, at=at)
        row.helped_in, row.helped_because, row.expires_at = contact.id, because, at + KEPT_FOR
        row.version, row.changed_at = row.version + 1, at
        row.save()
        if to != NO_LINK:
            _send(row, to, by=by, at=at)
        version = Dialogue.objects.values_list("version", flat=True).get(id=row.id)
        typed = {**draft(matter_key(matter.id), visible_to=by).fields, **dict([seen_of(version)])}
        keep_draft(matter_key(matter.id), typed.items(), by=by, at=at)
        record([_shared(row, contact, because, at)], by=by)


def _note_help(contact_id: UUID, because: str, *, by: Actor, at: datetime) -> None:
    try:
        contacts.note_help(contact_id, because=because, by=by, at=at)
    except ValueError as wrong:
        raise NotShared(str(wrong), "share-because") from wrong
    if not because:
        raise NotShared("Choose why you help them with it.", "share-because")


def take_theirs(contact_id: UUID, *, matter_id: UUID, by: Actor, at: datetime) -> None:
    """Bring what she has answered since into the officer's form; what only the officer has typed stays.

    Raises:
        ContactClosed; NotShared: it is not under way any more.
    """
    require(by, "contact.take")
    with transaction.atomic():
        contact = contacts.open_contact(contact_id)
        matter = contacts.take_matter(matter_id, contact)
        row = _open_row(matter.dialogue_id, at) if matter.dialogue_id else None
        if row is None or matter.ended_at is not None:
            raise NotShared("They do not have it under way any more.")
        service = current_pack().of(SERVICES)[matter.service]
        hers = [question for question, value in row.answers.items() if not unanswered(value)]
        mine = {
            name: texts
            for name, texts in draft(matter_key(matter.id), visible_to=by).fields.items()
            if not any(name == question or name.startswith(f"{question}-") for question in hers)
        }
        typed = mine | dict(typed_from(service, row.answers)) | dict([seen_of(row.version)])
        keep_draft(matter_key(matter.id), typed.items(), by=by, at=at)


def leave_to_them(contact_id: UUID, *, matter_id: UUID, by: Actor, at: datetime) -> Matter:
    """End a shared matter: she finishes it herself. When she sends it, its case is shown here too.

    Raises:
        ContactClosed; NotShared: nothing was shared.
    """
    require(by, "contact.take")
    with transaction.atomic():
        contact = contacts.open_contact(contact_id)
        matter = contacts.take_matter(matter_id, contact)
        shared = matter.dialogue_id and Dialogue.objects.filter(id=matter.dialogue_id, helped_in=contact.id).exists()
        if not shared:
            raise NotShared("Send them the link first.")
        drop_draft(matter_key(matter.id), by=by)
        return contacts.send_matter_on(matter.id, case_id=None, by=by, at=at)


def _check_to(service: Service, contact: Contact, matter: Matter, to: str, *, by: Actor, at: datetime) -> str:
    """Return the address, where a link may go there."""
    named = survivor_of(contact.customer_id) or contact.customer_id if contact.customer_id else None
    card = customer_card(named, by, on=at.date()) if named else None
    may = share_choices(service, contact, card)
    if may.because_not:
        raise NotShared(may.because_not)
    to = to.strip()
    if not to:
        raise NotShared("Choose where the link goes, or enter an email address or a mobile number.")
    if to == NO_LINK and matter.dialogue_id is None:
        raise NotShared("They have nothing open yet. Send them the link.")
    if not may.other and to not in {value for value, _ in may.addresses}:
        raise NotShared("Until you have checked who they are, the link goes only where we already reach them.")
    return to


def _row_of(matter: Matter, contact: Contact, *, seen: str, at: datetime) -> Dialogue:
    """Return the request this matter goes on with, locked; a new one where there is none."""
    if matter.dialogue_id is not None:
        row = _open_row(matter.dialogue_id, at)
        if row is not None:
            if seen != str(row.version):
                raise NotShared("They have answered since you looked. See what they said first, then send yours.")
            if row.customer_id is None and contact.identity_check in SHOWN:
                row.customer_id = contact.customer_id
            if row.customer_id is None or same_person(row.customer_id, contact.customer_id):
                return row
    dialogue_id, _ = start_dialogue(matter.service, channel="web", by=ANONYMOUS, at=at, customer_id=contact.customer_id)
    matter.dialogue_id = dialogue_id
    matter.save(update_fields=["dialogue_id"])
    return Dialogue.objects.select_for_update().get(id=dialogue_id)


def _may_fill(row: Dialogue, contact: Contact, service: Service, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Leave out what the form took from a record, where who holds the request has not shown that it is hers."""
    if same_person(row.customer_id, contact.customer_id):
        return given
    asked = service.by_question
    return {name: value for name, value in given.items() if name not in asked or not asked[name].known_from}


def _open_row(dialogue_id: UUID, at: datetime) -> Dialogue | None:
    rows = Dialogue.objects.select_for_update().filter(state=DialogueState.OPEN, expires_at__gt=at)
    return rows.filter(id=dialogue_id).first()


def _fill(row: Dialogue, service: Service, given: Mapping[str, Any], *, by: Actor, at: datetime) -> None:
    """Put the officer's answers that can be read into the request, in place of what stood there."""
    known: dict[str, Any] = {}
    for name, value in given.items():
        question = service.by_question.get(name)
        if question is None or question.type in HERS_TO_GIVE:
            continue
        try:
            known[name] = known_address(question, value)
        except AnswerError:
            continue
    answers, _ = read_now(service, known, channel="web", at=at)
    mine = {name: value for name, value in as_given(service, answers).items() if not unanswered(value)}
    today = council_date(at)
    held = prune(service, answers_now(service, {**row.answers, **mine}, channel="web", at=at), today, "web")
    held = drop_void_slots(service, row.answers, held, changed="", for_id=row.id, by=by, at=at)
    step = first_unanswered(service, held, today, "web")
    row.answers, row.at_question = as_given(service, held), step.id if step else ""


def _send(row: Dialogue, to: str, *, by: Actor, at: datetime) -> None:
    try:
        save_for_later(row.id, token_of(row.id, row.held_number), to=to, by=by, at=at, shared=True)
    except (AnswerError, TooManyAttempts) as wrong:
        raise NotShared(str(wrong)) from wrong


def _shared(row: Dialogue, contact: Contact, because: str, at: datetime) -> Happening:
    return Happening(
        name="dialogue.shared", subject_kind="dialogue", subject_id=row.id, occurred_at=at, service=row.service,
        channel=contact.channel, contact_id=contact.id, customer_id=row.customer_id, data={"because": because},
    )  # fmt: skip
