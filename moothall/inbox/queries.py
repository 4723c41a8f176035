"""The only readers of writings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from moothall.cases.models import Case
from moothall.cases.queries import hidden_cases
from moothall.contacts.models import Contact
from moothall.core.access import require, restrictions_visible_to
from moothall.core.actors import Actor
from moothall.core.paging import Page, page_of, unpack_place
from moothall.inbox.models import Ending, Machine, Question, Writing, WritingState
from moothall.inbox.rules import bare_subject

VIEW = "contact.view"
SAME_EXCHANGE = timedelta(days=14)
LOOKED_AT = 20
BOXES = ("", "machines", "done")
_MACHINES = Q(contact_id__isnull=True)


@dataclass(frozen=True, slots=True)
class WritingLine:
    """One writing in the list. ``begins`` is the start of what it says. Of one that is no work of the reader's or her
    teams' neither that nor its subject is told: it is ``closed`` until she opens it, and says why."""

    id: UUID
    contact_id: UUID | None
    channel: str
    state: str
    ended: str
    machine: str
    sender: str
    sender_name: str
    subject: str
    begins: str
    team: str
    assignee_id: UUID | None
    case_id: UUID | None
    received_at: datetime
    due_at: datetime | None
    asked_team: str
    warns: bool
    closed: bool


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """What the list shows. Empty means any; ``box`` is what waits, ``machines`` or ``done``.

    With ``teams`` it is what came to them, and what they are asked about.
    """

    teams: tuple[str, ...] = ()
    channel: str = ""
    assignee_id: UUID | None = None
    unassigned: bool = False
    box: str = ""


@dataclass(frozen=True, slots=True)
class QuestionView:
    """What a colleague was asked, and what she said."""

    team: str
    text: str
    asked_by: UUID | None
    asked_at: datetime
    answer: str
    answered_by: UUID | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class AnswerView:
    """What was written back."""

    text: str
    staff_id: UUID | None
    at: datetime
    message_id: UUID | None


@dataclass(frozen=True, slots=True)
class ThreadLine:
    """Another writing of the same exchange."""

    id: UUID
    contact_id: UUID | None
    channel: str
    subject: str
    begins: str
    received_at: datetime
    state: str
    answers: tuple[AnswerView, ...]


@dataclass(frozen=True, slots=True)
class WritingView:
    """One writing in full. ``rest`` is what was quoted or signed: all of it, where that differs from ``text``."""

    id: UUID
    contact_id: UUID | None
    channel: str
    inbox: str
    team: str
    assignee_id: UUID | None
    case_id: UUID | None
    sure: bool
    state: str
    ended: str
    machine: str
    received_at: datetime
    due_at: datetime | None
    done_at: datetime | None
    sender: str
    sender_name: str
    answer_to: str
    sent_to: str
    subject: str
    text: str
    whole: str
    verdicts: dict[str, str]
    remarks: tuple[str, ...]
    answers: tuple[AnswerView, ...]
    questions: tuple[QuestionView, ...]
    thread: tuple[ThreadLine, ...] = ()

    @property
    def rest(self) -> str:
        """All of it, where more came than is shown."""
        return self.whole if self.whole.strip() != self.text.strip() else ""

    @property
    def waiting(self) -> QuestionView | None:
        """The question that is still out."""
        return next((q for q in self.questions if q.answered_at is None), None)


def may_know(writing: Writing, actor: Actor) -> bool:
    """Say whether this actor may know of a writing, as far as its inbox says."""
    allowed = restrictions_visible_to(actor)
    return allowed is None or not writing.restricted or writing.restricted in allowed


def visible(rows: QuerySet[Writing], actor: Actor) -> QuerySet[Writing]:
    """Leave out what this actor may not know of: restricted inboxes, and what belongs to a restricted case."""
    require(actor, VIEW)
    allowed = restrictions_visible_to(actor)
    if allowed is None:
        return rows
    rows = rows.filter(restricted__in=["", *sorted(allowed)])
    hidden = hidden_cases(actor) if actor.may("case.view") else None
    return rows if hidden is None else rows.filter(~Exists(hidden.filter(id=OuterRef("case_id"))))


