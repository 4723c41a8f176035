"""The only writers of ratings."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.events import Happening, record
from moothall.core.ids import new_id
from moothall.feedback import events
from moothall.feedback.models import Rating, Score
from moothall.feedback.queries import ratings_rows

LONGEST = 2_000


class BadRating(ValueError):
    """The rating cannot be taken as it is; the message says what to do."""


@dataclass(frozen=True, slots=True)
class About:
    """What is rated: a case, a contact or a page, with what insight counts by."""

    case_id: UUID | None = None
    contact_id: UUID | None = None
    customer_id: UUID | None = None
    page: str = ""
    service: str = ""
    standard: str = ""
    team: str = ""
    area: str = ""


def rate(about: About, *, score: str, why: str, channel: str, by: Actor, at: datetime) -> Rating:
    """Keep what the customer thinks. The same case rated again replaces score and words: one voice, one rating.

    Raises:
        BadRating: no such score, or too many words.
    """
    if score not in Score.values:
        raise BadRating("Choose good, average or poor.")
    if len(why) > LONGEST:
        raise BadRating(f"Tell us why in {LONGEST:,} characters or fewer. You have used {len(why):,}.")
    with transaction.atomic():
        row = None
        if about.case_id is not None:
            row = Rating.objects.select_for_update().filter(case_id=about.case_id).first()
        if row is not None and (row.score, row.why) == (score, why):
            return row
        fresh = row is None
        row = row or Rating(
            id=new_id(), case_id=about.case_id, contact_id=about.contact_id, page=about.page, service=about.service,
            channel=channel, standard=about.standard, team=about.team, area=about.area,
        )  # fmt: skip
        row.score, row.why, row.given_at = score, why, at
        row.save(force_insert=fresh)
        record(
            [
                Happening(
                    name=events.GIVEN, subject_kind="rating", subject_id=row.id, occurred_at=at, case_id=about.case_id,
                    contact_id=about.contact_id, customer_id=about.customer_id, service=about.service, channel=channel,
                    team=about.team, area=about.area, data={"score": score, "standard": about.standard},
                )
            ],
            by=by,
        )  # fmt: skip
        return row


def erase_ratings(customer_id: UUID, *, by: Actor) -> int:
    """Forget the words of a person's ratings, of her cases and contacts; the scores stay. Returns how many had words."""
    require(by, "customer.erase")
    return ratings_rows(customer_id).exclude(why="").update(why="")
