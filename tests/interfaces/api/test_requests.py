"""Another system asks for a service, follows it, and is told plainly when it errs."""

import json
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from moothall.cases.models import Case
from moothall.contacts.models import Contact
from moothall.interfaces.api.description import description

GRAFFITI = {
    "service": "missed-bin",
    "answers": {
        "address": {"line1": "14 Mill Lane", "postcode": "LS1 1UR"}, "bin": "general", "out_time": "before_start",
        "extent": "only_me", "tag": "no", "assisted": "no", "still_out": "yes",
        "contact": {"email": "amina.dunn@example.com"},
    },
}  # fmt: skip


def test_a_request_opens_a_case_with_its_promises(machine):
    answer = machine.post("/cases", GRAFFITI, key="k1")
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert told["accepted"] is True
    assert {p["kind"] for p in told["promises"]} == {"acknowledge", "complete"}
    found = machine.get(f"/cases/by-reference/{told['reference']}").json()
    assert found["id"] == told["case_id"]
    whole = machine.get(f"/cases/{told['case_id']}").json()
    assert whole["promises"][1]["explanation"].startswith("2 working days")


def test_the_same_call_twice_is_one_request_with_a_key_and_without(machine):
    for key in ("k1", ""):
        first = machine.post("/cases", GRAFFITI, key=key)
        second = machine.post("/cases", GRAFFITI, key=key)
        assert second.json() == first.json()
        assert second["Idempotent-Replayed"] == "true"
        assert "Idempotent-Replayed" not in first
    assert Case.objects.count() == Contact.objects.count() == 2


def test_without_a_key_the_same_words_are_a_new_request_after_two_minutes(machine, clock):
    machine.post("/cases", GRAFFITI)
    clock.advance(minutes=3)
    assert "Idempotent-Replayed" not in machine.post("/cases", GRAFFITI)
    assert Case.objects.count() == 2


def test_a_key_used_for_another_request_is_refused(machine):
    machine.post("/cases", GRAFFITI, key="k1")
    other = GRAFFITI | {"answers": GRAFFITI["answers"] | {"bin": "garden"}}
    answer = machine.post("/cases", other, key="k1")
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (409, "key_reused")
    assert Case.objects.count() == 1


def test_every_wrong_answer_is_told_at_once_and_nothing_is_kept(machine):
    answer = machine.post("/cases", {"service": "missed-bin", "answers": {"bin": "purple"}}, key="k1")
    assert answer.status_code == 422
    wheres = {problem["where"] for problem in answer.json()["problems"]}
    assert {"answers.bin", "answers.address", "answers.contact"} <= wheres
    assert Contact.objects.count() == Case.objects.count() == 0
    assert machine.post("/cases", GRAFFITI, key="k1").status_code == 201  # the key was not used up


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "channel"),
        ({"channel": "pigeon"}, "channel"),
        ({"channel": "phone", "received_at": "2031-01-01T00:00:00Z"}, "received_at"),
        ({"channel": "phone", "received_at": "2026-03-01T00:00:00"}, "received_at"),
        ({"channel": "phone", "nonsense": 1}, "nonsense"),
        ({"channel": "phone", "note": "x" * 20_001}, "note"),
        ({"channel": "phone", "service": "no-such"}, "service"),
    ],
)
def test_a_contact_that_cannot_be_is_refused_with_the_place_of_the_mistake(machine, body, where):
    answer = machine.post("/contacts", body)
    assert answer.status_code == 422, answer.content
    assert where in answer.json()["problems"][0]["where"]
    assert Contact.objects.count() == 0


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe", b"[]", b"null", b'"x"'])
def test_a_body_that_is_no_request_is_told_so(machine, raw):
    answer = machine.client.post(
        "/api/v1/contacts", raw, content_type="application/json", headers={"Authorization": f"Bearer {machine.token}"}
    )
    assert answer.status_code in (400, 422)
    assert answer.json()["problems"]


def test_a_contact_is_recorded_once_by_its_own_id(machine):
    body = {"channel": "phone", "caller": "07700 900123", "external_id": "call-1"}
    first, second = machine.post("/contacts", body, key="a"), machine.post("/contacts", body, key="b")
    assert first.json()["id"] == second.json()["id"]


def test_a_request_is_made_once_by_its_own_id(machine):
    body = GRAFFITI | {"external_id": "report-1"}
    first, second = machine.post("/cases", body, key="a"), machine.post("/cases", body, key="b")
    assert first.json() == second.json()
    assert Case.objects.count() == Contact.objects.count() == 1


def test_lists_are_read_in_pages_to_the_end(machine):
    made = {machine.post("/contacts", {"channel": "phone"}, key=str(n)).json()["id"] for n in range(7)}
    seen, after = [], ""
    while after is not None:
        page = machine.get("/contacts", size=3, after=after).json()
        seen += [row["id"] for row in page["rows"]]
        after = page["after"]
    assert set(seen) == made
    assert len(seen) == 7


@pytest.mark.parametrize("path", ["/contacts?after=nonsense", "/cases?after=W10", "/events?after=eA"])
def test_a_place_that_is_none_is_refused(machine, path):
    assert machine.get(path).status_code == 400


def test_a_token_does_only_what_its_scopes_say(machine_with):
    reader = machine_with("api.cases.read")
    assert reader.get("/cases").status_code == 200
    for answer in (reader.post("/cases", GRAFFITI), reader.get("/contacts"), reader.get("/customers", q="dunn")):
        assert answer.status_code == 403
        assert answer.json()["problems"][0]["code"] == "not_allowed"


def test_no_token_and_a_wrong_token_are_told_the_same(machine):
    plain, wrong = machine.client.get("/api/v1/cases"), machine.client
    wrong_answer = wrong.get("/api/v1/cases", headers={"Authorization": "Bearer mth_guess"})
    assert plain.status_code == wrong_answer.status_code == 401
    assert plain.json() == wrong_answer.json()


def test_creating_a_case_costs_a_stated_number_of_statements(machine):
    machine.post("/cases", GRAFFITI, key="warm")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        machine.post("/cases", GRAFFITI, key="measured")
    statements = [q["sql"] for q in asked if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(statements) <= 16, "\n".join(s[:120] for s in statements)


def test_the_committed_description_is_what_runs():
    committed = json.loads(Path("docs/api/openapi.json").read_text(encoding="utf-8"))
    assert committed == description(), "Run `bin/moothall openapi --write`."
