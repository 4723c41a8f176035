"""A customer centre of the demo council with officers on duty: all real rows, made by the actions that make them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from moothall.core.actors import SYSTEM, Actor
from moothall.core.packs import Pack
from moothall.core.staff import actor_of_staff, create_staff
from moothall.reception.actions import Arrival, Ticket, arrive, begin_duty
from tests.conftest import MovableClock

CENTRE = "city"
PASSWORD = "seven-calm-otters-queueing"


@pytest.fixture
def member(council: Pack, clock: MovableClock) -> Callable[..., Actor]:
    """Make an officer: `member("adviser", name="Ravi Patel")`."""

    def make(*roles: str, name: str) -> Actor:
        staff = create_staff(
            username=name.split(maxsplit=1)[0].lower(), name=name, roles=list(roles), teams=["customer-services"],
            password=PASSWORD, pack=council, by=SYSTEM, at=clock.now(),
        )  # fmt: skip
        return actor_of_staff(staff, council)

    return make


@pytest.fixture
def ravi(member: Callable[..., Actor], clock: MovableClock) -> Actor:
    """An adviser at desk 1 of the city centre."""
    actor = member("adviser", name="Ravi Patel")
    begin_duty(centre=CENTRE, desk="1", by=actor, at=clock.now())
    return actor


@pytest.fixture
def janet(member: Callable[..., Actor], clock: MovableClock) -> Actor:
    """An expert for benefits, on duty to be called in."""
    actor = member("service-officer", "visiting-expert", name="Janet Hirst")
    begin_duty(centre=CENTRE, skills=["benefits"], by=actor, at=clock.now())
    return actor


@pytest.fixture
def comes(council: Pack, clock: MovableClock) -> Callable[..., Ticket]:
    """Somebody comes in: `comes(service="missed-bin", needs=("wheelchair",))`."""

    def make(**more: Any) -> Ticket:
        return arrive(Arrival(**({"centre": CENTRE} | more)), by=SYSTEM, at=clock.now())

    return make
