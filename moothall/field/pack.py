"""The field sections of a council pack: crews, which services make jobs, what a crew can say, how far a road is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from typing import Literal

from pydantic import Field

from moothall.bookings.pack import BOOKABLES, units_of
from moothall.core.packs import Pack, PackModel, Problem, register_check, register_section, register_single
from moothall.core.packs.sections import Code, Text
from moothall.services.pack import Service


class Crew(PackModel):
    """One crew: what it can do, where and when its day begins. Without a start it begins in the middle of its jobs."""

    code: Code
    name: Text
    team: Code
    skills: tuple[Code, ...] = Field(min_length=1)
    areas: tuple[str, ...] = Field((), description="Area codes it keeps to; none: everywhere.")
    vehicle: str = ""
    start_says: str = ""
    latitude: float | None = Field(None, ge=-90, le=90)
    longitude: float | None = Field(None, ge=-180, le=180)
    starts: time = time(8, 0)
    ends: time = time(16, 0)
    break_minutes: int = Field(30, ge=0, le=90)


class FieldJob(PackModel):
    """A service whose cases are worked on the spot. ``code`` is the service's."""

    code: Code
    skill: Code
    minutes: int = Field(ge=1, le=480)
    done: Code = Field(description="The service's closing that means the work is done.")
    proof: Literal["photo", "none"] = "photo"
    meets: bool = Field(False, description="The crew meets the customer: her name and needs are shown.")
    at_once: tuple[str, ...] = Field(
        ("emergency",), description="Priorities that go onto a published day by themselves."
    )
    hazards: tuple[Text, ...] = ()
    show: tuple[str, ...] = Field((), description="Questions whose answers the crew needs.")
    things: Code | None = Field(
        None, description="The question that lists what is to be taken: the crew says which of it stays behind."
    )


class FieldReason(PackModel):
    """Why a job could not be done: what the crew taps, what the customer reads, what happens next."""

    code: Code
    crew: Text
    customer: Text = Field(description="What the customer reads, as a sentence without its full stop.")
    explains: Code = Field(description="The reason as promises are explained with: a code of `pauses`.")
    then: Literal["again", "office", "contractor"] = "again"
    services: tuple[Code, ...] = Field((), description="Only at jobs of these services; none: at all.")
    ours: bool = True
    booking: str = Field("", description="The reason as bookings name it, where a booked visit failed.")
    crew_off: Text | None = Field(
        None, description="Why a whole crew may not work a day, as a supervisor chooses it; none: not chosen for that."
    )


class FieldRules(PackModel):
    """How the length of a road is reckoned where no road network is held, and how long planning may think."""

    winding: float = Field(1.3, ge=1, le=3, description="How much longer a road is than the straight line.")
    town_kmh: float = Field(24, gt=0, le=110)
    open_kmh: float = Field(40, gt=0, le=110, description="On what a trip has beyond the first three kilometres.")
    park_minutes: float = Field(1, ge=0, le=15, description="To stop, and to get away again.")
    calendar: str = Field("office", description="On which days crews come again; bank holidays are left out.")
    think_seconds: int = Field(20, ge=1, le=55)
    most_jobs: int = Field(600, ge=10, le=2000)
    not_reached: Code = Field("no-time", description="The reason of a booked visit that nobody got to on its day.")


CREWS = register_section("crews", Crew)
FIELD_JOBS = register_section("field_jobs", FieldJob)
FIELD_REASONS = register_section("field_reasons", FieldReason)
FIELD = register_single("field", FieldRules)


def _check(pack: Pack) -> Iterator[Problem]:
    """Every job's service, closing and questions are the pack's; somebody has its skill; a crew's day runs forward."""
    skills = {skill for crew in pack.of(CREWS).values() for skill in crew.skills}
    if pack.one(FIELD).calendar not in pack.section("calendars"):
        yield pack.problem("there is no such calendar", "field", "calendar", value=pack.one(FIELD).calendar)
    for code, crew in pack.of(CREWS).items():
        if crew.ends <= crew.starts:
            yield pack.problem("a day must end after it starts", "crews", code, "ends", value=str(crew.ends))
        if (crew.latitude is None) != (crew.longitude is None):
            yield pack.problem("a start needs latitude and longitude", "crews", code)
    for code, job in pack.of(FIELD_JOBS).items():
        service = pack.services.get(code)
        if service is None:
            yield pack.problem("there is no such service", "field_jobs", code, value=code)
            continue
        yield from _check_sold(pack, service, job)
        if job.done not in {closing.code for closing in service.closings}:
            yield pack.problem("the service has no such closing", "field_jobs", code, "done", value=job.done)
        if pack.of(CREWS) and job.skill not in skills:
            yield pack.problem("no crew has this skill", "field_jobs", code, "skill", value=job.skill)
        for question in job.show:
            if question not in service.by_question:
                yield pack.problem("the service has no such question", "field_jobs", code, "show", value=question)
        asked = service.by_question.get(job.things) if job.things else None
        if job.things and (asked is None or asked.type != "items" or not asked.options):
            yield pack.problem("the service has no such list to choose things from", "field_jobs", code, "things",
                               value=job.things)  # fmt: skip


def _check_sold(pack: Pack, service: Service, job: FieldJob) -> Iterator[Problem]:
    """No more crews' days are sold than there are crews for the work: what is booked can be done."""
    crews = sum(1 for crew in pack.of(CREWS).values() if job.skill in crew.skills)
    for booked in {question.books for question in service.questions if question.books}:
        bookable = pack.of(BOOKABLES).get(booked)
        sold = len(units_of(pack, booked))
        if bookable is not None and bookable.kind == "collection" and crews and sold > crews:
            yield pack.problem(
                f"{sold} crews can be booked, and {crews} can do it: count as many as there are in `crews`", "bookables",
                booked, value=job.skill,
            )  # fmt: skip


def _check_reasons(pack: Pack) -> Iterator[Problem]:
    """Every reason explains as the pack knows it, at services that a crew does; the one of what was not reached is there."""
    reasons, wanted = pack.of(FIELD_REASONS), pack.one(FIELD).not_reached
    if reasons and wanted not in reasons:
        yield pack.problem("there is no such reason", "field", "not_reached", value=wanted)
    for code, reason in pack.of(FIELD_REASONS).items():
        if reason.explains not in pack.section("pauses"):
            yield pack.problem("there is no such reason", "field_reasons", code, "explains", value=reason.explains)
        for service in reason.services:
            if service not in pack.of(FIELD_JOBS):
                yield pack.problem("no crew does this service", "field_reasons", code, "services", value=service)


register_check("field", _check)
register_check("field_reasons", _check_reasons)


def short_name(pack: Pack, service: str) -> str:
    """Return what a service is about in as few words as a crew needs: “Report a pothole …” is “Pothole …”."""
    found = pack.services.get(service)
    if found is None:
        return service
    words = str(found.name).removeprefix("Report ").removeprefix("a ").removeprefix("an ")
    return words[:1].upper() + words[1:]
