"""The day that is booked is the day that is promised: wherever the promise is said, and wherever it is kept."""

from datetime import date, timedelta
from typing import Any

import pytest

from moothall.bookings import actions as bookings
from moothall.bookings.models import Booking
from moothall.bookings.rules import promised_by
from moothall.cases.models import Case
from moothall.core import jobs
from moothall.core.actors import SYSTEM, customer_actor
from moothall.intake.actions import raise_request
from moothall.intake.desk_preview import preview
from moothall.intake.dialogue import read_all
from moothall.intake.queries import track_page
from moothall.intake.queries.slots import SlotFilter, slot_search
from moothall.notifications.models import Message
from moothall.promises.queries import marks_of
from moothall.promises.sweep import sweep
from moothall.services.pack import SERVICES

pytestmark = [pytest.mark.django_db]
ANSWERS: dict[str, Any] = {
    "address": {"line1": "9 Mill Lane", "town": "Leeds", "postcode": "LS1 1UR"},
    "items": {"sofa": "1", "mattress": "1"}, "reuse": "no", "support": "yes", "ct_number": "7001", "spot": "front",
    "contact": {"name": "Joe Bloggs", "email": "joe.bloggs@example.com"}, "pay": {"how": "card"},
}  # fmt: skip


@pytest.fixture
def times(thursday, council):
    service = council.of(SERVICES)["bulky-waste"]
    answers, _ = read_all(service, ANSWERS, today=date(2026, 11, 19), channel="phone")
    found = slot_search(service, service.by_question["slot"], answers, SlotFilter(), at=thursday.now())
    return [one.key for one in found.choices]


@pytest.fixture
def booked(thursday, council, times):
    """A collection booked for the first free day, free of charge, though a way to pay was sent along."""
    service = council.of(SERVICES)["bulky-waste"]
    answers, wrong = read_all(service, {**ANSWERS, "slot": times[0]}, today=date(2026, 11, 19), channel="phone")
    assert not wrong
    said = preview(service, answers, pack=council, at=thursday.now()).promised
    raised = raise_request(service, answers, pack=council, channel="phone", by=SYSTEM, at=thursday.now())
    jobs.drain()
    return raised, said


def due(case_id, at):
    """When the work is promised, on the board and on the case itself."""
    found = marks_of([case_id], at=at)[case_id].due_at
    assert Case.objects.get(id=case_id).due_at == found
    return found


@pytest.mark.row("D3")
def test_one_day_is_said_and_kept_everywhere(thursday, booked):
    raised, said = booked
    row = Booking.objects.get()
    assert said.startswith("on ")
    assert said.endswith(", any time from 7am")
    assert due(raised.case_id, thursday.now()) == promised_by(row.starts_at)
    page = track_page(raised.case_id, at=thursday.now())
    assert page.promise_words == f"the end of {said.removeprefix('on ').split(',')[0]}"
    assert "pay" not in Case.objects.get(id=raised.case_id).answers, "nobody chose how to pay what costs nothing"


@pytest.mark.long
def test_it_moves_with_her_and_not_with_us(thursday, booked, times):
    raised, _ = booked
    row = Booking.objects.get()
    bookings.move(row.id, times[3], by=customer_actor(row.customer_id), at=thursday.now())
    jobs.drain()
    row.refresh_from_db()
    hers = promised_by(row.starts_at)
    assert due(raised.case_id, thursday.now()) == hers

    thursday.set(row.starts_at + timedelta(hours=6))
    bookings.visit_failed(row.id, reason="vehicle", ours=True, by=SYSTEM, at=thursday.now())
    jobs.drain()
    row.refresh_from_db()
    assert promised_by(row.starts_at) > hers
    page = track_page(raised.case_id, at=thursday.now())
    assert page.promise.due_at == hers, "what we promised stays what we promised"
    assert page.promise.new_date == promised_by(row.starts_at)
    thursday.set(hers + timedelta(minutes=2))
    sweep(at=thursday.now())
    jobs.drain()
    assert track_page(raised.case_id, at=thursday.now()).promise.tag == "late"
    told = set(Message.objects.filter(case_id=raised.case_id).values_list("template", flat=True))
    assert "visit-failed-new-date" in told
    assert not told & {"promise-new-date", "promise-broken"}, "told once, by the words of the visit"
