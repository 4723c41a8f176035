"""What cannot be done on its day: whoever waits hears why and when, by her own channel, before she asks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from moothall.bookings.models import Booking
from moothall.cases.models import Task
from moothall.core import clock as time
from moothall.core import jobs
from moothall.core.actors import ANONYMOUS, SYSTEM, Actor
from moothall.core.clock import LONDON
from moothall.core.models import Staff
from moothall.field.actions import (
    CannotPlace,
    came_by,
    cannot_today,
    crew_off,
    give_job,
    not_reached,
    plan_day,
    publish_day,
)
from moothall.field.models import CrewDay, Job
from moothall.intake.actions import raise_request
from moothall.intake.dialogue import read_all
from moothall.intake.queries.slots import SlotFilter, slot_search
from moothall.notifications.models import Message
from moothall.reports.actions import follow
from moothall.services.pack import SERVICES

from .conftest import Phone, fresh
from .test_bookings import BLOGGS

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 3, 2)


@pytest.fixture
def booked(council: Any, clock: Any) -> tuple[Booking, Job, date]:
    """Mr Bloggs's three things, booked, on the morning of their day: planned and sent to the crew's device."""
    clock.set("2026-11-19T09:00")
    service, today = council.of(SERVICES)["bulky-waste"], date(2026, 11, 19)
    answers, _ = read_all(service, BLOGGS, today=today, channel="phone")
    offered = slot_search(service, service.by_question["slot"], answers, SlotFilter(), at=clock.now())
    assert offered is not None
    answers, _ = read_all(service, {**BLOGGS, "slot": offered.choices[0].key}, today=today, channel="phone")
    raise_request(service, answers, pack=council, channel="phone", by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())
    booking = Booking.objects.get()
    day = booking.starts_at.astimezone(LONDON).date()
    clock.set(booking.starts_at - timedelta(minutes=30))
    plan_day(day, by=SYSTEM, at=clock.now())
    publish_day(day, by=SYSTEM, at=clock.now())
    return booking, Job.objects.get(), day


def evening(day: date) -> str:
    return f"{day.isoformat()}T18:45"


@pytest.mark.row("C3", "D3")
def test_a_crew_that_cannot_work_and_he_hears_why_and_when_by_text(
    booked: tuple[Booking, Job, date], clock: Any
) -> None:
    booking, job, day = booked
    found = crew_off("bulky-1", day, reason="vehicle", by=SYSTEM, at=clock.now())
    assert (found.placed, found.left) == (0, 1)
    jobs.drain(at=clock.now())
    told = Message.objects.get(template="visit-failed-new-date")
    assert told.channel == "sms"
    assert "we can’t do" in told.body, "the day is not over: it is said ahead of it"
    assert "our lorry broke down" in told.body
    booking.refresh_from_db()
    later = booking.starts_at.astimezone(LONDON).date()
    assert later > day
    assert (fresh(job).from_day, fresh(job).day, fresh(job).state) == (later, None, "waiting")
    assert not cannot_today(job.id, day=day, reason="vehicle", by=SYSTEM, at=clock.now()), "said once"
    clock.set(evening(day))
    assert not_reached(by=SYSTEM, at=clock.now()) == 0
    jobs.drain(at=clock.now())
    assert Message.objects.filter(template__startswith="visit-").count() == 1


def test_what_was_promised_by_today_gets_its_new_date_and_followers_hear_it(
    raised: Callable[..., Job], clock: Any
) -> None:
    who = {"name": "Alma Dunn", "email": "alma.dunn@example.org"}
    pressing = raised("tree-problem", danger="no", contact=who)
    follow(pressing.case_id, address="neighbour@example.com", by=ANONYMOUS, at=clock.now())
    assert pressing.due_at is not None
    day = pressing.due_at.astimezone(LONDON).date()
    clock.set(f"{day.isoformat()}T07:30")
    later = raised("tree-problem", at=(53.82, -1.53), danger="no", contact=who)
    for job in (later, pressing):
        give_job(job.id, crew="trees-1", day=day, by=SYSTEM, at=clock.now())
    with pytest.raises(CannotPlace, match="Choose why"):
        crew_off("trees-1", day, reason="parked-cars", by=SYSTEM, at=clock.now())
    assert crew_off("trees-1", day, reason="too-few", by=SYSTEM, at=clock.now()).left == 2
    jobs.drain(at=clock.now())
    told = Message.objects.get(template="promise-new-date")
    assert told.case_id == pressing.case_id, "what is promised for later may still be kept"
    assert "Too few of our crew could come to work" in told.body
    assert Message.objects.get(template="follow-new-date").to == "neighbour@example.com"
    jobs.drain(at=clock.now())
    assert Message.objects.filter(template="promise-new-date").count() == 1


def test_an_emergency_that_no_crew_can_take_goes_to_a_person(raised: Callable[..., Job], clock: Any) -> None:
    job = raised("pothole", danger="no", depth="medium", injury="no")
    Job.objects.filter(id=job.id).update(priority="emergency")
    assert cannot_today(job.id, day=MONDAY, reason="vehicle", by=SYSTEM, at=clock.now())
    assert "find somebody now" in Task.objects.get(case_id=job.case_id, kind="visit_failed").title
    assert not Message.objects.filter(template="promise-new-date").exists()


@pytest.mark.row("C3")
def test_a_booked_visit_that_nobody_got_to_is_owned_up_to_the_same_evening(
    booked: tuple[Booking, Job, date], phone: Callable[..., Phone], clock: Any
) -> None:
    booking, job, day = booked
    one = phone("bulky-1", "bulky-waste")
    clock.set(f"{day.isoformat()}T11:00")
    came_by(one.device.id, waiting=0, at=clock.now())
    clock.set(evening(day))
    assert not_reached(by=SYSTEM, at=clock.now()) == 0, "out of touch since: it may have been done"
    came_by(one.device.id, waiting=1, at=clock.now())
    assert not_reached(by=SYSTEM, at=clock.now()) == 0, "it has still to send"
    came_by(one.device.id, waiting=0, at=clock.now())
    assert not_reached(by=SYSTEM, at=clock.now()) == 1
    jobs.drain(at=clock.now())
    told = Message.objects.get(template="visit-failed-new-date")
    assert "the round took longer than the day" in told.body
    booking.refresh_from_db()
    assert fresh(job).from_day == booking.starts_at.astimezone(LONDON).date() > day
    assert fresh(job).crew == ""
    assert not_reached(by=SYSTEM, at=clock.now()) == 0


def test_a_device_out_of_touch_is_waited_for_until_the_morning_and_what_it_did_counts(
    booked: tuple[Booking, Job, date], phone: Callable[..., Phone], clock: Any
) -> None:
    booking, job, day = booked
    one = phone("bulky-1", "bulky-waste")
    report = one.write("done", job)
    clock.set(f"{(day + timedelta(days=1)).isoformat()}T09:40")
    assert not_reached(by=SYSTEM, at=clock.now()) == 1
    jobs.drain(at=clock.now())
    assert one.send(report)[0].verdict == "taken", "the crew had done it all the same"
    booking.refresh_from_db()
    assert (fresh(job).state, booking.state) == ("done", "attended")


def test_days_that_were_never_sent_to_devices_are_nobodys_failure(
    booked: tuple[Booking, Job, date], clock: Any
) -> None:
    _, job, day = booked
    CrewDay.objects.update(published_at=None)
    clock.set(evening(day + timedelta(days=1)))
    assert not_reached(by=SYSTEM, at=clock.now()) == 0
    assert fresh(job).from_day == day


def test_the_supervisor_says_why_from_what_customers_can_read(
    raised: Callable[..., Job], member: Callable[..., Actor], clock: Any
) -> None:
    boss = member("highway-inspectors", "field-supervisor")
    client = Client()
    client.force_login(Staff.objects.get(id=boss.id))
    today = time.now().astimezone(LONDON).date().isoformat()
    page = client.get("/desk/crews/").content.decode()
    assert "Too few could come to work" in page
    assert "Parked cars in the way" not in page, "that is of one job, not of a crew"
    for wrong in ("", "parked-cars", "x" * 400):
        answer = client.post("/desk/crews/trees-1/work", {"day": today, "off": "1", "reason": wrong})
        assert answer.status_code == 422
        assert "Choose why the crew can’t work" in answer.content.decode()
    assert not CrewDay.objects.exists()
    answer = client.post("/desk/crews/trees-1/work", {"day": today, "off": "1", "reason": "too-few"}, follow=True)
    assert "Off: Too few could come to work." in answer.content.decode()
