"""The only readers of messages: a case's, a person's, and what troubles the console shows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import BinaryField, Exists, OuterRef, Q
from django.db.models.functions import Length, Substr

from moothall.cases.queries import hidden_cases
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.paging import Page, page_of, unpack_moment
from moothall.core.zone import LONDON
from moothall.notifications.actions.delivering import envelope_of
from moothall.notifications.actions.troubles import is_cut
from moothall.notifications.models import Message, MessageState, Quarantined
from moothall.notifications.protocols import Envelope
from moothall.notifications.reading_again import reader_of

VIEW = "case.view"
BEGINNING = 500
MANAGE = "message.manage"
POST = "post.file"
_TROUBLE = Q(settled_at=None) & (Q(doubt_at__isnull=False) | Q(state__in=[MessageState.FAILED, MessageState.DEAD]))


@dataclass(frozen=True, slots=True)
class MessageLine:
    """One message in a list. ``state_words`` says where it stands; ``delivered_at`` only where a provider told us."""

    id: UUID
    template: str
    channel: str
    to: str
    subject: str
    body: str
    state: str
    state_words: str
    created_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    case_id: UUID | None
    customer_id: UUID | None
    language: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """A message a person should look at: not delivered, or it may have gone twice. The words of it are not shown here."""

    id: UUID
    template: str
    channel: str
    to: str
    state: str
    state_words: str
    in_doubt: bool
    attempts: int
    error: str
    provider: str
    created_at: datetime
    sent_at: datetime | None
    case_id: UUID | None
    may_retry: bool


@dataclass(frozen=True, slots=True)
class QuarantinedLine:
    """Something that arrived and could not be read. ``size`` in bytes as it came; ``again``: it can be read again here."""

    id: UUID
    source: str
    reason: str
    arrived_at: datetime
    size: int
    beginning: str
    again: bool


def messages_of(
    *, visible_to: Actor, case_id: UUID | None = None, customer_ids: Iterable[UUID] = (), limit: int = 100,
    until: datetime | None = None,
) -> list[MessageLine]:  # fmt: skip
    """Return the messages of a case, or of a person (every id that leads to her), newest first. Two queries.

    Those about a case that this actor may not know of are left out.
    """
    require(visible_to, VIEW)
    rows = (
        Message.objects.filter(case_id=case_id)
        if case_id
        else Message.objects.filter(customer_id__in=list(customer_ids))
    )
    if until is not None:
        rows = rows.filter(created_at__lte=until)
    hidden = hidden_cases(visible_to)
    if hidden is not None:
        rows = rows.filter(~Exists(hidden.filter(id=OuterRef("case_id"))))
    found = rows.order_by("-created_at", "-id").prefetch_related("receipts")[:limit]
    return [_line(row) for row in found]


@dataclass(frozen=True, slots=True)
class LetterOut:
    """One letter of ours on its way: to whom, about what, and where it stands (``state``, in words too)."""

    id: UUID
    to: str
    subject: str
    state: str
    state_words: str
    trouble: str
    created_at: datetime


def letters_out(*, visible_to: Actor, limit: int = 10) -> list[LetterOut]:
    """Return our newest letters, for the post room. One query; those about a case this actor may not know of are left out.

    Raises:
        Refused.
    """
    require(visible_to, POST)
    rows = Message.objects.filter(channel="post").exclude(state=MessageState.SUPPRESSED)
    hidden = hidden_cases(visible_to)
    if hidden is not None:
        rows = rows.filter(~Exists(hidden.filter(id=OuterRef("case_id"))))
    return [
        LetterOut(row.id, row.to, row.subject, row.state, _words(row), row.error, row.created_at)
        for row in rows.order_by("-created_at", "-id")[:limit]
    ]


@dataclass(frozen=True, slots=True)
class MessageSeen:
    """One message as its reader had it, and why it went that way.

    ``envelope`` is what the channel made of it. ``reasons`` are (about, words). ``before`` and ``after`` are the tries by
    other channels; ``told_in`` the message that told it with others, ``tells`` those told in this one.
    """

    line: MessageLine
    envelope: Envelope
    language: str
    format: str
    reasons: tuple[tuple[str, str], ...]
    error: str
    before: UUID | None
    after: tuple[UUID, ...]
    told_in: UUID | None
    tells: tuple[MessageLine, ...]


def words_of_message(message_id: UUID) -> tuple[str, str, str] | None:
    """Return subject, plain words and language of a message, for whoever holds its link; ``None`` for one not sent."""
    row = Message.objects.filter(id=message_id, sent_at__isnull=False).first()
    if row is None:
        return None
    envelope = envelope_of(row)
    return row.subject, envelope.text, row.language


def whom_to(message_id: UUID, *, visible_to: Actor) -> tuple[UUID | None, UUID | None] | None:
    """Return whom a message went to and about which case, where each is known; ``None`` where there is none this actor may
    know of. One query."""
    require(visible_to, VIEW)
    rows = Message.objects.filter(id=message_id)
    hidden = hidden_cases(visible_to)
    if hidden is not None:
        rows = rows.filter(~Exists(hidden.filter(id=OuterRef("case_id"))))
    return rows.values_list("customer_id", "case_id").first()


def message_seen(message_id: UUID, *, visible_to: Actor) -> MessageSeen | None:
    """Return one message as the customer saw it; ``None`` where there is none this actor may know of. Six queries at most."""
    require(visible_to, VIEW)
    rows = Message.objects.filter(id=message_id)
    hidden = hidden_cases(visible_to)
    if hidden is not None:
        rows = rows.filter(~Exists(hidden.filter(id=OuterRef("case_id"))))
    row = rows.prefetch_related("receipts").first()
    if row is None:
        return None
    others = Message.objects.filter(Q(told_in=row.id) | Q(fell_back_from=row.id))
    if hidden is not None:
        others = others.filter(~Exists(hidden.filter(id=OuterRef("case_id"))))
    found = list(others.order_by("created_at", "id").prefetch_related("receipts")[:50])
    return MessageSeen(
        line=_line(row), envelope=envelope_of(row), language=row.language, format=row.format,
        reasons=tuple((str(one.get("about", "")), str(one.get("says", ""))) for one in row.reasons), error=row.error,
        before=row.fell_back_from_id, after=tuple(one.id for one in found if one.fell_back_from_id == row.id),
        told_in=row.told_in_id, tells=tuple(_line(one) for one in found if one.told_in_id == row.id),
    )  # fmt: skip


def troubled_messages(*, visible_to: Actor, after: str = "", size: int = 25) -> Page[Trouble]:
    """Return messages that failed for good or are in doubt and that nobody has dealt with, newest first. One query."""
    require(visible_to, MANAGE)
    rows = Message.objects.filter(_TROUBLE)
    if after:
        at, last = unpack_moment(after)
        rows = rows.filter(Q(created_at__lt=at) | Q(created_at=at, id__lt=last))
    found = list(rows.order_by("-created_at", "-id").defer("body", "values")[: size + 1])
    return page_of(found, size, lambda row: (row.created_at, row.id), _trouble, first=not after)


def waiting_messages(*, visible_to: Actor, after: str = "", size: int = 25) -> Page[Trouble]:
    """Return messages that have been tried in vain and wait for their next try, longest waiting first. One query."""
    require(visible_to, MANAGE)
    rows = Message.objects.filter(state=MessageState.QUEUED, attempts__gt=0)
    if after:
        at, last = unpack_moment(after)
        rows = rows.filter(Q(send_after__gt=at) | Q(send_after=at, id__gt=last))
    found = list(rows.order_by("send_after", "id").defer("body", "values")[: size + 1])
    return page_of(found, size, lambda row: (row.send_after, row.id), _trouble, first=not after)


def quarantine(*, visible_to: Actor, after: str = "", size: int = 25) -> Page[QuarantinedLine]:
    """Return what could not be read and nobody has dealt with, newest first. One query."""
    require(visible_to, "quarantine.manage")
    rows = Quarantined.objects.filter(settled_at=None)
    if after:
        at, last = unpack_moment(after)
        rows = rows.filter(Q(arrived_at__lt=at) | Q(arrived_at=at, id__lt=last))
    begins = Substr("raw", 1, BEGINNING, output_field=BinaryField())  # an e-mail may have megabytes
    rows = rows.defer("raw").annotate(begins=begins, kept=Length("raw"))
    found = list(rows.order_by("-arrived_at", "-id")[: size + 1])
    return page_of(found, size, lambda row: (row.arrived_at, row.id), _quarantined, first=not after)


def waiting_since() -> datetime | None:
    """Return since when the longest waiting message has been due, for health pages; ``None`` when none waits."""
    first = (
        Message.objects.filter(state=MessageState.QUEUED).order_by("send_after").values_list("send_after", flat=True)
    )
    return first.first()


def held_up_since() -> datetime | None:
    """Return since when the oldest message has waited that was tried in vain or whose line broke off; ``None``: none has."""
    tried = Message.objects.filter(state__in=[MessageState.QUEUED, MessageState.SENDING]).exclude(error="")
    return tried.order_by("created_at").values_list("created_at", flat=True).first()


def outbox(*, after: str = "", size: int = 25) -> Page[MessageLine]:
    """Return every message, newest first, words and all: for the demonstration's outbox page and nothing else."""
    rows = Message.objects.all()
    if after:
        at, last = unpack_moment(after)
        rows = rows.filter(Q(created_at__lt=at) | Q(created_at=at, id__lt=last))
    found = list(rows.order_by("-created_at", "-id").prefetch_related("receipts")[: size + 1])
    return page_of(found, size, lambda row: (row.created_at, row.id), _line, first=not after)


