"""Following a report: somebody who has the same trouble, or just wants to know."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from moothall.cases.queries import cases_under, joined_chain
from moothall.core.actors import Actor
from moothall.core.ids import new_id
from moothall.core.limits import TooManyAttempts
from moothall.core.packs import current_pack
from moothall.core.references import show_reference
from moothall.core.tokens import opens, token_of
from moothall.notifications.actions import queue_message
from moothall.notifications.recipients import Recipient, recipient
from moothall.notifications.unproved import CannotWrite, count_unproved
from moothall.reports.addresses import email_or_mobile
from moothall.reports.events import followed
from moothall.reports.models import Follower, Report
from moothall.reports.queries.telling import followers_of

MOST_AN_HOUR = 20
SAID = ("follow", "me_too")
USE = "reports.stop"
"""What the links under messages about reports are for."""


class CannotFollow(ValueError):
    """The report cannot be followed this way; the message says what to do."""


def follow(case_id: UUID, *, address: str, said: str = "follow", by: Actor, at: datetime, sender: str = "") -> Follower:
    """Let somebody follow a report by e-mail or text; the first message says so and how to stop. Twice is once.

    ``said`` is "me_too" for one who has the same trouble: it counts for how pressing the report is. Whoever follows a report
    that was joined to another follows that one.

    Raises:
        CannotFollow: the address is neither, too many were given, or there is no such public report.
    """
    where = email_or_mobile(address)
    if not where:
        raise CannotFollow("Enter an email address or a mobile number, so that we can tell you what happens.")
    if said not in SAID:
        said = "follow"
    try:
        count_unproved(where, kind="follow", most=MOST_AN_HOUR, sender=sender, at=at)
    except CannotWrite as no:
        raise CannotFollow(str(no)) from no
    except TooManyAttempts as wait:
        raise CannotFollow("You have followed many reports in the last hour. Wait a little, then try again.") from wait
    with transaction.atomic():
        case_id = (joined_chain(case_id) or [case_id])[-1]
        report = Report.objects.select_for_update().filter(case_id=case_id, hidden=False).first()
        if report is None:
            raise CannotFollow("We could not find that report. It may not be public any more.")
        row, fresh = Follower.objects.get_or_create(
            case_id=case_id, address=where, defaults={"id": new_id(), "said": said, "since": at}
        )
        again = not fresh and row.stopped_at is not None
        if not fresh and not again and said in (row.said, "follow"):
            return row
        row.said, row.stopped_at = said if fresh or again or said == "me_too" else row.said, None
        if again:
            row.since = at
        row.save(update_fields=["said", "stopped_at", "since"])
        if fresh or again:
            count_followers(case_id)
            followed(report, said=said, by=by, at=at)
            queue_message(
                key=f"follow:{row.id}:{row.since.isoformat()}", template="follow-started", to=to_follower(row),
                values=follow_values(report, row), case_id=None, at=at,
            )  # fmt: skip
    return row


def stop_following(follower_id: UUID, token: str, *, at: datetime) -> bool:
    """Stop telling somebody about a report and about all that are of one thing with it: she has heard enough of it.

    Stopped already is fine; ``False`` for a link that is not ours.
    """
    if not opens(token, USE, follower_id):
        return False
    with transaction.atomic():
        row = Follower.objects.filter(id=follower_id).first()
        if row is None:
            return False
        chain = joined_chain(row.case_id) or [row.case_id]
        same = set(cases_under(chain[-1])) | {row.case_id}
        rows = Follower.objects.select_for_update().filter(case_id__in=same, address=row.address, stopped_at=None)
        for one in rows.order_by("id"):
            one.stopped_at = at
            one.save(update_fields=["stopped_at"])
            count_followers(one.case_id)
    return True


def count_followers(case_id: UUID) -> None:
    """Count who follows a report, with those of reports that were joined to it; and so for each one it was joined to."""
    with transaction.atomic():
        chain = joined_chain(case_id)
        # whoever counts waits here for whoever changed one of them: the last count is of all
        list(Report.objects.select_for_update().filter(case_id__in=chain).order_by("case_id"))
        for one in chain:
            Report.objects.filter(case_id=one).update(followers=len(followers_of(one)))


def to_follower(row: Follower) -> Recipient:
    """Return where a follower hears from us: only what she gave for this."""
    by_email = "@" in row.address
    return recipient(None, email=row.address if by_email else "", phone="" if by_email else row.address)


def stop_token(id_: UUID) -> str:
    """Return what a link must hold to stop messages about a report or a place."""
    return token_of(USE, id_)


def follow_values(report: Report, row: Follower) -> dict[str, str]:
    """Return what every message to a follower may say. Nothing in it is of who reported it."""
    service = current_pack().services.get(report.service)
    return {
        "service": service.name if service else "Report",
        "reference": show_reference(report.reference),
        "place": report.place,
        "link": f"{settings.PUBLIC_URL}/reports/{show_reference(report.reference)}",
        "stop": f"{settings.PUBLIC_URL}/reports/stop/{row.id}/{stop_token(row.id)}",
    }
