"""A call is not recorded while a card is paid on it, and is again afterwards, whoever forgets and whatever breaks."""

# ruff: noqa: F811 - fixtures are named by the arguments that ask for them

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from moothall.contacts.models import Contact
from moothall.core import jobs
from moothall.core.models import Event, Job, Staff
from moothall.core.signing import signed
from moothall.payments.adapters import exchange
from moothall.payments.adapters.exchange.twin import KEY, Twin
from moothall.payments.adapters.govuk_pay import twin as govuk
from moothall.payments.models import Attempt, Intent
from tests.browser import looks_right
from tests.payments.conftest import pay  # noqa: F401
from tests.payments.test_telephone import asked_for, line, officer, press  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]
CALL = "call-1"


@pytest.fixture
def recorder(clock: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Twin]:
    """An exchange that records calls."""
    running = Twin().start()
    settings.CALLS_URL, settings.CALLS_KEY = running.url, KEY
    monkeypatch.setattr(exchange, "PATIENCE", (0.4, 0.4))
    yield running
    running.stop()


@pytest.fixture
def adviser(council: Any, clock: Any) -> Client:
    """She has a caller on the line, put through by the exchange."""
    client = officer(council, clock)
    told = {"channel": "phone", "number": "07700 900123", "call": CALL, "another": "1"}
    assert client.post("/desk/contacts/begin", told).status_code == 303
    assert Contact.objects.get().external_id == CALL
    return client


def panel(adviser: Client, intent: Intent) -> str:
    return str(adviser.post(f"/desk/cases/{intent.case_id}/payment").content.decode())


def minute(clock: Any) -> None:
    """A minute goes by, with all that is due in it."""
    clock.advance(minutes=1)
    jobs.drain(at=clock.now())


def test_it_stands_still_while_she_pays_and_goes_on_when_she_has(
    clock: Any,
    line: govuk.Twin,
    recorder: Twin,
    adviser: Client,
) -> None:
    intent = asked_for(clock)
    assert recorder.records(CALL)
    shown = press(adviser, intent, "line")
    assert "Your call is not being recorded" in shown
    press(adviser, intent, "line")  # the button twice
    assert recorder.orders == [(CALL, False)] * 2
    assert not recorder.records(CALL)
    line.play(Attempt.objects.get().provider_id, "pay")
    panel(adviser, intent)
    jobs.drain(at=clock.now())
    assert recorder.records(CALL)
    assert "not being recorded" not in panel(adviser, intent)
    events = list(
        Event.objects.filter(name__startswith="recording.").order_by("id").values_list("name", "data__because")
    )
    assert events == [("recording.paused", None), ("recording.resumed", "ended")]
    assert Event.objects.get(name="recording.paused").contact_id == Contact.objects.get(external_id=CALL).id
    assert Attempt.objects.get().call == "", "which call it was is kept no longer than needed"


def test_declined_or_stopped_it_goes_on_and_a_second_try_stops_it_again(
    clock: Any,
    line: govuk.Twin,
    recorder: Twin,
    adviser: Client,
) -> None:
    intent = asked_for(clock)
    press(adviser, intent, "line")
    line.play(Attempt.objects.get().provider_id, "decline")
    assert "Ask for another card" in panel(adviser, intent)
    press(adviser, intent, "line")  # before the worker has heard of the first
    jobs.drain(at=clock.now())
    assert not recorder.records(CALL), "the second try is being paid"
    press(adviser, intent, "stop")
    jobs.drain(at=clock.now())
    assert recorder.records(CALL)


@pytest.mark.long
def test_it_goes_on_after_ten_minutes_if_everybody_forgets(
    clock: Any,
    line: govuk.Twin,
    recorder: Twin,
    adviser: Client,
) -> None:
    intent = asked_for(clock)
    press(adviser, intent, "line")
    for _ in range(8):
        minute(clock)
    assert not recorder.records(CALL)
    for _ in range(3):
        minute(clock)
    assert recorder.records(CALL)
    assert Attempt.objects.get().state == "cancelled", "nobody can say a number into the recording for it any more"
    assert Event.objects.get(name="recording.resumed").data["because"] == "too_long"


@pytest.mark.long
def test_the_call_put_through_to_somebody_else_is_recorded_there(
    clock: Any,
    line: govuk.Twin,
    recorder: Twin,
    adviser: Client,
    client: Client,
) -> None:
    press(adviser, asked_for(clock), "line")
    raw = json.dumps({"id": "e1", "call": CALL, "event": "transferred", "at": clock.now().isoformat()}).encode()
    headers = signed(raw, KEY, at=clock.now(), name="X-Moothall")
    assert client.post("/hooks/calls", raw, content_type="application/json", headers=headers).status_code == 204
    jobs.drain(at=clock.now())
    assert recorder.records(CALL)


