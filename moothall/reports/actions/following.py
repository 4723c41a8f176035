"""Following a report: somebody who has the same trouble, or just wants to know."""

from __future__ import annotations

import hmac
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F

from moothall.core.actors import Actor
from moothall.core.ids import new_id
from moothall.core.limits import TooManyAttempts, check, note_failure
from moothall.core.packs import current_pack
from moothall.core.references import show_reference
from moothall.notifications.actions import queue_message
from moothall.notifications.recipients import Recipient, recipient
from moothall.reports.addresses import email_or_mobile
from moothall.reports.events import followed
from moothall.reports.models import Follower, Report

MOST_AN_HOUR = 20
SAID = ("follow", "me_too")


class CannotFollow(ValueError):
    """The report cannot be followed this way; the message says what to do."""


def follow(case_id: UUID, *, address: str, said: str = "follow", by: Actor, at: datetime) -> Follower:
    """Let somebody follow a report by e-mail or text; the first message says so and how to stop. Twice is once.

    ``said`` is "me_too" for one who has the same trouble: it counts for how pressing the report is.

    Raises:
        CannotFollow: the address is neither, too many were given, or there is no such public report.
    """
    where = email_or_mobile(address)
    if not where:
        raise CannotFollow("Enter an email address or a mobile number, so that we can tell you what happens.")
    if said not in SAID:
        said = "follow"
    try:
        check("report-follow", [where], at=at, allowed=MOST_AN_HOUR, minutes=60)
    except TooManyAttempts as wait:
        raise CannotFollow("You have followed many reports in the last hour. Wait a little, then try again.") from wait
    with transaction.atomic():
        report = Report.objects.select_for_update().filter(case_id=case_id, hidden=False).first()
        if report is None:
            raise CannotFollow("We could not find that report. It may have been joined to another.")
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
        note_failure("report-follow", [where], at=at)
        if fresh or again:
            Report.objects.filter(case_id=case_id).update(followers=F("followers") + 1)
            followed(report, said=said, by=by, at=at)
            queue_message(
                key=f"follow:{row.id}:{row.since.isoformat()}", template="follow-started", to=to_follower(row),
                values=follow_values(report, row), case_id=None, at=at,
            )  # fmt: skip
    return row


def stop_following(follower_id: UUID, token: str, *, at: datetime) -> bool:
    """Stop telling somebody about a report. Stopped already is fine; ``False`` for a link that is not ours."""
    if not hmac.compare_digest(token, stop_token(follower_id)):
        return False
    with transaction.atomic():
        row = Follower.objects.select_for_update().filter(id=follower_id).first()
        if row is not None and row.stopped_at is None:
            row.stopped_at = at
            row.save(update_fields=["stopped_at"])
            Report.objects.filter(case_id=row.case_id, followers__gt=0).update(followers=F("followers") - 1)
    return row is not None


def move_followers(case_id: UUID, *, into: UUID, at: datetime) -> int:
    """Have whoever followed a report that was joined to another follow that one instead. Returns how many were moved."""
    with transaction.atomic():
        moved = 0
        for row in Follower.objects.select_for_update().filter(case_id=case_id, stopped_at=None):
            _, fresh = Follower.objects.get_or_create(
                case_id=into, address=row.address, defaults={"id": new_id(), "said": row.said, "since": at}
            )
            moved += fresh
        if moved:
            Report.objects.filter(case_id=into).update(followers=F("followers") + moved)
    return moved


def to_follower(row: Follower) -> Recipient:
    """Return where a follower hears from us: only what she gave for this."""
    by_email = "@" in row.address
    return recipient(None, email=row.address if by_email else "", phone="" if by_email else row.address)


def stop_token(id_: UUID) -> str:
    """Return what a link must hold to stop messages about a report or a place."""
    return hmac.new(str(settings.SECRET_KEY).encode(), f"reports:{id_}".encode(), sha256).hexdigest()[:32]


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
