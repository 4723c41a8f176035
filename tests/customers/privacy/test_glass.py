# ruff: noqa: F811  fixtures come by import
"""Sealed records: met without a trace of what is in them, opened in need for a while, told, judged by somebody else."""

from __future__ import annotations

from typing import Any

import pytest

from moothall.core.access import Refused
from moothall.core.actors import SYSTEM
from moothall.core.jobs import drain
from moothall.core.models import Event
from moothall.customers.models import Look
from moothall.customers.privacy.actions import NeedsReason, break_glass, close_opening, review_opening
from moothall.customers.privacy.models import Opening
from moothall.customers.privacy.queries import may_break_glass, openings
from moothall.notifications.models import Message
from tests.interfaces.desk.conftest import officer  # noqa: F401  fixture
from tests.security.test_restricted import person, raised  # noqa: F401  fixtures

pytestmark = pytest.mark.django_db
WHY = "Her neighbour says the child was left alone tonight."
NAME = "Report worry about a child"
DATA = (NAME, "Amina", "safeguarding-child")


@pytest.fixture
def leader(officer: Any) -> Any:
    return officer("team-leader", name="Grace Okonjo")


@pytest.fixture
def guardian(officer: Any) -> Any:
    return officer("data-protection-officer", name="Alison Whitcombe")


def open_it(officer: Any, raised: Any) -> str:
    answer = officer.client.post(f"/desk/sealed/case/{raised.case_id}", {"reason": WHY})
    assert answer.status_code == 303, answer.content.decode()[:2000]
    return str(answer["Location"])


@pytest.mark.parametrize("path", ["/desk/cases/{case}/", "/desk/search?q={reference}", "/desk/sealed/case/{case}"])
def test_who_may_open_meets_the_seal_and_nothing_behind_it(raised: Any, leader: Any, path: str) -> None:
    where = path.format(case=raised.case_id, reference=raised.reference)
    answer = leader.client.get(where, follow=True)
    text = answer.content.decode()
    assert "This record is sealed" in text
    assert not any(word in text for word in DATA)
    assert not Look.objects.exists()


def test_who_may_not_meets_nothing(raised: Any, officer: Any) -> None:
    adviser = officer("adviser")
    assert adviser.client.get(f"/desk/sealed/case/{raised.case_id}").status_code == 403
    assert adviser.client.get(f"/desk/cases/{raised.case_id}/").status_code == 404


def test_it_opens_for_a_reason_and_a_while_read_only(raised: Any, leader: Any, clock: Any) -> None:
    assert leader.client.post(f"/desk/sealed/case/{raised.case_id}", {"reason": "please"}).status_code == 422
    assert not Opening.objects.exists()
    where = open_it(leader, raised)
    page = leader.client.get(where).content.decode()
    assert NAME in page
    assert 'name="text"' not in page
    assert leader.client.get(f"/desk/cases/{raised.case_id}/").status_code == 303  # its own page stays sealed
    look = Look.objects.get()
    assert (look.purpose, look.screen, look.actor_id) == ("break-glass", "desk.sealed-case", leader.staff.id)
    clock.advance(minutes=30)
    over = leader.client.get(where).content.decode()
    assert "It is sealed again" in over
    assert not any(word in over for word in DATA)
    assert Look.objects.count() == 1


def test_a_form_sent_twice_opens_once_and_is_told_once(raised: Any, leader: Any) -> None:
    assert open_it(leader, raised) == open_it(leader, raised)
    drain()
    told = Message.objects.get(template="glass-broken")
    assert told.to == "data.protection@example.org"
    assert not any(word in told.body + told.subject for word in (*DATA, raised.reference))
    event = Event.objects.get(name="glass.broken")
    assert (event.purpose, event.case_id, event.actor_id) == ("break-glass", raised.case_id, leader.staff.id)
    assert WHY not in str(event.data)