def inbox(wanted: InboxFilter, *, visible_to: Actor, after: str = "", size: int = 25) -> Page[WritingLine]:
    """Return a page of writings: what waits by when its answer is promised, the rest newest first. Two queries."""
    rows = visible(Writing.objects.all(), visible_to)
    if wanted.box == "done":
        rows = rows.filter(state=WritingState.DONE)
    elif wanted.box == "machines":
        rows = rows.filter(_MACHINES, ~Q(state=WritingState.DONE))
    else:
        rows = rows.filter(~_MACHINES, ~Q(state=WritingState.DONE))
    if wanted.teams:
        asked = Question.objects.filter(writing_id=OuterRef("id"), team__in=wanted.teams, answered_at=None)
        rows = rows.filter(Q(team__in=wanted.teams) | Exists(asked))
    if wanted.channel:
        rows = rows.filter(channel=wanted.channel)
    if wanted.assignee_id:
        rows = rows.filter(assignee_id=wanted.assignee_id)
    if wanted.unassigned:
        rows = rows.filter(assignee_id=None)
    newest_first = wanted.box in {"done", "machines"}
    rows = _after(rows, after, newest_first)
    rows = rows.order_by("-received_at", "-id") if newest_first else rows.order_by("due_at", "id")
    found = list(rows.defer("whole", "references")[: size + 1])
    waiting = Question.objects.filter(writing_id__in=[row.id for row in found], answered_at=None)
    asked_of = dict(waiting.values_list("writing_id", "team"))
    place = (lambda row: (row.received_at, row.id)) if newest_first else (lambda row: (row.due_at, row.id))
    return page_of(found, size, place, lambda row: _line(row, asked_of.get(row.id, ""), visible_to), first=not after)


def _after(rows: QuerySet[Writing], after: str, newest_first: bool) -> QuerySet[Writing]:
    if not after:
        return rows
    at, last = unpack_place(after)
    if newest_first:
        return rows.filter(Q(received_at__lt=at) | Q(received_at=at, id__lt=last)) if at else rows
    if at is None:
        return rows.filter(due_at=None, id__gt=last)
    return rows.filter(Q(due_at__gt=at) | Q(due_at=at, id__gt=last) | Q(due_at=None))


def waiting_for(teams: Iterable[str], *, visible_to: Actor, most: int = 100) -> int:
    """Return how many writings wait for these teams, counted up to ``most``. One query."""
    if not visible_to.may(VIEW):
        return 0
    rows = visible(Writing.objects.filter(team__in=list(teams), state=WritingState.OPEN), visible_to)
    return len(rows.filter(~_MACHINES).values_list("id")[:most])


def writing(*, visible_to: Actor, writing_id: UUID | None = None, contact_id: UUID | None = None) -> WritingView | None:
    """Return one writing with what was answered and asked, and the rest of its exchange. Five queries."""
    named = Q(id=writing_id) if writing_id else Q(contact_id=contact_id)
    row = visible(Writing.objects.filter(named), visible_to).first()
    if row is None:
        return None
    others = visible(Writing.objects.filter(thread_id=row.thread_id), visible_to).exclude(id=row.id)
    around = list(others.order_by("-received_at", "-id").prefetch_related("answers")[:LOOKED_AT])
    answers = tuple(_answer(one) for one in row.answers.order_by("at"))
    questions = tuple(_question(one) for one in row.questions.order_by("asked_at"))
    return WritingView(
        id=row.id, contact_id=row.contact_id, channel=row.channel, inbox=row.inbox, team=row.team,
        assignee_id=row.assignee_id, case_id=row.case_id, sure=row.sure, state=row.state, ended=row.ended,
        machine=row.machine, received_at=row.received_at, due_at=row.due_at, done_at=row.done_at, sender=row.sender,
        sender_name=row.sender_name, answer_to=row.answer_to, sent_to=row.sent_to, subject=row.subject, text=row.text,
        whole=row.whole, verdicts=dict(row.verdicts), remarks=tuple(row.remarks), answers=answers, questions=questions,
        thread=tuple(_thread(one) for one in around),
    )  # fmt: skip


def known(channel: str, external_id: str) -> Writing | None:
    """Return what arrived under this id before. One query."""
    return Writing.objects.filter(channel=channel, external_id=external_id).only(
        "id", "contact_id", "case_id", "machine", "inbox", "team"
    ).first()  # fmt: skip


def by_message_ids(ids: Iterable[str]) -> Writing | None:
    """Return the newest writing whose sender's own id is among these. One query."""
    wanted = [one for one in ids if one]
    return Writing.objects.filter(message_id__in=wanted).order_by("-received_at").first() if wanted else None


def of_contact(contact_id: UUID) -> Writing | None:
    """Return the writing of a contact. One query."""
    return Writing.objects.filter(contact_id=contact_id).first()


def contact_of_writing(writing_id: UUID, *, visible_to: Actor) -> UUID | None:
    """Return the contact a writing belongs to: a machine's has none, nor one this actor may not know of. One query."""
    rows = visible(Writing.objects.filter(id=writing_id), visible_to)
    return rows.values_list("contact_id", flat=True).first()


def works_on(contact_id: UUID, *, visible_to: Actor) -> bool:
    """Say whether the writing of a contact is this officer's or her teams' to deal with, or they are asked about it. One
    query."""
    teams = sorted(visible_to.teams)
    asked = Question.objects.filter(writing_id=OuterRef("id"), team__in=teams)
    hers = Q(team__in=teams) | Q(assignee_id=visible_to.id) | Exists(asked)
    return Writing.objects.filter(hers, contact_id=contact_id).exists()


