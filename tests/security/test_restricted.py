"""What is restricted leaves no trace for those without the permission: not in lists, time lines, feeds or searches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from moothall.core.actors import SYSTEM
from moothall.core.jobs import drain
from moothall.core.models import ApiClient, Event
from moothall.core.packs import Pack
from moothall.core.staff import create_staff
from moothall.core.staff.actor import token_digest
from moothall.customers.actions import create_customer
from moothall.customers.models import Customer
from moothall.intake.actions import raise_request
from moothall.intake.actions.raising import Raised
from moothall.intake.dialogue import read_all
from moothall.services.pack import SERVICES
from tests.conftest import MovableClock
from tests.intake.catalogue import TODAY, a_valid_answer
from tests.interfaces.desk.conftest import says_why

pytestmark = pytest.mark.django_db
SERVICE = "safeguarding-child"
EVERY = ["api.events", "api.cases.read", "api.contacts.read", "api.customers.read"]


@pytest.fixture
def person(council: Pack, clock: MovableClock) -> Customer:
    return create_customer(given_name="Amina", family_name="Dunn", by=SYSTEM, at=clock.now())


@pytest.fixture
def raised(council: Pack, clock: MovableClock, person: Customer) -> Raised:
    service = council.of(SERVICES)[SERVICE]
    given = {q.id: a_valid_answer(q, lambda options: options[0]) for q in service.questions}
    answers, wrong = read_all(service, given, today=TODAY, channel="phone")
    assert not wrong, wrong
    made = raise_request(
        service, answers, pack=council, channel="phone", by=SYSTEM, at=clock.now(), customer_id=person.id
    )
    drain()
    assert made.case_id
    return made


@pytest.fixture
def officer(council: Pack, clock: MovableClock) -> Callable[..., Client]:
    def make(*roles: str) -> Client:
        staff = create_staff(
            username="-".join(roles), name="Priya Shah", roles=list(roles), teams=[], password="seven-calm-otters",
            pack=council, by=SYSTEM, at=clock.now(),
        )  # fmt: skip
        client = Client()
        client.force_login(staff)
        return client

    return make


def feed(clock: MovableClock, path: str, *more: str) -> str:
    ApiClient.objects.create(
        name="Other", token_digest=token_digest(path), scopes=[*EVERY, *more], created_at=clock.now()
    )
    answer = Client().get(path, headers={"Authorization": f"Bearer {path}"})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("path", ["/api/v1/cases?size=100", "/api/v1/contacts?size=100"])
def test_the_lists_of_other_systems_leave_it_out(raised: Raised, clock: MovableClock, path: str) -> None:
    text = feed(clock, path)
    for trace in (SERVICE, str(raised.case_id), str(raised.contact_id)):
        assert trace not in text


@pytest.mark.django_db(transaction=True)
def test_the_feed_of_events_leaves_it_out(raised: Raised, clock: MovableClock, person: Customer) -> None:
    assert Event.objects.filter(service=SERVICE).exists()
    text = feed(clock, "/api/v1/events?size=1000")
    assert str(person.id) in text  # that there is such a customer is no secret
    for trace in (SERVICE, str(raised.case_id), str(raised.contact_id)):
        assert trace not in text


@pytest.mark.django_db(transaction=True)
def test_the_feed_shows_it_to_who_may_see_it(raised: Raised, clock: MovableClock) -> None:
    assert str(raised.case_id) in feed(clock, "/api/v1/events?size=1000", "restricted.social-care")


def test_a_persons_time_line_leaves_it_out(raised: Raised, officer: Any, person: Customer, council: Pack) -> None:
    name = council.of(SERVICES)[SERVICE].name
    social, other = officer("adviser", "restricted-social-care"), officer("adviser")
    for one in (social, other):
        says_why(one, person)
    assert name in social.get(f"/desk/people/{person.id}/").content.decode()
    text = other.get(f"/desk/people/{person.id}/").content.decode()
    assert "Amina" in text
    for trace in (name, SERVICE, str(raised.case_id), str(raised.contact_id)):
        assert trace not in text


@pytest.mark.parametrize("path", ["/desk/cases/{case}/", "/desk/contacts/{contact}/", "/desk/search?q={reference}"])
def test_its_own_addresses_answer_as_if_it_were_not_there(raised: Raised, officer: Any, path: str) -> None:
    where = path.format(case=raised.case_id, contact=raised.contact_id, reference=raised.reference)
    answer = officer("adviser").get(where)
    assert answer.status_code in ({200} if "search" in path else {404})
    assert str(raised.case_id) not in answer.content.decode()
    assert "afeguarding" not in answer.content.decode()
