"""Collection rounds over the wire: a crew's sheet out, what happens on the round in, bin days for any address."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Router, Schema
from pydantic import Field

from moothall.core import clock
from moothall.core.packs import current_pack
from moothall.core.zone import council_date
from moothall.interfaces.api import shapes
from moothall.interfaces.api.wire import ERRORS
from moothall.interfaces.policy import Request, policy
from moothall.rounds.actions import MOST_EVENTS, CabReport, PlannedStreet, take_cab_events, take_plan
from moothall.rounds.pack import BINS, ROUNDS
from moothall.rounds.queries import bin_days, crew_sheet

rounds = Router(tags=["rounds"])
MOST_STREETS = 5_000


class CabEventIn(shapes.Wire):
    """One thing that happened on a round. Send it again as often as you like: its id makes it one."""

    id: UUID = Field(description="Made on the device, when it happened.")
    schedule: str = Field(min_length=1, max_length=40)
    day: date
    bin: str = Field(max_length=40)
    kind: str = Field(
        max_length=16,
        description="started, passed_street, not_out, contaminated, too_heavy, blocked, broken_down, resumed or finished.",
    )
    occurred_at: datetime
    usrn: int | None = Field(None, ge=1, le=999_999_999, description="The street's number, as the sheet gives it.")
    uprn: int | None = Field(None, ge=1, le=999_999_999_999)
    street: str = Field(
        "", max_length=160, description="The street's name instead of its number: one of the round's own."
    )
    locality: str = Field(
        "", max_length=120, description="The place of that street, where the round has two of one name."
    )


class CabEventsIn(shapes.Wire):
    """Up to a thousand events, in any order."""

    events: list[CabEventIn] = Field(max_length=MOST_EVENTS)


class RefusedEvent(Schema):
    """One event that cannot be right, and what to mend."""

    id: UUID
    why: str


class CabEventsOut(Schema):
    """What became of them. What is refused stays on the device; the rest need not be sent again."""

    new: int
    known: int
    refused: list[RefusedEvent]


class BinDay(Schema):
    """One collection to come."""

    day: date
    bin: str
    name: str


class BinDays(Schema):
    """The collections to come of one address. ``known`` is false where no round is held for it."""

    uprn: int
    known: bool
    days: list[BinDay]


class DoorOut(Schema):
    """A door the crew must not pass, and why. ``note``: where its bins are; ``ends``: the last day, open-ended without."""

    uprn: int
    kind: str
    note: str = ""
    ends: date | None = None


class StreetOut(Schema):
    """One street of the sheet, in the order of the plan."""

    usrn: int
    planned: datetime | None
    doors: int
    flags: list[DoorOut]
    street: str = ""
    locality: str = ""


class PlannedStreetIn(shapes.Wire):
    """When one street is passed, by its number or by its name."""

    planned: time = Field(description="When, of the day, as the council’s clocks show it: 14:30.")
    usrn: int | None = Field(None, ge=1, le=999_999_999)
    street: str = Field("", max_length=160)
    locality: str = Field("", max_length=120)


class PlanIn(shapes.Wire):
    """The whole plan of a round. An empty one takes the plan away."""

    streets: list[PlannedStreetIn] = Field(max_length=MOST_STREETS)


class RefusedStreet(Schema):
    """One line of a plan that cannot be right: its place in what was sent, from 1, and what to mend."""

    row: int
    why: str


class PlanOut(Schema):
    """What became of a plan. With anything refused, nothing was taken and the old plan stays."""

    streets: int
    changed: bool
    without: int = Field(description="Streets of the round that have no time in it.")
    refused: list[RefusedStreet]


class Sheet(Schema):
    """What a crew needs for one day: no names, no telephone numbers."""

    schedule: str
    day: date
    streets: list[StreetOut]


@rounds.post("/events", response={200: CabEventsOut, **ERRORS}, summary="Send what happens on rounds")
@policy("token", needs="api.rounds.write", purpose="integration")
def post_events(request: Request, body: CabEventsIn) -> Any:
    """Take events from the cab. Order and repetition do not matter; one bad event does not stop the others."""
    reports = [
        CabReport(e.id, e.schedule, e.day, e.bin, e.kind, e.occurred_at, e.usrn, e.uprn, e.street, e.locality)
        for e in body.events
    ]
    taken = take_cab_events(reports, bins=frozenset(current_pack().of(BINS)), by=request.actor, at=clock.now())
    return {
        "new": taken.new, "known": taken.known, "refused": [{"id": one, "why": why} for one, why in taken.refused],
    }  # fmt: skip


@rounds.get("/addresses/{uprn}", response={200: BinDays, **ERRORS}, summary="Bin days of an address")
@policy("token", needs="api.rounds.read", purpose="integration")
def get_bin_days(request: HttpRequest, uprn: int) -> Any:
    """The collections of the next weeks, by day."""
    if not 0 < uprn <= 999_999_999_999:
        raise Http404
    pack, today = current_pack(), council_date(clock.now())
    found = bin_days(uprn, since=today, until=today + timedelta(days=pack.one(ROUNDS).look_ahead_days))
    kinds = pack.of(BINS)
    days = sorted((day, code) for code, days in found.days.items() if code in kinds for day in days)
    return {
        "uprn": uprn, "known": found.known,
        "days": [{"day": day, "bin": code, "name": kinds[code].name} for day, code in days],
    }  # fmt: skip


@rounds.put("/{schedule}/plan", response={200: PlanOut, **ERRORS}, summary="Deliver a round's plan")
@policy("token", needs="api.rounds.plan", purpose="integration")
def put_plan(request: Request, schedule: str, body: PlanIn) -> Any:
    """Say when a round passes its streets: what customers are told to expect. Replaces its whole plan."""
    starts = current_pack().one(ROUNDS).starts
    lines = [
        PlannedStreet(row, _minutes(one.planned) - _minutes(starts), one.usrn, one.street, one.locality)
        for row, one in enumerate(body.streets, 1)
    ]
    taken = take_plan(schedule[:40], lines, by=request.actor)
    return {
        "streets": taken.streets, "changed": taken.changed, "without": taken.without,
        "refused": [{"row": row, "why": why} for row, why in taken.refused],
    }  # fmt: skip


def _minutes(of_day: time) -> int:
    return of_day.hour * 60 + of_day.minute


@rounds.get("/{schedule}/{day}", response={200: Sheet, **ERRORS}, summary="A crew's sheet")
@policy("token", needs="api.rounds.read", purpose="integration")
def get_sheet(request: Request, schedule: str, day: date) -> Any:
    """The streets of one round in order, with assisted collections and repeated misses."""
    streets = crew_sheet(schedule[:40], day, rounds=current_pack().one(ROUNDS), visible_to=request.actor)
    if not streets:
        raise Http404
    return {"schedule": schedule, "day": day, "streets": streets}