def message(message_id: UUID) -> MessageLine | None:
    """Return one message, for the demonstration's outbox."""
    row = Message.objects.filter(id=message_id).first()
    return _line(row) if row else None


def person_rows(customer_id: UUID) -> Iterator[dict[str, Any]]:
    """Yield all we wrote to a person, for a copy of her data."""
    for row in Message.objects.filter(customer_id=customer_id).order_by("created_at"):
        yield {
            "written": row.created_at.astimezone(LONDON).isoformat(), "channel": row.channel, "to": row.to,
            "subject": row.subject, "words": row.body, "language": row.language, "format": row.format,
            "why_this_way": row.reasons, "filled_in": row.values, "other_addresses": row.given,
            "state": MessageState(row.state).label, "what_the_provider_said": row.error,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class SentTo:
    """To whom a message went, and about what."""

    id: UUID
    to: str
    attempts: int
    case_id: UUID | None
    contact_id: UUID | None
    customer_id: UUID | None
    template: str


def sent_messages(ids: Iterable[UUID]) -> list[SentTo]:
    """Return messages of ours by their ids, in the order of the ids: for what came back about them. One query at most."""
    wanted = list(ids)
    if not wanted:
        return []
    fields = ("id", "to", "attempts", "case_id", "contact_id", "customer_id", "template")
    rows = {row[0]: SentTo(*row) for row in Message.objects.filter(id__in=wanted).values_list(*fields)}
    return [rows[one] for one in wanted if one in rows]


def _sent_to(row: Message) -> SentTo:
    return SentTo(row.id, row.to, row.attempts, row.case_id, row.contact_id, row.customer_id, row.template)


def sent_as(provider: str, provider_id: str) -> SentTo | None:
    """Return the message of ours a provider knows under an id. One query."""
    row = Message.objects.filter(provider=provider, provider_id=provider_id).first() if provider_id else None
    return _sent_to(row) if row is not None else None


def last_sent_about(contact_ids: Iterable[UUID], *, to: str) -> SentTo | None:
    """Return our newest message to an address about one of these contacts. One query."""
    row = Message.objects.filter(contact_id__in=list(contact_ids), to=to).order_by("-created_at", "-id").first()
    return _sent_to(row) if row is not None else None


def _line(row: Message) -> MessageLine:
    delivered = [receipt.at for receipt in row.receipts.all() if receipt.status in {"delivered", "received"}]
    return MessageLine(
        id=row.id, template=row.template, channel=row.channel, to=row.to, subject=row.subject, body=row.body,
        state=row.state, state_words=_words(row), created_at=row.created_at, sent_at=row.sent_at,
        delivered_at=min(delivered, default=None), case_id=row.case_id, customer_id=row.customer_id,
        language=row.language,
    )  # fmt: skip


def _trouble(row: Message) -> Trouble:
    return Trouble(
        id=row.id, template=row.template, channel=row.channel, to=row.to, state=row.state, state_words=_words(row),
        in_doubt=row.doubt_at is not None, attempts=row.attempts, error=row.error, provider=row.provider,
        created_at=row.created_at, sent_at=row.sent_at, case_id=row.case_id,
        may_retry=row.state in (MessageState.DEAD, MessageState.FAILED, MessageState.DOUBT, MessageState.QUEUED),
    )  # fmt: skip


def _words(row: Message) -> str:
    label = str(MessageState(row.state).label)
    if row.doubt_at is not None and row.settled_at is None and row.state != MessageState.DOUBT:
        return f"{label} – may have gone twice"
    return label


def _quarantined(row: Any) -> QuarantinedLine:
    return QuarantinedLine(
        id=row.id, source=row.source, reason=row.reason, arrived_at=row.arrived_at,
        size=int(row.details.get("bytes", row.kept)), beginning=bytes(row.begins).decode("utf-8", "replace"),
        again=reader_of(row.source) is not None and not is_cut(row.details, row.kept),
    )  # fmt: skip
