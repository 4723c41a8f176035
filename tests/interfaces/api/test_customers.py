"""Customers over the wire: recorded once, read with a look, changed once; nothing of them is kept with the key."""

import json
from uuid import uuid4

from moothall.core.models import IdempotencyKey
from moothall.customers.models import Customer, Look
from tests.interfaces.api.conftest import Machine

DUNN = {
    "given_name": "Amina", "family_name": "Dunn", "email": "amina.dunn@example.com", "phone": "07700 900123",
    "address_text": "14 Mill Lane, Leeds", "date_of_birth": "1984-05-06",
}  # fmt: skip


def test_recorded_twice_is_one_and_the_key_keeps_nothing_of_her(machine: Machine) -> None:
    first, second = (machine.post("/customers", DUNN, key="k") for _ in range(2))
    assert first.status_code == 201, first.content
    assert first.json() == second.json()
    assert second["Idempotent-Replayed"] == "true"
    assert (first.json()["name"], first.json()["address"]) == ("Amina Dunn", "14 Mill Lane, Leeds")
    assert Customer.objects.count() == 1
    kept = json.dumps([row.answer for row in IdempotencyKey.objects.all()])
    for word in ("Amina", "Dunn", "Mill Lane", "900123", "example.com", "1984"):
        assert word not in kept, kept


def test_one_is_read_by_her_number_and_the_look_is_written_down(machine: Machine) -> None:
    made = machine.post("/customers", DUNN).json()
    found = machine.get(f"/customers/{made['id']}").json()
    assert (found["name"], found["language"], found["ids"]) == ("Amina Dunn", "en", [made["id"]])
    assert Look.objects.filter(customer_id=made["id"], screen="api.customer").count() == 1
    assert machine.get(f"/customers/{uuid4()}").status_code == 404


def test_details_change_once_and_what_is_left_out_stays(machine: Machine) -> None:
    made = machine.post("/customers", DUNN).json()
    at = f"/customers/{made['id']}/details"
    for _ in range(2):
        assert machine.post(at, {"family_name": "Khan", "phone": "07700 900456"}, key="d").status_code == 204
    found = machine.get(f"/customers/{made['id']}").json()
    assert (found["name"], found["address"]) == ("Amina Khan", "14 Mill Lane, Leeds")
    assert machine.post(at, {"phone": "ring me"}).status_code == 422
    assert machine.post(at, {"shoe_size": 4}).status_code == 422
    assert machine.post(f"/customers/{uuid4()}/details", {"family_name": "Khan"}).status_code == 404
