"""The only writers of ratings, and of who was asked for one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from moothall.core import limits
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.events import Happening, record
from moothall.core.ids import new_id
from moothall.core.packs import current_pack
from moothall.core.references import new_reference, read_reference
from moothall.feedback import events
from moothall.feedback.links import mark_of_person
from moothall.feedback.models import Ask, NotAsked, Rating, Score
from moothall.feedback.pack import FEEDBACK
from moothall.feedback.queries import answer_days, ask_with_code, ratings_rows
from moothall.feedback.rules import PAPER, may_ask

LONGEST = 2_000
CODE_SCOPE = "feedback-code"
CODE_TRIES = 10


class TooLateToSay(ValueError):
    """The question is not open any more."""


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
    """Keep what the customer thinks of a contact, or of a case as a whole. The same rated again replaces score and words:
    one voice, one rating.

    Raises:
        BadRating: no such score, or too many words.
    """
    if score not in Score.values:
        raise BadRating("Choose good, average or poor.")
    if len(why) > LONGEST:
        raise BadRating(f"Tell us why in {LONGEST:,} characters or fewer. You have used {len(why):,}.")
    with transaction.atomic():
        row = None
        if about.contact_id is not None:
            row = Rating.objects.select_for_update().filter(contact_id=about.contact_id, imported=False).first()
        elif about.case_id is not None:
            row = Rating.objects.select_for_update().filter(case_id=about.case_id, contact_id=None).first()
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


def ask(about: About, *, people: Collection[str], channel: str, by: Actor, at: datetime) -> Ask | None:
    """Write down that somebody is asked now how we did; None where she was asked often enough lately, or asked
    not to be asked, or nobody may be.

    ``people`` are her customer id, numbers and addresses: one of them known from before is enough to know her again. About
    one contact (or one case as a whole) nobody is asked twice: then the first time is returned. ``channel`` is where the
    contact was. Two at one moment are one.
    """
    rules = current_pack().one(FEEDBACK)
    marks = sorted({mark_of_person(person) for person in people if person})
    if not marks:
        return None
    with transaction.atomic():
        with connection.cursor() as cursor:
            for mark in marks:  # in one order everywhere, so that no two wait for each other
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"asked:{mark}"])
        same = Ask.objects.filter(contact_id=about.contact_id) if about.contact_id else Ask.objects.filter(
            case_id=about.case_id, contact_id=None
        )  # fmt: skip
        if (asked := same.first()) is not None:
            return asked
        if NotAsked.objects.filter(mark__in=marks).exists():
            return None
        since = at - timedelta(days=rules.days)
        lately = Ask.objects.filter(asked_at__gt=since)
        known = {
            mark for held in lately.filter(people__overlap=marks).values_list("people", flat=True) for mark in held
        }
        before = lately.filter(people__overlap=sorted({*marks, *known})).values_list("asked_at", flat=True)
        if not may_ask(list(before), most=rules.most, days=rules.days, at=at):
            return None
        row = Ask(
            id=new_id(), people=marks, contact_id=about.contact_id, case_id=about.case_id, service=about.service,
            channel=channel, standard=about.standard, team=about.team, area=about.area, asked_at=at,
            code=new_reference() if channel in PAPER else "",
        )  # fmt: skip
        row.save(force_insert=True)
        record(
            [
                Happening(
                    name=events.ASKED, subject_kind="ask", subject_id=row.id, occurred_at=at, case_id=about.case_id,
                    contact_id=about.contact_id, customer_id=about.customer_id, service=about.service, channel=channel,
                    team=about.team, area=about.area, data={"standard": about.standard},
                )
            ],
            by=by,
        )  # fmt: skip
        return row


def answer_ask(ask_id: UUID, *, score: str, why: str, by: Actor, at: datetime) -> Rating:
    """Take the answer to one question, tied to what was asked about; again while it is open: the newer counts.

    Raises:
        BadRating: no such score, or too many words. TooLateToSay: it was asked too long ago. LookupError: never asked.
    """
    with transaction.atomic():
        row = Ask.objects.select_for_update().filter(id=ask_id).first()
        if row is None:
            raise LookupError("Nobody was asked this.")
        if at > row.asked_at + timedelta(days=answer_days(row.channel)):
            raise TooLateToSay("It is too long ago to say how that was. You can tell us anything at any time.")
        about = About(
            case_id=row.case_id, contact_id=row.contact_id, service=row.service, standard=row.standard, team=row.team,
            area=row.area,
        )  # fmt: skip
        given = rate(about, score=score, why=why, channel=row.channel, by=by, at=at)
        row.answered_at = at
        row.save(update_fields=["answered_at"])
        return given


def open_by_code(typed: str, *, address: str, at: datetime) -> UUID | None:
    """Return the question of a letter by the code typed from it, at a web address; None where no open one has it.

    Raises:
        NotAReference: no code looks like this. TooManyAttempts: from this address it was tried too often.
    """
    code = read_reference(typed)
    tries = limits.count(CODE_SCOPE, {f"from:{address}": CODE_TRIES}, at=at)
    found = ask_with_code(code, at=at)
    if found is None:
        return None
    limits.give_back(tries)
    return found.id


def ask_no_more(ask_id: UUID, *, at: datetime) -> None:
    """Take somebody's word, in answer to a question, that she does not want to be asked how we did; again is the same.

    Every number and address the question knew her by is not asked any more. Raises LookupError: never asked.
    """
    with transaction.atomic():
        row = Ask.objects.select_for_update().filter(id=ask_id).first()
        if row is None:
            raise LookupError("Nobody was asked this.")
        NotAsked.objects.bulk_create([NotAsked(mark=mark, since=at) for mark in row.people], ignore_conflicts=True)
        row.answered_at = row.answered_at or at
        row.save(update_fields=["answered_at"])


def forget_asks(*, at: datetime) -> int:
    """Delete who was asked once it does not matter any more; return how many."""
    rules = current_pack().one(FEEDBACK)
    return Ask.objects.filter(
        asked_at__lt=at - timedelta(days=max(rules.days, rules.answer_days, rules.paper_days))
    ).delete()[0]


def erase_ratings(customer_id: UUID, *, by: Actor) -> int:
    """Forget the words of a person's ratings, of her cases and contacts; the scores stay. Returns how many had words."""
    require(by, "customer.erase")
    return ratings_rows(customer_id).exclude(why="").update(why="")
