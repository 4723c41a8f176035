"""What happens to a public report when its case moves on, and who is told."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings

from moothall.cases.joining import register_same_thing
from moothall.cases.queries import joined_chain
from moothall.core import clock
from moothall.core.actors import SYSTEM
from moothall.core.events import Recorded, handles, record
from moothall.core.packs import current_pack, pack_at
from moothall.core.references import show_reference
from moothall.notifications.actions import queue_message
from moothall.notifications.recipients import recipient
from moothall.promises.queries import promises_of
from moothall.reports import events
from moothall.reports.actions.following import count_followers, follow_values, stop_token, to_follower
from moothall.reports.actions.keeping import refresh_report, sent_on, take_off_private
from moothall.reports.actions.photos import mark_photos
from moothall.reports.models import Follower, Report
from moothall.reports.pack import STREET_REPORTS, is_public
from moothall.reports.queries.finding import line
from moothall.reports.queries.telling import alerts_near, followers_of
from moothall.reports.webhooks import queue_webhooks


def same_thing(one: str, other: str) -> bool:
    """Whether reports of these two services are public and of one kind, or of kinds that people mix up."""
    pack = current_pack()
    return is_public(pack, one) and is_public(pack, other) and other in pack.one(STREET_REPORTS).kin(one)


register_same_thing(same_thing)


@handles("case.opened", as_="reports.show")
def show(event: Recorded) -> None:
    """A new case of a public service is on the map, its photos wait to be looked at, and the place's watchers are told."""
    if event.case_id is None:
        return
    report = refresh_report(event.case_id, at=clock.now())
    if report is None:
        return
    mark_photos(event.case_id, at=clock.now())
    record([events.happening(events.REPORT_SHOWN, report, event.occurred_at)], by=SYSTEM)


@handles("fault.photographed", as_="reports.mark_later_photos")
def mark_later_photos(event: Recorded) -> None:
    """A crew's device sends the photos of a fault after the fault: they wait to be looked at like any other."""
    if event.case_id is not None:
        mark_photos(event.case_id, at=clock.now())


@handles(
    "case.status_changed", "case.waiting", "case.resumed", "case.closed", "case.reopened", "case.merged", "case.split",
    "case.noted", as_="reports.keep",
)  # fmt: skip
def keep(event: Recorded) -> None:
    """The public report follows its case."""
    if event.case_id is None:
        return
    if refresh_report(event.case_id, at=clock.now()) is not None:
        queue_webhooks(event.case_id)
    if event.name == "case.merged" and event.data.get("into"):
        _tell_joined(event, event.case_id, UUID(str(event.data["into"])))
    if event.name == "case.split" and event.data.get("from"):
        _tell_parted(event, event.case_id, UUID(str(event.data["from"])))


def _tell_joined(event: Recorded, case_id: UUID, into: UUID) -> None:
    """Who followed it, or what was joined to it before, hears of the other from now on, and is told so: else news of another
    number would be a riddle. Was it parted or the other joined on since, that event tells it.
    """
    count_followers(into)
    other = Report.objects.filter(case_id=into, hidden=False).first()
    if other is None or joined_chain(case_id) != [case_id, into]:
        return
    people = followers_of(case_id)
    own = Report.objects.filter(case_id__in={row.case_id for row in people}, hidden=False)
    references = dict(own.values_list("case_id", "reference"))
    for row in people:
        if row.case_id in references:
            said = show_reference(references[row.case_id])
            _queue(event, "follow-joined", row, {**follow_values(other, row), "own_reference": said})


def _tell_parted(event: Recorded, case_id: UUID, out_of: UUID) -> None:
    count_followers(out_of)
    people = followers_of(case_id)
    report = Report.objects.filter(case_id=case_id, hidden=False, is_open=True).first()
    if report is None:
        return
    for row in people:
        _queue(event, "follow-parted", row, follow_values(report, row))


