"""Random valid answers that every channel can say, and what must be the same of the cases they become."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from moothall.cases.models import Case
from moothall.core.zone import council_date
from moothall.intake.queries.looking import Looking
from moothall.intake.talking.reach import takes
from moothall.promises.models import Promise
from moothall.services.pack import Question, Service

HERS = "+447700900123"
HOUSE = 72000014
Wanted = Mapping[str, Any]


def wanted_for(service: Service, number: int, clock: Any) -> dict[str, Any]:
    """Random valid answers, each sayable on every channel that takes its question; no answer that stops for danger."""
    dice = random.Random(f"{service.code}:{number}")
    return {question.id: _wanted(question, dice, clock) for question in service.questions}


def _wanted(question: Question, dice: random.Random, clock: Any) -> Any:  # noqa: PLR0912 - one line for each type
    today = council_date(clock.now())
    safe = [option.value for option in question.options if not option.stop]
    match question.type:
        case "choice" | "picture":
            return dice.choice(safe)
        case "multi_choice":
            return [dice.choice(safe)]
        case "yes_no":
            return dice.choice(safe or ["yes", "no"])
        case "date":
            return (today + timedelta(days=-9 if question.dates == "past" else 9)).isoformat()
        case "time":
            return "14:30"
        case "money":
            return max(int(question.min or 0), 2050)
        case "number":
            return max(int(question.min or 0), min(3, int(question.max or 3)))
        case "address":
            return {"uprn": str(HOUSE)}
        case "place":
            return {"pick": f"uprn:{HOUSE}"}
        case "person":
            return {"name": "Amina Dunn"}
        case "contact":
            return {"phone": HERS}
        case "items":
            return {dice.choice(safe): "1"} if safe else ["One thing", "another"]
        case "vehicle":
            return {"registration": "AB12CDE"}
        case "photo" | "file":
            return ["later"] if question.required else None
        case "declaration":
            return "yes"
        case "payment":
            return {"how": "link"}
        case "slot" | "lookup":
            return None
        case _:
            return "Plain words" if question.required else None


def on_all(service: Service, wanted: Wanted, channels: list[str]) -> dict[str, Any]:
    """Leave out what may be left out and cannot be said on one of these channels, so that all say the same."""
    talking = [channel for channel in channels if channel in {"voice", "sms"}]
    return {
        question.id: wanted[question.id]
        for question in service.questions
        if question.required or all(takes(question, channel) for channel in talking)
    }


def a_time(question: Question, service: Service, answers: Wanted, clock: Any) -> Any:
    """The first time that is free for these answers; a wish where nothing is booked."""
    times = Looking(service, answers, clock.now()).times(question, 0)
    if times is None:
        return "morning"
    return times[0][0] if times else None


def case_of(case_id: UUID | None) -> Case | None:
    """The case that was opened; None where a rule answered without one."""
    return Case.objects.get(id=case_id) if case_id else None


def _where(value: Any) -> Any:
    """A place without what was typed to find it, and what follows from its number."""
    more = {"search", "postcode"}
    return {key: one for key, one in value.items() if key not in more} if isinstance(value, dict) else value


def what_it_is(case: Case | None, service: Service) -> Any:
    """What must be the same on every channel: answers, place, decisions, who does it, how soon, by when, what it costs."""
    if case is None:
        return None
    times = {question.id for question in service.questions if question.type in {"slot", "lookup"}}
    empty = (None, [], "", [{"value": "later"}])  # a file that follows is no answer yet, said or left out
    answers = {key: _where(value) for key, value in case.answers.items() if value not in empty and key not in times}
    promised = Promise.objects.filter(subject_id=case.id).exclude(kind="acknowledge")
    return {
        "service": case.service, "team": case.team, "priority": case.priority, "uprn": case.uprn, "area": case.area,
        "place": case.place_text, "fee": case.fee_pence, "answers": answers,
        "decisions": sorted((one["table"], one["row"]) for one in case.decisions),
        "promises": sorted(promised.values_list("kind", "standard", "due_at")),
    }  # fmt: skip
