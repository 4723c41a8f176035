"""The end of a request in a call: sent, with its timescale and reference; or kept, with the way on by a texted link."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from moothall.contacts import actions as contacts
from moothall.contacts.models import Outcome
from moothall.core.actors import SYSTEM, customer_actor
from moothall.core.packs import current_pack
from moothall.core.references import show_reference, spell_reference
from moothall.customers.rules.writing import can_take_texts, plain_phone
from moothall.feedback.actions import BadRating, TooLateToSay, answer_ask
from moothall.feedback.rules import KEYS
from moothall.intake.actions.submitting import NotFinished
from moothall.intake.actions.talking import asking
from moothall.intake.actions.talking.languages import text_in
from moothall.intake.actions.talking.queue import queue_turn
from moothall.intake.actions.talking.saying import hang_up, listen
from moothall.intake.asking_how import ask_how
from moothall.intake.models import Conversation
from moothall.intake.pack import sentence
from moothall.intake.talking.short import short
from moothall.intake.talking.turns import Turn
from moothall.notifications.actions import queue_message
from moothall.notifications.deciding import led_in
from moothall.notifications.recipients import recipient
from moothall.notifications.values import track_link

Again = Callable[[list[str]], Turn]


def send(row: Conversation, at: datetime, *, ask: Again, menu: Again, settled: bool = False) -> Turn:
    """Send the request and say what happens by when; what does not stand any more is asked again.

    ``settled``: what was found answered it, and was just said: what to do about it is said instead of a refusal.
    """
    pack = current_pack()
    try:
        raised = asking.send(row, at=at)
    except NotFinished as left:
        return ask([short(str(left))])
    name = pack.services[asking.row_of(row).service].name
    row.held = {}
    if raised is None or raised.case_id is None:
        because = asking.refusal_said(raised)
        return menu([because if settled else sentence(pack, "refused", because=because)])
    promise = asking.promise_said(raised, at=at)
    row.step, row.ended = "after", "sent"
    row.held = {"reference": raised.reference, "service": name, "promise": promise, "case": str(raised.case_id)}
    told = sentence(pack, "sent", service=name, promise=promise)
    number = sentence(pack, "reference", spoken=spell_reference(raised.reference))
    asked = ask_how(
        raised.contact_id, channel="voice", people={row.caller}, service=raised.service, case_id=raised.case_id, at=at
    )
    if asked is None:
        return listen(row, [told, number, sentence(pack, "after")], digits=1)
    row.held |= {"ask": str(asked.id)}
    return listen(row, [told, number, sentence(pack, "after"), sentence(pack, "rate_voice")], digits=1)


def after_sent(row: Conversation, words: str, at: datetime, *, menu: Again) -> Turn:
    """The reference again (1), by text (2), how it was (4 to 6), the menu (9), an adviser (0); else the call ends."""
    pack = current_pack()
    number = sentence(pack, "reference", spoken=spell_reference(str(row.held["reference"])))
    if words == "1":
        return listen(row, [number, sentence(pack, "after")], digits=1)
    if words == "2" and can_take_texts(row.caller):
        _text_reference(row, at)
        return listen(row, [sentence(pack, "text_sent"), sentence(pack, "after")], digits=1)
    if words == "9":
        row.held = {}
        return menu([])
    if words == "0":
        return queue_turn(row, at)
    if words in KEYS and row.held.get("ask"):
        return _rated(row, KEYS[words], "", at)
    return hang_up(row, [number, sentence(pack, "goodbye")])


def hear_why(row: Conversation, words: str, at: datetime) -> Turn:
    """Why it was so, in words; nothing said is nothing told."""
    return _rated(row, str(row.held["score"]), words.rstrip("#"), at)


def _rated(row: Conversation, score: str, why: str, at: datetime) -> Turn:
    """Take how it was; where words are heard, ask why as well, once."""
    pack = current_pack()
    with suppress(BadRating, TooLateToSay):
        answer_ask(UUID(str(row.held["ask"])), score=score, why=why, by=customer_actor(None), at=at)
    if row.speech and row.step != "why":
        row.step, row.held = "why", {**row.held, "score": score}
        return listen(row, [sentence(pack, "rate_why")], speech=True)
    return hang_up(row, [sentence(pack, "rate_thanks"), sentence(pack, "goodbye")])


def elsewhere(row: Conversation, opening: list[str], rest: str, at: datetime) -> Turn:
    """What is left follows by a texted link; a caller whose number takes no texts keys in one that does."""
    if can_take_texts(row.caller):
        return _link_to(row, row.caller, opening, rest, at)
    row.step, row.held = "link_number", {"rest": rest}
    return listen(row, [*opening, sentence(current_pack(), "link_number", what=rest)])


def hear_number(row: Conversation, words: str, at: datetime) -> Turn:
    """Take the mobile number the link goes to. Raises ValueError: no text can go there."""
    return _link_to(row, plain_phone(words), [], str(row.held["rest"]), at)


def _link_to(row: Conversation, to: str, opening: list[str], rest: str, at: datetime) -> Turn:
    pack = current_pack()
    until = asking.send_link(row, to, at=at)
    if row.contact_id is not None:
        contacts.record_ended_matter(
            contacts.open_contact(row.contact_id), service=asking.row_of(row).service, outcome=Outcome.SIGNPOSTED,
            dialogue_id=row.dialogue_id, by=SYSTEM, at=at,
        )  # fmt: skip
    row.ended = "link"
    return hang_up(row, [*opening, sentence(pack, "link_sent", until=until, what=rest), sentence(pack, "goodbye")])


def _text_reference(row: Conversation, at: datetime) -> None:
    reference = str(row.held["reference"])
    link = led_in(current_pack(), row.language, {"link": track_link(reference)})["link"]
    words, language = text_in(row.language, sentence(
        current_pack(), "sent_text", service=str(row.held["service"]), promise=str(row.held["promise"]),
        reference=show_reference(reference), link=str(link),
    ))  # fmt: skip
    queue_message(
        key=f"call:{row.id}:{reference}", template="text-asked", channel="sms",
        to=replace(recipient(None, phone=row.caller), language=language),
        values={"words": words}, at=at, contact_id=row.contact_id,
    )  # fmt: skip
