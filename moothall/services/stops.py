"""Danger to life: an answer that ends the asking at once, with what to do instead. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moothall.services.pack import Service


@dataclass(frozen=True, slots=True)
class Stop:
    """What to do at once, and the question whose answer says so."""

    question: str
    says: str


def stop_in(service: Service, answers: Mapping[str, Any]) -> Stop | None:
    """Return what stops a request with these answers; None: it may go on."""
    for question in service.questions:
        chosen = answers.get(question.id)
        for option in question.options:
            if option.stop and option.value == chosen:
                return Stop(question.id, option.stop)
    return None
