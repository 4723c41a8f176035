"""What the desk may not do to a case or a record by asking for it: join what is not one thing, take what a colleague has,
end a case in words of its own, change a person's record without saying why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from moothall.cases.models import Case
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.event_feed import events_of_case
from moothall.customers.actions import add_need, create_customer
from moothall.customers.colleagues.actions import customer_of_staff
from moothall.customers.linking.actions import merge
from moothall.customers.models import Customer, Need
from moothall.customers.representation.actions import record_representation
from moothall.customers.representation.models import Representation
from moothall.intake.actions import raise_request
from moothall.intake.actions.raising import Raised
from moothall.notifications.models import Message
from moothall.promises.models import Promise
from moothall.services.pack import SERVICES
from tests.conftest import MovableClock
from tests.interfaces.desk.conftest import Officer, says_why
from tests.interfaces.desk.pages import text_of
from tests.interfaces.desk.working import do

pytestmark = pytest.mark.django_db
Asks = Callable[..., Case]


@pytest.fixture
def sam(council: Any, clock: MovableClock) -> Customer:
    return create_customer(
        given_name="Sam", family_name="Cole", contact_points=[("email", "sam@example.net")], by=SYSTEM, at=clock.now()
    )


@pytest.fixture
def asks(council: Any, clock: MovableClock) -> Asks:
    def ask(customer: Customer, service: str) -> Case:
        raised = raise_request(
            council.of(SERVICES)[service], {}, pack=council, channel="web", customer_id=customer.id, by=SYSTEM,
            at=clock.now(),
        )  # fmt: skip
        return Case.objects.get(id=raised.case_id)

    return ask


def joins(officer: Officer, case: Case, into: Case) -> str:
    """Ask for a join at the desk; return what is said where it is refused."""
    answer = officer.client.post(f"/desk/cases/{case.id}/join", {"into": into.reference})
    if answer.status_code == 303:
        return ""
    assert answer.status_code == 422
    return text_of(answer)


def stands(case: Case) -> bool:
    """Whether a case and what is promised of it are as they were."""
    open_ = set(Promise.objects.filter(subject_id=case.id, kind="complete").values_list("state", flat=True)) == {
        "running"
    }
    return open_ and Case.objects.get(id=case.id).state == "open"


def test_what_is_owed_by_law_ends_in_nobody_elses_request(
    adviser: Officer, officer: Callable[..., Officer], asks: Asks, amina: Customer, sam: Customer
) -> None:
    erasure, access = asks(amina, "erasure-request"), asks(sam, "subject-access-request")
    assert "two different services" in joins(adviser, erasure, access)
    assert "Two different people asked" in joins(adviser, erasure, asks(sam, "erasure-request"))
    again = asks(amina, "erasure-request")
    assert "date set by law" in joins(adviser, again, erasure)
    assert stands(erasure)
    assert stands(again)
    team = officer("service-officer", teams=("information-governance",), name="Ines Rowe")
    assert joins(team, again, erasure) == ""
    assert Case.objects.get(id=again.id).state == "merged"


def test_a_request_of_ones_own_is_joined_to_ones_own_under_whichever_record(
    adviser: Officer, asks: Asks, amina: Customer, sam: Customer, clock: MovableClock
) -> None:
    first, second = asks(amina, "missed-bin"), asks(sam, "missed-bin")
    assert "Leave both open" in joins(adviser, second, first)
    assert stands(second)
    merge(amina.id, sam.id, reason="One person", by=SYSTEM, at=clock.now())
    assert joins(adviser, second, first) == ""


def test_a_promise_broken_before_the_join_stays_broken(
    adviser: Officer, asks: Asks, amina: Customer, clock: MovableClock
) -> None:
    first, second = asks(amina, "missed-bin"), asks(amina, "missed-bin")
    clock.advance(days=30)  # and no sweep since
    assert joins(adviser, second, first) == ""
    row = Promise.objects.get(subject_id=second.id, kind="complete")
    assert row.state == "withdrawn"
    assert row.broken_at == row.due_at
    said = [event.name for event in events_of_case(second.id)]
    assert said.index("promise.broken") < said.index("promise.withdrawn")


def test_public_reports_are_joined_whoever_made_them_where_people_mix_them_up(
    adviser: Officer, asks: Asks, amina: Customer, sam: Customer
) -> None:
    dumped, dirty, lamp = asks(amina, "fly-tipping"), asks(sam, "street-cleaning"), asks(sam, "street-light")
    assert "two different services" in joins(adviser, lamp, dumped)
    assert joins(adviser, dirty, dumped) == ""


def test_a_case_ends_only_in_words_of_its_service(waste: Officer, missed_bin: Callable[..., Raised]) -> None:
    raised = missed_bin()
    for outcome in ("withdrawn", "made up", "x" * 500):
        answer = do(waste, raised, "close", outcome=outcome, fixed="yes")
        assert answer.status_code == 422
        assert "Choose one of the ways this service can end." in text_of(answer)
    assert Case.objects.get(id=raised.case_id).state == "open"


def test_who_takes_a_case_is_told_that_a_colleague_was_quicker(
    waste: Officer, officer: Callable[..., Officer], missed_bin: Callable[..., Raised]
) -> None:
    raised = missed_bin()
    other = officer("service-officer", teams=("refuse-collection",), name="Lena Fox")
    assert 'name="whose" value=""' in text_of(other.client.get(f"/desk/cases/{raised.case_id}/"))
    assert do(waste, raised, "take", whose="").status_code == 303
    assert do(waste, raised, "take", whose="").status_code == 303, "hers already"
    late = do(other, raised, "take", whose="")
    assert late.status_code == 409
    assert "Tom Ashworth has this case now." in text_of(late)
    assert Case.objects.get(id=raised.case_id).assignee_id == waste.staff.id
    assert do(other, raised, "take", whose=str(waste.staff.id)).status_code == 303, "she has seen whose it is"
    assert Case.objects.get(id=raised.case_id).assignee_id == other.staff.id


def told(customer: Customer) -> list[tuple[str, str]]:
    jobs.drain()
    return list(Message.objects.filter(customer_id=customer.id).order_by("template").values_list("template", "channel"))


def test_who_may_speak_and_proof_are_written_down_with_a_reason_and_told(
    adviser: Officer, amina: Customer, sam: Customer
) -> None:
    spoken = {"who-speaks": sam.reference, "kind": "carer", "shown-by": "signed-letter"}
    seen = {"seen": ["passport", "utility-bill"]}
    at = f"/desk/people/{amina.id}"
    for path, given in (("representations", spoken), ("proof", seen)):
        assert "Why do you need to see" in text_of(adviser.client.post(f"{at}/{path}", given))
    assert not Representation.objects.exists()
    assert told(amina) == []
    says_why(adviser.client, amina)
    for path, given in (("representations", spoken), ("proof", seen)):
        assert adviser.client.post(f"{at}/{path}", given).status_code == 303
    assert told(amina) == [("identity-recorded", "sms"), ("representation-recorded", "sms")], "as she prefers"
    words = Message.objects.get(template="representation-recorded").body
    assert "Sam Cole (carer) may speak to us for you" in words


def test_an_officer_writes_nothing_down_for_herself(
    adviser: Officer, amina: Customer, sam: Customer, clock: MovableClock
) -> None:
    own = Customer.objects.get(id=customer_of_staff(adviser.staff.id, at=clock.now()))
    given = {"kind": "carer", "shown-by": "signed-letter"}
    for customer, speaker in ((amina, own), (own, amina)):
        says_why(adviser.client, customer)
        answer = adviser.client.post(
            f"/desk/people/{customer.id}/representations", given | {"who-speaks": speaker.reference}
        )
        assert answer.status_code == 403
        assert "Ask a colleague" in text_of(answer)
    answer = adviser.client.post(f"/desk/people/{own.id}/proof", {"seen": ["passport", "utility-bill"]})
    assert answer.status_code == 403
    adviser.staff.email = "sam@example.net"  # her address at work stands on the record she had made for it
    adviser.staff.save()
    says_why(adviser.client, amina)
    again = adviser.client.post(f"/desk/people/{amina.id}/representations", given | {"who-speaks": sam.reference})
    assert again.status_code == 403
    assert not Representation.objects.exists()


def test_a_reason_for_one_person_changes_nothing_of_another(
    adviser: Officer, amina: Customer, sam: Customer, clock: MovableClock
) -> None:
    need = add_need(customer_id=sam.id, code="hard-of-hearing", by=SYSTEM, at=clock.now())
    carer = record_representation(
        customer_id=sam.id, representative_id=amina.id, kind="carer", evidence="customer-said-so",
        since=clock.now().date(), by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    says_why(adviser.client, amina)
    at = f"/desk/people/{amina.id}"
    answer = adviser.client.post(f"{at}/needs", {"end": str(need.id)})
    assert answer.status_code == 422
    assert "They have no such need." in text_of(answer)
    assert adviser.client.post(f"{at}/representations/{carer.id}/end", {"because": "x"}).status_code == 404
    assert Need.objects.get().until is None
    assert Representation.objects.get().ended_at is None
    says_why(adviser.client, sam)
    assert adviser.client.post(f"/desk/people/{sam.id}/needs", {"end": str(need.id)}).status_code == 303
    assert Need.objects.get().until is not None
