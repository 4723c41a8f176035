"""Mrs Jones on a small screen, without a mouse; and whoever deals with what she says, without one too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from moothall.cases.models import Case
from moothall.core import jobs
from moothall.core.access import IMPLIED
from moothall.core.actors import SYSTEM
from moothall.core.clock import now
from moothall.core.models import ApiClient
from moothall.core.staff.actor import token_digest
from moothall.notifications.models import Message
from moothall.places.actions import Premises, import_premises
from moothall.rounds.actions import import_collections, import_stops, plan_streets
from tests.browser import goes_on, keys, looks_right, tab_to
from tests.journeys.by_keyboard import answer, press, write

pytestmark = [pytest.mark.journey, pytest.mark.long, pytest.mark.django_db(transaction=True)]
HOME, STREET = 11, 101
MONDAYS = [date(2026, 3, 2) + timedelta(weeks=n) for n in range(4)]


def jones_reports(phone: Page) -> None:
    """Ask about the general rubbish of 14 Mill Lane."""
    phone.goto("/services/missed-bin")
    press(phone, "Start now")
    write(phone, "Postcode", "LS1 1UR")
    press(phone, "Find the address")
    answer(phone, "14 Mill Lane, LS1 1UR")
    answer(phone, "General rubbish")


def jones_sends(phone: Page) -> None:
    for words in ("The night before", "Only my bin", "No", "No", "Yes"):
        answer(phone, words)
    write(phone, "Your name", "Mary Jones")
    write(phone, "Email address", "mary.jones@example.com")
    press(phone, "Carry on")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Check your answers")


@pytest.mark.row("D2")
def test_mrs_jones_third_missed_bin(
    council: Any, clock: Any, new_page: Callable[..., Page], desk_of: Callable[..., Page]
) -> None:
    import_premises([Premises(uprn=HOME, address="14 Mill Lane", postcode="LS1 1UR", usrn=STREET)], by=SYSTEM)
    import_stops([(HOME, "r1", STREET)], by=SYSTEM)
    import_collections([("r1", day, "general") for day in MONDAYS], by=SYSTEM)
    plan_streets("r1", [(STREET, 120)], by=SYSTEM)
    ApiClient.objects.create(
        name="Lorry 7", scopes=sorted(scope for scope in IMPLIED if scope.startswith("api.rounds")),
        token_digest=token_digest("mth_lorry"), created_at=now(),
    )  # fmt: skip
    wire = Client(headers={"Authorization": "Bearer mth_lorry"})
    phone = new_page(width=360, height=740)
    for monday, promised in ((MONDAYS[0], "Wednesday 4 March"), (MONDAYS[1], "Tuesday 10 March")):
        clock.set(f"{monday}T10:00")
        event = {"id": str(uuid4()), "schedule": "r1", "day": str(monday), "bin": "general", "kind": "passed_street",
                 "occurred_at": f"{monday}T09:05:00Z", "usrn": STREET}  # fmt: skip
        assert (
            wire.post("/api/v1/rounds/events", {"events": [event]}, content_type="application/json").json()["refused"]
            == []
        )
        jones_reports(phone)
        jones_sends(phone)
        press(phone, "Send it")
        expect(phone.get_by_text(promised).first).to_be_visible()
        jobs.drain(at=clock.now())
    clock.set(f"{MONDAYS[2]}T10:00")
    sheet = wire.get(f"/api/v1/rounds/r1/{MONDAYS[2]}").json()
    assert [flag["kind"] for flag in sheet["streets"][0]["flags"]] == ["repeat"], "the crew knows before it sets out"
    event = {"id": str(uuid4()), "schedule": "r1", "day": str(MONDAYS[2]), "bin": "general", "kind": "not_out",
             "occurred_at": f"{MONDAYS[2]}T09:12:00Z", "uprn": HOME}  # fmt: skip
    wire.post("/api/v1/rounds/events", {"events": [event]}, content_type="application/json")
    jones_reports(phone)
    expect(phone.get_by_text("At 9.12am: the crew recorded that the bin was not out when they came.")).to_be_visible()
    answer(phone, "Yes")
    expect(phone.get_by_role("heading", level=1)).to_have_text("You need not send this")
    expect(phone.get_by_text("Put it out by 7am on your next collection day.")).to_be_visible()
    looks_right(phone)
    press(phone, "Finish")
    expect(phone.get_by_role("heading", level=1)).to_have_text("We’ve noted that you asked")
    assert Case.objects.count() == 2

    # A neighbour saw it at the kerb: she says so, and the round's supervisor takes it from his queue and deals with it.
    jones_reports(phone)
    answer(phone, "No")
    jones_sends(phone)
    press(phone, "Send it")
    expect(phone.get_by_text("Tuesday 17 March").first).to_be_visible()
    jobs.drain(at=clock.now())
    case = Case.objects.get(team="round-supervisors")
    tom = desk_of("Tom Reid", "service-officer", teams=("round-supervisors",))
    tom.goto("/desk/queue/")
    tab_to(tom, tom.locator(f'a[href*="/desk/cases/{case.id}/"]').first)
    with goes_on(tom):
        keys(tom, "Enter")
    expect(tom.get_by_text("14 Mill Lane, LS1 1UR").first).to_be_visible()
    keys(tom, "z")
    expect(tom.get_by_label("How did it end?")).to_be_focused()
    tom.keyboard.type("Emptied on return")
    with goes_on(tom):
        keys(tom, "Tab", "Space", "Enter")
    expect(tom.get_by_text("Closed: Emptied on return visit").first).to_be_visible()
    jobs.drain(at=clock.now())
    told = Message.objects.get(template="case-closed-done")
    assert (told.case_id, told.to) == (case.id, "mary.jones@example.com")
