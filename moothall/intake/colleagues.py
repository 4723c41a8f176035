"""Those who work here and councillors ask for something for themselves; a councillor looks at her ward."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from moothall.cases.queries import AreaCount, cases_of, open_in_area
from moothall.core.access import Refused
from moothall.core.actors import SYSTEM, Actor
from moothall.core.packs import current_pack
from moothall.core.paging import Page
from moothall.customers.colleagues.actions import customer_of_staff
from moothall.customers.colleagues.queries import colleague
from moothall.customers.queries import customer_card
from moothall.insight.publishing import AreaRecord, area_record
from moothall.intake.account_queries import OwnRequest, card_known, with_promise
from moothall.intake.actions.dialogues import start_dialogue
from moothall.intake.dialogue.known import Known
from moothall.places.queries import area_names
from moothall.reports.pack import is_public
from moothall.reports.queries import ReportFilter, ReportLine, newest_reports
from moothall.services.pack import SERVICES, Service
from moothall.services.past import service_named

ENQUIRY = "enquiry.raise"
MEMBER_SERVICES = "member-support"
MOST = 50


@dataclass(frozen=True, slots=True)
class WardLine:
    """One service in a ward: its name and how its open cases stand."""

    name: str
    count: AreaCount


@dataclass(frozen=True, slots=True)
class WardPage:
    """What a councillor sees of one of her wards: counts by service, promises kept and what people said of us, and reports
    from the street as everybody sees them."""

    code: str
    name: str
    wards: tuple[tuple[str, str], ...]
    lines: tuple[WardLine, ...]
    record: AreaRecord
    reports: Page[ReportLine]


def may_ask_for(service: Service, actor: Actor) -> bool:
    """Say whether somebody with a staff account may ask for a service as herself: what is for those who work here, or for a
    councillor what her own team of the council answers."""
    if actor.may(ENQUIRY):
        return service.team == MEMBER_SERVICES
    return service.visibility == "staff"


def own_services(actor: Actor) -> list[Service]:
    """Return what this officer or councillor may ask for as herself, by name."""
    found = [service for service in current_pack().of(SERVICES).values() if may_ask_for(service, actor)]
    return sorted(found, key=lambda service: service.name.casefold())


def begin_as_self(service: str, *, by: Actor, at: datetime) -> tuple[UUID, str]:
    """Begin a request of somebody with a staff account for herself; return its id and token.

    Raises:
        KeyError: there is no such service. Refused: it is not hers to ask for. NotOnThisChannel.
    """
    wanted = current_pack().of(SERVICES)[service]
    if by.id is None or not may_ask_for(wanted, by):
        raise Refused("This is not offered to you. Ask whoever runs the service.")
    customer_id = customer_of_staff(by.id, at=at)
    return start_dialogue(service, channel="web", by=by, at=at, customer_id=customer_id)


def own_asks(staff_id: UUID, *, at: datetime) -> list[OwnRequest]:
    """Return what somebody with a staff account asked for as herself, newest first. Four queries."""
    found = colleague(staff_id)
    if found is None:
        return []
    card = customer_card(found.customer_id, SYSTEM, on=at.date())
    return with_promise(cases_of(card.ids, visible_to=SYSTEM, limit=MOST), at=at) if card else []


def known_of_staff(staff_id: UUID, *, at: datetime) -> Known:
    """Return what we know of somebody with a staff account, to offer as answers."""
    found = colleague(staff_id)
    card = customer_card(found.customer_id, SYSTEM, on=at.date()) if found else None
    return card_known(card) if card else Known()


def ward_page(ward: str, *, visible_to: Actor, at: datetime, after: str = "") -> WardPage | None:
    """Return one of a councillor's own wards, the first where none is named; ``None``: she sits for none, or not for that.

    Nothing in it names, reaches or places anybody: counts by service, small ones hidden, shares of promises and
    ratings, and the public side of reports. Eight queries.

    Raises:
        Refused: no councillor. BadCursor.
    """
    if not visible_to.may("ward.view") or visible_to.id is None:
        raise Refused(hidden=True)
    found = colleague(visible_to.id)
    wards = found.wards if found else ()
    code = ward or next(iter(wards), "")
    if code not in wards:
        return None
    pack, names = current_pack(), area_names()
    services = pack.of(SERVICES)
    public = [one for one in services if is_public(pack, one)]
    counts = open_in_area(code, exact=public, visible_to=visible_to)
    return WardPage(
        code, names.get(code, code), tuple((one, names.get(one, one)) for one in wards),
        tuple(WardLine(service_named(one.service, pack=pack), one) for one in counts),
        area_record(code, at=at), newest_reports(ReportFilter(area=code), after=after),
    )  # fmt: skip
