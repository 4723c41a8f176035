"""The only readers of ratings."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from moothall.cases.models import Case
from moothall.cases.queries.lists import visible
from moothall.contacts.models import Contact
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.feedback.links import mark_of_person
from moothall.feedback.models import Ask, Rating
from moothall.feedback.pack import FEEDBACK
from moothall.feedback.rules import PAPER


@dataclass(frozen=True, slots=True)
class RatingLine:
    """One rating with the words that came with it."""

    id: UUID
    case_id: UUID | None
    contact_id: UUID | None
    score: str
    why: str
    service: str
    channel: str
    given_at: datetime


@dataclass(frozen=True, slots=True)
class AskLine:
    """One question how we did: about which contact or case, and whether it was answered."""

    id: UUID
    contact_id: UUID | None
    case_id: UUID | None
    service: str
    channel: str
    asked_at: datetime
    answered_at: datetime | None


def answer_days(channel: str) -> int:
    """Return for how many days a question asked on a channel is open."""
    rules = current_pack().one(FEEDBACK)
    return rules.paper_days if channel in PAPER else rules.answer_days


def ask_with_code(code: str, *, at: datetime) -> AskLine | None:
    """Return the question of a letter by the code that stands in it, while it is open. One query."""
    since = at - timedelta(days=current_pack().one(FEEDBACK).paper_days)
    row = Ask.objects.filter(code=code, asked_at__gt=since).order_by("-asked_at").first() if code else None
    return _ask_line(row) if row else None


def ask_of(*, ask_id: UUID | None = None, contact_id: UUID | None = None) -> AskLine | None:
    """Return one question, by its id or the contact it is about. One query."""
    rows = Ask.objects.filter(id=ask_id) if ask_id else Ask.objects.filter(contact_id=contact_id)
    row = rows.first() if ask_id or contact_id else None
    return _ask_line(row) if row else None


def open_ask_of(person: str, *, at: datetime) -> AskLine | None:
    """Return what somebody (by number, address or id) was asked last and has not answered, while it is open. One query."""
    since = at - timedelta(days=current_pack().one(FEEDBACK).answer_days)
    rows = Ask.objects.filter(people__contains=[mark_of_person(person)], asked_at__gt=since, answered_at=None)
    row = rows.order_by("-asked_at", "-id").first()
    return _ask_line(row) if row else None


def _ask_line(row: Ask) -> AskLine:
    return AskLine(row.id, row.contact_id, row.case_id, row.service, row.channel, row.asked_at, row.answered_at)


def rating_of_case(case_id: UUID) -> RatingLine | None:
    """Return what the customer said of a case, for the customer and the officer who worked it."""
    row = Rating.objects.filter(case_id=case_id, contact_id=None).first()
    return _line(row) if row else None


def _line(row: Rating) -> RatingLine:
    return RatingLine(row.id, row.case_id, row.contact_id, row.score, row.why, row.service, row.channel, row.given_at)


def ratings_of(
    customer_ids: Iterable[UUID], *, visible_to: Actor, until: datetime | None, limit: int
) -> list[tuple[UUID | None, str, str, datetime]]:
    """Return the newest ratings of these people's cases not after a moment: case, score, words, when. One query.

    Ratings of cases this actor may not know of are not there. Raises Refused.
    """
    cases = visible(Case.objects.filter(customer_id__in=list(customer_ids)), visible_to)
    rows = Rating.objects.filter(case_id__in=cases.values("id"))
    if until is not None:
        rows = rows.filter(given_at__lte=until)
    return list(rows.order_by("-given_at", "-id").values_list("case_id", "score", "why", "given_at")[:limit])


def ratings_rows(customer_id: UUID) -> QuerySet[Rating]:
    """Return the ratings of a person's cases and contacts, as rows: for this room's own actions."""
    cases = Case.objects.filter(customer_id=customer_id).values("id")
    contacts = Contact.objects.filter(customer_id=customer_id).values("id")
    return Rating.objects.filter(Q(case_id__in=cases) | Q(contact_id__in=contacts))


def ratings_by(customer_id: UUID) -> list[tuple[str, str, datetime]]:
    """Return every rating a person gave, oldest first: score, words, when. One query."""
    return list(ratings_rows(customer_id).order_by("given_at", "id").values_list("score", "why", "given_at"))
