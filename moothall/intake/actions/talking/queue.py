"""The advisers' queue as a caller meets it: what number she is, staying on, or keeping her place and being called back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from moothall.contacts.queries import waiting_calls
from moothall.core.packs import Pack, current_pack
from moothall.core.packs.sections import CHANNELS_SECTION
from moothall.core.references import spell_reference
from moothall.core.zone import council_date
from moothall.customers.rules.writing import CannotRead, plain_phone
from moothall.intake.actions.talking.saying import hang_up, listen, transfer
from moothall.intake.actions.talking.unanswered import keep_place
from moothall.intake.models import Conversation
from moothall.intake.pack import TALK, sentence
from moothall.intake.queries.catalogue import open_words
from moothall.intake.talking.turns import Turn
from moothall.promises.queries import promises_of
from moothall.promises.rules import say_moment

Menu = Callable[[list[str]], Turn]


def adviser_hours(pack: Pack, at: datetime) -> tuple[str, bool | None]:
    """Return the advisers' hours in words for now, and whether they are there; None where the pack has no hours."""
    channel = pack.of(CHANNELS_SECTION).get("phone")
    return open_words(pack, channel.calendar if channel else None, at)


def queue_turn(row: Conversation, at: datetime) -> Turn:
    """Tell the caller where she would stand, and offer the call back; out of hours only that."""
    pack = current_pack()
    row.step, row.misses = "queue", 0
    hours, is_open = adviser_hours(pack, at)
    if is_open is False:
        return listen(row, [sentence(pack, "call_back_closed", hours=hours)], digits=1)
    before = waiting_calls(since=at - timedelta(minutes=pack.one(TALK).call_minutes))
    said = sentence(pack, "queue", place=str(before + 1)) if before else sentence(pack, "queue_empty")
    return listen(row, [said], digits=1)


def choose_queue(row: Conversation, words: str, at: datetime, *, menu: Menu) -> Turn:
    """Stay on the line (1), be called back (2), or go to the menu (9)."""
    pack = current_pack()
    _, is_open = adviser_hours(pack, at)
    if words == "1" and is_open is not False:
        row.ended = "transferred"
        return transfer(row, [sentence(pack, "transfer")])
    if words == "2":
        if row.caller:
            row.step = "hold"
            return listen(row, [sentence(pack, "call_back_choose")], digits=1)
        return _number(row)
    if words == "9":
        row.held = {}
        return menu([])
    return queue_turn(row, at)


def hold_on(row: Conversation, words: str, at: datetime) -> Turn:
    """Which number to call: the one she rings from, or one she keys in; then it is promised."""
    keys = words.rstrip("#")
    if row.held.get("number"):
        try:
            return _promise(row, plain_phone(keys), at)
        except CannotRead as wrong:
            _number(row)
            return listen(row, [str(wrong), sentence(current_pack(), "call_back_number")])
    if keys == "1" and row.caller:
        return _promise(row, row.caller, at)
    return _number(row)


def _number(row: Conversation) -> Turn:
    row.step, row.held = "hold", {**row.held, "number": True}
    return listen(row, [sentence(current_pack(), "call_back_number")])


def _promise(row: Conversation, number: str, at: datetime) -> Turn:
    """Keep her place: a call back with its clock, and what she said so far beside it."""
    pack = current_pack()
    if row.contact_id is None:
        raise ValueError("A call has a contact.")
    sent = keep_place(row.contact_id, row, number=number, about="rang the menu and kept a place in the queue", at=at)
    promise = (
        next((one for one in promises_of([sent.case_id], at=at)[sent.case_id] if one.is_open), None)
        if sent.case_id
        else None
    )
    due = (
        say_moment(promise.due_at, council_date(at))
        if promise and promise.due_at
        else "the end of the next working day"
    )
    row.ended = "call_back"
    spoken = sentence(pack, "reference", spoken=spell_reference(sent.reference))
    return hang_up(row, [sentence(pack, "call_back_kept", due=due, spoken=spoken), sentence(pack, "goodbye")])
