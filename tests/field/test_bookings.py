"""A booked visit: on its day, told when the crew sets out, and when it fails, by text, with the next date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from moothall.bookings.models import Booking
from moothall.cases.models import Case
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.clock import LONDON
from moothall.field.actions import plan_day, publish_day
from moothall.field.models import Job
from moothall.intake.actions import raise_request
from moothall.intake.dialogue import read_all
from moothall.intake.queries.slots import SlotFilter, slot_search
from moothall.notifications.models import Message
from moothall.services.pack import SERVICES

from .conftest import Phone, fresh

BLOGGS: dict[str, Any] = {
    "address": {"line1": "9 Mill Lane", "town": "Leeds", "postcode": "LS1 1UR"},
    "items": {"sofa": "1", "mattress": "1", "wardrobe": "1"}, "reuse": "no", "support": "yes", "ct_number": "7001",
    "spot": "front", "contact": {"name": "Joe Bloggs", "phone": "07700 900002"},
}  # fmt: skip


@pytest.mark.row("D3", "C3")
@pytest.mark.django_db
def test_mr_bloggs_is_told_by_text_that_they_come_and_that_they_could_not(
    council: Any, clock: Any, phone: Callable[..., Phone]
) -> None:
    clock.set("2026-11-19T09:00")
    service, today = council.of(SERVICES)["bulky-waste"], date(2026, 11, 19)
    answers, _ = read_all(service, BLOGGS, today=today, channel="phone")
    offered = slot_search(service, service.by_question["slot"], answers, SlotFilter(), at=clock.now())
    assert offered is not None
    answers, wrong = read_all(service, {**BLOGGS, "slot": offered.choices[0].key}, today=today, channel="phone")
    assert not wrong
    raised = raise_request(service, answers, pack=council, channel="phone", by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())
    booking, job = Booking.objects.get(), Job.objects.get()
    day = booking.starts_at.astimezone(LONDON).date()
    assert (job.booking_id, job.case_id, job.from_day, job.fixed_day) == (booking.id, raised.case_id, day, True)

    clock.set(booking.starts_at - timedelta(minutes=30))
    assert plan_day(day - timedelta(days=1), by=SYSTEM, at=clock.now()).placed == 0, "on its day and no other"
    assert plan_day(day, by=SYSTEM, at=clock.now()).placed == 1
    publish_day(day, by=SYSTEM, at=clock.now())
    one = phone("bulky-1", "bulky-waste")
    clock.advance(hours=1)
    assert one.say("going", job).verdict == "taken"
    told = Message.objects.get(template="crew-on-its-way")
    assert (told.channel, told.to) == ("sms", "+447700900002")
    assert "on its way to you now" in told.body

    clock.advance(minutes=20)
    assert one.say("not_done", job, reason="vehicle").verdict == "taken"
    sorry = Message.objects.get(template="visit-failed-new-date")
    assert sorry.channel == "sms"
    assert "our lorry broke down" in sorry.body
    assert "at no charge" in sorry.body
    booking.refresh_from_db()
    later = booking.starts_at.astimezone(LONDON).date()
    assert later > day
    after = fresh(job)
    assert (after.state, after.from_day, after.crew, after.tries) == ("waiting", later, "", 1)

    clock.set(booking.starts_at)
    plan_day(later, by=SYSTEM, at=clock.now())
    publish_day(later, by=SYSTEM, at=clock.now())
    assert one.say("done", job).verdict == "taken"
    booking.refresh_from_db()
    assert booking.state == "attended"
    case = Case.objects.get(id=raised.case_id)
    assert (case.state, case.outcome) == ("closed", "all-collected")


@pytest.fixture
def collection(council: Any, clock: Any, phone: Callable[..., Phone]) -> tuple[Phone, Job]:
    """Three things of Mr Bloggs's, and the crew at his gate."""
    clock.set("2026-11-19T09:00")
    service, today = council.of(SERVICES)["bulky-waste"], date(2026, 11, 19)
    answers, _ = read_all(service, BLOGGS, today=today, channel="phone")
    offered = slot_search(service, service.by_question["slot"], answers, SlotFilter(), at=clock.now())
    assert offered is not None
    answers, _ = read_all(service, {**BLOGGS, "slot": offered.choices[0].key}, today=today, channel="phone")
    raise_request(service, answers, pack=council, channel="phone", by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())
    booking = Booking.objects.get()
    clock.set(booking.starts_at + timedelta(hours=3))
    day = booking.starts_at.astimezone(LONDON).date()
    plan_day(day, by=SYSTEM, at=clock.now())
    publish_day(day, by=SYSTEM, at=clock.now())
    return phone("bulky-1", "bulky-waste"), Job.objects.get()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "stays"),
    [
        ({"wardrobe": 1}, {"wardrobe": 1}),
        ({"wardrobe": 7, "piano": 1}, {"wardrobe": 1}),  # an older list, or a device that is out of its mind
        ({}, {}),
        ({"sofa": 1, "mattress": 1, "wardrobe": 1}, {}),  # all of it: the visit failed
        ({"piano": 2}, {}),
    ],
)
def test_what_stays_behind_has_a_date_of_its_own(
    collection: tuple[Phone, Job], said: dict[str, int], stays: dict[str, int]
) -> None:
    crew, job = collection
    assert crew.say("not_done", job, reason="lorry-full", left=said).verdict == "taken"
    booking = Booking.objects.get()
    assert (booking.state, booking.load["units"], fresh(job).left) == ("confirmed", len(stays) or 3, stays)
    told = Message.objects.get(template="visit-part-new-date" if stays else "visit-failed-new-date")
    assert "our lorry was full" in told.body
    assert ("we left wardrobe" in told.body) is bool(stays)
    assert Message.objects.filter(template__startswith="visit-").count() == 1


@pytest.mark.django_db
def test_what_stays_for_no_fault_of_ours_has_no_date_and_the_office_decides(collection: tuple[Phone, Job]) -> None:
    crew, job = collection
    assert crew.say("not_done", job, reason="wrong-items", left={"sofa": 1}).verdict == "taken"
    assert (Booking.objects.get().state, fresh(job).state) == ("missed", "not_done")
    told = Message.objects.get(template="visit-part").body
    assert "we took mattress and wardrobe and left sofa: it wasn’t what was booked" in told


@pytest.mark.django_db
def test_a_visit_that_is_moved_or_cancelled_takes_its_job_along(council: Any, clock: Any) -> None:
    from moothall.bookings import actions as bookings

    clock.set("2026-11-19T09:00")
    service, today = council.of(SERVICES)["bulky-waste"], date(2026, 11, 19)
    answers, _ = read_all(service, BLOGGS, today=today, channel="phone")
    offered = slot_search(service, service.by_question["slot"], answers, SlotFilter(), at=clock.now())
    assert offered is not None
    answers, _ = read_all(service, {**BLOGGS, "slot": offered.choices[0].key}, today=today, channel="phone")
    raise_request(service, answers, pack=council, channel="phone", by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())
    booking = Booking.objects.get()
    bookings.move(booking.id, offered.choices[-1].key, by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())
    booking.refresh_from_db()
    assert Job.objects.get().from_day == booking.starts_at.astimezone(LONDON).date()
    bookings.cancel(booking.id, reason="asked", by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())
    assert Job.objects.get().state == "withdrawn"
