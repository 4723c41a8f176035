"""People, cases and ways out for tests of messages."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from moothall.cases import actions as cases
from moothall.cases.actions import NewCase
from moothall.cases.models import Case
from moothall.core.actors import SYSTEM
from moothall.customers import actions as customers
from moothall.customers.models import Customer
from moothall.notifications import senders
from moothall.notifications.adapters.notify import NotifySender
from moothall.notifications.adapters.notify.twin import KEY, TEMPLATES, Twin
from moothall.promises.actions import NewPromise, make_promises
from moothall.promises.rules import Standard, Unit

WORK = Standard(
    "bin.complete", 2, Unit.WORKING_DAYS, "refuse", name="Missed bin", pauses=("blocked_access",), escalate_to="head-of-waste"
)  # fmt: skip


@pytest.fixture(autouse=True)
def _own_senders() -> Iterator[None]:
    yield
    senders.use("email", None)
    senders.use("sms", None)


@pytest.fixture
def mrs_dunn(council: Any, clock: Any) -> Customer:
    return person(clock)


def person(clock: Any, **more: Any) -> Customer:
    points = more.pop("contact_points", [("email", "amina.dunn@example.org"), ("phone", "07700 900123")])
    fields = {"given_name": "Amina", "family_name": "Dunn", **more}
    return customers.create_customer(contact_points=points, by=SYSTEM, at=clock.now(), **fields)


def opened(clock: Any, customer_id: UUID | None = None, *, promised: bool = True, **more: Any) -> Case:
    fields = {
        "service": "missed-bin",
        "channel": "web",
        "team": "refuse-collection",
        "customer_id": customer_id,
        **more,
    }
    case = cases.open_case(NewCase(**fields), by=SYSTEM, at=clock.now())
    if not promised:
        return case
    make_promises(
        [NewPromise("complete", WORK, "case", case.id, clock.now(), customer_id=customer_id, service=case.service,
                    channel="web", team=case.team)],
        by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    return case


@pytest.fixture
def twin() -> Iterator[Twin]:
    """GOV.UK Notify, as far as we can tell."""
    running = Twin().start()
    sender = NotifySender(key=KEY, url=running.url, templates=TEMPLATES, timeout=2)
    senders.use("email", sender)
    senders.use("sms", sender)
    yield running
    senders.use("email", None)  # also where this is used from another folder
    senders.use("sms", None)
    running.stop()
