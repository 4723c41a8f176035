"""The only writers of what social networks add to writings: posts, public answers to be checked, what is done about abuse.

What also sends something is composed above, in ``intake.social``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.away import away_again, came_back
from moothall.core.events import Happening, record
from moothall.core.ids import new_id
from moothall.inbox import events
from moothall.inbox.models import Feed, Measure, MeasureKind, Post, Reply, ReplyState, Writing
from moothall.inbox.post_queries import FEED

ANSWER = "inbox.answer"
MUTE = "social.mute"


class AlreadyWaiting(ValueError):
    """A public answer waits to be checked already."""


class NotYours(ValueError):
    """Whoever wrote an answer does not check it."""


def keep_post(
    writing_id: UUID, *, network: str, author_id: str, author: str, private: bool, refs: Mapping[str, Any], link: str
) -> Post:
    """Keep what a writing was on its network, in the transaction that keeps the writing."""
    return Post.objects.create(
        writing_id=writing_id, network=network, author_id=author_id[:200], author=author[:254], private=private,
        refs=dict(refs), link=link[:500],
    )  # fmt: skip


def change_remark(writing: Writing, before: str, after: str) -> None:
    """Put one remark in place of another, which stands there no more once ``after`` is empty; for a locked row."""
    if before in writing.remarks:
        writing.remarks = [one for one in (after if one == before else one for one in writing.remarks) if one]
        writing.save(update_fields=["remarks"])


def write_reply(writing: Writing, *, text: str, cause: str, by: Actor, at: datetime) -> Reply:
    """Write a public answer down for a colleague to check; for a row locked by ``inbox.actions.take``.

    Raises:
        AlreadyWaiting: one waits already.
    """
    if Reply.objects.filter(writing=writing, state=ReplyState.WAITING).exists():
        raise AlreadyWaiting("An answer waits to be checked already. Send that one back first.")
    reply = Reply.objects.create(id=new_id(), writing=writing, text=text, cause=cause, written_by=by.id, written_at=at)
    record([_happening(events.REPLY_WRITTEN, writing, at)], by=by)
    return reply


def agree_reply(writing: Writing, *, by: Actor, at: datetime) -> Reply | None:
    """Say that the waiting answer may go; ``None`` where none waits. For a row locked by ``inbox.actions.take``.

    Raises:
        NotYours: the actor wrote it.
    """
    reply = Reply.objects.select_for_update().filter(writing=writing, state=ReplyState.WAITING).first()
    if reply is None:
        return None
    if reply.written_by == by.id:
        raise NotYours("You wrote this one. Somebody else checks it before everyone can read it.")
    reply.state, reply.checked_by, reply.checked_at = ReplyState.AGREED, by.id, at
    reply.save(update_fields=["state", "checked_by", "checked_at"])
    record([_happening(events.REPLY_AGREED, writing, at)], by=by)
    return reply


def send_back(writing: Writing, *, why: str, by: Actor, at: datetime) -> Reply | None:
    """Send the waiting answer back with why, also one of one's own; ``None`` where none waits.

    Raises:
        ValueError: no reason was given.
    """
    if not why.strip():
        raise ValueError("Enter what should change.")
    reply = Reply.objects.select_for_update().filter(writing=writing, state=ReplyState.WAITING).first()
    if reply is None:
        return None
    reply.state, reply.checked_by, reply.checked_at, reply.why = ReplyState.BACK, by.id, at, why.strip()[:300]
    reply.save(update_fields=["state", "checked_by", "checked_at", "why"])
    record([_happening(events.REPLY_BACK, writing, at)], by=by)
    return reply


def hand_over(post: Post, writing: Writing, *, by: Actor, at: datetime) -> bool:
    """Note that we wrote to the author privately; ``False`` when that was noted before."""
    if post.handed_at is not None:
        return False
    post.handed_at = at
    post.save(update_fields=["handed_at"])
    record([_happening(events.HANDED, writing, at)], by=by)
    return True


def measure(
    post: Post, writing: Writing | None, *, kind: MeasureKind, reason: str, by: Actor, at: datetime,
    lasts: timedelta | None = None,
) -> Measure:  # fmt: skip
    """Note what was done about abuse. Muting and unmuting need ``social.mute``, hiding ``inbox.answer``."""
    require(by, ANSWER if kind == MeasureKind.HIDDEN else MUTE)
    with transaction.atomic():
        made = Measure.objects.create(
            id=new_id(), kind=kind, network=post.network, author_id=post.author_id, author=post.author, writing=writing,
            reason=reason, by_id=by.id, at=at, until=at + lasts if lasts else None,
        )  # fmt: skip
        record([_measured(made, at)], by=by)
    return made


def begin_reading(network: str, *, at: datetime) -> Feed | None:
    """Return how far a network has been read; ``None`` while it asked us to stay away."""
    feed, _ = Feed.objects.get_or_create(network=network)
    if feed.again_at is not None and feed.again_at > at:
        return None
    Feed.objects.filter(network=network).update(asked_at=at)
    return feed


def read_so_far(network: str, places: Mapping[str, Any], *, at: datetime) -> None:
    """Note that everything up to these places is kept, and that the network answered; if it was away, that it is back."""
    since = Feed.objects.filter(network=network).values_list("trouble_since", flat=True).first()
    if since is not None:
        came_back(f"{FEED}{network}", since=since, at=at)
    Feed.objects.filter(network=network).update(
        places=dict(places), heard_at=at, trouble="", trouble_since=None, again_at=None
    )


def note_trouble(network: str, trouble: str, *, at: datetime, wait: timedelta) -> None:
    """Note why a network could not be read, since when, and not to ask it again for a while."""
    feed = Feed.objects.get(network=network)
    Feed.objects.filter(network=network).update(
        trouble=trouble[:300], trouble_since=feed.trouble_since or at, again_at=at + wait
    )
    away_again(f"{FEED}{network}")


def _happening(name: str, writing: Writing, at: datetime, **data: Any) -> Happening:
    return Happening(
        name=name, subject_kind="writing", subject_id=writing.id, occurred_at=at, contact_id=writing.contact_id,
        case_id=writing.case_id, channel=writing.channel, team=writing.team, data=data,
    )  # fmt: skip


def _measured(made: Measure, at: datetime) -> Happening:
    subject = made.writing_id or made.id
    return Happening(
        name=events.MEASURED, subject_kind="writing", subject_id=subject, occurred_at=at, channel="social",
        data={"kind": made.kind, "reason": made.reason, "measure": str(made.id)},
    )  # fmt: skip
