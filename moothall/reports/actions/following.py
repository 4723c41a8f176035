"""Following a report: somebody who has the same trouble, or just wants to know."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from moothall.cases.queries import cases_under, joined_chain
from moothall.core.actors import Actor
from moothall.core.ids import new_id
from moothall.core.limits import TooManyAttempts, count
from moothall.core.packs import current_pack
from moothall.core.references import show_reference
from moothall.core.tokens import opens, token_of
from moothall.customers.accounts.queries import signs_in_by
from moothall.notifications.actions import queue_message
from moothall.notifications.recipients import Recipient, recipient
from moothall.notifications.unproved import CannotWrite, count_unproved
from moothall.reports.addresses import email_or_mobile
from moothall.reports.events import followed
from moothall.reports.models import Follower, Report
from moothall.reports.queries.telling import count_proved

MOST_AN_HOUR = 20
FROM_ONE_PLACE = 5
"""Unproved addresses that may be given in a day for one report from one network address: a household, not a crowd."""
DAY = 24 * 60
SAID = ("follow", "me_too")
USE = "reports.stop"
"""What the links under messages about reports are for."""


class CannotFollow(ValueError):
    """The report cannot be followed this way; the message says what to do."""


def follow(
    case_id: UUID, *, address: str, said: str = "follow", by: Actor, at: datetime, sender: str = "",
    signed_in: UUID | None = None,
) -> Follower:  # fmt: skip
    """Let somebody follow a report by e-mail or text; the first message says so and how to stop. Twice is once.

    ``said`` is "me_too" for one who has the same trouble. Whoever follows a report that was joined to another follows that.
    She is told from now on, and counted when we know that it is she: at once where the customer who is ``signed_in`` signs in
    by that address, else when she presses the button behind the link of the first message (``prove_follower``). ``sender`` is
    the network address it comes from.

    Raises:
        CannotFollow: the address is neither, too many were given, or there is no such public report.
    """
    where = email_or_mobile(address)
    if not where:
        raise CannotFollow("Enter an email address or a mobile number, so that we can tell you what happens.")
    if said not in SAID:
        said = "follow"
    proved = _is_hers(where, signed_in)
    case_id = (joined_chain(case_id) or [case_id])[-1]
    try:
        count_unproved(where, kind="follow", most=MOST_AN_HOUR, sender=sender, at=at)
    except CannotWrite as no:
        raise CannotFollow(str(no)) from no
    except TooManyAttempts as wait:
        raise CannotFollow("You have followed many reports in the last hour. Wait a little, then try again.") from wait
    if sender and not proved:
        _count_place(case_id, where, sender=sender, at=at)
    with transaction.atomic():
        case_id = (joined_chain(case_id) or [case_id])[-1]
        report = Report.objects.select_for_update().filter(case_id=case_id, hidden=False).first()
        if report is None:
            raise CannotFollow("We could not find that report. It may not be public any more.")
        row, fresh = Follower.objects.get_or_create(
            case_id=case_id,
            address=where,
            defaults={"id": new_id(), "said": said, "since": at, "proved_at": at if proved else None},
        )
        again = not fresh and row.stopped_at is not None
        newly = proved and row.proved_at is None
        if not fresh and not again and not newly and said in (row.said, "follow"):
            return row
        row.said, row.stopped_at = said if fresh or again or said == "me_too" else row.said, None
        if again:
            row.since = at
        if again or newly:  # who stopped proves it anew: anybody may have typed her address since
            row.proved_at = at if proved else None
        row.save(update_fields=["said", "stopped_at", "since", "proved_at"])
        if fresh or again or newly:
            count_followers(case_id)
        if fresh or again:
            followed(report, said=said, by=by, at=at)
            queue_message(
                key=f"follow:{row.id}:{row.since.isoformat()}", template="follow-started", to=to_follower(row),
                values={**follow_values(report, row), "confirm": _confirm_link(row)}, case_id=None, at=at,
            )  # fmt: skip
    return row


def prove_follower(follower_id: UUID, token: str, *, at: datetime) -> Follower | None:
    """Count a follower: whoever has the address pressed the button behind our link. Twice is once.

    ``None`` for a link that is not ours. One who has stopped stays stopped (``stopped_at``) and is not counted.
    """
    if not opens(token, USE, follower_id):
        return None
    with transaction.atomic():
        if Follower.objects.filter(id=follower_id, stopped_at=None, proved_at=None).update(proved_at=at):
            count_followers(Follower.objects.get(id=follower_id).case_id)
    return Follower.objects.filter(id=follower_id).first()


def _is_hers(where: str, signed_in: UUID | None) -> bool:
    """Whether who asks is signed in to an account that has this address, and has confirmed it."""
    return signed_in is not None and signs_in_by(signed_in, where)


def _count_place(case_id: UUID, where: str, *, sender: str, at: datetime) -> None:
    if Follower.objects.filter(case_id=case_id, address=where, stopped_at=None).exists():
        return
    try:
        count("follow", {f"{sender} for {case_id}": FROM_ONE_PLACE}, at=at, minutes=DAY)
    except TooManyAttempts as many:
        raise CannotFollow(
            "Several people have followed this report from where you are today. Sign in to follow it, or try again tomorrow."
        ) from many


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
    """Count who follows a report and is proved, with those of reports joined to it; and so for each one it was joined to."""
    with transaction.atomic():
        chain = joined_chain(case_id)
        # whoever counts waits here for whoever changed one of them: the last count is of all
        list(Report.objects.select_for_update().filter(case_id__in=chain).order_by("case_id"))
        for one in chain:
            Report.objects.filter(case_id=one).update(followers=count_proved(one))


def to_follower(row: Follower) -> Recipient:
    """Return where a follower hears from us: only what she gave for this."""
    by_email = "@" in row.address
    return recipient(None, email=row.address if by_email else "", phone="" if by_email else row.address)


def stop_token(id_: UUID) -> str:
    """Return what a link must hold to stop messages about a report or a place."""
    return token_of(USE, id_)


def _confirm_link(row: Follower) -> str:
    return f"{settings.PUBLIC_URL}/reports/follow/{row.id}/{stop_token(row.id)}"


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
