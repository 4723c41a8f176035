"""What an adviser does with a contact in hand: begins it, says who it is, takes each thing they want, finishes it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from moothall.cases import actions as cases
from moothall.contacts import actions as contacts
from moothall.contacts.models import Contact, ContactState, IdentityCheck, Matter, Outcome
from moothall.contacts.pack import CAUSES
from moothall.contacts.queries import contact as contact_view
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.events import together
from moothall.core.idempotency import fingerprint, once
from moothall.core.packs import current_pack
from moothall.customers.accounts.actions import verify_in_person
from moothall.customers.actions import change_customer
from moothall.customers.queries import customer_card, survivor_of
from moothall.customers.representation.actions import end_acting
from moothall.inbox.pack import WRITTEN
from moothall.inbox.queries import of_contact
from moothall.intake.actions.holding import named
from moothall.intake.actions.searching import note_unmet_search
from moothall.intake.asking_how import ask_by_message
from moothall.intake.carrying import carry_from_call
from moothall.intake.desk import done_in_one, matter_key, newcomer_key, wrap_key
from moothall.intake.draft_actions import drop_draft
from moothall.reception.actions import end_visit_of

CHASED = "progress_chasing"
IN_PERSON = frozenset({"phone", "counter"})
"""Where an officer took the contact: how we did is asked afterwards, by message."""


class NotFinished(ValueError):
    """A matter of the contact still waits for an end; the message names it."""


class ChooseCause(ValueError):
    """No cause was chosen, or one that the pack does not have."""


class NotThisWay(ValueError):
    """The service cannot be asked for on this channel; the message says why and where instead."""


def begin_contact(
    *,
    channel: str,
    by: Actor,
    at: datetime,
    caller: str = "",
    external_id: str = "",
    offered_at: datetime | None = None,
    customer_id: UUID | None = None,
    outreach: tuple[str, str] = ("", ""),
) -> Contact:
    """Begin a contact that an officer has just taken: a call, a visitor.

    ``caller`` is the number as the network gave it: it says who it may be, never who it is. With ``offered_at`` the wait
    to be answered is recorded. The same ``external_id`` again is the same contact. ``outreach``: where away from our
    offices a visitor was met, and its name.
    """
    require(by, "contact.take")
    begun = contacts.record_contact(
        channel=channel,
        received_at=offered_at or at,
        answered_at=at,
        caller=caller,
        external_id=external_id,
        customer_id=survivor_of(customer_id) if customer_id else None,
        open_=True,
        outreach=outreach[0] if channel == "counter" else "",
        outreach_at=outreach[1] if channel == "counter" else "",
        by=by,
        at=at,
    )
    if not external_id or begun.state != ContactState.OPEN:
        return begun
    with transaction.atomic():
        begun = contacts.answer_contact(begun.id, by=by, at=at)  # the exchange may have told of it before
        carry_from_call(begun.id, call_id=external_id, by=by, at=at)
        return begun


class NotNoted(ValueError):
    """What they wanted was not noted; the message says why and what to do."""


def note_unmet(contact_id: UUID, *, words: str, by: Actor, at: datetime) -> None:
    """Note that we had nothing for what somebody in contact with us wanted: unmet need, by the contact's channel, without
    who. The same words in the same contact count once.

    Raises:
        NotNoted: nothing was said, or it tells of somebody. ContactClosed. Refused.
    """
    require(by, "contact.take")
    with transaction.atomic():
        held = contacts.open_contact(contact_id)

        def do() -> dict[str, bool]:
            return {"kept": note_unmet_search(words, channel=held.channel, by=by, at=at)}

        said = " ".join(words.lower().split())
        answer, _ = once("unmet", f"{held.id}:{fingerprint(said)[:32]}", at=at, do=do)
    if not answer["kept"]:
        raise NotNoted("Say what they wanted in a few words, without a name, an address or a number.")


def say_who(contact_id: UUID, *, customer_id: UUID | None, by: Actor, at: datetime) -> Contact:
    """Say whose contact it is; ``None``: they are not known after all."""
    require(by, "contact.take")
    with transaction.atomic():
        before = contacts.open_contact(contact_id).customer_id
        found = contacts.identify_contact(
            contact_id, customer_id=survivor_of(customer_id) if customer_id else None, by=by, at=at
        )
        if found.customer_id != before:
            end_acting(contact_id)
            _shut_shared(found)
        drop_draft(newcomer_key(contact_id), by=by)
        return found


def _shut_shared(contact: Contact) -> None:
    """What was shared before it was said who this is opens no more to who has its link: a form fills itself from a record."""
    for matter in Matter.objects.filter(contact_id=contact.id, ended_at__isnull=True, dialogue_id__isnull=False):
        if matter.dialogue_id and not named(matter.dialogue_id, contact.customer_id, contact_id=contact.id):
            matter.dialogue_id = None  # that was another person's: what is shared from now on is a request of its own
            matter.save(update_fields=["dialogue_id"])


PROVES: Final = {
    IdentityCheck.FACTS.value: "matched", IdentityCheck.CALL_BACK.value: "confirmed",
}  # fmt: skip
_STRENGTH: Final = ("stated", "confirmed", "matched", "verified")


def check_identity(contact_id: UUID, *, how: str, evidence: Iterable[str] = (), by: Actor, at: datetime) -> Contact:
    """Record how the officer made sure who it is; the record's proof rises with it, and never falls.

    Papers seen (``how`` is ``document``, ``evidence`` by codes of the pack) prove the identity, once in each contact, exactly
    as on the person's own page. Somebody who speaks for the customer proves nothing about the customer: then the record
    stays as it was.

    Raises:
        ValueError: nobody is named yet, there is no such way, or too little was seen. Refused: may not prove identities.
    """
    require(by, "contact.take")
    with transaction.atomic():
        held = contacts.open_contact(contact_id)
        papers = how == IdentityCheck.DOCUMENT.value and held.identity_check != how and not held.speaks_as
        if how == IdentityCheck.DOCUMENT.value and held.channel == "phone":
            raise ValueError("Papers can’t be seen over the telephone. Ask two things that we hold, or ring them back.")
        found = contacts.check_identity(contact_id, how=how, by=by, at=at)
        if papers and found.customer_id is not None:
            verify_in_person(customer_id=found.customer_id, evidence=evidence, by=by, at=at)
        reached = PROVES.get(how, "")
        if reached and not found.speaks_as and found.customer_id is not None:
            card = customer_card(found.customer_id, by, on=at.date())
            if card is not None and _STRENGTH.index(card.proof) < _STRENGTH.index(reached):
                change_customer(customer_id=card.id, changes={"proof": reached}, by=by, at=at)
        return found


def speak_for(contact_id: UUID, *, speaker: str, speaks_as: str, by: Actor, at: datetime) -> Contact:
    """Record who speaks for the customer and as what; both empty: the customer herself. ValueError: half of it is missing."""
    require(by, "contact.take")
    with transaction.atomic():
        end_acting(contact_id)
        return contacts.speak_for(contact_id, speaker=speaker, speaks_as=speaks_as, by=by, at=at)


def note_help(contact_id: UUID, *, because: str, by: Actor, at: datetime) -> Contact:
    """Record why they were helped with what can be done online; empty: they were not. ValueError: no such reason."""
    require(by, "contact.take")
    return contacts.note_help(contact_id, because=because, by=by, at=at)


def begin_matter(contact_id: UUID, *, service: str, by: Actor, at: datetime) -> Matter:
    """Begin one more thing they want.

    Raises:
        NotThisWay: there is no such service, or not by telephone or at the counter.
    """
    require(by, "contact.take")
    with transaction.atomic():
        contact = contacts.open_contact(contact_id)
        known = current_pack().services.get(service)
        if known is None:
            raise NotThisWay("Choose a service from the list.")
        use = known.channel(contact.channel)
        if use.level == "no":
            instead = f" They can do it by {use.instead}." if use.instead else ""
            raise NotThisWay(f"{use.because or 'This cannot be done here.'}{instead}")
        return contacts.add_matter(contact_id, service=service, by=by, at=at)


def chase_case(contact_id: UUID, *, case_id: UUID, by: Actor, at: datetime) -> Matter:
    """They ask how a case is getting on: the contact joins the case, and counts as chasing. No second case is opened."""
    require(by, "contact.take")
    with transaction.atomic(), together():
        contact = contacts.open_contact(contact_id)
        link = cases.join_contact(case_id, contact_id=contact_id, role="chased", by=by, at=at)
        return contacts.record_ended_matter(
            contact,
            service=link.case.service,
            outcome=Outcome.INFORMED,
            case_id=case_id,
            cause=CHASED,
            by=by,
            at=at,
        )


def end_matter(matter_id: UUID, *, outcome: Outcome, by: Actor, at: datetime) -> Matter:
    """End a matter without a case: answered from knowledge, sent to the right place, or given up."""
    require(by, "contact.take")
    with transaction.atomic():
        matter = contacts.end_matter(matter_id, outcome=outcome, by=by, at=at)
        drop_draft(matter_key(matter_id), by=by)
        return matter


def note_contact(contact_id: UUID, *, note: str, by: Actor, at: datetime) -> None:
    """Keep the adviser's words about the contact as a whole."""
    require(by, "contact.take")
    contacts.note_contact(contact_id, note=note, by=by, at=at)


