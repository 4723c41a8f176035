"""The only readers of what social networks add to writings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from moothall.contacts.models import Contact, IdentityCheck
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.packs import Pack
from moothall.core.paging import Page, page_of, unpack_place
from moothall.inbox.models import Feed, Measure, MeasureKind, Post, Reply, ReplyState, Writing, WritingState
from moothall.inbox.pack import SOCIAL

VIEW = "contact.view"
PROVED = (IdentityCheck.FACTS, IdentityCheck.CALL_BACK, IdentityCheck.DOCUMENT)
MAILBOX = "mailbox"
"""Among the networks that are read: the council's mailbox for e-mail."""
FOLDERS = {"post": "folder-post", "fax": "folder-fax"}
"""Likewise: the folders that scanners and the fax line write into, by channel."""
FEED = "feed:"
"""How the code of something that is read begins where it is told that it is back (`core.away`)."""
GOES_ON = timedelta(days=30)
"""For so long a private message belongs to what the same account was last written to about."""


@dataclass(frozen=True, slots=True)
class ReplyView:
    """A public answer on its way."""

    text: str
    cause: str
    state: str
    written_by: UUID | None
    written_at: datetime
    checked_by: UUID | None
    why: str


@dataclass(frozen=True, slots=True)
class PostView:
    """What a writing was on its network. ``replies`` newest first; ``hidden`` why its words are folded away."""

    network: str
    author: str
    private: bool
    link: str
    handed_at: datetime | None
    replies: tuple[ReplyView, ...]
    hidden: str
    muted_until: datetime | None
    proved: bool

    @property
    def waiting(self) -> ReplyView | None:
        """The answer that waits to be checked."""
        return next((one for one in self.replies if one.state == ReplyState.WAITING), None)


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """Something done about abuse."""

    id: UUID
    kind: str
    network: str
    author_id: str
    author: str
    writing_id: UUID | None
    reason: str
    by_id: UUID | None
    at: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class FeedLine:
    """How the reading of one network stands."""

    network: str
    heard_at: datetime | None
    trouble: str
    trouble_since: datetime | None


def post_of(writing_id: UUID) -> Post | None:
    """Return what a writing was on its network. One query."""
    return Post.objects.filter(writing_id=writing_id).first()


def account_of(post: Post) -> str:
    """Return an account as one word, by which its holder is known again: no handle is the same on two networks."""
    return f"{post.network}:{post.author_id}"


def post_view(writing_id: UUID, *, visible_to: Actor, at: datetime) -> PostView | None:
    """Return what the officer sees of a post beside its words. Six queries at most."""
    require(visible_to, VIEW)
    post = post_of(writing_id)
    if post is None:
        return None
    replies = Reply.objects.filter(writing_id=writing_id).order_by("-written_at")[:5]
    hidden = Measure.objects.filter(writing_id=writing_id, kind=MeasureKind.HIDDEN).order_by("-at").first()
    return PostView(
        post.network, post.author, post.private, post.link, post.handed_at,
        tuple(
            ReplyView(r.text, r.cause, r.state, r.written_by, r.written_at, r.checked_by, r.why) for r in replies
        ),
        hidden.reason if hidden else "", muted_until(post.network, post.author_id, at=at), is_proved(post),
    )  # fmt: skip


def agreed(writing_id: UUID, text: str) -> bool:
    """Say whether somebody else checked this very text as a public answer. One query."""
    return Reply.objects.filter(writing_id=writing_id, state=ReplyState.AGREED, text=text).exists()


def muted_until(network: str, author_id: str, *, at: datetime) -> datetime | None:
    """Return until when an account is muted; ``None``: it is not. One query."""
    last = (
        Measure.objects.filter(network=network, author_id=author_id)
        .exclude(kind=MeasureKind.HIDDEN)
        .order_by("-at", "-id")
        .first()
    )
    muted = last is not None and last.kind == MeasureKind.MUTED and last.until is not None and last.until > at
    return last.until if muted and last is not None else None


def is_proved(post: Post) -> bool:
    """Say whether who is behind this account was proved in this exchange. Two queries."""
    return proved_customer(post.writing.thread_id, post.author_id) is not None


