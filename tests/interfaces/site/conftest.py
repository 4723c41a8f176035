"""A resident at the public site, driven as a browser without JavaScript would drive it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from moothall.services.pack import SERVICES, Question

from ...intake.catalogue import a_valid_answer


@pytest.fixture
def resident(council: Any, clock: Any, client: Client) -> Client:
    return client


def posted(question: Question, answer: Any) -> dict[str, Any]:
    """An answer as the form posts it."""
    name = question.id
    if question.type == "items" and question.options:
        return {f"{name}-{key}": value for key, value in answer.items()}
    if isinstance(answer, dict):
        return {f"{name}-{key}": value for key, value in answer.items()}
    return {name: answer if answer is not None else ""}


@pytest.fixture
def walk(resident: Client, council: Any) -> Callable[..., str]:
    """Answer a service's questions to the check page; returns its address. `answers` overrides by question id."""

    def go(
        code: str, answers: dict[str, Any] | None = None, choose: Callable[[Any], Any] = lambda options: options[0]
    ) -> str:
        service = council.of(SERVICES)[code]
        response = resident.post(f"/services/{code}/start", follow=True)
        for _ in range(len(service.questions) + 2):
            here = response.redirect_chain[-1][0].split("?")[0]
            if here.endswith("/check"):
                return here
            assert response.status_code == 200, (code, here, response.status_code)
            question = service.by_question[here.rsplit("/", 1)[1]]
            # a card that nobody holds is refused, so there is no valid one to make up
            is_card = question.id == "card" and code in {"book-court", "book-class"}
            ordinary = "" if is_card else a_valid_answer(question, choose)
            answer = (answers or {}).get(question.id, ordinary)
            offered = re.search(rf'name="{question.id}" type="radio" value="([^"]*~[^"]*)"', response.content.decode())
            form = {question.id: offered[1]} if offered else posted(question, answer)
            response = resident.post(here, form, follow=True)
            assert response.redirect_chain, (code, question.id, form, response.content.decode()[:3000])
        raise AssertionError(f"{code} never ends")

    return go


__all__ = ["QueryDict", "posted"]
