"""The desk's search tells people of one name apart by when each last asked for something, and tells nothing of what."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from moothall.cases.models import Case
from moothall.core.actors import ANONYMOUS, SYSTEM
from moothall.customers.actions import create_customer
from moothall.intake.actions import raise_request
from moothall.intake.dialogue import read_all
from moothall.intake.finding_queries import search_box
from moothall.services.pack import SERVICES

from .catalogue import TODAY
from .test_raising import MISSED_BIN

pytestmark = pytest.mark.django_db


def test_each_of_one_name_is_shown_with_when_they_last_asked(council: Any, clock: Any) -> None:
    answers, _ = read_all(council.of(SERVICES)["missed-bin"], MISSED_BIN, today=TODAY)

    def asked() -> Any:
        one = create_customer(given_name="Jo", family_name="Brown", by=SYSTEM, at=clock.now())
        raised = raise_request(
            council.of(SERVICES)["missed-bin"], answers, pack=council, channel="web", by=ANONYMOUS, at=clock.now()
        )
        Case.objects.filter(id=raised.case_id).update(customer_id=one.id)
        clock.advance(minutes=60)
        return one.id, Case.objects.get(id=raised.case_id).opened_at

    first = asked()
    with CaptureQueriesContext(
        connection,
    ) as one_found:
        search_box("Jo Brown", visible_to=SYSTEM)
    others = [asked(), asked()]
    with CaptureQueriesContext(connection) as three_found:
        found = search_box("Jo Brown", visible_to=SYSTEM)
    assert found.asked == dict([first, *others])
    assert len(set(found.asked.values())) == 3
    assert len(three_found) == len(one_found)
