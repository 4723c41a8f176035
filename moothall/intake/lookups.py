"""The questions of a service that are found, not asked: looked up afresh each time, kept when the request is sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from moothall.intake.council_time import council_date
from moothall.intake.place import Where
from moothall.services.lookups import Asked, Found, look_up
from moothall.services.pack import Service
from moothall.services.rules import questions_to_ask


def looks_up(service: Service) -> bool:
    """Say whether the service has a question that is found, not asked."""
    return any(question.type == "lookup" for question in service.questions)


def found_for(
    service: Service, answers: Mapping[str, Any], where: Where, *, channel: str, at: datetime
) -> dict[str, Found]:
    """Return what can be found by now, by question. A service without lookups costs nothing."""
    found: dict[str, Found] = {}
    if not looks_up(service):
        return found
    for question in questions_to_ask(service, answers, council_date(at), channel):
        if question.type == "lookup" and question.provider:
            answer = look_up(question.provider, Asked(service.code, answers, where.uprn, at))
            if answer is not None:
                found[question.id] = answer
    return found


def with_found(answers: Mapping[str, Any], found: Mapping[str, Found]) -> dict[str, Any]:
    """Return the answers and what was found beside them, as tables read and cases keep them."""
    return {**answers, **{question: one.as_answer() for question, one in found.items()}}
