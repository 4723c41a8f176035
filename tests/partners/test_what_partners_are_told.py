"""What a partner quotes: the number on the map of what everybody sees there, else a number that opens nothing of hers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from moothall.cases.models import Case
from moothall.cases.queries.tracking import tracked_case
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.references import show_reference
from moothall.intake.whose import referral_standard
from moothall.notifications.models import Message
from moothall.partners.actions import refer_case
from moothall.partners.actions.referring import deliver
from moothall.partners.models import Referral
from moothall.partners.pack import PARTNERS
from moothall.partners.queries import referrals_of
from moothall.partners.telling import report_of
from tests.interfaces.desk.conftest import Officer, adviser, officer
from tests.partners.conftest import OURS

__all__ = ["adviser", "officer"]
pytestmark = [pytest.mark.django_db]


@pytest.fixture
def private(theirs: None, report: Callable[..., Case]) -> Case:
    """A request that nobody sees on the map, made at a place with a postcode."""
    case = report(*OURS, email="alma.dunn@example.org")
    case.service, case.track_postcode = "missed-bin", "LS121AA"
    case.save(update_fields=["service", "track_postcode"])
    return case


def refer(case: Case, council: Any, clock: Any) -> tuple[Referral, Message]:
    standard = referral_standard(council, "pothole", on=clock.now().date())
    refer_case(case.id, partner="national-highways", standard=standard, by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())
    return Referral.objects.get(case_id=case.id), Message.objects.get(template="referral-out")


def test_a_request_that_is_not_public_is_told_under_a_number_that_opens_nothing_to_its_holder(
    private: Case, council: Any, clock: Any, adviser: Officer
) -> None:
    row, message = refer(private, council, clock)
    assert row.reference
    ours, theirs = show_reference(private.reference), show_reference(row.reference)
    body = message.body.replace("\\", "")  # as Markdown has it
    outside = report_of(row, private, council.of(PARTNERS)[row.partner]).description
    for said in (message.subject, body, outside):
        assert theirs in said
    told = message.subject + body + outside
    assert ours not in told
    assert private.reference not in told
    assert "/reports/" not in told, "there is no page of it for them to see"
    assert tracked_case(ours, "LS12 1AA", at=clock.now()) is not None, "she opens it by hers"
    assert tracked_case(theirs, "LS12 1AA", at=clock.now()) is None
    assert tracked_case(theirs, "alma.dunn@example.org", at=clock.now()) is None
    assert referrals_of(private.id, visible_to=SYSTEM)[0].quoted == theirs
    found = adviser.client.get("/desk/search", {"q": theirs})
    assert found.headers["Location"].startswith(f"/desk/cases/{private.id}"), "an officer it rings finds the request"
    page = adviser.client.get(f"/desk/cases/{private.id}/").content.decode()
    assert f'they quote <span class="figure">{theirs}' in page


def test_sent_on_again_it_keeps_its_number_and_one_noted_before_there_were_any_gets_one(
    private: Case, council: Any, clock: Any
) -> None:
    row, _ = refer(private, council, clock)
    Referral.objects.filter(id=row.id).update(reference=None, state="waiting")
    deliver(row.id, at=clock.now())
    row.refresh_from_db()
    first = row.reference
    assert first
    Referral.objects.filter(id=row.id).update(state="waiting")
    deliver(row.id, at=clock.now())
    row.refresh_from_db()
    assert row.reference == first


def test_what_everybody_sees_is_told_under_the_number_it_has_on_the_map(
    theirs: None, report: Callable[..., Case], council: Any, clock: Any
) -> None:
    case = report(*OURS)
    row, message = refer(case, council, clock)
    shown = show_reference(case.reference)
    assert row.reference is None
    assert shown in message.subject
    assert f"/reports/{shown}" in message.body.replace("\\", "")
    assert referrals_of(case.id, visible_to=SYSTEM)[0].quoted == ""
