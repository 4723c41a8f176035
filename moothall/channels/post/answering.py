"""How a letter or fax is acknowledged and answered: by letter, to the address we hold of whoever wrote, in her language."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.core.references import show_reference
from moothall.intake.written.ways import Outbound
from moothall.intake.written.working import CannotAnswer
from moothall.notifications.actions import queue_message
from moothall.notifications.actions.delivering import envelope_of
from moothall.notifications.actions.queueing import compose_message
from moothall.notifications.models import Message, MessageState
from moothall.notifications.pack import MESSAGES
from moothall.notifications.recipients import Recipient, recipient

NOWHERE = "We hold no address to write to. Find another way to reach them, then close this."
RECEIVED, ANSWER = "letter-received", "letter-answer"


def acknowledge_by_letter(out: Outbound, by: Actor, at: datetime) -> bool:
    """Queue the word that we have it, with the promise; ``False`` where it cannot go.

    In the language she chose; where she chose none, in the one she wrote in, if the pack has the words.
    """
    to = _to(out)
    if to is None:
        return False
    values = {"reference": out.reference, "promise": out.promise, "promised_day": out.promised_day}
    return _queue(out, RECEIVED, _as_she_writes(out, to), values, by=by, at=at).state != MessageState.SUPPRESSED


def answer_by_letter(out: Outbound, by: Actor, at: datetime) -> UUID:
    """Queue an officer's answer. Raises CannotAnswer where there is no address, or nobody prints letters here."""
    message = _queue(out, ANSWER, _sure(out), _answer_values(out), by=by, at=at)
    if message.state == MessageState.SUPPRESSED:
        raise CannotAnswer(message.error or NOWHERE)
    return message.id


def preview_by_letter(out: Outbound, by: Actor, at: datetime) -> bytes:
    """Return an officer's answer as the letter it would be. Raises as `answer_by_letter`."""
    message = compose_message(template=ANSWER, to=_sure(out), values=_answer_values(out), at=at, channel="post")
    if message.state == MessageState.SUPPRESSED:
        raise CannotAnswer(message.error or NOWHERE)
    return envelope_of(message).pdf


def _sure(out: Outbound) -> Recipient:
    to = _to(out)
    if to is None:
        raise CannotAnswer(NOWHERE)
    return to


def _answer_values(out: Outbound) -> dict[str, str]:
    values = {"subject": subject_of(out), "text": out.text, "reference": out.reference}
    return values | ({"code": show_reference(out.asked.code)} if out.asked else {})


def subject_of(out: Outbound) -> str:
    """Return what an answer is about: what the letter said it was."""
    return out.writing.subject.partition(": ")[2][:120] or "Your letter"


def _queue(out: Outbound, template: str, to: Recipient, values: dict[str, str], *, by: Actor, at: datetime) -> Message:
    return queue_message(
        key=f"{out.writing.id}:{template}", template=template, to=to, values=values, at=at, by=by, channel="post",
        case_id=out.case_id, contact_id=out.contact_id,
    )  # fmt: skip


def _to(out: Outbound) -> Recipient | None:
    to = recipient(out.customer_id) if out.customer_id else None
    return to if to is not None and any(one.channel == "post" for one in to.addresses) else None


def _as_she_writes(out: Outbound, to: Recipient) -> Recipient:
    pack = current_pack()
    ours, hers = pack.council.languages[0], out.writing.language
    written = hers and hers != ours and f"{RECEIVED}-{hers}" in pack.of(MESSAGES)
    return replace(to, language=hers) if written and to.language == ours else to
