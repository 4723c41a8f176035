"""A post or a direct message arrived: a writing like any other, with what its network needs for an answer kept beside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from moothall.core.actors import SYSTEM, Actor
from moothall.inbox import post_queries
from moothall.inbox.models import Machine, Writing
from moothall.inbox.post_actions import keep_post
from moothall.inbox.queries import by_message_ids, known, of_contact
from moothall.inbox.rules import references_in
from moothall.intake.asking_how import QUESTION
from moothall.intake.written import ArrivedWriting, Taken, take_written
from moothall.notifications.queries import SentTo, last_sent_about, sent_as

CHANNEL = "social"
NAMES_ONE = "It names a request of ours. It is not put with it until they have shown who they are."


@dataclass(frozen=True, slots=True)
class Pictured:
    """A picture of a post that is still to be fetched: where it lies, and what its sender says is on it."""

    address: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class ArrivedPost:
    """What a channel made of a post. ``id`` is the same each time it is told; ``own_id``, ``answers`` are the network's."""

    network: str
    id: str
    author_id: str
    author: str
    text: str
    private: bool
    at: datetime
    own_id: str
    author_name: str = ""
    answers: str = ""
    link: str = ""
    refs: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    pictures: tuple[Pictured, ...] = ()
    bot: bool = False
    original: bytes | None = None


def take_post(post: ArrivedPost, *, by: Actor = SYSTEM, at: datetime) -> Taken:
    """Take a post in, once. It goes on with what it answers; a private one, with what its author was last written to about.

    It is put with a case only where its author proved in this very exchange who she is, and it is private. What a muted
    account writes is kept and waits for an officer to look, without a promise; a bot's likewise.
    """
    seen = known(CHANNEL, post.id[:200])
    if seen is not None:
        return Taken(seen.id, seen.contact_id, seen.case_id, seen.team, fresh=False)
    earlier, ours = _goes_on_with(post)
    proved = (
        post_queries.proved_customer(earlier.thread_id, post.author_id)
        if earlier is not None and post.private
        else None
    )
    answers = tuple(
        one for one in (earlier.message_id if earlier else "", f"<{ours.id}@social>" if ours and proved else "") if one
    )
    asked = ours is not None and post.private and ours.template == QUESTION and ours.to == post.author
    rates = ours.contact_id if ours is not None and asked else None
    muted = post_queries.muted_until(post.network, post.author_id, at=at) is not None
    named = () if proved is not None or not references_in(post.text) else (NAMES_ONE,)
    with transaction.atomic():
        taken = take_written(
            ArrivedWriting(
                channel=CHANNEL, external_id=post.id, received_at=min(post.at, at), sender=post.author,
                sender_name=post.author_name, subject=_subject(post), text=post.text, whole=post.text,
                message_id=post.own_id[:300], answers=answers, quiet=True,
                remarks=(*post.remarks, *(on_its_way(n) for n, _ in enumerate(post.pictures, 1)), *named),
                machine=Machine.MUTED if muted else Machine.NOTICE if post.bot else "", original=post.original,
                unproved=proved is None, rates=rates,
            ),
            by=by, at=at,
        )  # fmt: skip
        if taken.fresh:
            keep_post(
                taken.writing_id, network=post.network, author_id=post.author_id, author=post.author, private=post.private,
                refs=post.refs, link=post.link,
            )  # fmt: skip
    return taken


def on_its_way(number: int) -> str:
    """Return what a reader is told of a picture until it is here, or is known not to come."""
    return f"Picture {number} came with it. We are fetching it."


def _goes_on_with(post: ArrivedPost) -> tuple[Writing | None, SentTo | None]:
    """The writing a post goes on with, and the message of ours it answers: by what it says it answers, else by its author."""
    sent = sent_as("social", post.answers.partition(":")[2]) if post.answers else None
    if sent is not None and sent.contact_id is not None:
        return of_contact(sent.contact_id), sent
    found = by_message_ids((post.answers,)) if post.answers else None
    if found is not None or not post.private:
        return found, None
    found = post_queries.goes_on_with(post.network, post.author_id, since=post.at - post_queries.GOES_ON)
    if found is None:
        return None, None
    last = last_sent_about(post_queries.contacts_of_thread(found.thread_id), to=post.author)
    return found, last


def _subject(post: ArrivedPost) -> str:
    words = " ".join(post.text.split())
    return words if len(words) <= 70 else f"{words[:70].rsplit(' ', 1)[0].rstrip('.,;:!?–—')}…"
