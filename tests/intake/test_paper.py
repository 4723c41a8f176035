"""What boxes a question has on paper, and what ticks and words in them answer."""

from __future__ import annotations

from typing import Any

import pytest

from moothall.core.packs import load_pack
from moothall.intake.paper import Mark, asked_on_paper, boxes_of, given_of, most_on_paper, only_if
from moothall.services.pack import Condition, Question

PACK = load_pack("leeds")


def question(type_: str, **more: Any) -> Question:
    return Question.model_validate({"id": "q", "type": type_, "label": "What is it?", **more})


COLOUR = question("choice", options=[{"value": "red", "label": "Red"}, {"value": "blue", "label": "Blue"}])


def test_one_tick_is_the_answer_two_are_for_a_person() -> None:
    assert given_of(COLOUR, {"q.red": Mark(ticked=True)}).given == "red"
    both = given_of(COLOUR, {"q.red": Mark(ticked=True), "q.blue": Mark(ticked=True)})
    assert (both.given, both.doubtful) == (None, True)
    assert given_of(COLOUR, {}).given is None
    assert not given_of(COLOUR, {}).doubtful


def test_a_faint_tick_and_handwriting_are_for_a_person() -> None:
    assert given_of(COLOUR, {"q.red": Mark(ticked=False, sure=False)}).doubtful
    written = given_of(question("text"), {"q.text": Mark(text="14 Mill Lane", sure=False)})
    assert (written.given, written.doubtful) == ("14 Mill Lane", True)
    assert not given_of(question("text"), {"q.text": Mark(text="14 Mill Lane")}).doubtful


@pytest.mark.parametrize(
    ("type_", "marks", "given"),
    [
        ("yes_no", {"q.no": Mark(ticked=True)}, "no"),
        ("declaration", {"q.yes": Mark(ticked=True)}, "yes"),
        ("declaration", {}, None),
        ("date", {"q.day": Mark("2"), "q.month": Mark("5"), "q.year": Mark("26")}, {"day": "2", "month": "5", "year": "26"}),
        ("date", {}, None),
        ("contact", {"q.phone": Mark("07700"), "q.by_post": Mark(ticked=True)}, {"phone": "07700", "by": "post"}),
        ("contact", {}, None),
        ("photo", {"q.later": Mark(ticked=True)}, ["later"]),
        ("payment", {"q.link": Mark(ticked=True)}, {"how": "link"}),
        ("items", {"q.text": Mark("A chair\nA table")}, ["A chair", "A table"]),
        ("address", {"q.line1": Mark("14 Mill Lane"), "q.postcode": Mark("LS21 1AA")}, {"line1": "14 Mill Lane", "postcode": "LS21 1AA"}),  # noqa: E501
    ],
)  # fmt: skip
def test_boxes_answer_as_the_dialogue_takes_it(type_: str, marks: dict[str, Mark], given: Any) -> None:
    assert given_of(question(type_), marks).given == given


def test_when_a_question_applies_is_said_in_words() -> None:
    numbers, known = {"colour": 3}, {"colour": COLOUR}
    said = only_if(Condition.model_validate({"question": "colour", "is_any_of": ["red"]}), known, numbers)
    assert said == "Only if you chose “Red” at question 3."
    said = only_if(Condition.model_validate({"not": {"question": "colour", "is_any_of": ["red"]}}), known, numbers)
    assert said == "Only if you did not choose “Red” at question 3."
    assert only_if(None, known, numbers) == ""
    assert only_if(Condition.model_validate({"question": "elsewhere", "answered": True}), known, numbers) == (
        "Only if it applies to you."
    )


def test_no_service_promises_more_of_paper_than_a_form_can_do() -> None:
    for code, service in PACK.services.items():
        if service.channel("post").level == "full":
            assert most_on_paper(service) == "full", code
        if service.channel("post").level != "no":
            assert asked_on_paper(service), code


def test_no_two_boxes_of_a_form_are_called_the_same() -> None:
    for code, service in PACK.services.items():
        keys = [box.key for one in asked_on_paper(service) for box in boxes_of(one)]
        assert len(keys) == len(set(keys)), code
