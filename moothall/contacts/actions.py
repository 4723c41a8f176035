"""The only writers of contacts and their matters."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from moothall.contacts import events
from moothall.contacts.models import (
    Capacity,
    Contact,
    ContactState,
    IdentityCheck,
    Matter,
    NotOnline,
    Outcome,
    Outreach,
)
from moothall.core.access import require
from moothall.core.actors import Actor, ActorKind
from moothall.core.events import Happening, record, together
from moothall.core.ids import new_id
from moothall.core.lines import one_line
from moothall.core.packs import current_pack
from moothall.core.reference_numbers import next_reference
from moothall.core.rows import add_rows
from moothall.core.zone import council_date
from moothall.promises import actions as promises
from moothall.promises.actions.redress import AT_HAND
from moothall.promises.service_terms import contact_promises, in_place_of


class ContactClosed(ValueError):
    """The contact was finished before; nothing was changed."""


def record_contact(
    *, channel: str, received_at: datetime, by: Actor, at: datetime, customer_id: UUID | None = None, service: str = "",
    area: str = "", external_id: str = "", caller: str = "", direction: str = "in", open_: bool = False, note: str = "",
    cause: str = "", assisted: bool = False, answered_at: datetime | None = None, source_record_id: UUID | None = None,
    standards: Mapping[str, str] | None = None,
    waits: bool = False, helped_because: str = "", helped_by: UUID | None = None, outreach: str = "",
    outreach_at: str = "",
) -> Contact:  # fmt: skip
    """Record that someone was in touch. ``open_`` contacts go on (a call, a visit); the others are over as they arrive.

    ``external_id`` with the channel makes it happen once: the same provider's message again returns the first contact.
    Where the pack promises something of contact by this channel (a call answered in seconds, a letter in days) and the
    customer waits for it, or the wait is known, its clock starts. Contacts that are over as they arrive cost nothing more.
    ``standards`` names, by kind, what is promised here in place of the channel's own (an inbox of the pack says so).
    ``waits``: nobody serves them yet, whoever wrote it down; the contact is the officer's who answers it.
    ``outreach``: away from our offices, and where (``outreach_at``; nothing is kept of a home but that it was one).
    ``helped_because``: why she was helped with what she sent herself, and by which officer (``helped_by``), if one did.
    """
    with transaction.atomic(savepoint=False), together():
        if external_id:
            known = Contact.objects.filter(channel=channel, external_id=external_id).first()
            if known is not None:
                return known
        contact = Contact(
            id=new_id(), reference=next_reference(), channel=channel, direction=direction,
            state=ContactState.OPEN if open_ else ContactState.CLOSED, customer_id=customer_id,
            staff_id=by.id if by.kind is ActorKind.STAFF and not waits else None, service=service, area=area,
            external_id=external_id, caller=caller, received_at=received_at, answered_at=answered_at,
            ended_at=None if open_ else at, note=note, cause=cause, assisted=assisted or bool(helped_because),
            helped_because=helped_because, helped_by=helped_by, source_record_id=source_record_id,
            outreach=outreach, outreach_at="" if outreach == Outreach.HOME else one_line(outreach_at)[:80],
        )  # fmt: skip
        add_rows(contact)
        waited = round((answered_at - received_at).total_seconds()) if answered_at else None
        record(
            [
                _happening(
                    events.RECEIVED,
                    contact,
                    received_at,
                    direction=direction,
                    answered_seconds=waited,
                    outreach=outreach or None,
                    because=helped_because or None,
                )
            ],
            by=by,
        )
        if direction == "in" and (open_ if answered_at is None else answered_at > received_at):
            _promise(contact, standards or {}, by=by, at=at)
        return contact


def _promise(contact: Contact, standards: Mapping[str, str], *, by: Actor, at: datetime) -> None:
    """Start the clocks of what the council promises of such a contact; one that was answered by now is kept or late."""
    pack = current_pack()
    on = council_date(contact.received_at)
    terms = in_place_of(pack, contact_promises(pack, contact.channel, on, contact.service), standards, on)
    promises.make_promises(
        [
            promises.NewPromise(
                kind=term.kind, standard=term.standard, subject_kind="contact", subject_id=contact.id,
                received_at=contact.received_at, customer_id=contact.customer_id, service=contact.service,
                channel=contact.channel, area=contact.area, pack_version_id=pack.version_id,
                met_at=contact.answered_at if term.kind in AT_HAND else None,
            )
            for term in terms
        ],
        by=by, at=at,
    )  # fmt: skip


def acknowledge_contact(contact_id: UUID, *, by: Actor, at: datetime) -> Contact:
    """Record that we told the customer we have it, and that the answer follows. Twice is once."""
    with transaction.atomic(), together():
        contact = open_contact(contact_id)
        promises.meet_promises(contact.id, kinds=["acknowledgement"], by=by, at=at)
        return contact


def answer_contact(contact_id: UUID, *, by: Actor, at: datetime) -> Contact:
    """Record when an officer took the call or visitor, or answered a letter; the wait is what the standard measures."""
    with transaction.atomic(), together():
        contact = open_contact(contact_id)
        if contact.answered_at is None:
            contact.answered_at, contact.staff_id = at, by.id
            contact.save(update_fields=["answered_at", "staff_id"])
            waited = round((at - contact.received_at).total_seconds())
            record([_happening(events.ANSWERED, contact, at, answered_seconds=waited)], by=by)
            promises.meet_promises(contact.id, by=by, at=at)
        elif (
            contact.staff_id is None and by.kind is ActorKind.STAFF
        ):  # the exchange told before the adviser's screen did
            contact.staff_id = by.id
            contact.save(update_fields=["staff_id"])
        return contact


def identify_contact(contact_id: UUID, *, customer_id: UUID | None, by: Actor, at: datetime) -> Contact:
    """Say whose contact it is (or, with ``None``, that it is not known after all)."""
    with transaction.atomic():
        contact = open_contact(contact_id)
        if contact.customer_id != customer_id:
            contact.customer_id = customer_id
            # what was checked and who spoke for whom was about somebody else
            contact.identity_check, contact.identity_checked_by, contact.speaker, contact.speaks_as = "", None, "", ""
            contact.save(update_fields=["customer_id", "identity_check", "identity_checked_by", "speaker", "speaks_as"])
            record([_happening(events.IDENTIFIED, contact, at)], by=by)
        return contact


def check_identity(contact_id: UUID, *, how: str, by: Actor, at: datetime) -> Contact:
    """Record how an officer made sure who is in touch, or that they could not show it.

    Raises:
        ValueError: it is not known yet whose contact it is, or there is no such way.
    """
    if how not in IdentityCheck.values:
        raise ValueError("Choose how you made sure.")
    with transaction.atomic():
        contact = open_contact(contact_id)
        if contact.customer_id is None:
            raise ValueError("Say who it is first.")
        contact.identity_check, contact.identity_checked_by = how, by.id
        contact.save(update_fields=["identity_check", "identity_checked_by"])
        record([_happening(events.IDENTITY_CHECKED, contact, at, how=how)], by=by)
        return contact


def speak_for(
    contact_id: UUID, *, speaker: str, speaks_as: str, by: Actor, at: datetime, over: bool = False
) -> Contact:
    """Record that somebody else is in touch for the customer, and as what; both empty: it is the customer after all.

    ``over``: the contact may be over, like a form that was sent.

    Raises:
        ValueError: only one of the two was given, or there is no such capacity.
    """
    speaker = one_line(speaker)[:120]
    if bool(speaker) != bool(speaks_as):
        raise ValueError("Enter their name." if speaks_as else "Choose what they are to the customer.")
    if speaks_as and speaks_as not in Capacity.values:
        raise ValueError("Choose what they are to the customer.")
    with transaction.atomic():
        contact = Contact.objects.select_for_update().get(id=contact_id) if over else open_contact(contact_id)
        if (contact.speaker, contact.speaks_as) != (speaker, speaks_as):
            contact.speaker, contact.speaks_as = speaker, speaks_as
            contact.save(update_fields=["speaker", "speaks_as"])
            data = {"speaks_as": speaks_as}
            record([_happening(events.SPOKEN_FOR, contact, at, **data)], by=by)
        return contact


def note_help(contact_id: UUID, *, because: str, by: Actor, at: datetime) -> Contact:
    """Record why they were helped with what can be done online; empty: they were not.

    Raises:
        ValueError: there is no such reason.
    """
    if because and because not in NotOnline.values:
        raise ValueError("Choose a reason from the list.")
    with transaction.atomic():
        contact = open_contact(contact_id)
        if contact.helped_because != because:
            contact.helped_because, contact.assisted = because, bool(because)
            contact.save(update_fields=["helped_because", "assisted"])
            record([_happening(events.HELPED, contact, at, because=because)], by=by)
        return contact


def give_contact(contact_id: UUID, customer_id: UUID, by: Actor, at: datetime) -> None:
    """Say whose contact it was, after two people taken for one were parted. Open or over; hers already is fine."""
    with transaction.atomic():
        contact = Contact.objects.select_for_update().get(id=contact_id)
        if contact.customer_id != customer_id:
            before, contact.customer_id = contact.customer_id, customer_id
            contact.save(update_fields=["customer_id"])
            record([_happening(events.GIVEN, contact, at, before=str(before) if before else None)], by=by)


def hand_contact(contact_id: UUID, *, staff_id: UUID | None, by: Actor, at: datetime) -> Contact:
    """Give a contact in hand to a colleague, or to nobody yet (the next in its queue takes it). Theirs already is fine.

    Raises:
        ContactClosed: it was finished.
    """
    with transaction.atomic():
        contact = open_contact(contact_id)
        if contact.staff_id != staff_id:
            before, contact.staff_id = contact.staff_id, staff_id
            contact.save(update_fields=["staff_id"])
            data = {"before": str(before) if before else None, "to": str(staff_id) if staff_id else None}
            record([_happening(events.HANDED, contact, at, **data)], by=by)
        return contact


def add_matter(contact_id: UUID, *, service: str, by: Actor, at: datetime, dialogue_id: UUID | None = None) -> Matter:
    """Begin one more thing the customer wants in this contact."""
    with transaction.atomic():
        contact = Contact.objects.select_for_update().get(id=contact_id)
        matter = Matter(id=new_id(), contact=contact, service=service, dialogue_id=dialogue_id, opened_at=at)
        add_rows(matter)
        if not contact.service:
            contact.service = service
            contact.save(update_fields=["service"])
        return matter


def end_matter(
    matter_id: UUID, *, outcome: Outcome, by: Actor, at: datetime, case_id: UUID | None = None, cause: str = ""
) -> Matter:
    """Say how one matter ended. Twice the same is once."""
    with transaction.atomic():
        matter = Matter.objects.select_for_update().select_related("contact").get(id=matter_id)
        if matter.ended_at is None:
            matter.outcome, matter.case_id, matter.cause, matter.ended_at = outcome, case_id, cause, at
            matter.save(update_fields=["outcome", "case_id", "cause", "ended_at"])
            record([_matter_ended(matter, matter.contact, at)], by=by)
        return matter


def keep_request(matter_id: UUID, *, dialogue_id: UUID) -> None:
    """Note which request holds what was answered in a matter that opened no case. One that has its request keeps it."""
    Matter.objects.filter(id=matter_id, dialogue_id=None).update(dialogue_id=dialogue_id)


def send_matter_on(matter_id: UUID, *, case_id: UUID | None, by: Actor, at: datetime) -> Matter:
    """Say that the customer finished a matter herself: it ends as handed on, or, where it had ended so, it gets its case."""
    with transaction.atomic():
        matter = end_matter(matter_id, outcome=Outcome.HANDED_ON, case_id=case_id, by=by, at=at)
        if matter.case_id is None and matter.outcome == Outcome.HANDED_ON and case_id is not None:
            matter.case_id = case_id
            matter.save(update_fields=["case_id"])
        return matter


def record_ended_matter(
    contact: Contact, *, service: str, outcome: Outcome, by: Actor, at: datetime, case_id: UUID | None = None,
    cause: str = "", dialogue_id: UUID | None = None,
) -> Matter:  # fmt: skip
    """Record a matter that began and ended at once: a web form sent, a question answered."""
    matter = Matter(
        id=new_id(), contact=contact, service=service, case_id=case_id, outcome=outcome, cause=cause,
        dialogue_id=dialogue_id, opened_at=at, ended_at=at,
    )  # fmt: skip
    add_rows(matter)
    record([_matter_ended(matter, contact, at)], by=by)
    return matter


def close_contact(
    contact_id: UUID, *, cause: str, done_in_one: bool | None, by: Actor, at: datetime, note: str | None = None
) -> Contact:
    """Finish a contact with the reason it was made; what was promised of it and not answered ends.

    A contact already finished is returned as it stands.
    """
    with transaction.atomic(), together():
        contact = Contact.objects.select_for_update().get(id=contact_id)
        if contact.state == ContactState.CLOSED:
            return contact
        for matter in Matter.objects.filter(contact=contact, ended_at=None):
            matter.outcome, matter.ended_at = Outcome.ABANDONED, at
            matter.save(update_fields=["outcome", "ended_at"])
            record([_matter_ended(matter, contact, at)], by=by)
        promises.withdraw_promises(contact.id, reason="closed_unanswered", by=by, at=at)
        contact.state, contact.ended_at, contact.cause, contact.done_in_one = (
            ContactState.CLOSED,
            at,
            cause,
            done_in_one,
        )
        if note is not None:
            contact.note = note
        contact.save(update_fields=["state", "ended_at", "cause", "done_in_one", "note"])
        began = contact.answered_at or contact.received_at
        seconds = round((at - began).total_seconds())
        record([_happening(events.CLOSED, contact, at, cause=cause, done_in_one=done_in_one, seconds=seconds)], by=by)
        return contact


def end_unknown(contact_id: UUID, *, by: Actor, at: datetime) -> bool:
    """End a call that nobody holds and of which nobody ever told how it went on; say whether it was still open.

    Of one that was not answered, as far as is known, it is said neither that it was kept waiting nor that it gave up: its
    clocks count neither way.
    """
    with transaction.atomic(), together():
        contact = Contact.objects.select_for_update().get(id=contact_id)
        if contact.state != ContactState.OPEN or contact.staff_id is not None:
            return False
        record_ended_matter(contact, service="", outcome=Outcome.UNKNOWN, by=by, at=at)
        promises.leave_out_promises(contact.id, reason="end_not_known", by=by, at=contact.received_at)
        close_contact(contact.id, cause="", done_in_one=None, by=by, at=at)
        return True


def known_after_all(contact_id: UUID, *, by: Actor, at: datetime, answered: bool = False) -> Contact | None:
    """Open a call again that was ended as `end_unknown` does, as news of it has come; ``None`` where it was not.

    ``answered``: the news is that somebody took it, so one that was counted as given up is opened again too.
    """
    outcomes = [Outcome.UNKNOWN, *([Outcome.ABANDONED] if answered else [])]
    with transaction.atomic(), together():
        contact = Contact.objects.select_for_update().get(id=contact_id)
        wrong = Matter.objects.filter(contact=contact, outcome__in=outcomes)
        taken_for_lost = wrong.exists() or (answered and contact.staff_id is None)
        if contact.state != ContactState.CLOSED or contact.answered_at is not None or not taken_for_lost:
            return None
        given_up = not wrong.filter(outcome=Outcome.UNKNOWN).exists()
        wrong.delete()
        contact.state, contact.ended_at = ContactState.OPEN, None
        contact.save(update_fields=["state", "ended_at"])
        record([_happening(events.REOPENED, contact, at)], by=by)
        promises.reopen_promises(contact.id, kinds=AT_HAND, by=by, at=contact.received_at)
        # counted as given up, its clock was owned up to as broken: that is struck out, and it counts from when it was taken
        if given_up:
            promises.leave_out_promises(contact.id, reason="end_not_known", by=by, at=contact.received_at)
            promises.reopen_promises(contact.id, kinds=AT_HAND, by=by, at=contact.received_at)
        return contact


def note_contact(contact_id: UUID, *, note: str, by: Actor, at: datetime) -> Contact:
    """Keep the adviser's words on a contact, as they are typed."""
    with transaction.atomic():
        contact = Contact.objects.select_for_update().get(id=contact_id)
        contact.note = note
        contact.save(update_fields=["note"])
        return contact