def of_contacts(contact_ids: Iterable[UUID]) -> Writing | None:
    """Return the newest writing among those of these contacts. One query."""
    return Writing.objects.filter(contact_id__in=list(contact_ids)).order_by("-received_at").first()


def same_exchange(channel: str, sender: str, subject: str, *, since: datetime) -> Writing | None:
    """Return the newest writing of the same sender under the same subject, since a moment. One query."""
    bare = bare_subject(subject)
    if not sender or not bare:
        return None
    rows = Writing.objects.filter(channel=channel, sender=sender, received_at__gte=since).order_by("-received_at")
    found = rows.only("id", "subject", "thread_id", "case_id", "team", "assignee_id", "state", "sure", "received_at")[
        :LOOKED_AT
    ]
    return next((row for row in found if bare_subject(row.subject) == bare), None)


def ids_of_person(customer_id: UUID) -> list[UUID]:
    """Return the writings that are hers: of her contacts, and what machines wrote about her cases. One query."""
    contacts = Contact.objects.filter(customer_id=customer_id).values("id")
    cases = Case.objects.filter(customer_id=customer_id).values("id")
    hers = Q(contact_id__in=contacts) | Q(contact_id__isnull=True, case_id__in=cases)
    return list(Writing.objects.filter(hers).values_list("id", flat=True))


def person_rows(writing_ids: Iterable[UUID]) -> Iterator[dict[str, Any]]:
    """Yield writings and what we wrote back, for a copy of a person's data."""
    rows = Writing.objects.filter(id__in=list(writing_ids)).order_by("received_at", "id")
    for row in rows.prefetch_related("answers", "questions", "replies", "measures").select_related("post"):
        post = getattr(row, "post", None)
        yield {
            "received": row.received_at, "channel": row.channel, "from": row.sender, "name": row.sender_name,
            "answer_to": row.answer_to, "to": row.sent_to, "subject": row.subject, "words": row.whole, "new_in_it": row.text,
            "its_own_id": row.message_id, "answers_to": row.references, "checks": row.verdicts, "remarks": row.remarks,
            "what_we_answered": [{"at": one.at, "words": one.text} for one in row.answers.all()],
            "what_colleagues_said": [{"asked": q.text, "answer": q.answer} for q in row.questions.all()],
            "on_its_network": {"network": post.network, "account": post.author, "id": post.author_id, "link": post.link,
                               "refers_to": post.refs} if post else None,
            "public_answers_written": [
                {"at": one.written_at, "words": one.text, "why_back": one.why} for one in row.replies.all()
            ],
            "what_was_done_about_it": [{"at": m.at, "what": m.kind, "account": m.author, "id": m.author_id,
                                        "reason": m.reason} for m in row.measures.all()],
        }  # fmt: skip


def warns(verdicts: Mapping[str, str]) -> bool:
    """Say whether what was checked speaks against the sender being who it says."""
    return verdicts.get("dmarc") == "fail" or (verdicts.get("spf") == "fail" and verdicts.get("dkim") != "pass")


def _line(row: Writing, asked_team: str, actor: Actor) -> WritingLine:
    hers = row.contact_id is None or row.assignee_id == actor.id or bool({row.team, asked_team} & actor.teams)
    return WritingLine(
        id=row.id, contact_id=row.contact_id, channel=row.channel, state=row.state, ended=row.ended, machine=row.machine,
        sender=row.sender, sender_name=row.sender_name, subject=row.subject if hers else "",
        begins=_begins(row.text) if hers else "", team=row.team,
        assignee_id=row.assignee_id, case_id=row.case_id, received_at=row.received_at, due_at=row.due_at,
        asked_team=asked_team, warns=warns(row.verdicts), closed=not hers,
    )  # fmt: skip


def _begins(text: str) -> str:
    return " ".join(text[:400].split())[:160]


def _answer(row: Any) -> AnswerView:
    return AnswerView(row.text, row.staff_id, row.at, row.message_id)


def _question(row: Question) -> QuestionView:
    return QuestionView(row.team, row.text, row.asked_by, row.asked_at, row.answer, row.answered_by, row.answered_at)


def _thread(row: Writing) -> ThreadLine:
    return ThreadLine(
        row.id, row.contact_id, row.channel, row.subject, _begins(row.text), row.received_at, row.state,
        tuple(_answer(one) for one in row.answers.all()),
    )  # fmt: skip


def machine_words(code: str) -> str:
    """Return why a writing was taken for a machine's."""
    return str(Machine(code).label) if code in Machine.values else ""


def ending_words(code: str) -> str:
    """Return what became of a writing."""
    return str(Ending(code).label) if code in Ending.values else ""