def _queue(event: Recorded, template: str, row: Follower, values: dict[str, Any]) -> None:
    queue_message(
        key=f"{event.id}:{row.id}:{template}", template=template, to=to_follower(row), values=values, at=clock.now(),
        event_id=event.id,
    )  # fmt: skip


@handles("pack.applied", as_="reports.take_off_private")
def follow_the_pack(event: Recorded) -> None:
    """Reports of a service that the council no longer makes public leave the public pages."""
    if event.subject_id is not None:
        take_off_private(pack_at(event.subject_id), at=clock.now())


@handles("referral.sent", "referral.refused", as_="reports.sent_on")
def passed_on(event: Recorded) -> None:
    """The public report says who has it now, or that it came back; followers hear of it."""
    if event.case_id is None or event.data.get("purpose") != "theirs":
        return
    partner = str(event.data.get("partner", "")) if event.name == "referral.sent" else ""
    sent_on(event.case_id, partner=partner, at=clock.now())
    report = Report.objects.filter(case_id=event.case_id, hidden=False, is_open=True).first()
    if report is None or not partner:
        return
    for row in followers_of(event.case_id):
        values = {**follow_values(report, row), "says": line(report, current_pack()).says, "due": ""}
        _queue(event, "follow-progress", row, values)


@handles("report.shown", as_="reports.alert")
def alert(event: Recorded) -> None:
    """Whoever asked to hear of this place hears of the new report, once."""
    report = Report.objects.filter(case_id=event.subject_id, hidden=False).first() if event.subject_id else None
    if report is None or report.latitude is None or report.longitude is None:
        return
    shown = line(report, current_pack())
    for row in alerts_near(report.latitude, report.longitude, report.service):
        values = {
            "service": shown.name,
            "place": report.place,
            "near": row.place,
            "link": f"{settings.PUBLIC_URL}/reports/{show_reference(report.reference)}",
            "stop": f"{settings.PUBLIC_URL}/reports/alerts/{row.id}/{stop_token(row.id)}/stop",
        }
        queue_message(
            key=f"{event.id}:{row.id}:alert-place", template="alert-place", to=recipient(None, email=row.address),
            values=values, at=clock.now(), event_id=event.id,
        )  # fmt: skip


@handles("case.status_changed", "case.closed", "case.reopened", "promise.explained", as_="reports.tell_followers")
def tell_followers(event: Recorded) -> None:
    """Everyone who follows a report is told of progress, a new date, its end and its opening again: once each."""
    if event.case_id is None or (event.name == "promise.explained" and event.data.get("kind") == "acknowledge"):
        return
    report = Report.objects.filter(case_id=event.case_id, hidden=False).first()
    if report is None:
        return
    people = followers_of(event.case_id, since=event.occurred_at)
    if not people:
        return
    template, more = _said(event, report)
    if not template:
        return
    for row in people:
        _queue(event, template, row, {**follow_values(report, row), **more})


def _said(event: Recorded, report: Report) -> tuple[str, dict[str, Any]]:
    """Which message, with what besides; none where there is nothing to say any more."""
    refresh_report(report.case_id, at=clock.now())
    report.refresh_from_db()
    shown = line(report, current_pack())
    if event.name == "case.closed":
        return ("follow-closed", {"says": shown.says, "outcome": shown.outcome}) if not report.is_open else ("", {})
    if not report.is_open:
        return "", {}
    views = [view for view in promises_of([report.case_id], at=clock.now())[report.case_id] if view.is_open]
    view = next((one for one in views if one.kind != "acknowledge"), None)
    due = (view.new_date_words or view.due_words) if view else ""
    if event.name == "case.reopened":
        return "follow-reopened", {"due": due}
    if event.name == "promise.explained":
        return ("follow-new-date", {"due": due}) if view and view.new_date_words else ("", {})
    if report.status != event.data.get("status") or report.status == "passed_on":
        return "", {}
    return "follow-progress", {"says": shown.says, "due": due}
