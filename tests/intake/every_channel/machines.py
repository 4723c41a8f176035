"""Another system that asks for a service by our REST interface, for whatever channel its people used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django.test import Client

from moothall.cases.models import Case
from moothall.core.clock import now
from moothall.core.models import ApiClient
from moothall.core.staff.actor import token_digest
from moothall.places.finding import find_spots
from moothall.places.queries import address
from moothall.services.pack import Question, Service

from .answers import HOUSE, Wanted, case_of


def _token(*scopes: str) -> str:
    token = f"mth_test_{'-'.join(scopes)}"
    ApiClient.objects.get_or_create(
        token_digest=token_digest(token), defaults={"name": "Test", "scopes": list(scopes), "created_at": now()}
    )
    return token


def by_api(channel: str) -> Any:
    """One call of the REST interface with all answers."""

    def drive(service: Service, wanted: Wanted, clock: Any) -> Case | None:
        answer = ask_by_api(channel, service, wanted)
        assert answer.status_code == 201, (service.code, channel, answer.content.decode()[:2000])
        case_id = answer.json()["case_id"]
        return case_of(UUID(case_id)) if case_id else None

    return drive


def ask_by_api(channel: str, service: Service, wanted: Wanted) -> Any:
    """Make the one call; return its answer as it comes."""
    answers = {
        question.id: _as_json(question, wanted[question.id])
        for question in service.questions
        if wanted.get(question.id) is not None
    }
    return Client().post(
        "/api/v1/cases", {"service": service.code, "channel": channel, "answers": answers},
        content_type="application/json",
        headers={"Authorization": f"Bearer {_token('api.cases.write')}", "Idempotency-Key": str(uuid4())},
    )  # fmt: skip


def _as_json(question: Question, value: Any) -> Any:
    if question.type == "place" and isinstance(value, Mapping):  # as our own list of places gives it
        spot = next(one for one in find_spots("14 Mill Lane") if one.pick == value["pick"])
        there = address(HOUSE)
        assert there is not None
        return {"uprn": HOUSE, "text": spot.text, "latitude": there.latitude, "longitude": there.longitude}
    return value
