"""Where an officer begins who explains figures: the months that dipped, those without words first."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from moothall.core.actors import SYSTEM
from moothall.core.staff import create_staff
from moothall.insight.actions import explain_figure
from moothall.insight.models import MonthlyFigure

pytestmark = pytest.mark.django_db
DIPS = (date(2025, 11, 1), date(2026, 2, 1))


@pytest.fixture
def a_year(council: Any, clock: Any) -> None:
    """A year of missed bins and of calls, each kept 95 times in 100; in two months bins were 70, and in one calls were."""
    for n in range(13):
        month = date(2025 + (n + 1) // 12, (n + 1) % 12 + 1, 1)
        for measure, service, key in (("promise", "missed-bin", "complete"), ("standard", "*", "call-answered")):
            dip = month in DIPS and (measure == "promise" or month == DIPS[0])
            MonthlyFigure.objects.create(
                month=month,
                measure=measure,
                service=service,
                channel="*",
                area="*",
                key=key,
                count=70 if dip else 95,
                of=100,
            )


def officer(council: Any, clock: Any, *roles: str) -> Client:
    staff = create_staff(
        username=roles[0], name="Owen Price", roles=list(roles), teams=["customer-services"], pack=council,
        password="seven-calm-otters-queueing", by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    client = Client()
    client.force_login(staff)
    return client


@pytest.mark.usefixtures("a_year")
def test_the_months_that_dipped_lead_to_where_they_are_explained(council: Any, clock: Any) -> None:
    owen = officer(council, clock, "performance-officer")
    assert 'href="/performance/to-explain"' in owen.get("/sign-in/account").content.decode()
    page = owen.get("/performance/to-explain").content.decode()
    assert page.count("Say why<") == 3
    assert "Nobody has said why yet" in page
    assert "70 of 100 kept" in page
    assert "Explained" not in page
    link = "/performance/missed-bin/2026-02/explain"
    assert f'href="{link}"' in page
    assert 'href="/performance/standards/call-answered/2025-11/explain"' in page
    assert page.index("February 2026") < page.index("November 2025")
    assert owen.post(link, {"text": "Snow closed the depot."}).status_code == 303
    page = owen.get("/performance/to-explain").content.decode()
    assert page.count("Say why<") == 2
    assert "“Snow closed the depot.”" in page
    assert "Change the words" in page
    for measure, service, month in (
        ("promise", "missed-bin", DIPS[0]), ("standard", "call-answered", DIPS[0]),
    ):  # fmt: skip
        explain_figure(
            month=month, measure=measure, service=service, text="Snow.", action_taken="", by=SYSTEM, at=clock.now()
        )
    with CaptureQueriesContext(connection) as asked:
        page = owen.get("/performance/to-explain").content.decode()
    assert "Every month that dipped is explained" in page
    assert len(asked) <= 6, [query["sql"][:90] for query in asked]


def test_the_desk_leads_there_whoever_may_and_nobody_else(council: Any, clock: Any) -> None:
    leader, adviser = officer(council, clock, "team-leader"), officer(council, clock, "adviser")
    assert 'href="/performance/to-explain"' in leader.get("/desk/").content.decode()
    assert "to-explain" not in adviser.get("/desk/").content.decode()
    assert adviser.get("/performance/to-explain").status_code == 403
    assert Client().get("/performance/to-explain").status_code == 302
