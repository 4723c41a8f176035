"""Reports from the street in words: what the map, the list and a report's page show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from xml.etree import ElementTree as ET

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse

from moothall.core.packs import current_pack
from moothall.core.references import show_reference
from moothall.interfaces.site.place_question import point_of
from moothall.interfaces.ui import words
from moothall.interfaces.ui.fields import FieldView
from moothall.interfaces.ui.parts import State
from moothall.places.geometry import Box, box_around, on_earth
from moothall.places.queries import area_names
from moothall.reports.pack import public_services
from moothall.reports.queries import MapView, ReportFilter, ReportLine
from moothall.reports.queries.finding import plain_name
from moothall.reports.queries.outside import OutsideReport

STATES: Final = (
    ("", "Open and closed"), ("open", "Open"), ("closed", "Closed"), ("fixed", "Fixed"),
    ("made_safe", "Made safe, lasting repair to come"), ("not_ours", "Not ours to fix"),
    ("cannot_find", "We could not find it"), ("not_done", "Closed without a repair"),
)  # fmt: skip
SPANS: Final = (
    ("", "Any time"),
    ("7", "In the last 7 days"),
    ("30", "In the last 30 days"),
    ("365", "In the last year"),
)
REACH: Final = 500.0
ADDRESS: Final = FieldView(
    "address", "text", "Your email address or mobile number", width="20",
    hint="Only for news of this report. We forget it some weeks after it is closed.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chosen:
    """The filter as it stands in the form, and what it lets through."""

    service: str
    state: str
    area: str
    days: str
    near: str
    box: str
    placed: str
    filter: ReportFilter

    @property
    def query(self) -> dict[str, str]:
        """The filter as the query of an address."""
        held = {
            "service": self.service,
            "state": self.state,
            "area": self.area,
            "days": self.days,
            "near": self.near,
            "box": self.box,
            "place": self.placed,
            "placed": self.placed,
        }
        return {key: value for key, value in held.items() if value}

    @property
    def as_drawn(self) -> dict[str, str]:
        """The filter without its place: a map says itself which box it shows."""
        return {key: value for key, value in self.query.items() if key not in {"near", "box", "place", "placed"}}


@dataclass(frozen=True, slots=True)
class Row:
    """One report in the list."""

    title: str
    place: str
    says: str
    when: str
    link: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class ReportView:
    """One report's page."""

    title: str
    reference: str
    place: str
    says: str
    state: State
    outcome: str
    details: tuple[str, ...]
    opened: str
    closed: str
    promise: str
    team: str
    followers: str
    photos: tuple[str, ...]
    follow_link: str
    track_link: str
    report_link: str
    is_open: bool
    joined_link: str
    point: tuple[float, float] | None
    field: FieldView = ADDRESS
    notice: str = ""
    too: str = ""


def chosen(query: QueryDict, *, at: datetime) -> Chosen:
    """Read the filter of the list and the map; what is not among the choices is left out."""
    service, state, area = (_known(query.get(name, "")) for name in ("service", "state", "area"))
    days = query.get("days", "") if query.get("days", "") in {code for code, _ in SPANS} else ""
    service = service if service in public_services(current_pack()) else ""
    state = state if state in {code for code, _ in STATES} else ""
    near, placed = query.get("near", "")[:40], _known(query.get("placed", ""))[:120]
    typed = " ".join(query.get("place", "").split())
    if placed and typed != placed:  # another place was typed, or none: the one chosen before does not count
        near = placed = ""
    point = point_of(*([*near.split(","), ""][:2])) if near else None
    box = box_around(*point, REACH) if point else box_of(query.get("box", ""))
    since = at - timedelta(days=int(days)) if days else None
    filter_ = ReportFilter(services=(service,) if service else (), state=state, area=area, since=since, box=box)
    shown = query.get("box", "") if box and not point else ""
    return Chosen(service, state, area, days, near if point else "", shown, placed if point else "", filter_)


