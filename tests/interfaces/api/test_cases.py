"""Cases over the wire: two systems that both number from one, work that is sent twice, and whose cases they are."""

from collections.abc import Callable
from typing import Any

import pytest

from moothall.cases.models import Case
from moothall.contacts.models import Contact
from moothall.core.clock import now
from moothall.core.models import ApiClient, Event
from moothall.core.staff.actor import token_digest
from moothall.customers.models import Look
from tests.interfaces.api.conftest import EVERY, Machine
from tests.interfaces.api.test_requests import GRAFFITI


@pytest.fixture
def contractor(machine: Machine) -> Machine:
    """Another system beside the first, with the same rights."""
    token = "mth_contractor"
    ApiClient.objects.create(token_digest=token_digest(token), name="Contractor", scopes=EVERY, created_at=now())
    return Machine(token)


@pytest.fixture
def raised(machine: Machine) -> dict[str, Any]:
    return machine.post("/cases", GRAFFITI, key="raise").json()


def test_two_systems_that_both_number_from_one_are_two(machine: Machine, contractor: Machine) -> None:
    body = GRAFFITI | {"external_id": "1"}
    first, second = machine.post("/cases", body).json(), contractor.post("/cases", body).json()
    assert first["case_id"] != second["case_id"]
    assert Case.objects.count() == Contact.objects.count() == 2
    called = [
        one.post("/contacts", {"channel": "phone", "external_id": "7"}).json()["id"] for one in (machine, contractor)
    ]
    assert len(set(called)) == 2


def test_a_system_does_not_take_the_numbers_of_what_comes_by_itself(machine: Machine) -> None:
    """What the mail server or telephone system calls 1 is not what a caller of the interface calls 1."""
    from moothall.contacts.actions import record_contact
    from moothall.core.actors import SYSTEM

    own = record_contact(channel="phone", received_at=now(), external_id="1", by=SYSTEM, at=now())
    assert machine.post("/contacts", {"channel": "phone", "external_id": "1"}).json()["id"] != str(own.id)


def test_an_id_used_for_another_service_is_refused_and_opens_nothing(machine: Machine) -> None:
    machine.post("/cases", GRAFFITI | {"external_id": "1"}, key="a")
    other = {"service": "bin-day", "answers": {"address": GRAFFITI["answers"]["address"]}, "external_id": "1"}
    answer = machine.post("/cases", other, key="b")
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (409, "key_reused"), answer.content
    assert Case.objects.count() == Contact.objects.count() == 1


def test_closed_twice_is_closed_once_whether_or_not_the_first_answer_came(
    machine: Machine, raised: dict[str, Any]
) -> None:
    at, body = (
        f"/cases/{raised['case_id']}/close",
        {"outcome": "emptied-on-return-visit", "resolved": True, "version": 1},
    )
    assert machine.post(at, body, key="c").status_code == 204
    again = machine.post(at, body, key="c")
    assert (again.status_code, again["Idempotent-Replayed"]) == (204, "true")
    assert machine.post(at, body).status_code == 204  # without a key
    assert Event.objects.filter(name="case.closed").count() == 1
    other = machine.post(at, body | {"resolved": False})
    assert (other.status_code, other.json()["problems"][0]["code"]) == (409, "changed_meanwhile")


def test_a_status_set_changed_and_set_again_is_three_changes(machine: Machine, raised: dict[str, Any]) -> None:
    at = f"/cases/{raised['case_id']}/status"
    for status in ("checking", "in_progress", "checking"):
        assert machine.post(at, {"status": status}).status_code == 204
    assert Case.objects.get().status == "checking"
    for _ in range(2):
        assert machine.post(
            at, {"status": "in_progress", "version": Case.objects.get().version}, key="s"
        ).status_code in (204, 409)
    assert Event.objects.filter(name="case.status_changed").count() == 4


def test_work_waits_for_a_reason_goes_on_and_is_opened_again(machine: Machine, raised: dict[str, Any]) -> None:
    case = f"/cases/{raised['case_id']}"
    wrong = machine.post(f"{case}/wait", {"reason": "tea"})
    assert (wrong.status_code, wrong.json()["problems"][0]["where"]) == (422, "reason")
    silent = machine.post(f"{case}/wait", {"reason": "waiting_for_customer"})
    assert silent.status_code == 422
    for _ in range(2):
        assert machine.post(f"{case}/wait", {"reason": "blocked_access"}, key="w").status_code == 204
    assert [row["id"] for row in machine.get("/cases", state="waiting").json()["rows"]] == [raised["case_id"]]
    assert Event.objects.filter(name="case.waiting").count() == 1
    for _ in range(2):
        assert machine.post(f"{case}/resume", {}).status_code == 204
    assert machine.get("/cases", state="open").json()["rows"][0]["id"] == raised["case_id"]
    machine.post(f"{case}/close", {"outcome": "emptied-on-return-visit", "resolved": True})
    assert machine.get("/cases", state="open").json()["rows"] == []
    for _ in range(2):
        assert machine.post(f"{case}/reopen", {"reason": "The bin is still full"}).status_code == 204
    assert Event.objects.filter(name="case.reopened").count() == 1


def test_a_persons_cases_and_contacts_are_found_and_each_look_is_written_down(
    machine: Machine, raised: dict[str, Any]
) -> None:
    machine.post("/cases", GRAFFITI | {"answers": GRAFFITI["answers"] | {"contact": {"email": "sam@example.com"}}})
    hers = machine.get("/cases", customer_id=raised["customer_id"]).json()["rows"]
    assert [row["id"] for row in hers] == [raised["case_id"]]
    assert [row["id"] for row in machine.get("/contacts", customer_id=raised["customer_id"]).json()["rows"]] == [
        raised["contact_id"]
    ]
    machine.get(f"/cases/by-reference/{raised['reference']}")
    seen = Look.objects.filter(customer_id=raised["customer_id"])
    assert {look.screen for look in seen} >= {"api.cases", "api.case"}
    assert machine.get("/cases", late="true").json()["rows"] == []
    assert machine.get("/cases", state="asleep").status_code == 422


@pytest.mark.parametrize("do", ["close", "status", "wait", "resume", "reopen"])
def test_who_may_only_read_changes_no_case(
    machine_with: Callable[..., Machine], raised: dict[str, Any], do: str
) -> None:
    body = {
        "close": {"outcome": "emptied-on-return-visit", "resolved": True}, "status": {"status": "checking"},
        "wait": {"reason": "waiting_for_customer"}, "resume": {}, "reopen": {"reason": "No"},
    }[do]  # fmt: skip
    before = Case.objects.get().version
    assert machine_with("api.cases.read").post(f"/cases/{raised['case_id']}/{do}", body).status_code == 403
    assert Case.objects.get().version == before
