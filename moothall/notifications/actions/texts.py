"""A text that arrived is a contact: once, for the case it names or for a person to read."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Q

from moothall.cases import actions as cases
from moothall.cases.models import Case, CaseState
from moothall.cases.named import case_named
from moothall.contacts import actions as contacts
from moothall.contacts.models import Contact
from moothall.core import limits
from moothall.core.actors import SYSTEM, customer_actor
from moothall.core.idempotency import once
from moothall.core.references import show_reference
from moothall.customers.linking.queries import speaking_for
from moothall.customers.models import ContactPoint, Customer
from moothall.customers.queries import PointOf, point_of, survivor_of
from moothall.notifications.actions.booking_texts import booking_asked_about, change_booking
from moothall.notifications.actions.queueing import queue_message
from moothall.notifications.actions.stops import start_again, stop
from moothall.notifications.recipients import answering
from moothall.notifications.values import case_values

REPLIES_AN_HOUR = 6


class Wish(StrEnum):
    """What the text asks for, as its channel read it."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    ABOUT_CASE = "about_case"
    OTHER = "other"


def text_arrived(
    *, external_id: str, sender: str, words: str, wish: Wish, reference: str = "", chasing: bool = False,
    received_at: datetime, at: datetime,
) -> UUID:  # fmt: skip
    """Keep an arriving text as a contact and answer it; return the contact's id. The same ``external_id`` again: the same.

    ``sender`` is normalised (E.164), ``words`` is what was written, ``reference`` one of ours found in it. Its status is
    told only to a number that belongs to the case's customer; to any other we say the same thing whether the
    reference exists or not. Without a reference the text joins the one case that waits for this customer, if there is
    just one; else it waits for a person.
    """

    def do() -> dict[str, Any]:
        return {"contact_id": str(_take(external_id, sender, words, wish, reference, chasing, received_at, at))}

    answer, _ = once("text", external_id, at=at, do=do)
    return UUID(answer["contact_id"])


def _take(
    external_id: str, sender: str, words: str, wish: Wish, reference: str, chasing: bool, received_at: datetime, at: datetime
) -> UUID:  # fmt: skip
    owners = _owners(sender)
    people = sorted(set(owners.values()))
    customer_id = people[0] if len(people) == 1 else None
    case = _case(reference, owners)
    by = customer_actor(customer_id) if customer_id else SYSTEM
    about = booking_asked_about(sender, words)
    booked = change_booking(about, words, at=at) if about is not None else None
    waits = wish is Wish.OTHER and case is None and booked is None
    contact = contacts.record_contact(
        channel="sms", received_at=received_at, by=by, at=at, customer_id=customer_id, external_id=external_id,
        caller=sender, note=words, open_=waits, service=case.service if case else "",
    )  # fmt: skip
    if booked is not None and about is not None:
        if booked.template:
            _reply(booked.template, contact, sender, customer_id, booked.values, at, about.case_id)
        return contact.id
    if wish is Wish.STOP:
        stop(sender, channel="sms", how="text", by=by, at=at)
        return _reply("text-stopped", contact, sender, customer_id, {}, at, None)
    if wish is Wish.START:
        start_again(sender, by=by, at=at)
        return _reply("text-started", contact, sender, customer_id, {}, at, None)
    if wish is Wish.HELP:
        return _reply("text-help", contact, sender, customer_id, {}, at, None)
    if case is None:
        return _reply(
            "text-received", contact, sender, customer_id, {"reference": show_reference(contact.reference)}, at, None
        )
    cases.join_contact(case.id, contact_id=contact.id, role="chased" if chasing else "added", by=SYSTEM, at=at)
    hers = _is_hers(case, owners)
    if hers and not chasing:
        cases.customer_adds(case.id, text=words, by=customer_actor(case.customer_id), at=at)
    elif not chasing:
        cases.note_case(
            case.id, text=f"Text from a number we do not know: {words}", visible_to_customer=False, by=SYSTEM, at=at
        )
    if not hers:
        return _reply(
            "text-received", contact, sender, customer_id, {"reference": show_reference(contact.reference)}, at, None
        )
    template = "text-status" if chasing else "text-joined"
    return _reply(template, contact, sender, customer_id, case_values(case, at).values, at, case.id)


def _owners(sender: str) -> dict[PointOf, UUID]:
    """Return whose number this is: each record that has it, with the id that stands for its customer now."""
    rows = ContactPoint.objects.filter(value=sender, sealed="").select_related("customer").order_by("customer_id")[:20]
    return {point_of(row): row.customer.joined_to_id or row.customer_id for row in rows}


def _is_hers(case: Case, owners: Mapping[PointOf, UUID]) -> bool:
    """Whether a record with this number speaks for whom the case is of: not one that somebody typed, and the machine alone
    took for hers (adr/0085)."""
    if case.customer_id is None:
        return False
    root = survivor_of(case.customer_id)
    return bool(speaking_for(case.customer_id, [own for own, stands in owners.items() if stands == root]))


def _case(reference: str, owners: Mapping[PointOf, UUID]) -> Case | None:
    if reference:
        case_id = case_named(reference)
        return Case.objects.filter(id=case_id).first() if case_id else None
    tops = set(owners.values())
    theirs = Customer.objects.filter(Q(pk__in=tops) | Q(joined_to__in=tops)).values("pk")
    waiting = Case.objects.filter(customer_id__in=theirs, state=CaseState.WAITING).order_by("id")
    hers = [one for one in waiting[:20] if _is_hers(one, owners)] if tops else []
    return hers[0] if len(hers) == 1 else None


def _reply(
    template: str, contact: Contact, sender: str, customer_id: UUID | None, values: Mapping[str, Any], at: datetime,
    case_id: UUID | None,
) -> UUID:  # fmt: skip
    """Answer by text, but never so often that two machines could keep each other talking."""
    try:
        limits.count("text-replies", {sender: REPLIES_AN_HOUR}, at=at, minutes=60)
    except limits.TooManyAttempts:
        return contact.id
    to = answering(customer_id, "sms", sender)
    queue_message(
        key=f"{contact.id}:{sender}:{template}", template=template, to=to, values=values, at=at, channel="sms",
        case_id=case_id, contact_id=contact.id,
    )  # fmt: skip
    return contact.id