def _known(text: str) -> str:
    return text if len(text) <= 80 and text.isprintable() else ""


def box_of(text: str) -> Box | None:
    """Return a box from "west,south,east,north", or None."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        return None
    right = on_earth(south, west) and on_earth(north, east) and south < north and west < east
    return Box(south, west, north, east) if right else None


def map_json(view: MapView) -> dict[str, Any]:
    """Return what the map draws: `[longitude, latitude, reports, open]`, a single one with its reference and service."""
    points: list[list[Any]] = []
    for one in view.clusters:
        point: list[Any] = [one.longitude, one.latitude, one.reports, one.open]
        if one.reference:
            point += [show_reference(one.reference), one.service]
        points.append(point)
    known = current_pack().services
    names = {code: plain_name(known.get(code), code) for code in {one.service for one in view.clusters if one.service}}
    return {"total": view.total, "single": view.single, "points": points, "names": names}


def row(report: ReportLine) -> Row:
    """Return a report as the list shows it."""
    link = reverse("site:report", args=[show_reference(report.reference)])
    when = f"Reported {words.day_year(report.opened_at)}"
    return Row(report.name, report.place or "Place not given", report.says, when, link, report.is_open)


def filters() -> dict[str, Any]:
    """Return the choices of the filter."""
    services = current_pack().services
    return {
        "services": [(code, services[code].name) for code in public_services(current_pack())],
        "states": STATES, "areas": sorted(area_names().items(), key=lambda one: one[1]), "spans": SPANS,
    }  # fmt: skip


def report(
    one: OutsideReport, *, photos: list[Any], notice: str = "", too: str = "", field: FieldView = ADDRESS
) -> ReportView:
    """Return a report's page."""
    line = one.report
    number = show_reference(line.reference)
    late = bool(line.is_open and one.expected_at and one.expected_at < _now())
    promise = f"We promised to deal with it by {words.day_year(one.expected_at)}." if one.expected_at else ""
    joined = reverse("site:report", args=[show_reference(one.joined_to)]) if one.joined_to else ""
    return ReportView(
        title=line.name, reference=number, place=line.place, says=line.says, state="late" if late else "on_track",
        outcome=line.outcome, details=one.details, opened=words.day_year(line.opened_at),
        closed=words.day_year(line.closed_at) if line.closed_at else "", promise=promise, team=one.team,
        followers=f"By {words.count(line.followers, 'person', 'people')}" if line.followers else "",
        photos=tuple(reverse("site:report-photo", args=[number, photo]) for photo in photos),
        follow_link=reverse("site:follow", args=[number]), track_link=f"{reverse('site:track')}?reference={number}",
        report_link=reverse("site:service", args=[line.service]), is_open=line.is_open, joined_link=joined,
        point=(line.latitude, line.longitude) if line.latitude is not None and line.longitude is not None else None,
        field=field, notice=notice, too=too,
    )  # fmt: skip


def _now() -> datetime:
    from moothall.core import clock

    return clock.now()


def rss(title: str, link: str, reports: list[ReportLine]) -> bytes:
    """Return reports as an RSS 2.0 feed."""
    from email.utils import format_datetime

    root = ET.Element("rss", {"version": "2.0"})
    channel = ET.SubElement(root, "channel")
    for name, text in (("title", title), ("link", link), ("description", "New reports from the street, newest first.")):
        ET.SubElement(channel, name).text = text
    for one in reports:
        item, here = ET.SubElement(channel, "item"), f"{settings.PUBLIC_URL}/reports/{show_reference(one.reference)}"
        ET.SubElement(item, "title").text = f"{one.name}: {one.place or 'place not given'}"
        ET.SubElement(item, "link").text = here
        ET.SubElement(item, "guid", {"isPermaLink": "true"}).text = here
        ET.SubElement(item, "description").text = one.says
        ET.SubElement(item, "pubDate").text = format_datetime(one.opened_at)
    text = ET.tostring(root, "unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}'.encode()
