"""Mr Bloggs books a collection of three things and pays; the lorry breaks down, and he hears why and when before he rings."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from moothall.bookings import actions as bookings
from moothall.bookings.links import token_of
from moothall.bookings.models import Booking, Tally
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.intake.actions import raise_request
from moothall.intake.dialogue import read_all
from moothall.intake.queries.slots import SlotFilter, slot_search
from moothall.notifications.models import Message
from moothall.payments.models import Intent
from moothall.services.pack import SERVICES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]
ANSWERS: dict[str, Any] = {
    "address": {"line1": "9 Mill Lane", "town": "Leeds", "postcode": "LS1 1UR"},
    "items": {"sofa": "1", "mattress": "1", "wardrobe": "1"}, "reuse": "no", "support": "yes", "ct_number": "7001",
    "spot": "front", "contact": {"name": "Joe Bloggs", "email": "joe.bloggs@example.com", "phone": "07700 900002"},
}  # fmt: skip


@pytest.mark.row("D3")
def test_the_new_date_is_held_for_nothing_and_can_be_changed_or_given_back(
    council: Any, clock: Any, client: Client
) -> None:
    clock.set("2026-11-19T09:00")
    service = council.of(SERVICES)["bulky-waste"]
    answers, wrong = read_all(service, ANSWERS, today=date(2026, 11, 19), channel="phone")
    assert set(wrong) == {"slot"}
    offered = slot_search(service, service.by_question["slot"], answers, SlotFilter(), at=clock.now())
    assert offered is not None
    assert offered.terms.load == {"units": 3, "minutes": 19, "metres": 2500, "kilograms": 140}
    answers, wrong = read_all(
        service, {**ANSWERS, "slot": offered.choices[0].key}, today=date(2026, 11, 19), channel="phone"
    )
    assert not wrong
    raised = raise_request(service, answers, pack=council, channel="phone", by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())
    row = Booking.objects.get()
    assert (row.state, row.case_id) == (
        "confirmed",
        raised.case_id,
    )  # free with council tax support: nothing to wait for
    assert not Intent.objects.exists()
    told = Message.objects.get(template="booking-confirmed").body
    assert "any time from 7am" in told
    assert "Put everything out by 7am" in told.replace("\\", "")

    clock.set(row.starts_at - timedelta(hours=17))
    jobs.drain(at=clock.now())
    assert Message.objects.filter(template="booking-reminder").count() == 1

    clock.set(row.starts_at + timedelta(hours=8))
    bookings.visit_failed(row.id, reason="vehicle", ours=True, by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())
    new = Booking.objects.get()
    assert (new.id, new.state) == (row.id, "confirmed")
    assert new.starts_at > row.starts_at
    why = Message.objects.get(template="visit-failed-new-date").body
    assert "our lorry broke down" in why
    assert "at no charge" in why
    assert [(t.starts_at, t.units) for t in Tally.objects.filter(units__gt=0)] == [(new.starts_at, 3)]

    here = f"/bookings/{new.id}/{token_of('booking', new.id)}"
    assert "Move it" in client.get(here).content.decode()
    page = client.get(f"{here}/move").content.decode()
    another = page.split('name="slot" type="radio" value="')[3].split('"')[0]
    assert client.post(f"{here}/move", {"slot": another})["Location"] == f"{here}?done=moved"
    assert Booking.objects.get().starts_at > new.starts_at
    assert client.post(f"{here}/cancel")["Location"] == f"{here}?done=cancelled"
    assert Booking.objects.get().state == "cancelled"
    assert not Tally.objects.filter(units__gt=0).exists()
    calendar = client.get(f"{here}/booking.ics")
    assert b"STATUS:CANCELLED" in calendar.content
    assert client.get(f"/bookings/{new.id}/{'0' * 32}").status_code == 404
