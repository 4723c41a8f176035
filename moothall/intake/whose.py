"""Whose job a request is, from its answers and its place: composed of what lies there and the pack's rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from moothall.core.packs import Pack
from moothall.intake.desk_standards import standard_for
from moothall.intake.place import Where
from moothall.partners.pack import PARTNERS, WHOSE_JOB, WhoseJob
from moothall.partners.rules import Owned, Theirs, bounds, wants_place, whose
from moothall.places.finding import Surroundings, beyond, surroundings
from moothall.promises.rules import Standard, Unit
from moothall.services.pack import Service
from moothall.services.rules import Course, Decision

REFERRAL: Final = "referral"
DECIDED: Final = "whose-job"
"""What the decision that a request is another's to do is called."""
ANOTHER_AREA: Final = "council"
"""The kind of area that is another council's: its owner is that council among the partners."""


def whose_job(service: Service, answers: Mapping[str, Any], where: Where, pack: Pack) -> Theirs | None:
    """Return whose job a request is where it is not ours. Four queries where the place matters and is known, else none.

    At most two more for each kind of our areas that the place is in none of.
    """
    job = pack.one(WHOSE_JOB)
    here: tuple[Owned, ...] = ()
    if where.latitude is not None and where.longitude is not None and wants_place(job, service.code):
        found = surroundings(where.latitude, where.longitude)
        here = (
            *(Owned("asset", kind, owner) for _, kind, owner in found.assets),
            *((Owned("street", found.road_class, found.street_owner),) if found.usrn else ()),
            *_land(job, service.code, where.latitude, where.longitude, found, ours=bool(where.area)),
        )
    return whose(job, pack.of(PARTNERS), service.code, answers, here)


def whose_area(service: Service, latitude: float, longitude: float, found: Surroundings, pack: Pack) -> Theirs | None:
    """Return whose area a point is in where it is not ours, as soon as it is pointed at. At most two queries, inside none.

    ``found`` is what the point lies on and in. Only that it is another's area is told here: what else decides whose job
    it is (the road, the lamp, the answers) is known when all is answered.
    """
    job = pack.one(WHOSE_JOB)
    rules = tuple(one for one in job.rules if one.by == "outside" or (one.by == "area" and ANOTHER_AREA in one.kinds))
    only = job.model_copy(update={"rules": rules})
    here = tuple(_land(only, service.code, latitude, longitude, found))
    return whose(only, pack.of(PARTNERS), service.code, {}, here)


def _land(
    job: WhoseJob, service: str, latitude: float, longitude: float, found: Surroundings, *, ours: bool = False
) -> Iterator[Owned]:
    """The areas it lies in, and one for each kind of our areas that it lies in none of.

    ``ours``: its address has an area of ours, wherever the address book puts it.
    """
    inside = {kind for _, kind, _ in found.lands}
    yield from (Owned("area", kind, owner) for _, kind, owner in found.lands)
    for kind in () if ours else bounds(job, service):
        if kind not in inside and beyond(latitude, longitude, kind=kind):
            yield Owned("outside", kind, "another")


def passed_on(course: Course, theirs: Theirs, pack: Pack) -> Course:
    """Return the course of a request that is another's to do: our team looks after it, and why is kept with the rest."""
    decided = Decision(DECIDED, theirs.rule, theirs.says, {"partner": theirs.partner.code}, {})
    return replace(
        course, team=pack.one(WHOSE_JOB).team, fee=None, decisions=(*course.decisions, decided), say=how_to_say(theirs)
    )


def how_to_say(theirs: Theirs) -> tuple[str, ...]:
    """Return what the customer hears before sending: whose it is, that we send it for her, how to reach them herself."""
    partner = theirs.partner
    ways = " or ".join(part for part in (f"ring {partner.phone}" if partner.phone else "", partner.web or "") if part)
    said = [f"{theirs.says} We send it to them for you, and tell you what they say."]
    if ways:
        said.append(f"You can also tell them yourself: {ways}.")
    if partner.urgent:
        said.append(partner.urgent)
    return tuple(said)


def referral_standard(pack: Pack, service: str, *, on: date) -> Standard:
    """Return by when we say what another organisation answered; without one of the council's, within ten working days."""
    found = standard_for(pack, REFERRAL, on=on, service=service)
    return found or Standard(REFERRAL, 10, Unit.WORKING_DAYS, "office", name="What they answer")
