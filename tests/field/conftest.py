"""Crews with a day's work on Monday 2 March 2026, and devices that report on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from moothall.core import clock as time
from moothall.core import jobs
from moothall.core.actors import SYSTEM, Actor
from moothall.core.staff import actor_of_staff, create_staff
from moothall.field.actions import Sent, Told, add_device, give_job, publish_day, take_reports
from moothall.field.models import Device, Job
from moothall.intake.actions import raise_request
from moothall.services.pack import SERVICES


@pytest.fixture
def raised(council: Any, clock: Any) -> Callable[..., Job]:
    """Ask for something in the street and let it become a job: `raised("pothole", danger="yes")`."""

    def make(service: str = "pothole", at: tuple[float, float] = (53.80, -1.55), **answers: Any) -> Job:
        given = {"where": {"text": f"{at[0]}, {at[1]}", "latitude": at[0], "longitude": at[1]}, **answers}
        found = raise_request(
            council.of(SERVICES)[service], given, pack=council, channel="web", by=SYSTEM, at=time.now()
        )
        jobs.drain(at=time.now())
        return Job.objects.get(case_id=found.case_id)

    return make


@pytest.fixture
def member(council: Any, clock: Any) -> Callable[..., Actor]:
    """Make a member of a crew's team: `member("highway-inspectors")`."""

    def make(team: str = "highway-inspectors", *roles: str) -> Actor:
        staff = create_staff(
            username=f"w{uuid4().hex[:8]}", name="Sam Dyer", roles=list(roles or ("field-worker",)), teams=[team],
            pack=council, by=SYSTEM, at=time.now(),
        )  # fmt: skip
        return actor_of_staff(staff, council)

    return make


class Phone:
    """A device in a crew's hands: it counts its reports and has a clock of its own."""

    def __init__(self, device: Device, token: str, actor: Actor) -> None:
        self.device, self.token, self.actor = device, token, actor
        self.number, self.ahead = 0, timedelta()

    def write(self, kind: str, job: Job | None = None, **more: Any) -> Sent:
        self.number += 1
        known = {"id": uuid4(), "device_at": time.now() + self.ahead, "job_id": job.id if job else None} | more
        return Sent(number=self.number, kind=kind, **known)

    def send(self, *reports: Sent) -> list[Told]:
        told = take_reports(self.device.id, reports, skew=-self.ahead, by=self.actor, at=time.now())
        jobs.drain(at=time.now())
        return told

    def say(self, kind: str, job: Job | None = None, **more: Any) -> Told:
        return self.send(self.write(kind, job, **more))[0]


@pytest.fixture
def phone(member: Callable[..., Actor]) -> Callable[..., Phone]:
    """Sign a device in: `phone("highways-1")`."""

    def make(crew: str = "highways-1", team: str = "highway-inspectors") -> Phone:
        actor = member(team)
        device, token = add_device(name=f"{crew} tablet", crew=crew, by=actor, at=time.now())
        return Phone(device, token, actor)

    return make


@pytest.fixture
def given(clock: Any) -> Callable[..., Job]:
    """Give a job to a crew today and publish the day."""

    def make(job: Job, crew: str = "highways-1") -> Job:
        today = time.now().astimezone(time.LONDON).date()
        give_job(job.id, crew=crew, day=today, by=SYSTEM, at=time.now())
        publish_day(today, by=SYSTEM, at=time.now())
        return Job.objects.get(id=job.id)

    return make


def fresh(job: Job | UUID) -> Job:
    """The job as it stands now."""
    return Job.objects.get(id=job if isinstance(job, UUID) else job.id)
