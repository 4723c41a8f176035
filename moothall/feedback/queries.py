"""The only readers of ratings."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from moothall.cases.models import Case
from moothall.cases.queries.lists import visible
from moothall.contacts.models import Contact
from moothall.core.actors import Actor
from moothall.feedback.models import Rating


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


def rating_of_case(case_id: UUID) -> RatingLine | None:
    """Return what the customer said of a case, for the customer and the officer who worked it."""
    row = Rating.objects.filter(case_id=case_id).first()
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
