"""A request that another system can only begin: kept, not work yet; its rest goes on by a link, and once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from moothall.cases.models import Case
from moothall.contacts.models import Contact
from moothall.core.actors import SYSTEM
from moothall.core.models import IdempotencyKey
from moothall.core.packs import Pack
from moothall.intake.actions.beginning import begin_request
from moothall.intake.models import Dialogue
from moothall.intake.tokens import token_of
from moothall.notifications.models import Message
from moothall.promises.models import Promise
from moothall.services.pack import SERVICES
from tests.intake.every_channel.answers import HERS, wanted_for
from tests.intake.every_channel.pages import Browser
from tests.intake.talking.test_begun_here_the_rest_by_link import told_here
from tests.intake.talking.test_every_channel import house

from .conftest import Machine

__all__ = ["house"]
pytestmark = [pytest.mark.django_db]
BULKY = "bulky-waste"


def asked(council: Pack, clock: Any, code: str = BULKY, **more: Any) -> dict[str, Any]:
    """What another system sends: all that it can tell."""
    service = council.of(SERVICES)[code]
    answers = told_here(service, wanted_for(service, 0, clock))
    return {"service": code, "answers": {name: one for name, one in answers.items() if one is not None}, **more}


def test_it_is_kept_she_is_told_and_nothing_is_promised_yet(
    machine: Machine, council: Pack, house: None, clock: Any
) -> None:
    answer = machine.post("/cases", asked(council, clock))
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert (told["accepted"], told["case_id"], told["reference"], told["promises"]) == (False, None, "", [])
    assert told["because"] == "We have kept the answers. What is left: the list and the time. It is asked at the link."
    assert told["go_on"]["left"] == ["items", "slot"]
    assert told["go_on"]["told"] is True
    message = Message.objects.get()
    assert (message.template, message.to) == ("dialogue-saved", HERS)
    assert told["go_on"]["code"].replace("-", "") == Dialogue.objects.get().code
    assert not Case.objects.exists()
    assert not Promise.objects.exists()
    assert Contact.objects.get().matters.get().outcome == "handed_on"
    there = Browser()
    there.open_link(told["go_on"]["link"])
    there.page()
    assert there.last == "items", "the first thing that is left"


def test_sent_twice_it_is_begun_once_and_no_key_is_kept(
    machine: Machine, council: Pack, house: None, clock: Any
) -> None:
    body = asked(council, clock, external_id="W-17")
    first, again = (machine.post("/cases", body, key="k1") for _ in range(2))
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json() == first.json()
    mine = machine.post("/cases", body, key="k2").json()
    assert mine["go_on"] == first.json()["go_on"], "our own id makes it happen once, whatever the key"
    row = Dialogue.objects.get()
    kept = json.dumps(list(IdempotencyKey.objects.values_list("answer", flat=True)))
    assert token_of(row.id) not in kept
    other = machine.post("/cases", asked(council, clock, "building-control", external_id="W-17"))
    assert other.status_code == 409, other.content


def test_where_nothing_can_be_sent_the_caller_has_the_link_to_give(
    machine: Machine, council: Pack, house: None, clock: Any
) -> None:
    body = asked(council, clock)
    contact = next(q.id for q in council.of(SERVICES)[BULKY].questions if q.type == "contact")
    for number in range(9):
        told = machine.post("/cases", body, key=f"n{number}").json()
    assert told["go_on"]["told"] is False, f"{contact} has had enough links for an hour"
    assert told["go_on"]["link"]


def test_what_is_too_private_for_a_link_goes_by_none(council: Pack, house: None, clock: Any) -> None:
    service = council.of(SERVICES)[BULKY]
    answers = told_here(service, wanted_for(service, 0, clock))
    private = service.model_copy(update={"restricted": "social-care"})
    assert begin_request(private, answers, channel="api", by=SYSTEM, at=clock.now()) is None
    assert begin_request(service, answers, channel="api", by=SYSTEM, at=clock.now()) is not None
