"""Answers that must have a shape or a day: refused with an example, taken however they are spaced."""

from __future__ import annotations

from typing import Any

import pytest

from moothall.intake.dialogue import AnswerError, read_answer
from moothall.services.pack import SERVICES

from .catalogue import TODAY


def question(pack: Any, service: str, key: str) -> Any:
    return next(one for one in pack.of(SERVICES)[service].questions if one.id == key)


@pytest.mark.parametrize(
    ("service", "key", "right", "like"),
    [
        ("blue-badge", "nino", ("QQ123456C", "qq 12 34 56 c", "AB-12-34-56-D"), "QQ 12 34 56 C"),
        ("complaint", "ref", ("4HTK-7W2D", "4htk 7w2d"), "4HTK-7W2D"),
    ],
)
def test_a_number_has_its_shape(council: Any, service: str, key: str, right: tuple[str, ...], like: str) -> None:
    asked = question(council, service, key)
    for given in right:
        assert read_answer(asked, given, today=TODAY, channel="web") == given
    assert read_answer(asked, "", today=TODAY, channel="web") is None
    with pytest.raises(AnswerError, match=f"like {like}"):
        read_answer(asked, "7am", today=TODAY, channel="web")


def test_what_a_complaint_is_about_has_happened(council: Any) -> None:
    asked = question(council, "complaint", "when")
    assert read_answer(asked, TODAY.isoformat(), today=TODAY, channel="web") == TODAY.isoformat()
    with pytest.raises(AnswerError, match="has not come yet"):
        read_answer(asked, TODAY.replace(year=TODAY.year + 1).isoformat(), today=TODAY, channel="web")


def test_the_blue_badge_says_when_it_is_paid_as_it_asks(council: Any) -> None:
    service = council.of(SERVICES)["blue-badge"]
    assert next(one for one in service.questions if one.type == "payment").required
    assert "when you apply" in str(service.cost.per)
