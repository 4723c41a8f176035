"""Something arrived in writing: it becomes a contact with its promise, in the right inbox, acknowledged; once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from moothall.cases import actions as cases
from moothall.cases.models import Case
from moothall.contacts import actions as contacts
from moothall.contacts.models import Contact
from moothall.core import limits
from moothall.core.actors import SYSTEM, Actor, customer_actor
from moothall.core.events import together
from moothall.core.ids import new_id
from moothall.core.packs import Pack, current_pack
from moothall.core.references import show_reference
from moothall.core.zone import LONDON, council_date
from moothall.documents.actions import ORIGINAL, keep_received
from moothall.documents.rules import FileRefused
from moothall.inbox import actions as inbox
from moothall.inbox import queries as writings
from moothall.inbox.models import READ_BY_NOBODY, Ending, Writing, WritingState
from moothall.inbox.pack import Inbox, inbox_for, plain_address
from moothall.intake.asking_how import hear_written
from moothall.intake.written.arrived import ArrivedWriting
from moothall.intake.written.belonging import Belonging, find_belonging
from moothall.intake.written.ways import Outbound, own_addresses, way_of
from moothall.promises.queries import open_dues
from moothall.promises.rules import say_moment

MOST_FILES: Final = 40
LONGEST_TEXT: Final = 200_000
LONGEST_NOTE: Final = 8_000
LATELY: Final = timedelta(days=1)
"""An exchange in which something came within this is not acknowledged again."""
ACKNOWLEDGED_A_DAY: Final = 5
"""How often a day one sender is told by a machine that we have her writing; no two machines can keep each other talking."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of something that arrived. ``fresh``: it was not here before. A machine's is no contact."""

    writing_id: UUID
    contact_id: UUID | None
    case_id: UUID | None
    team: str
    fresh: bool


def take_written(arrived: ArrivedWriting, *, by: Actor = SYSTEM, at: datetime) -> Taken:
    """Take in what arrived, once for its channel and ``external_id``; also when two workers bring it at one moment.

    A person's writing is recorded as an open contact, whose promise by the pack's inbox or channel begins when it was
    received; it goes to the case it belongs to, else to its inbox's team, and is acknowledged. Whose it is is not taken
    from what it says of its sender. A machine's is kept, and waits for nobody unless somebody should see it. Files that
    cannot be kept are named in its remarks.

    Raises:
        LookupError: the pack has no inbox for this channel.
    """
    known = writings.known(arrived.channel, arrived.external_id[:200])
    if known is None:
        try:
            with transaction.atomic(), together():
                return _take(arrived, by=by, at=at)
        except IntegrityError:
            known = writings.known(arrived.channel, arrived.external_id[:200])
            if known is None:
                raise
    return Taken(known.id, known.contact_id, known.case_id, known.team, fresh=False)


def _take(arrived: ArrivedWriting, *, by: Actor, at: datetime) -> Taken:
    pack = current_pack()
    box = inbox_for(pack, arrived.channel, arrived.sent_to)
    belongs = find_belonging(arrived)
    case = belongs.case
    rated = _rated(arrived, belongs, at=at)
    contact = None if arrived.machine or rated else _contact(arrived, box, belongs, by=by, at=at)
    writing = _writing(arrived, box, belongs, contact)
    if rated:
        writing.state, writing.ended, writing.done_at = WritingState.DONE, Ending.RATED, arrived.received_at
    writing.remarks = [*arrived.remarks, *_keep_files(arrived, writing, belongs, at=at)]
    dues = open_dues(contact.id) if contact is not None else {}
    writing.due_at = dues.get("reply")
    inbox.keep_writing(writing, by=by, at=at)
    if contact is not None and case is not None:
        _join(case, contact, arrived, belongs, at=at)
    lately = belongs.earlier is not None and belongs.earlier.received_at > arrived.received_at - LATELY
    if contact is not None and box.acknowledge and not arrived.quiet and not lately:
        acknowledge(writing, contact, pack, dues, at=at)
    return Taken(writing.id, writing.contact_id, writing.case_id, writing.team, fresh=True)


def _rated(arrived: ArrivedWriting, belongs: Belonging, *, at: datetime) -> bool:
    """Hear a person's answer to the question how we did; say whether there is nothing else in it for anybody to deal with.

    It belongs to the contact it is about and is none of its own. What else it says is a writing like any other.
    """
    if arrived.machine or belongs.rates is None:
        return False
    heard = hear_written(belongs.rates, arrived.text, files=bool(arrived.files), at=at)
    return heard is not None and heard.whole


def _contact(arrived: ArrivedWriting, box: Inbox, belongs: Belonging, *, by: Actor, at: datetime) -> Contact:
    return contacts.record_contact(
        channel=arrived.channel, received_at=arrived.received_at, by=by, at=at, customer_id=belongs.customer_id,
        service=belongs.case.service if belongs.case else "", external_id=arrived.external_id[:200],
        caller=arrived.sender[:254], open_=True, standards=box.standards,
        note="" if box.restricted else arrived.subject[:200],
    )  # fmt: skip


