"""Following a report: somebody who has the same trouble, or just wants to know."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

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
        case_id = _worked_on(case_id)
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
            Report.objects.filter(case_id=case_id).update(followers=F("followers") + 1)
            followed(report, said=said, by=by, at=at)
            queue_message(
                key=f"follow:{row.id}:{row.since.isoformat()}", template="follow-started", to=to_follower(row),
                values=follow_values(report, row), case_id=None, at=at,
            )  # fmt: skip
    return row


def _worked_on(case_id: UUID) -> UUID:
    """Return the report that one was joined to, however often; itself where it was not."""
    seen = {case_id}
    while (other := Report.objects.filter(case_id=case_id).values_list("duplicate_of", flat=True).first()) is not None:
        if other in seen:
            break
        seen.add(case_id := other)
    return case_id


def stop_following(follower_id: UUID, token: str, *, at: datetime) -> bool:
    """Stop telling somebody about a report, and about one it was joined to or came from: she has heard enough of the thing.

    Stopped already is fine; ``False`` for a link that is not ours.
    """
    if not opens(token, USE, follower_id):
        return False
    with transaction.atomic():
        row = Follower.objects.filter(id=follower_id).first()
        if row is None:
            return False
        same = Q(case_id=row.case_id) | Q(came_with=row.case_id) | Q(case_id=row.came_with)
        rows = Follower.objects.select_for_update().filter(same, address=row.address, stopped_at=None).order_by("id")
        for one in list(rows):
            _stop(one, at)
    return True


def _stop(row: Follower, at: datetime) -> None:
    row.stopped_at = at
    row.save(update_fields=["stopped_at"])
    Report.objects.filter(case_id=row.case_id, followers__gt=0).update(followers=F("followers") - 1)


def move_followers(case_id: UUID, *, into: UUID, at: datetime) -> list[Follower]:
    """Have whoever followed a report that was joined to another follow that one instead.

    Returns them as they follow it, whether they came along now or followed it already.
    """
    with transaction.atomic():
        found, moved = [], 0
        for row in (
            Follower.objects.select_for_update().filter(case_id=case_id, stopped_at=None).order_by("since", "id")
        ):
            kept, fresh = Follower.objects.get_or_create(
                case_id=into, address=row.address,
                defaults={"id": new_id(), "said": row.said, "since": at, "came_with": case_id},
            )  # fmt: skip
            moved += fresh
            if kept.stopped_at is None:
                found.append(kept)
        if moved:
            Report.objects.filter(case_id=into).update(followers=F("followers") + moved)
    return found


def take_back_followers(case_id: UUID, *, out_of: UUID, at: datetime) -> list[Follower]:
    """A report was taken out of the one it was joined to: who came along with it follows it alone again. Returns them."""
    with transaction.atomic():
        rows = Follower.objects.select_for_update().filter(case_id=out_of, came_with=case_id)
        for row in list(rows):
            if row.stopped_at is None:
                Report.objects.filter(case_id=out_of, followers__gt=0).update(followers=F("followers") - 1)
            row.delete()
    return list(Follower.objects.filter(case_id=case_id, stopped_at=None).order_by("since", "id"))


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
