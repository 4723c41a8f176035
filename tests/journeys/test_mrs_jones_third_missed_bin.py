"""Mrs Jones's bin is missed for the third time. The lorry's own record answers her, and the crew hears of it first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from moothall.cases.models import Case
from moothall.core.access import IMPLIED
from moothall.core.actors import SYSTEM
from moothall.core.clock import now
from moothall.core.jobs import drain
from moothall.core.models import ApiClient
from moothall.core.staff.actor import token_digest
from moothall.places.actions import Premises, import_premises
from moothall.rounds.actions import import_collections, import_stops, plan_streets
from tests.browser import goes_on, looks_right

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

HOME, STREET = 11, 101
MONDAYS = [date(2026, 3, 2) + timedelta(weeks=n) for n in range(4)]


@pytest.fixture
def cab(council: Any, clock: Any) -> Callable[..., dict[str, Any]]:
    """The lorry on Mill Lane's round, which sends what happens by the wire."""
    import_premises([Premises(uprn=HOME, address="14 Mill Lane", postcode="LS1 1UR", usrn=STREET)], by=SYSTEM)
    import_stops([(HOME, "r1", STREET)], by=SYSTEM)
    import_collections([("r1", day, "general") for day in MONDAYS], by=SYSTEM)
    plan_streets("r1", [(STREET, 120)], by=SYSTEM)
    ApiClient.objects.create(
        name="Lorry 7", scopes=sorted(scope for scope in IMPLIED if scope.startswith("api.rounds")),
        token_digest=token_digest("mth_lorry"), created_at=now(),
    )  # fmt: skip
    wire = Client(headers={"Authorization": "Bearer mth_lorry"})

    def send(kind: str, at: str, **where: int) -> dict[str, Any]:
        event = {
            "id": str(uuid4()), "schedule": "r1", "day": at[:10], "bin": "general", "kind": kind, "occurred_at": f"{at}Z",
        }  # fmt: skip
        answer = wire.post("/api/v1/rounds/events", {"events": [event | where]}, content_type="application/json")
        assert answer.json()["refused"] == []
        sheet = wire.get(f"/api/v1/rounds/r1/{MONDAYS[-1].isoformat()}")
        return dict(sheet.json())

    return send


def to_the_bin(page: Page) -> None:
    """Say which address and which bin."""
    page.goto("/services/missed-bin")
    with goes_on(page):
        page.get_by_role("button", name="Start now").click()
    page.get_by_label("Postcode").fill("LS1 1UR")
    with goes_on(page):
        page.get_by_role("button", name="Find the address").click()
    page.get_by_label("14 Mill Lane, LS1 1UR").check()
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()
    choose(page, "General rubbish")


def choose(page: Page, words: str) -> None:
    page.get_by_label(words, exact=True).check()
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()


def send_it(page: Page) -> None:
    for words in ("The night before", "Only my bin", "No", "No", "Yes"):
        choose(page, words)
    page.get_by_label("Your name").fill("Mary Jones")
    page.get_by_label("Email address").fill("mary.jones@example.com")
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")


@pytest.mark.long
@pytest.mark.row("D2")
def test_three_mondays(page: Page, council: Any, clock: Any, cab: Callable[..., dict[str, Any]]) -> None:
    clock.set("2026-03-02T08:00")  # the first Monday: she is early
    to_the_bin(page)
    expect(page.get_by_text("The lorry has not been yet: we expect it by 9am.")).to_be_visible()
    looks_right(page)

    clock.set("2026-03-02T10:00")  # the street is done, her bin is full: taken, with a promise
    assert cab("passed_street", "2026-03-02T09:05:00", usrn=STREET)["streets"][0]["flags"] == []
    to_the_bin(page)
    expect(page.get_by_text("The crew recorded your street as done at 9.05am.")).to_be_visible()
    send_it(page)
    with goes_on(page):
        page.get_by_role("button", name="Send it").click()
    expect(page.get_by_text("Wednesday 4 March").first).to_be_visible()
    drain()

    clock.set("2026-03-09T10:00")  # the second Monday, missed again: sooner, and on the crew's sheet
    cab("passed_street", "2026-03-09T09:10:00", usrn=STREET)
    to_the_bin(page)
    send_it(page)
    with goes_on(page):
        page.get_by_role("button", name="Send it").click()
    expect(page.get_by_text("Tuesday 10 March").first).to_be_visible()
    drain()
    assert Case.objects.filter(priority="high").count() == 1

    clock.set("2026-03-16T10:00")  # the third: this time the crew says why, and she hears it before she sends anything
    sheet = cab("not_out", "2026-03-16T09:12:00", uprn=HOME)
    assert [(flag["uprn"], flag["kind"]) for flag in sheet["streets"][0]["flags"]] == [(HOME, "repeat")]
    to_the_bin(page)
    expect(page.get_by_text("At 9.12am: the crew recorded that the bin was not out when they came.")).to_be_visible()
    choose(page, "Yes")  # it was not out: no more is asked
    expect(page.get_by_role("heading", level=1)).to_have_text("You need not send this")
    expect(page.get_by_text("Put it out by 7am on your next collection day.")).to_be_visible()
    looks_right(page)
    with goes_on(page):
        page.get_by_role("link", name="That is not right: tell us").click()
    choose(page, "No")  # it was out: a person looks at it, sooner, for it is the third time
    send_it(page)
    with goes_on(page):
        page.get_by_role("button", name="Send it").click()
    expect(page.get_by_text("Tuesday 17 March").first).to_be_visible()
    assert Case.objects.filter(team="round-supervisors", priority="high").count() == 1
