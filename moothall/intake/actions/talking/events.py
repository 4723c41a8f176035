"""What the telephone exchange tells of calls to advisers: from it, the seconds to answer are measured."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from moothall.contacts import actions as contacts
from moothall.contacts.models import Contact, ContactState, Outcome
from moothall.contacts.queries import calls_left_hanging
from moothall.core.actors import SYSTEM
from moothall.core.idempotency import once, used
from moothall.core.jobs import enqueue
from moothall.core.packs import current_pack
from moothall.intake.actions.talking.calls import end_call
from moothall.intake.actions.talking.unanswered import (
    PUT_THROUGH,
    nobody_answered,
    note_put_through,
    put_through,
    second_wait,
)
from moothall.intake.models import Conversation
from moothall.intake.pack import TALK
from moothall.intake.talking.told import CallEvent
from moothall.payments.actions.recording import call_over

OVER: Final = "call-over"
"""Where it is kept that a call ended of which nothing else was known."""
SETTLE: Final = "intake.settle_call"
BATCH: Final = 200
LATE_NEWS: Final = timedelta(minutes=1)
"""For so long an answer may still come behind the end of its call."""


def call_told(told: CallEvent, *, at: datetime) -> None:
    """Take one event of a call; the same id again does nothing. Events may overtake each other: each says enough by itself.

    Offered begins a contact whose clock runs; answered stops it, abandoned ends it unanswered, and so, a minute later, does
    ended where no answer was told; a call that was put through from the menu is over there. What an adviser does with it
    afterwards is hers, so its end closes nothing she holds. Whoever was put through, from the menu or by an adviser, and whom
    nobody answered is promised a call. What was ended as not known (`end_hanging`) counts as of its own time after all; so
    does an answer that is told long after the end of its call: it was answered, however late we hear of it.
    """

    def do() -> dict[str, str]:
        _take(told, at)
        return {}

    once("call-event", told.id, at=at, do=do)


def _take(told: CallEvent, at: datetime) -> None:
    moment = min(told.at, at)
    if told.event in {"transferred", "ended"}:
        call_over(told.call_id, because="over" if told.event == "ended" else "transferred", at=at)
    if told.event == "transferred":
        end_call(told.call_id, how="transferred", at=at)
        note_put_through(told.call_id)
        return
    talked = put_through(told.call_id)
    waits = talked is not None and bool(talked.held.get(PUT_THROUGH))
    known = Contact.objects.filter(channel="phone", external_id=told.call_id).exists()
    if told.event == "ended" and not known and not waits:
        end_call(told.call_id, how="hung_up", at=at)
        once(OVER, told.call_id, at=at, do=dict)
        return
    contact = contacts.record_contact(
        channel="phone", received_at=min(told.offered_at or moment, moment), caller=told.caller, external_id=told.call_id,
        open_=True, by=SYSTEM, at=at,
    )  # fmt: skip
    if told.event != "offered" and contact.state != ContactState.OPEN:
        took = told.event == "answered"
        contact = contacts.known_after_all(contact.id, answered=took, by=SYSTEM, at=at) or contact
    if told.event == "abandoned" and contact.answered_at is not None:  # an adviser had her, and put her through
        contact = second_wait(contact, at=moment)
        _lost(contact, None, told, moment, put=True)
    elif contact.state != ContactState.OPEN:
        return
    elif told.event == "ended" and contact.answered_at is None and talked is None:
        _settle_later(told.call_id, moment, at)
    elif told.event == "offered":
        if not known and used(OVER, told.call_id):  # its end overtook its beginning: she is gone, and waits for nobody
            _settle_later(told.call_id, moment, at)
    elif told.event == "answered":
        contacts.answer_contact(contact.id, by=SYSTEM, at=moment)
    elif told.event == "abandoned" or (told.event == "ended" and contact.answered_at is None):
        _lost(contact, talked, told, moment, put=talked is not None)


def _settle_later(call_id: str, ended: datetime, at: datetime) -> None:
    """Its end is known and no answer: that may still be on its way, overtaken by the end."""
    enqueue(SETTLE, once=f"call:{call_id}"[:120], at=at + LATE_NEWS, call_id=call_id, ended=ended.isoformat())


def settle_ended(call_id: str, *, ended: datetime, at: datetime) -> None:
    """Count a call that is over as given up, unless it was said meanwhile that somebody answered. Twice is once."""
    with transaction.atomic():
        waiting = Contact.objects.select_for_update().filter(channel="phone", external_id=call_id, answered_at=None)
        contact = waiting.first()
        if contact is not None and contact.staff_id is None:
            _lost(contact, None, CallEvent("", call_id, "ended", ended, contact.caller), min(ended, at), put=False)


def end_hanging(*, at: datetime) -> int:
    """End calls of which nothing was told for the pack's time, a batch of them; return how many. News opens one again."""
    before = at - timedelta(minutes=current_pack().one(TALK).call_minutes)
    hanging = calls_left_hanging(before=before, limit=BATCH)
    return sum(contacts.end_unknown(one, by=SYSTEM, at=at) for one in hanging)


def _lost(contact: Contact, talked: Conversation | None, told: CallEvent, at: datetime, *, put: bool) -> None:
    """She waited and nobody answered: promised a call where she had been ``put`` through, counted as given up else; once."""
    if contact.state != ContactState.OPEN:
        return
    if not (put and nobody_answered(contact, talked, told, at=at)):
        contacts.record_ended_matter(contact, service="", outcome=Outcome.ABANDONED, by=SYSTEM, at=at)
    contacts.close_contact(contact.id, cause="", done_in_one=None, by=SYSTEM, at=at)
