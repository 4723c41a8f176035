"""How an e-mail is acknowledged and answered: by e-mail, to where it asks, in the same exchange."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.feedback.models import Ask
from moothall.inbox.models import Writing
from moothall.intake.asking_how import QUESTION, asking_values
from moothall.intake.written.ways import Outbound, own_addresses
from moothall.intake.written.working import CannotAnswer
from moothall.notifications.actions import queue_message
from moothall.notifications.recipients import Recipient, answering, recipient

MOST_REFERENCES = 20
_AGAIN = re.compile(r"^\s*re\s*:", re.IGNORECASE)
_ID = re.compile(r"<[^<>\s]{1,250}>")
_ADDRESS = re.compile(r"[^@\s<>,;]{1,64}@[^@\s<>,;]{1,180}")


def acknowledge_by_email(out: Outbound, by: Actor, at: datetime) -> bool:
    """Queue the word that we have it, with the promise. It says of itself that a machine wrote it (RFC 3834)."""
    writing = out.writing
    if not _ADDRESS.fullmatch(writing.answer_to):
        return False
    values = {"reference": out.reference, "promise": f"We’ll answer by {out.promise}." if out.promise else ""}
    queue_message(
        key=f"{writing.id}:{writing.answer_to}:written-received", template="written-received", to=_to(out), values=values,
        at=at, by=by, channel="email", case_id=out.case_id, contact_id=out.contact_id,
        headers={**_exchange(writing), "Auto-Submitted": "auto-replied"},
    )  # fmt: skip
    return True


def answer_by_email(out: Outbound, by: Actor, at: datetime) -> UUID:
    """Queue an officer's answer. Raises CannotAnswer where the writing gives no address."""
    writing = out.writing
    if not _ADDRESS.fullmatch(writing.answer_to):
        raise CannotAnswer("It gives no address to answer to. Find another way to reach them, then close this.")
    subject = writing.subject if _AGAIN.match(writing.subject) else f"Re: {writing.subject or 'your email'}"
    values = {"subject": subject[:120], "text": out.text, "reference": out.reference}
    message = queue_message(
        key=f"{writing.id}:{writing.answer_to}:written-answer", template="written-answer", to=_to(out), values=values,
        at=at, by=by, channel="email", case_id=out.case_id, contact_id=out.contact_id,
        headers={**_exchange(writing), "Auto-Submitted": "no"},
    )  # fmt: skip
    return message.id


def ask_by_email(out: Outbound, asked: Ask, at: datetime) -> None:
    """Queue the question how we did, as an e-mail of its own in the exchange: only an answer to it is taken for a rating.

    To an address that cannot be written to nothing goes.
    """
    writing = out.writing
    if not _ADDRESS.fullmatch(writing.answer_to):
        return
    known = recipient(out.customer_id, email=writing.answer_to.lower())
    here = tuple(one for one in known.addresses if one.channel == "email" and one.value == writing.answer_to.lower())
    queue_message(
        key=f"feedback:{asked.id}", template=QUESTION, to=replace(known, addresses=here), at=at, channel="email",
        case_id=out.case_id, contact_id=out.contact_id, headers=_exchange(writing),
        values={**asking_values(asked), "answer": "yes"},
    )  # fmt: skip


def _to(out: Outbound) -> Recipient:
    to = out.writing.answer_to
    return answering(out.customer_id, "email", to.lower(), given=to)


def _exchange(writing: Writing) -> dict[str, str]:
    """The headers that keep an exchange together in mail programmes, and bring the next answer back to the same inbox."""
    headers = {}
    own = _ID.findall(writing.message_id)[:1]
    named = [found for one in writing.references if (found := "".join(_ID.findall(str(one))[:1]))]
    if own:
        headers["In-Reply-To"] = own[0]
        headers["References"] = " ".join(dict.fromkeys([*named[-MOST_REFERENCES:], own[0]]))
    if writing.sent_to in own_addresses(current_pack()):
        headers["Reply-To"] = writing.sent_to
    return headers
