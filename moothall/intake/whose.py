"""Whose job a request is, from its answers and its place: composed of what lies there and the pack's rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from moothall.core.packs import Pack
from moothall.intake.desk_standards import standard_for
from moothall.intake.place import Where
from moothall.partners.pack import PARTNERS, WHOSE_JOB
from moothall.partners.rules import Owned, Theirs, wants_place, whose
from moothall.places.finding import surroundings
from moothall.promises.rules import Standard, Unit
from moothall.services.pack import Service
from moothall.services.rules import Course, Decision

REFERRAL: Final = "referral"


def whose_job(service: Service, answers: Mapping[str, Any], where: Where, pack: Pack) -> Theirs | None:
    """Return whose job a request is where it is not ours. Four queries where the place matters and is known, else none."""
    job = pack.one(WHOSE_JOB)
    here: tuple[Owned, ...] = ()
    if where.latitude is not None and where.longitude is not None and wants_place(job, service.code):
        found = surroundings(where.latitude, where.longitude)
        here = (
            *(Owned("asset", kind, owner) for _, kind, owner in found.assets),
            *((Owned("street", found.road_class, found.street_owner),) if found.usrn else ()),
            *(Owned("area", kind, owner) for _, kind, owner in found.lands),
        )
    return whose(job, pack.of(PARTNERS), service.code, answers, here)


def passed_on(course: Course, theirs: Theirs, pack: Pack) -> Course:
    """Return the course of a request that is another's to do: our team looks after it, and why is kept with the rest."""
    decided = Decision("whose-job", theirs.rule, theirs.says, {"partner": theirs.partner.code}, {})
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
