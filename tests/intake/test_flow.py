"""Which questions are asked, in what order, and what is forgotten when a condition no longer holds."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moothall.intake.dialogue import (
    asked_questions,
    first_unanswered,
    lines_of,
    previous_question,
    progress_at,
    prune,
    question_after,
    read_all,
    read_answer,
)
from moothall.services.pack import Service
from tests.drawing import examples

from .catalogue import TODAY, a_valid_answer, services

any_service = st.sampled_from(sorted(services()))


def walk(service: Service, choose: Any) -> dict[str, Any]:
    """Answer question after question as the site does, until none is left."""
    answers: dict[str, Any] = {}
    for _ in range(len(service.questions) + 1):
        asked = first_unanswered(service, answers, TODAY)
        if asked is None:
            return answers
        answers[asked.id] = read_answer(asked, a_valid_answer(asked, choose), today=TODAY)
        answers = prune(service, answers, TODAY)
    raise AssertionError("The dialogue never ends.")


@given(any_service, st.data())
@settings(max_examples=examples(300), deadline=None)
def test_a_walk_ends_and_its_answers_stand_as_a_whole_form(code: str, data: st.DataObject) -> None:
    service = services()[code]
    answers = walk(service, lambda options: data.draw(st.sampled_from(options)))
    again, wrong = read_all(service, answers, today=TODAY)
    assert wrong == {}
    assert again == answers
    lines = lines_of(service, answers, TODAY)
    assert {line.question for line in lines} == set(answers)


@given(any_service, st.data())
@settings(max_examples=examples(300), deadline=None)
def test_pruning_twice_is_pruning_once_and_keeps_only_what_is_asked(code: str, data: st.DataObject) -> None:
    service = services()[code]
    answers = {
        question.id: data.draw(
            st.none() | st.just(read_answer(question, a_valid_answer(question, data_choice(data)), today=TODAY))
        )
        for question in service.questions
        if question.type != "lookup" and data.draw(st.booleans())
    }
    answers["gone"] = "an answer to a question of another time"
    kept = prune(service, answers, TODAY)
    assert prune(service, kept, TODAY) == kept
    asked = {question.id for question in asked_questions(service, kept, TODAY)}
    assert set(kept) <= asked
    # what is asked does not depend on answers that are not
    assert asked == {question.id for question in asked_questions(service, answers, TODAY)}


def data_choice(data: st.DataObject) -> Any:
    return lambda options: data.draw(st.sampled_from(options))


@given(any_service, st.data())
@settings(max_examples=examples(150), deadline=None)
def test_back_undoes_next(code: str, data: st.DataObject) -> None:
    service = services()[code]
    answers = walk(service, data_choice(data))
    asked = asked_questions(service, answers, TODAY)
    for before, after in pairwise(asked):
        assert previous_question(service, answers, after.id, TODAY) == before
        assert (
            question_after(service, {k: v for k, v in answers.items() if k != after.id}, before.id, TODAY) is not None
        )
    if asked:
        assert previous_question(service, answers, asked[0].id, TODAY) is None
        last = progress_at(service, answers, asked[-1].id, TODAY)
        assert last.number == last.about == len(asked)


def test_a_changed_answer_takes_its_follow_up_away() -> None:
    service = services()["missed-bin"]
    answers: dict[str, Any] = {"tag": "yes", "tag_reason": "heavy", "bin": "food"}
    assert prune(service, answers | {"tag": "no"}, TODAY) == {"tag": "no", "bin": "food"}


def test_a_question_left_empty_on_purpose_is_not_asked_again() -> None:
    service = services()["missed-bin"]
    answers = walk(service, lambda options: options[-1])
    answers |= {"tag": "yes"}
    asked = first_unanswered(service, answers, TODAY)
    assert asked is not None
    assert asked.id == "tag_reason"
    assert first_unanswered(service, answers | {"tag_reason": None}, TODAY) is None


def test_a_whole_form_with_nothing_in_it_says_what_is_missing() -> None:
    for service in services().values():
        answers, wrong = read_all(service, {}, today=TODAY)
        assert answers == {}
        for code, error in wrong.items():
            assert service.by_question[code].required
            assert error.message.endswith(".")


@pytest.mark.parametrize("channel", ["api", "email", "web"])
def test_what_follows_by_link_need_not_be_answered_where_the_service_only_begins(channel: str) -> None:
    for service in services().values():
        begun = service.channel(channel).level == "begin"
        _, wrong = read_all(service, {}, today=TODAY, channel=channel)
        types = {service.by_question[code].type for code in wrong}
        if begun:
            assert not types & {"slot", "payment", "photo", "file", "items"}
