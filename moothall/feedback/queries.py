"""The only readers of ratings."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.paging import Page, page_of, unpack_moment
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


def ratings_of_cases(case_ids: Iterable[UUID], *, visible_to: Actor) -> list[RatingLine]:
    """Return the ratings of these cases, newest first."""
    require(visible_to, "case.view")
    return [_line(row) for row in Rating.objects.filter(case_id__in=list(case_ids)).order_by("-given_at")]


def newest_ratings(*, service: str, visible_to: Actor, after: str = "", size: int = 25) -> Page[RatingLine]:
    """Return a service's ratings, newest first, for the team that can act on them."""
    require(visible_to, "case.view")
    rows = Rating.objects.filter(service=service)
    if after:
        given, last = unpack_moment(after)
        rows = rows.filter(Q(given_at__lt=given) | Q(given_at=given, id__lt=last))
    found = list(rows.order_by("-given_at", "-id")[: size + 1])
    return page_of(found, size, lambda row: (row.given_at, row.id), _line, first=not after)


def _line(row: Rating) -> RatingLine:
    return RatingLine(row.id, row.case_id, row.contact_id, row.score, row.why, row.service, row.channel, row.given_at)


def ratings_of(
    case_ids: Iterable[UUID], *, until: datetime | None, limit: int
) -> list[tuple[UUID | None, str, str, datetime]]:
    """Return the newest ratings of these cases not after a moment: case, score, words, when. One query."""
    rows = Rating.objects.filter(case_id__in=list(case_ids))
    if until is not None:
        rows = rows.filter(given_at__lte=until)
    return list(rows.order_by("-given_at", "-id").values_list("case_id", "score", "why", "given_at")[:limit])