def test_nobody_else_looks_through_it_and_it_shows_that_one_case(
    raised: Any, leader: Any, officer: Any, person: Any, council: Any, clock: Any
) -> None:  # fmt: skip
    where = open_it(leader, raised)
    other = officer("team-leader", name="Omar Reid")
    assert other.client.get(where).status_code == 404
    assert other.client.post(f"{where}close").status_code == 404
    other_case = Opening.objects.get().id
    assert leader.client.get(f"{where}cases/{other_case}").status_code == 404
    assert leader.client.post(f"{where}close").status_code == 303
    assert "You closed it" in leader.client.get(where).content.decode()


def test_about_a_person_it_says_nothing_before_it_is_open(
    raised: Any, leader: Any, person: Any, clock: Any
) -> None:  # fmt: skip
    from moothall.customers.actions import create_customer

    nobody = create_customer(given_name="Rosa", family_name="Marsh", by=SYSTEM, at=clock.now())
    address = "/desk/sealed/person/{}"
    with_, without = (leader.client.get(address.format(one.id)).content.decode() for one in (person, nobody))
    assert with_.count("govuk-radios__item") == without.count("govuk-radios__item") > 0
    told = {"reason": WHY, "kind": "social-care"}
    page = leader.client.post(address.format(person.id), told, follow=True).content.decode()
    assert str(raised.case_id) in page
    assert "There is nothing of this kind" in leader.client.post(
        address.format(nobody.id), told, follow=True
    ).content.decode()  # fmt: skip
    assert leader.client.post(address.format(person.id), told | {"kind": "human-resources"}).status_code == 422


def test_somebody_else_judges_it(raised: Any, leader: Any, guardian: Any, clock: Any) -> None:
    open_it(leader, raised)
    row = Opening.objects.get()
    page = guardian.client.get("/console/sealed").content.decode()
    assert WHY in page.replace("&#39;", "'")
    assert "Social care and safeguarding" in page
    assert NAME not in page
    assert raised.reference[:4] not in page
    assert "1 sealed record opened and not looked into" in guardian.client.get("/console/").content.decode()
    assert guardian.client.post(f"/console/sealed/{row.id}", {"do": "not"}).status_code == 422
    assert guardian.client.post(f"/console/sealed/{row.id}", {"do": "justified"}).status_code == 302
    row.refresh_from_db()
    assert (row.justified, row.reviewed_by) == (True, guardian.staff.id)
    review_opening(row.id, justified=False, finding="Changed my mind.", by=guardian.actor, at=clock.now())
    row.refresh_from_db()
    assert row.justified is True  # the first review stands
    assert guardian.client.get(f"/desk/sealed/case/{raised.case_id}").status_code == 403


def test_nobody_judges_their_own(raised: Any, officer: Any, clock: Any) -> None:
    both = officer("team-leader", "data-protection-officer")
    open_it(both, raised)
    row = Opening.objects.get()
    with pytest.raises(Refused, match="Somebody else"):
        review_opening(row.id, justified=True, finding="", by=both.actor, at=clock.now())


def test_kinds_the_pack_does_not_name_are_never_opened(leader: Any, person: Any, clock: Any) -> None:
    assert may_break_glass(leader.actor, "social-care")
    assert not may_break_glass(leader.actor, "human-resources")
    with pytest.raises(Refused):
        break_glass(kind="human-resources", reason=WHY, customer_id=person.id, by=leader.actor, at=clock.now())
    with pytest.raises(NeedsReason):
        break_glass(kind="social-care", reason=" " * 50, customer_id=person.id, by=leader.actor, at=clock.now())
    with pytest.raises(LookupError):
        close_opening(person.id, by=leader.actor, at=clock.now())


def test_the_list_is_read_by_pages_with_fixed_queries(
    leader: Any, guardian: Any, person: Any, clock: Any, django_assert_num_queries: Any
) -> None:  # fmt: skip
    for _ in range(7):
        break_glass(kind="social-care", reason=WHY, customer_id=person.id, by=leader.actor, at=clock.now())
        clock.advance(minutes=31)
    with django_assert_num_queries(1):
        first = openings(visible_to=guardian.actor, reviewed=False, size=4)
    second = openings(visible_to=guardian.actor, reviewed=False, size=4, after=first.after or "")
    assert [len(first.rows), len(second.rows)] == [4, 3]
    assert len({one.id for one in (*first.rows, *second.rows)}) == 7
