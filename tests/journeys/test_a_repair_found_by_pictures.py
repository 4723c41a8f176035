"""A repair is found by pictures: on a telephone, by keys alone and without a script; danger stops the asking."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from moothall.cases.models import Case
from moothall.intake.dialogue import read_all
from moothall.interfaces.ui import pictures
from moothall.promises.models import Promise
from moothall.services.pack import SERVICES
from moothall.services.rules import work_out
from tests.browser import goes_on, keys, looks_right, tab_to

pytestmark = [pytest.mark.long, pytest.mark.row("D5")]
TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("answers", "promise"),
    [
        ({"part": "electric", "electric_thing": "power", "fault": "no_supply"}, "right-to-repair-1"),
        ({"part": "electric", "electric_thing": "lights", "fault": "no_supply"}, "right-to-repair-3"),
        ({"part": "electric", "electric_thing": "socket", "fault": "broken"}, "right-to-repair-1"),
        ({"part": "kitchen", "kitchen_thing": "water", "fault": "no_supply"}, "right-to-repair-1"),
        ({"part": "kitchen", "kitchen_thing": "sink", "fault": "blocked"}, "right-to-repair-3"),
        ({"part": "kitchen", "kitchen_thing": "tap", "fault": "broken"}, "right-to-repair-3"),
        ({"part": "kitchen", "kitchen_thing": "pipe", "fault": "leak", "contain": "yes"}, "right-to-repair-1"),
        ({"part": "kitchen", "kitchen_thing": "pipe", "fault": "leak", "contain": "no"}, "emergency"),
        ({"part": "bathroom", "bathroom_thing": "fan", "fault": "no_supply"}, "right-to-repair-7"),
        ({"part": "bathroom", "bathroom_thing": "toilet", "fault": "blocked", "only_toilet": "yes"}, "emergency"),
        (
            {"part": "bathroom", "bathroom_thing": "toilet", "fault": "blocked", "only_toilet": "no"},
            "right-to-repair-1",
        ),
        ({"part": "heating", "heating_thing": "boiler", "fault": "blocked"}, "right-to-repair-1"),
        ({"part": "heating", "heating_thing": "boiler", "fault": "no_supply", "winter": "no"}, "right-to-repair-1"),
        ({"part": "doors", "doors_thing": "entryphone", "fault": "broken"}, "right-to-repair-7"),
        ({"part": "doors", "doors_thing": "lock", "fault": "insecure"}, "emergency"),
        ({"part": "walls", "walls_thing": "stairs", "fault": "broken"}, "right-to-repair-3"),
        (
            {"part": "roof", "roof_thing": "tiles", "fault": "leak", "inside": "no", "contain": "yes"},
            "right-to-repair-7",
        ),
        ({"part": "roof", "roof_thing": "gutter", "fault": "leak", "inside": "no", "contain": "yes"}, "gutter"),
        ({"part": "roof", "roof_thing": "drain", "fault": "blocked", "inside": "no"}, "right-to-repair-1"),
    ],
)
def test_the_days_of_the_right_to_repair(council: Any, answers: dict[str, str], promise: str) -> None:
    service = council.of(SERVICES)["housing-repair"]
    assert work_out(service, {"risk": ["none"], **answers}, today=TODAY).promise == promise


@pytest.mark.parametrize(
    ("day", "promise"),
    [
        (date(2026, 4, 30), "right-to-repair-1"), (date(2026, 5, 1), "right-to-repair-3"),
        (date(2026, 10, 31), "right-to-repair-3"), (date(2026, 11, 1), "right-to-repair-1"),
    ],
)  # fmt: skip
def test_lost_heating_has_three_days_from_may_to_october(council: Any, day: date, promise: str) -> None:
    service = council.of(SERVICES)["housing-repair"]
    given = {"part": "heating", "heating_thing": "boiler", "fault": "no_supply", "risk": ["none"], "winter": "no"}
    assert work_out(service, given, today=day).promise == promise
    assert work_out(service, given | {"winter": "yes"}, today=day).promise == "emergency"


def test_every_picture_is_drawn_and_has_its_words(council: Any) -> None:
    drawn = set(pictures.names("faults"))
    for service in council.of(SERVICES).values():
        for question in service.questions:
            if question.type == "picture":
                assert {option.picture for option in question.options} <= drawn
                assert all(option.label for option in question.options)
                assert read_all(service, {question.id: "nothing"}, today=TODAY, channel="web")[1]


@pytest.mark.django_db
def test_gas_stops_the_asking_at_once(council: Any, clock: Any, client: Client) -> None:
    started = client.post("/services/housing-repair/start", follow=True).redirect_chain[-1][0]
    step = client.post(started, {"part": "kitchen"}, follow=True)
    step = client.post(step.redirect_chain[-1][0], {"kitchen_thing": "pipe"}, follow=True)
    fault = step.redirect_chain[-1][0]
    step = client.post(fault, {"fault": "gas"}, follow=True)
    page = step.content.decode()
    assert "Ring 0800 111 999 now." in page
    assert "Touch no switches" in page
    base = fault.rsplit("/", 1)[0]
    for later in ("/check", "/address", "/"):
        assert "Ring 0800 111 999 now." in client.get(base + later, follow=True).content.decode(), later
    step = client.post(fault, {"fault": "broken"}, follow=True)
    assert "0800 111 999" not in step.content.decode()
    assert client.get(base + "/stop", follow=True).status_code == 200
    assert Case.objects.count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.journey
def test_her_gutter_by_pictures(phone: Page, no_script: Page, council: Any, clock: Any, shot: Any) -> None:
    for one in (phone, no_script):
        one.goto("/services/housing-repair")
        with goes_on(one):
            one.get_by_role("button", name="Start now").click()
        expect(one.get_by_role("heading", level=1)).to_have_text("Where is the problem?")
    looks_right(phone)
    shot(phone, "rooms-phone")
    shot(no_script, "rooms")
    tab_to(phone, phone.get_by_label("Kitchen"))
    for _ in range(5):
        keys(phone, "ArrowDown")
    expect(phone.get_by_label("Roof, gutters, outside")).to_be_checked()
    with goes_on(phone):
        keys(phone, "Enter")
    expect(phone.get_by_role("heading", level=1)).to_have_text("What outside?")
    looks_right(phone)
    tab_to(phone, phone.get_by_label("Roof or tiles"))
    keys(phone, "ArrowDown")
    with goes_on(phone):
        keys(phone, "Enter")
    expect(phone.get_by_role("heading", level=1)).to_have_text("What is wrong?")
    phone.get_by_text("Slow drip").click()
    with goes_on(phone):
        phone.get_by_role("button", name="Carry on").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Which home or block?")
    no_script.get_by_label("Roof, gutters, outside").check()
    with goes_on(no_script):
        no_script.get_by_role("button", name="Carry on").click()
    expect(no_script.get_by_role("heading", level=1)).to_have_text("What outside?")
    assert Promise.objects.count() == 0
