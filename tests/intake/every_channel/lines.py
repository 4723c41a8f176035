"""Somebody rings or texts as the network brings it: the menu, the letters of a service or its name, prompt after prompt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from moothall.cases.models import Case
from moothall.channels.sms.text import is_chasing, understand
from moothall.intake.actions.talking import asking
from moothall.intake.actions.talking.calls import begin_call, hear_call
from moothall.intake.actions.talking.texts import text_came
from moothall.intake.models import Conversation, Dialogue
from moothall.intake.talking.keypad import keys_of
from moothall.notifications.actions import Wish
from moothall.services.pack import Service

from .answers import HERS, Wanted, case_of
from .talk import said


def by_line(channel: str) -> Callable[[Service, Wanted, Any], Case | None]:
    """A whole call by keypad, or a whole conversation by text, as the network brings them."""

    def drive(service: Service, wanted: Wanted, clock: Any) -> Case | None:
        row = converse(channel, service, wanted, clock)
        assert row.ended != "link", f"{service.code} by {channel} is left to be finished elsewhere"
        begun = asking.row_of(row) if row.dialogue_id else None  # a rule that answers leads back to the menu by itself
        if row.step == "check":
            press(row, "1" if channel == "voice" else "send", clock)
        dialogue = begun or Dialogue.objects.latest("started_at")
        dialogue.refresh_from_db()
        assert (dialogue.service, dialogue.state) == (service.code, "sent"), (channel, row.turn)
        return case_of(dialogue.case_id)

    return drive


def converse(channel: str, service: Service, wanted: Wanted, clock: Any) -> Conversation:
    """Ring or text, name the service, answer whatever is asked on this line; return the conversation at its end or check."""
    row = _names(channel, service, clock)
    for _ in range(200):
        row.refresh_from_db()
        if row.ended_at is not None or row.step != "asking":
            assert row.ended != "stopped", service.code
            return row
        coming = asking.next_asked(row, at=clock.now())
        assert coming.prompt is not None
        question = service.by_question[str(row.held["question"])]
        words = said(question, coming.prompt, wanted.get(question.id), channel)
        before = row.turns
        press(row, words if channel == "sms" or coming.prompt.digits == 1 else f"{words}#", clock)
        row.refresh_from_db()
        assert row.misses == 0, f"{service.code} by {channel}: {question.id}: {words!r} {row.turn}"
        assert row.turns > before or row.ended_at is not None, service.code
    raise AssertionError(f"{service.code} by {channel} never ends")


def press(row: Conversation, words: str, clock: Any) -> None:
    """What was pressed in a call, or written in a text, as it comes in."""
    if row.channel == "voice":
        hear_call(row.call_id, number=row.turns, words=words, at=clock.now())
    else:
        _text(words, clock)
    row.refresh_from_db()


def _names(channel: str, service: Service, clock: Any) -> Conversation:
    """Spell the service on the keys; or write its name, and choose it where others may be meant."""
    if channel == "sms":
        for name in (service.name, *service.synonyms):
            _text(name, clock)
            row = Conversation.objects.filter(channel="sms", caller=HERS, ended_at=None).first()
            if row is not None and row.step == "choose" and service.code in row.held["named"]:
                press(row, str(row.held["named"].index(service.code) + 1), clock)
            if row is not None and row.dialogue_id and asking.row_of(row).service == service.code:
                return row
            if row is not None:
                press(row, "0" if row.step == "choose" else "LINK", clock)
        raise AssertionError(f"{service.code} cannot be named in a text")
    call = str(uuid4())
    begin_call(call, line="test", caller=HERS, at=clock.now())
    row = Conversation.objects.get(call_id=call)
    for keys in ("7", f"{keys_of(service.name)[:12]}#"):
        press(row, keys, clock)
    press(row, next(one["key"] for one in row.turn["choices"] if one["value"] == service.code), clock)
    return row


def _text(words: str, clock: Any) -> None:
    read = understand(words)
    text_came(
        external_id=str(uuid4()), sender=HERS, words=read.words, wish=Wish(read.wish.value), reference=read.reference,
        chasing=is_chasing(read), received_at=clock.now(), at=clock.now(),
    )  # fmt: skip
