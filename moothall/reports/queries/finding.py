"""Reports as lists and one by one: what anyone may see of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from moothall.core.packs import Pack, current_pack
from moothall.core.paging import Page, page_of, unpack_moment
from moothall.core.references import NotAReference, read_reference
from moothall.places.geometry import Box
from moothall.reports.cells import box_cells
from moothall.reports.models import Report
from moothall.reports.pack import STREET_REPORTS
from moothall.services.pack import STATUSES

SIZE = 25


@dataclass(frozen=True, slots=True)
class ReportFilter:
    """What to show: everything where a field is left empty. ``since`` is when a report was made."""

    services: tuple[str, ...] = ()
    state: str = ""
    area: str = ""
    since: datetime | None = None
    until: datetime | None = None
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One report as everyone may see it. ``says`` is its state in a sentence that does not call closed fixed."""

    case_id: UUID
    reference: str
    service: str
    name: str
    place: str
    area: str
    latitude: float | None
    longitude: float | None
    is_open: bool
    says: str
    ending: str
    outcome: str
    followers: int
    with_partner: str
    duplicate_of: UUID | None
    opened_at: datetime
    changed_at: datetime
    closed_at: datetime | None


ENDING_SAYS = {
    "fixed": "Fixed",
    "made_safe": "Made safe; the lasting repair is still to come",
    "not_ours": "Closed: not ours to fix, passed to whoever looks after it",
    "cannot_find": "Closed: we went and could not find it",
    "not_done": "Closed without a repair",
    "duplicate": "Joined to another report of the same thing",
    "withdrawn": "Taken back by whoever reported it",
}


def line(row: Report, pack: Pack) -> ReportLine:
    """Return a row as everyone may see it."""
    service = pack.services.get(row.service)
    return ReportLine(
        case_id=row.case_id, reference=row.reference, service=row.service, name=plain_name(service, row.service),
        place=row.place, area=row.area, latitude=row.latitude, longitude=row.longitude, is_open=row.is_open,
        says=_says(row, pack, service), ending=row.ending, outcome=_outcome(row, service), followers=row.followers,
        with_partner=row.with_partner, duplicate_of=row.duplicate_of, opened_at=row.opened_at, changed_at=row.changed_at,
        closed_at=row.closed_at,
    )  # fmt: skip


def plain_name(service: Any, code: str) -> str:
    """Return what is wrong, not what to do: "Report a pothole" is on the map as "Pothole"."""
    name = str(service.name) if service else code.replace("-", " ")
    for start in ("Report a problem with ", "Report ", "Ask for ", "Ask about "):
        if name.startswith(start):
            name = name.removeprefix(start)
            if start.startswith("Report a problem"):
                return f"Problem with {name}"
            break
    for article in ("an ", "a "):
        name = name.removeprefix(article)
    return name[:1].upper() + name[1:]


def _says(row: Report, pack: Pack, service: Any) -> str:
    if not row.is_open:
        return ENDING_SAYS.get(row.ending, "Closed")
    if row.with_partner and row.status == "passed_on":
        partner = pack.section("partners").get(row.with_partner)
        return f"Passed on to {partner.name if partner else row.with_partner}, whose job it is"
    if row.status == "waiting_for_you":
        return "Waiting to hear from whoever reported it"  # the pack's words speak to that one alone
    for status in service.statuses if service else ():
        if status.code == row.status:
            return str(status.says)
    known = pack.of(STATUSES).get(row.status)
    return known.says if known else "We have it"


def _outcome(row: Report, service: Any) -> str:
    closings = {closing.code: closing.says for closing in service.closings} if service and row.outcome else {}
    return str(closings.get(row.outcome, ""))


def chosen(filter_: ReportFilter) -> QuerySet[Report]:
    """Return the rows a filter lets through; joined ones are with the report they were joined to."""
    rows = Report.objects.filter(hidden=False, duplicate_of=None)
    if filter_.services:
        rows = rows.filter(service__in=filter_.services)
    if filter_.state in {"open", "closed"}:
        rows = rows.filter(is_open=filter_.state == "open")
    elif filter_.state in ENDING_SAYS:
        rows = rows.filter(ending=filter_.state)
    if filter_.area:
        rows = rows.filter(area=filter_.area)
    if filter_.since is not None:
        rows = rows.filter(opened_at__gte=filter_.since)
    if filter_.until is not None:
        rows = rows.filter(opened_at__lte=filter_.until)
    if filter_.box is not None:
        rows = placed_in(rows, filter_.box)
    return rows


def placed_in(rows: QuerySet[Report], box: Box) -> QuerySet[Report]:
    """Return those of the rows that lie in a box: found by its squares, so that a quiet street is no walk through all."""
    rows = rows.filter(latitude__range=(box.south, box.north), longitude__range=(box.west, box.east))
    squares = box_cells(box)
    return rows.filter(cell15__isnull=False) if squares is None else rows.filter(cell15__in=squares)


def newest_reports(filter_: ReportFilter, *, after: str = "", size: int = SIZE) -> Page[ReportLine]:
    """Return a page of reports, newest first. One query.

    Raises:
        BadCursor: ``after`` is not a place in this list.
    """
    pack, rows = current_pack(), chosen(filter_)
    if after:
        at, last = unpack_moment(after)
        rows = rows.filter(Q(opened_at__lt=at) | Q(opened_at=at, case_id__lt=last))
    found = list(rows.order_by("-opened_at", "-case_id")[: size + 1])
    return page_of(
        found, size, lambda row: (row.opened_at.isoformat(), row.case_id), lambda row: line(row, pack), first=not after
    )


def report_by_reference(reference: str) -> ReportLine | None:
    """Return one public report by its reference as people write it; ``None`` where there is none to see. One query."""
    try:
        stored = read_reference(reference)
    except NotAReference:
        return None
    row = Report.objects.filter(reference=stored, hidden=False).first()
    return line(row, current_pack()) if row else None


def report_of_case(case_id: UUID) -> ReportLine | None:
    """Return the public report of a case, or ``None``. One query."""
    row = Report.objects.filter(case_id=case_id, hidden=False).first()
    return line(row, current_pack()) if row else None


def reports_changed(filter_: ReportFilter, *, limit: int) -> list[ReportLine]:
    """Return the newest reports that a filter lets through, for feeds and other systems. One query."""
    pack = current_pack()
    return [line(row, pack) for row in chosen(filter_).order_by("-opened_at", "-case_id")[:limit]]


def days_to_reopen(case_id: UUID, *, at: datetime) -> int | None:
    """Return for how many days yet a closed report may be opened again by its reporter (negative: no more).

    ``None`` where there is no such limit: it is open, or no report from the street. One query.
    """
    closed = Report.objects.filter(case_id=case_id, is_open=False).values_list("closed_at", flat=True).first()
    return current_pack().one(STREET_REPORTS).reopen_days - (at - closed).days if closed else None