def proved_customer(thread_id: UUID, author_id: str) -> UUID | None:
    """Return who proved in an exchange to be behind an account; ``None``: nobody yet. One query."""
    written = Writing.objects.filter(thread_id=thread_id, post__author_id=author_id).values("contact_id")
    found = Contact.objects.filter(id__in=written, customer_id__isnull=False, identity_check__in=PROVED)
    return found.order_by("-received_at").values_list("customer_id", flat=True).first()


def goes_on_with(network: str, author_id: str, *, since: datetime) -> Writing | None:
    """Return the newest writing of an account that was taken private, or was private itself, since a moment. One query."""
    rows = Writing.objects.filter(post__network=network, post__author_id=author_id, received_at__gte=since)
    private = rows.filter(post__private=True) | rows.filter(post__handed_at__isnull=False)
    return private.select_related("post").order_by("-received_at", "-id").first()


def contacts_of_thread(thread_id: UUID) -> list[UUID]:
    """Return the contacts of an exchange. One query."""
    rows = Writing.objects.filter(thread_id=thread_id, contact_id__isnull=False)
    return [one for one in rows.values_list("contact_id", flat=True) if one is not None]


def handed_and_open(thread_id: UUID, author_id: str) -> list[Writing]:
    """Return the public writings of an account in an exchange that were taken private and wait for the answer. One query."""
    rows = Writing.objects.filter(thread_id=thread_id, post__author_id=author_id, post__handed_at__isnull=False)
    return list(rows.exclude(state=WritingState.DONE))


def waiting_replies(writing_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Return which of these writings have an answer waiting to be checked. One query."""
    rows = Reply.objects.filter(writing_id__in=list(writing_ids), state=ReplyState.WAITING)
    return frozenset(rows.values_list("writing_id", flat=True))


def out_of_sight(writing_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Return of which of these writings the words were folded away. One query."""
    rows = Measure.objects.filter(writing_id__in=list(writing_ids), kind=MeasureKind.HIDDEN)
    return frozenset(rows.values_list("writing_id", flat=True))


def measures(*, visible_to: Actor, after: str = "", size: int = 25) -> Page[MeasureLine]:
    """Return what was done about abuse, newest first. One query."""
    require(visible_to, VIEW)
    rows = Measure.objects.order_by("-at", "-id")
    if after:
        at, last = unpack_place(after)
        if at is not None:
            rows = rows.filter(at__lte=at).exclude(at=at, id__gte=last)
    return page_of(list(rows[: size + 1]), size, lambda row: (row.at, row.id), _line, first=not after)


def still_muted(lines: Sequence[MeasureLine], *, at: datetime) -> frozenset[UUID]:
    """Return which of these measures mutes its account now: the last of it, and not over. One query."""
    asked = [one for one in lines if one.kind == MeasureKind.MUTED and one.until is not None and one.until > at]
    if not asked:
        return frozenset()
    rows = Measure.objects.filter(author_id__in={one.author_id for one in asked}).exclude(kind=MeasureKind.HIDDEN)
    last = {(row.network, row.author_id): row.id for row in rows.order_by("at", "id")}
    return frozenset(one.id for one in asked if last.get((one.network, one.author_id)) == one.id)


def measure(measure_id: UUID, *, visible_to: Actor) -> Measure | None:
    """Return one measure. One query."""
    require(visible_to, VIEW)
    return Measure.objects.filter(id=measure_id).first()


def feed_names(pack: Pack) -> dict[str, str]:
    """Return what officers call each thing that is read, by its code."""
    folders = {FOLDERS["post"]: "The folder of scanned post", FOLDERS["fax"]: "The folder of faxes"}
    return {MAILBOX: "The mailbox for e-mail", **folders, **pack.one(SOCIAL).names}


def feeds() -> tuple[FeedLine, ...]:
    """Return how the reading of each network, of the mailbox (`MAILBOX`) and of the folders (`FOLDERS`) stands. One query."""
    rows = Feed.objects.order_by("network")
    return tuple(FeedLine(row.network, row.heard_at, row.trouble, row.trouble_since) for row in rows)


def _line(row: Measure) -> MeasureLine:
    return MeasureLine(
        row.id,
        row.kind,
        row.network,
        row.author_id,
        row.author,
        row.writing_id,
        row.reason,
        row.by_id,
        row.at,
        row.until,
    )
