"""The contractors' board and the orders beside a case: the same number of queries however many orders there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from moothall.cases.models import Case
from moothall.core import jobs
from moothall.repairs.actions import ask_contractors, order_again
from moothall.repairs.adapters.works_orders.twin import Twin
from moothall.repairs.models import Order
from tests.interfaces.desk.conftest import Officer, officer

__all__ = ["officer"]
pytestmark = [pytest.mark.django_db]
KINDS = ("accepted", "refused", "no_access", "booked", "follow_on")


@pytest.fixture
def boss(officer: Callable[..., Officer]) -> Officer:
    """Who looks after what contractors have."""
    return officer("repairs-officer", "service-officer", teams=("roofing-contractor",))


def counted(boss: Officer, path: str) -> tuple[int, str]:
    with CaptureQueriesContext(connection) as asked:
        answer = boss.client.get(path)
    assert answer.status_code == 200
    return len(asked), answer.content.decode()


@pytest.mark.long
def test_the_board_costs_the_same_however_many_orders_there_are(
    ask: Callable[..., Case], twin: Twin, clock: Any, boss: Officer
) -> None:
    def some() -> None:
        for kind in KINDS:
            ask()
            twin.play(list(twin.orders)[-1], kind)
        twin.refuses = "Not in our contract"
        ask()  # it could not be sent: a person must
        twin.refuses = ""
        ask_contractors(at=clock.now())
        jobs.drain(at=clock.now())
        clock.advance(hours=30)

    some()
    counted(boss, "/desk/contractors/")
    few, page = counted(boss, "/desk/contractors/")
    assert "Refused, or could not be sent: 2" in page
    some()
    some()
    many, page = counted(boss, "/desk/contractors/")
    assert "Refused, or could not be sent: 6" in page
    assert Order.objects.count() > 15
    assert few == many <= 20


def test_orders_beside_a_case_cost_the_same_however_many_there_are(
    ask: Callable[..., Case], twin: Twin, clock: Any, boss: Officer
) -> None:
    case = ask()
    counted(boss, f"/desk/cases/{case.id}/")
    one, _ = counted(boss, f"/desk/cases/{case.id}/")
    for _ in range(3):
        twin.play(list(twin.orders)[-1], "refused")
        ask_contractors(at=clock.now())
        jobs.drain(at=clock.now())
        order_again(case.id, contractor="hilltop-roofing", what="Look again", by=boss.actor, at=clock.now())
        jobs.drain(at=clock.now())
    assert Order.objects.filter(case_id=case.id).count() == 4
    four, page = counted(boss, f"/desk/cases/{case.id}/")
    assert page.count("hilltop-roofing") + page.count("Hilltop Roofing") >= 4
    assert four <= one + 1