@pytest.mark.long
def test_nobody_is_put_through_while_the_exchange_does_not_say_that_it_stopped(
    clock: Any,
    line: govuk.Twin,
    recorder: Twin,
    adviser: Client,
) -> None:
    intent = asked_for(clock)
    for trouble in ("down", "mute"):
        setattr(recorder, trouble, True)
        shown = press(adviser, intent, "line")
        assert "nobody was put through" in shown
        assert "On the payment line" not in shown
        setattr(recorder, trouble, False)
    assert line.callers == []
    minute(clock)
    assert recorder.records(CALL), "what may have stopped goes on"
    recorder.slow = 1.0
    assert "nobody was put through" in press(adviser, intent, "line")
    recorder.slow = 0.0
    minute(clock)
    assert recorder.records(CALL), "an order that comes late undoes nothing"
    assert "On the payment line" in press(adviser, intent, "line")


@pytest.mark.long
def test_an_exchange_that_is_away_for_a_day_is_asked_until_it_says_so_and_it_is_shown(
    clock: Any,
    line: govuk.Twin,
    recorder: Twin,
    adviser: Client,
) -> None:
    intent = asked_for(clock)
    press(adviser, intent, "line")
    recorder.down = True
    line.play(Attempt.objects.get().provider_id, "pay")
    panel(adviser, intent)
    for _ in range(3):
        minute(clock)
        clock.advance(timedelta(hours=8))
    adviser.force_login(Staff.objects.get())  # another day, another sign-in
    assert "has not gone on yet" in panel(adviser, intent)
    recorder.down = False
    minute(clock)
    assert recorder.records(CALL)
    assert "has not gone on yet" not in panel(adviser, intent)
    assert not Job.objects.filter(given_up_at__isnull=False).exists()


@pytest.mark.long
def test_a_call_that_is_over_is_asked_for_no_more(
    clock: Any,
    line: govuk.Twin,
    recorder: Twin,
    adviser: Client,
) -> None:
    intent = asked_for(clock)
    press(adviser, intent, "line")
    recorder.ended.add(CALL)
    press(adviser, intent, "stop")
    jobs.drain(at=clock.now())
    assert Event.objects.get(name="recording.resumed").data["because"] == "over"
    assert Attempt.objects.get().recorded_at is not None


def test_an_officer_on_no_call_that_is_known_says_that_it_is_not_recorded_or_sends_the_link(
    council: Any,
    clock: Any,
    line: govuk.Twin,
    recorder: Twin,
) -> None:
    intent, adviser = asked_for(clock), officer(council, clock)
    assert "We can’t tell which call you are on" in press(adviser, intent, "line")
    assert (line.callers, recorder.orders) == ([], [])
    assert "On the payment line" in press(adviser, intent, "line-vouched")
    assert (len(line.callers), recorder.orders) == (1, [])
    told = Event.objects.get(name="recording.vouched")
    assert told.actor_id == Staff.objects.get().id, "that she said so is written down"


def test_vouching_never_lets_a_call_that_we_know_be_recorded(
    clock: Any,
    line: govuk.Twin,
    recorder: Twin,
    adviser: Client,
) -> None:
    assert "Your call is not being recorded" in press(adviser, asked_for(clock), "line-vouched")
    assert recorder.orders == [(CALL, False)]


def test_without_an_exchange_to_tell_nothing_is_said_of_recordings(
    clock: Any, line: govuk.Twin, adviser: Client
) -> None:
    assert "recorded" not in press(adviser, asked_for(clock), "line")


@pytest.mark.long
@pytest.mark.journey
@pytest.mark.django_db(transaction=True)
def test_the_adviser_sees_that_it_stands_still_and_goes_on(
    clock: Any,
    line: govuk.Twin,
    recorder: Twin,
    adviser: Client,
    page: Any,
    new_page: Any,
    live_server: Any,
    shot: Any,
) -> None:
    line.pages = f"{live_server.url}/demo/card"
    intent = asked_for(clock)
    cookie = adviser.cookies["moothall_session"].value
    page.context.add_cookies([{"name": "moothall_session", "value": cookie, "url": live_server.url}])
    page.goto(f"/desk/cases/{intent.case_id}/")
    page.get_by_role("button", name="Put them through to pay £98").click()
    expect(page.get_by_text("Your call is not being recorded.")).to_be_visible()
    looks_right(page)
    shot(page, "not-recorded")
    caller = new_page()
    caller.goto(f"/demo/card/{Attempt.objects.get().provider_id}")
    with caller.expect_navigation():
        caller.get_by_role("button", name="Pay", exact=True).click()
    expect(caller.get_by_text("The adviser sees how it ended.")).to_be_visible()
    expect(page.locator("#paying").get_by_text("Paid", exact=True)).to_be_visible()
    expect(page.get_by_text("The recording of your call has not gone on yet")).to_be_visible()
    jobs.drain(at=clock.now())
    expect(page.get_by_text("The recording of your call has not gone on yet")).to_have_count(0)
    assert recorder.records(CALL)