def wrap_up(contact_id: UUID, *, cause: str, note: str, ask: bool = True, by: Actor, at: datetime) -> Contact:
    """Finish the contact with the reason it was made. Whether it was done in one is measured from its matters.

    Afterwards they are asked how we did, as the pack says, unless the officer says that this is no moment for it (``ask``).

    A contact finished before is returned as it stands: the second press of the key does nothing.

    Raises:
        ChooseCause: no cause of the pack was chosen.
        NotFinished: something they want still has no end.
    """
    require(by, "contact.take")
    with transaction.atomic():
        found = contact_view(contact_id, visible_to=by)
        if found is not None and found.is_open:
            if cause not in current_pack().of(CAUSES):
                raise ChooseCause("Choose why they had to contact us: one key, 1 to 9.")
            if found.channel in WRITTEN and of_contact(contact_id) is not None:
                raise NotFinished("Answer what they wrote, or say that it needs no answer.")
            waiting = [m.service for m in found.matters if m.ended_at is None]
            if waiting:
                named = current_pack().services.get(waiting[0])
                raise NotFinished(
                    f"“{named.name if named else waiting[0]}” has no end yet. Send it, or say what became of it."
                )
        outcomes = [m.outcome for m in found.matters if m.outcome != Outcome.ABANDONED] if found else []
        closed = contacts.close_contact(
            contact_id, cause=cause, done_in_one=done_in_one(outcomes), note=note, by=by, at=at
        )
        end_visit_of(contact_id, by=by, at=at)
        drop_draft(wrap_key(contact_id), by=by)
        if ask and found is not None and found.is_open and closed.channel in IN_PERSON:
            ask_by_message(closed, at=at)
        return closed