def _writing(arrived: ArrivedWriting, box: Inbox, belongs: Belonging, contact: Contact | None) -> Writing:
    id_, earlier, case = new_id(), belongs.earlier, belongs.case
    silent = arrived.machine in READ_BY_NOBODY
    working = earlier if earlier is not None and earlier.state != WritingState.DONE else None
    return Writing(
        id=id_, channel=arrived.channel, external_id=arrived.external_id[:200], contact_id=contact.id if contact else None,
        thread_id=earlier.thread_id if earlier else id_, case_id=case.id if case else None, sure=belongs.sure,
        inbox=box.code, restricted=box.restricted or "",
        team=working.team if working else case.team if case and not box.restricted else box.team,
        assignee_id=working.assignee_id if working else case.assignee_id if case else None,
        state=WritingState.DONE if silent else WritingState.OPEN, ended=Ending.MACHINE if silent else "",
        done_at=arrived.received_at if silent else None, machine=arrived.machine, received_at=arrived.received_at,
        sender=arrived.sender[:254], sender_name=arrived.sender_name[:200],
        answer_to=(arrived.answer_to or arrived.sender)[:254], sent_to=(arrived.sent_to or ("",))[0][:254],
        subject=arrived.subject[:300], text=arrived.text[:LONGEST_TEXT], whole=arrived.whole[:LONGEST_TEXT],
        message_id=arrived.message_id[:300], references=[one[:300] for one in arrived.answers[-50:]],
        verdicts=dict(arrived.verdicts), language=arrived.language[:12],
    )  # fmt: skip


def _keep_files(arrived: ArrivedWriting, writing: Writing, belongs: Belonging, *, at: datetime) -> Sequence[str]:
    """Keep what came with it; return a sentence for each file that could not be kept."""
    remarks = []
    case_id = writing.case_id if belongs.sure else None
    for file in arrived.files[:MOST_FILES]:
        try:
            keep_received(
                name=file.name, content=file.content, writing_id=writing.id, part=file.part, at=at, case_id=case_id,
                customer_id=belongs.customer_id,
            )  # fmt: skip
        except FileRefused as refused:
            remarks.append(str(refused))
    if len(arrived.files) > MOST_FILES:
        remarks.append(f"{len(arrived.files) - MOST_FILES} more files came with it; they are in the original.")
    if arrived.original is not None:
        keep_received(
            name=f"original.{'eml' if arrived.channel == 'email' else 'bin'}", content=arrived.original,
            writing_id=writing.id, part=ORIGINAL, at=at, customer_id=belongs.customer_id,
        )  # fmt: skip
    return remarks


def _join(case: Case, contact: Contact, arrived: ArrivedWriting, belongs: Belonging, *, at: datetime) -> None:
    """Put it with its case: as the customer's own word only when that is sure, else as a note for the team."""
    cases.join_contact(case.id, contact_id=contact.id, role="added", by=SYSTEM, at=at)
    text = (arrived.text.strip() or arrived.subject or "(no words)")[:LONGEST_NOTE]
    if belongs.sure and case.customer_id is not None:
        cases.customer_adds(case.id, text=text, by=customer_actor(case.customer_id), at=at)
    else:
        said = f"Came by {arrived.channel} and names this case; nobody has checked who sent it:\n\n{text}"
        cases.note_case(case.id, text=said, visible_to_customer=False, by=SYSTEM, at=at)


def acknowledge(
    writing: Writing, contact: Contact, pack: Pack, dues: Mapping[str, datetime | None], *, at: datetime
) -> bool:
    """Say that we have it and by when we answer, if its channel can; never to ourselves, a few times a day to one sender.

    ``dues`` are the open promises of the contact by kind; an acknowledgement that is one of them is kept by this.
    """
    say = way_of(writing.channel).acknowledge
    to = plain_address(writing.answer_to)
    if say is None or not to or to in own_addresses(pack):
        return False
    try:
        limits.count("written-acknowledged", {f"{writing.channel}:{to}": ACKNOWLEDGED_A_DAY}, at=at, minutes=24 * 60)
    except limits.TooManyAttempts:
        return False
    due = dues.get("reply")
    said = say(
        Outbound(
            writing=writing, contact_id=contact.id, customer_id=contact.customer_id, case_id=writing.case_id,
            reference=show_reference(contact.reference),
            promise=say_moment(due.astimezone(LONDON), council_date(at)) if due else "",
            promised_day=due.astimezone(LONDON).strftime("%d/%m/%Y") if due else "",
        ),
        SYSTEM, at,
    )  # fmt: skip
    if said and "acknowledgement" in dues:
        contacts.acknowledge_contact(contact.id, by=SYSTEM, at=at)
    return said
