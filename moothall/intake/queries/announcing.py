"""What is announced meets who asks: beside the caller, and in a request before it is sent."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moothall.announcements.queries import AnnouncementView, live, spot_of, touching
from moothall.intake.dialogue.known import known_from_answers
from moothall.intake.place import where_is
from moothall.services.pack import Service


@dataclass(frozen=True, slots=True)
class BesideCaller:
    """An announcement beside somebody on the line; ``theirs``: it touches where they live and what they ask for."""

    one: AnnouncementView
    theirs: bool


def beside_caller(uprn: int | None, area: str, services: Collection[str], *, at: datetime) -> tuple[BesideCaller, ...]:
    """Return what goes on, theirs first. What is not theirs is shown while nobody knows where they live, and once they ask
    for a service it touches: who rings may ring for somebody else. Five queries."""
    going_on = live(at=at)
    if not going_on:
        return ()
    theirs = {one.id for one in touching(services, spot_of(uprn, area), among=going_on)}
    unplaced = uprn is None and not area and not services
    about = [one for one in going_on if unplaced or set(services) & set(one.services)]
    shown = [BesideCaller(one, one.id in theirs) for one in going_on if one.id in theirs or one in about]
    return tuple(sorted(shown, key=lambda one: not one.theirs))


def announced_for(service: Service, answers: Mapping[str, Any], *, at: datetime) -> tuple[AnnouncementView, ...]:
    """Return what goes on with this service where these answers are about. One query when nothing does."""
    fitting = [one for one in live(at=at) if service.code in one.services]
    if not fitting:
        return ()
    where = where_is(service, answers, known_from_answers(service.by_question, answers))
    return touching([service.code], spot_of(where.uprn, where.area, usrn=_street(service, answers)), among=fitting)


def _street(service: Service, answers: Mapping[str, Any]) -> int | None:
    """The street of a place that was shown on the map or chosen from the list, where there are no premises."""
    for question in service.questions:
        value = answers.get(question.id)
        if question.type == "place" and isinstance(value, Mapping) and str(value.get("usrn") or "").isdigit():
            return int(value["usrn"])
    return None
