"""A customer who moves to another hour sees what it costs before; she gets no dearer hour for the price of a cheaper one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from moothall.bookings import actions
from moothall.bookings.actions import offer_times
from moothall.bookings.links import token_of
from moothall.bookings.models import Booking
from moothall.bookings.queries import booking
from moothall.core.actors import SYSTEM, customer_actor
from tests.bookings.test_cards_and_windows import asked
from tests.interfaces.api.conftest import machine, machine_with

__all__ = ["machine", "machine_with"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]


@pytest.fixture
def paid(thursday: Any, slots: Any, machine: Any) -> Any:
    """A court asked for at an hour, and paid for."""

    def make(since: int, until: int) -> Any:
        free = slots(from_minute=since, to_minute=until, since=thursday.now() + timedelta(days=4))[0]
        answers = {key: value for key, value in asked(free.key, "").items() if key != "slot"}
        told = machine.post("/bookings", {"service": "book-court", "slot": free.key, "answers": answers})
        assert told.status_code == 201, told.content
        Booking.objects.update(state="confirmed", expires_at=None)
        return booking(told.json()["id"])

    return make


def test_a_dearer_hour_is_said_before_and_not_had_for_the_old_price(thursday, slots, paid, client, machine):
    made = paid(600, 900)
    assert made.owes_pence == 1020
    here = f"/bookings/{made.id}/{token_of('booking', made.id)}/move"
    page = client.get(here).content.decode()
    assert ", £1.80 more" in page
    assert "you pay the difference next" in page
    evening = slots(from_minute=17 * 60, since=made.starts_at)[0]
    told = machine.post(f"/bookings/{made.id}/move", {"slot": evening.key, "asked_by": "customer"})
    assert told.status_code == 422, told.content
    assert "costs £1.80 more than the one you have" in told.json()["problems"][0]["message"]
    assert booking(made.id).starts_at == made.starts_at
    assert all(
        " 2026, 5" not in words and "pm to 7" not in words for _, words in offer_times(made.id, at=thursday.now())
    )
    assert actions.move(made.id, evening.key, by=SYSTEM, at=thursday.now()).starts_at == evening.starts_at, "we may"


def test_a_cheaper_hour_is_hers_and_what_goes_back_is_said(thursday, slots, paid, client):
    made = paid(17 * 60, 1440)
    assert made.owes_pence == 1200
    here = f"/bookings/{made.id}/{token_of('booking', made.id)}/move"
    page = client.get(here).content.decode()
    assert ", £1.80 less" in page
    assert "nothing goes back" in page
    morning = slots(from_minute=600, to_minute=900, since=made.starts_at)[0]
    assert client.post(here, {"slot": morning.key}).status_code == 302
    assert booking(made.id).starts_at == morning.starts_at


def test_a_date_we_failed_her_on_is_moved_for_nothing(thursday, slots, paid):
    made = paid(600, 900)
    Booking.objects.update(visits_failed=1)
    evening = slots(from_minute=17 * 60, since=made.starts_at)[0]
    moved = actions.move(made.id, evening.key, by=customer_actor(None), at=thursday.now())
    assert moved.starts_at == evening.starts_at
