"""How a post is answered: where it was written, in the same exchange, privately where it came privately."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from moothall.core.actors import SYSTEM, Actor
from moothall.core.packs import current_pack
from moothall.feedback.models import Ask
from moothall.inbox.pack import SOCIAL
from moothall.inbox.post_queries import agreed, post_of
from moothall.intake.asking_how import QUESTION, asking_values
from moothall.intake.social import message_of
from moothall.intake.written.ways import Outbound
from moothall.intake.written.working import CannotAnswer
from moothall.notifications.protocols import Envelope
from moothall.notifications.senders import Outgoing


def answer_by_social(out: Outbound, by: Actor, at: datetime) -> UUID:
    """Queue an officer's answer.

    Raises:
        CannotAnswer: it would be public and nobody else has checked these words, or it is not known where it came from.
    """
    post = post_of(out.writing.id)
    if post is None or not out.writing.answer_to:
        raise CannotAnswer("It gives no account to answer to. Find another way to reach them, then close this.")
    if not post.private and _checks() and not agreed(out.writing.id, out.text):
        raise CannotAnswer("A colleague checks a public answer before it goes out.")
    return message_of(post, out, template="social-answer", private=post.private, by=by, at=at).id


def ask_by_social(out: Outbound, asked: Ask, at: datetime) -> None:
    """Queue the question how we did, to the author alone; a public exchange never gets it."""
    post = post_of(out.writing.id)
    if post is not None and post.private:
        message_of(post, out, template=QUESTION, private=True, values=asking_values(asked), by=SYSTEM, at=at)


def _checks() -> bool:
    return current_pack().one(SOCIAL).two_people


def render_social(outgoing: Outgoing) -> Envelope:
    """Return the envelope as it is: plain words."""
    return outgoing.envelope
