"""What a contractor is told of a tenant: where, what, whom to meet and how to meet her; nothing she told us in confidence."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from moothall.cases.models import Case
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.references import read_reference, show_reference
from moothall.customers.actions import add_contact_point, add_need, add_warning, stop_contact_point
from moothall.intake.queries import prove_case
from moothall.repairs.actions import order_again
from moothall.repairs.adapters.works_orders.twin import Twin
from moothall.repairs.models import Order
from tests.interfaces.desk.conftest import Officer, officer
from tests.repairs.conftest import CONTACT, HOME

__all__ = ["officer"]
pytestmark = pytest.mark.django_db
KEYS = {
    "key", "reference", "kind", "service", "priority", "emergency", "at_risk", "what", "facts", "address", "uprn", "name",
    "phone", "needs", "warnings", "due_at", "follows",
}  # fmt: skip
SHOWN = {
    "housing-repair": {
        "part", "kitchen_thing", "bathroom_thing", "heating_thing", "electric_thing", "doors_thing", "roof_thing",
        "walls_thing", "fault", "contain", "inside", "since", "access", "times",
    },
    "housing-damp-mould": {"rooms", "size", "electric", "before", "cause", "times"},
}  # fmt: skip
"""What whoever mends it is told of her answers: neither who is at risk nor who is ill."""


def sent(twin: Twin, case: Case, number: int = 1) -> dict[str, Any]:
    order = Order.objects.get(case_id=case.id, number=number)
    return dict(twin.orders[str(order.id)]["work"])


def test_a_contractor_is_sent_these_things_and_no_other(ask: Callable[..., Case], twin: Twin, clock: Any) -> None:
    case = ask(risk=["baby"])
    assert case.customer_id is not None
    about: dict[str, Any] = {"customer_id": case.customer_id, "by": SYSTEM, "at": clock.now()}
    for need in ("memory", "extra-help"):
        add_need(code=need, note="Diagnosed in March", **about)
    for warning in ("do-not-visit-alone", "legal-dispute", "single-contact"):
        add_warning(code=warning, note="Seen by Olga", **about)
    order_again(case.id, contractor="fairway-building", by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())
    work = sent(twin, case, 2)
    assert set(work) == KEYS
    assert (work["name"], work["phone"]) == (CONTACT["name"], CONTACT["phone"])
    assert work["needs"] == ["Memory or understanding"], "what matters at the door"
    assert work["warnings"] == ["Do not visit alone"], "that she is in dispute with us is not theirs to know"
    said = json.dumps(work).lower()
    for kept in (
        "baby",
        "extra",
        "diagnosed",
        "olga",
        "dispute",
        "named contact",
        CONTACT["email"],
        str(case.customer_id),
    ):
        assert kept not in said, kept


def test_of_her_answers_only_what_the_pack_shows_whoever_mends_it(
    ask: Callable[..., Case], twin: Twin, council: Any
) -> None:
    for service in ("housing-repair", "housing-damp-mould"):
        case = ask(service)
        asked = council.services[service].by_question
        shown = {asked[code].label for code in SHOWN[service]}
        facts = sent(twin, case)["facts"]
        assert facts
        assert set(facts) <= shown
        assert not any(asked[code].label in facts for code in asked if code not in SHOWN[service])


def test_a_number_she_is_not_to_be_rung_on_is_told_nobody(ask: Callable[..., Case], twin: Twin, clock: Any) -> None:
    case = ask()
    assert case.customer_id is not None
    add_contact_point(customer_id=case.customer_id, kind="phone", value="07700 900008", by=SYSTEM, at=clock.now())
    stop_contact_point(value="07700 900007", by=SYSTEM, at=clock.now())
    order_again(case.id, contractor="fairway-building", by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())
    assert sent(twin, case, 2)["phone"] == "07700 900008"


def test_what_a_contractor_is_told_never_opens_her_request(
    ask: Callable[..., Case], twin: Twin, clock: Any, officer: Callable[..., Officer]
) -> None:
    """It is told where she lives: with the reference of her request it could read what she told us of her health."""
    case = ask("housing-damp-mould", ill="yes")
    work = sent(twin, case)
    assert HOME["postcode"] in work["address"]
    assert case.reference not in json.dumps(work).replace("-", "")
    quoted = work["reference"]
    assert quoted == show_reference(read_reference(quoted))
    tried = Client().post("/track", {"reference": quoted, "second": HOME["postcode"]})
    assert tried.status_code == 400
    assert prove_case(quoted, CONTACT["email"], address="192.0.2.1", at=clock.now()) is None
    adviser = officer("adviser", teams=[case.team])
    found = adviser.client.get("/desk/search", {"q": quoted})
    assert found.headers["Location"].startswith(f"/desk/cases/{case.id}"), "an officer it rings finds the request by it"
    assert f'they quote <span class="figure">{quoted}' in adviser.client.get(f"/desk/cases/{case.id}/").content.decode()


def test_what_was_ordered_before_orders_had_a_number_gets_one_when_it_goes(
    ask: Callable[..., Case], twin: Twin, settings: Any, clock: Any
) -> None:
    addresses, settings.CONTRACTOR_ADDRESSES = settings.CONTRACTOR_ADDRESSES, {"*": "http://127.0.0.1:1"}
    case = ask()
    Order.objects.update(reference=None)
    settings.CONTRACTOR_ADDRESSES = addresses
    clock.advance(hours=1)
    jobs.drain(at=clock.now())
    assert sent(twin, case)["reference"] == show_reference(Order.objects.get().reference or "")