def erase_contacts(customer_id: UUID, *, by: Actor, at: datetime) -> int:
    """Forget what a person's contacts say of her and of who spoke for her: number, address, name, words.

    Returns how many; the contacts stay, counted.
    """
    require(by, "customer.erase")
    said = Contact.objects.filter(customer_id=customer_id).exclude(caller="", note="", speaker="")
    return said.update(caller="", note="", speaker="")


def open_contact(contact_id: UUID) -> Contact:
    """Lock a contact that is still open, for a change in the caller's transaction.

    Raises:
        ContactClosed: it was finished.
    """
    contact = Contact.objects.select_for_update().get(id=contact_id)
    if contact.state != ContactState.OPEN:
        raise ContactClosed("This contact is finished. Begin a new one.")
    return contact


def take_matter(matter_id: UUID, contact: Contact) -> Matter:
    """Lock one matter of a contact, for a change in the caller's transaction. DoesNotExist when it is not one of its."""
    return Matter.objects.select_for_update().get(id=matter_id, contact=contact)


def _happening(name: str, contact: Contact, at: datetime, **data: Any) -> Happening:
    return Happening(
        name=name, subject_kind="contact", subject_id=contact.id, occurred_at=at, contact_id=contact.id,
        customer_id=contact.customer_id, service=contact.service, channel=contact.channel, area=contact.area,
        data={key: value for key, value in data.items() if value is not None},
    )  # fmt: skip


def _matter_ended(matter: Matter, contact: Contact, at: datetime) -> Happening:
    return Happening(
        name=events.MATTER_ENDED, subject_kind="contact", subject_id=contact.id, occurred_at=at, case_id=matter.case_id,
        contact_id=contact.id, customer_id=contact.customer_id, service=matter.service, channel=contact.channel,
        area=contact.area, data={"outcome": matter.outcome, "cause": matter.cause},
    )  # fmt: skip
