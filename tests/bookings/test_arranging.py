"""What is booked along is arranged by somebody in time: the task stands, moves and ends with the appointment, and warns."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from moothall.bookings import actions
from moothall.bookings.jobs import warn
from moothall.bookings.models import Booking
from moothall.cases.actions import finish_task
from moothall.cases.models import Task
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.intake.actions import raise_request
from moothall.intake.dialogue import read_all
from moothall.services.pack import SERVICES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]
ANSWERS: dict[str, Any] = {
    "about": "letter", "way": "in_person", "interpreter": "yes", "language": "Arabic", "access": ["quiet_room"],
    "contact": {"name": "Nour Khalil", "phone": "07700 900004"},
}  # fmt: skip


@pytest.fixture
def appointment(thursday: Any, slots: Any, council: Any) -> Any:
    """An appointment five days ahead."""

    def book(**more: Any) -> Booking:
        service = council.of(SERVICES)["benefit-appointment"]
        free = slots(
            "benefit-appointment", way="in_person", since=thursday.now() + timedelta(days=5), needs=("interpreter",),
            access=frozenset({"quiet_room"}),
        )  # fmt: skip
        given = {**ANSWERS, "slot": free[0].key, **more}
        answers, wrong = read_all(service, given, today=thursday.now().date(), channel="phone")
        assert not wrong, wrong
        raise_request(service, answers, pack=council, channel="phone", by=SYSTEM, at=thursday.now())
        jobs.drain()
        return Booking.objects.get()

    return book


def open_tasks(kind: str = "arrange") -> list[Task]:
    return list(Task.objects.filter(kind=kind, done_at=None).order_by("title"))


@pytest.mark.row("D15")
def test_each_need_is_a_task_for_its_team_by_its_time_and_who_needs_nothing_raises_none(
    appointment: Any, thursday: Any
) -> None:
    row = appointment()
    interpreter, room = open_tasks()
    assert interpreter.title.startswith("Arrange: interpreter (Arabic), Wednesday 25 November")
    assert room.title.startswith("Arrange: quiet room, Wednesday 25 November")
    assert (interpreter.team, interpreter.due_at) == ("customer-services", row.starts_at - timedelta(days=2))
    assert (room.team, room.due_at) == ("building-managers", row.starts_at - timedelta(days=1))
    assert warn() is None
    assert not open_tasks("not_arranged"), "its time has not come"


def test_it_moves_with_the_appointment_also_when_it_was_arranged_already(
    appointment: Any, thursday: Any, slots: Any
) -> None:
    row = appointment()
    interpreter, room = open_tasks()
    finish_task(interpreter.id, outcome="Booked with Language Line", by=SYSTEM, at=thursday.now())
    later = slots(
        "benefit-appointment", way="in_person", since=row.starts_at + timedelta(days=2), needs=("interpreter",),
        access=frozenset({"quiet_room"}),
    )[0]  # fmt: skip
    actions.move(row.id, later.key, by=SYSTEM, at=thursday.now())
    jobs.drain()
    again = open_tasks()
    assert [task.due_at for task in again] == [later.starts_at - timedelta(days=2), later.starts_at - timedelta(days=1)]
    room.refresh_from_db()
    assert room.outcome == "the booking has another time"
    back = Booking.objects.get()
    actions.move(back.id, f"{back.site}~{row.starts_at:%Y%m%dT%H%M}", by=SYSTEM, at=thursday.now())
    jobs.drain()
    assert len(open_tasks()) == 1, "what was arranged for this very time is arranged"


def test_it_ends_with_the_appointment(appointment: Any, thursday: Any) -> None:
    row = appointment()
    actions.cancel(row.id, reason="asked", by=SYSTEM, at=thursday.now())
    jobs.drain()
    assert not open_tasks()
    thursday.advance(days=4)
    warn()
    assert not open_tasks("not_arranged")


def test_what_is_not_arranged_in_time_warns_once_and_never_after_the_start(appointment: Any, thursday: Any) -> None:
    row = appointment()
    thursday.set(row.starts_at - timedelta(days=2) + timedelta(minutes=1))
    warn()
    warn()
    (told,) = open_tasks("not_arranged")
    assert told.team == "service-managers"
    assert told.title.startswith("Not arranged in time. Arrange: interpreter (Arabic), Wednesday 25 November")
    thursday.set(row.starts_at + timedelta(minutes=1))
    warn()
    assert len(open_tasks("not_arranged")) == 1, "the quiet room was for a time that has begun"


def test_booked_late_it_is_due_in_half_of_the_time_that_is_left(thursday: Any) -> None:
    from moothall.bookings.actions.arranging import due_at

    starts = thursday.now() + timedelta(hours=4)
    assert due_at(starts, 2880, thursday.now()) == thursday.now() + timedelta(hours=2)
