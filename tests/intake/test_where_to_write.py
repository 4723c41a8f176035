"""Who chooses post is asked where to write before it is sent; a request begun before that was asked goes on as begun."""

from __future__ import annotations

from typing import Any

import pytest

from moothall.cases.models import Case
from moothall.core.actors import ANONYMOUS, SYSTEM
from moothall.core.packs import apply_pack, pack_from_content
from moothall.intake import actions
from moothall.intake.actions import NotFinished
from moothall.intake.queries import check_answers
from moothall.services.pack import SERVICES

from .every_channel.answers import wanted_for
from .every_channel.machines import ask_by_api

pytestmark = pytest.mark.django_db
CODE = "library-join"
GIVEN = {"you": {"name": "Amina Dunn"}, "child": "no", "branch": {"text": "Otley Library"}, "pin": "4071"}
POST = {"by": "post"}
THERE = {"line1": "2 Mill Lane", "town": "Otley", "postcode": "LS21 1AA"}


def begin(clock: Any) -> tuple[Any, str]:
    return actions.start_dialogue(CODE, channel="web", by=ANONYMOUS, at=clock.now(), answers=GIVEN)


def answer(held: tuple[Any, str], question: str, given: Any, clock: Any) -> str | None:
    said = actions.answer(*held, question=question, given=given, by=ANONYMOUS, at=clock.now())
    return said.next_question


def test_it_is_asked_of_who_chose_post_and_forgotten_when_she_gives_an_address_to_mail(
    council: Any, clock: Any
) -> None:
    held = begin(clock)
    assert answer(held, "contact", POST, clock) == "write_to"
    with pytest.raises(NotFinished) as left:
        actions.submit(*held, by=ANONYMOUS, at=clock.now())
    assert left.value.question == "write_to"
    assert answer(held, "write_to", THERE, clock) is None
    assert check_answers(*held, at=clock.now()).lines[-1].words == "2 Mill Lane, Otley, LS21 1AA"
    assert answer(held, "contact", {"email": "amina.dunn@example.com"}, clock) is None
    raised = actions.submit(*held, by=ANONYMOUS, at=clock.now())
    assert raised is not None
    assert "write_to" not in Case.objects.get(id=raised.case_id).answers


def test_a_request_begun_before_it_was_asked_is_sent_as_it_was_begun(council: Any, clock: Any) -> None:
    def without(service: dict[str, Any]) -> dict[str, Any]:
        return {**service, "questions": [one for one in service.get("questions", []) if one["id"] != "write_to"]}

    older = council.content | {"services": [without(one) for one in council.content["services"]]}
    apply_pack(pack_from_content(council.name, older), by=SYSTEM, at=clock.now())
    begun = begin(clock)
    newer, _ = apply_pack(pack_from_content(council.name, council.content), by=SYSTEM, at=clock.now())
    assert answer(begun, "contact", POST, clock) is None
    raised = actions.submit(*begun, by=ANONYMOUS, at=clock.now())
    assert raised is not None
    assert Case.objects.get(id=raised.case_id).pack_version_id != newer.id
    assert answer(begin(clock), "contact", POST, clock) == "write_to", "whoever begins now is asked"


def test_another_system_that_leaves_it_out_is_told_what_to_send(council: Any, clock: Any) -> None:
    service = council.of(SERVICES)[CODE]
    wanted = wanted_for(service, 0, clock) | {"contact": POST, "write_to": None, "branch": None}
    told = ask_by_api("api", service, wanted)
    assert told.status_code == 422
    assert "answers.write_to" in [one["where"] for one in told.json()["problems"]]
    assert not Case.objects.exists()


def test_an_address_given_by_a_number_we_do_not_know_is_no_way_to_write(council: Any, clock: Any) -> None:
    service = council.of(SERVICES)[CODE]
    wanted = wanted_for(service, 0, clock) | {"contact": POST, "branch": None}
    told = ask_by_api("api", service, wanted)  # nobody told us of the house
    assert told.status_code == 422
    assert "answers.write_to" in [one["where"] for one in told.json()["problems"]]
