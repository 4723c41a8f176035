"""The pages of permits: who sees what, and who does not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from moothall.cases.models import Case
from moothall.core.actors import SYSTEM
from moothall.core.ids import new_id
from moothall.core.packs import Pack
from moothall.core.references import reference_of, show_reference
from moothall.customers.actions import create_customer
from moothall.customers.models import Customer, Look
from moothall.documents.actions import keep_upload
from moothall.documents.models import Document
from moothall.intake.actions import raise_request
from moothall.intake.models import Dialogue
from moothall.permits.links import permit_path
from moothall.permits.models import Permit
from moothall.services.pack import SERVICES
from tests.conftest import MovableClock
from tests.interfaces.account.conftest import come_in, resident  # noqa: F401  fixtures
from tests.interfaces.desk.conftest import Officer, officer, says_why  # noqa: F401  fixtures

from .test_issuing import ANSWERS

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


@pytest.fixture
def mary(council: Pack, clock: MovableClock) -> Customer:
    return create_customer(given_name="Mary", family_name="Jones", by=SYSTEM, at=clock.now())


@pytest.fixture
def case(council: Pack, clock: MovableClock, mary: Customer, settings: Any, tmp_path: Any) -> Case:
    """A request for a permit with one paper."""
    settings.MEDIA_ROOT = tmp_path
    raised = raise_request(
        council.of(SERVICES)["parking-permit"], ANSWERS, pack=council, channel="web", customer_id=mary.id, by=SYSTEM,
        at=clock.now(),
    )  # fmt: skip
    kept = keep_upload(
        name="bill.pdf",
        content=PDF,
        photo=False,
        dialogue_id=new_id(),
        question="proof",
        most=5,
        by=SYSTEM,
        at=clock.now(),
    )
    Document.objects.filter(id=kept.id).update(case_id=raised.case_id)
    return Case.objects.get(id=raised.case_id)


@pytest.fixture
def held(case: Case, clock: MovableClock) -> Permit:
    return Permit.objects.create(
        reference="4HTK7W2C", case_id=case.id, service="parking-permit", what="AB12CDE", starts=date(2025, 3, 9),
        ends=date(2026, 3, 8), issued_at=clock.now(),
    )  # fmt: skip


def test_papers_are_opened_by_whoever_works_the_case_and_the_look_is_kept(
    case: Case,
    officer: Callable[..., Officer],  # noqa: F811
) -> None:
    paper = Document.objects.get()
    address = f"/desk/cases/{case.id}/files/{paper.id}"
    hers = officer("service-officer", teams=("parking-services",))
    looks = Look.objects.count()
    answer = hers.client.get(address)
    assert (answer.status_code, answer.content) == (200, PDF)
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert Look.objects.count() == looks + 1
    assert "bill.pdf" in hers.client.get(f"/desk/cases/{case.id}/").content.decode()

    other = officer("adviser", teams=("customer-services",), name="Ravi Patel")
    answer = other.client.get(address)
    assert (answer.status_code, answer["Location"].split("?")[0]) == (303, f"/desk/cases/{case.id}/")
    assert "bill.pdf" not in other.client.get(f"/desk/cases/{case.id}/").content.decode(), "why is asked first"
    assert hers.client.get(f"/desk/cases/{case.id}/files/{new_id()}").status_code == 404
    assert hers.client.get(f"/desk/cases/{new_id()}/files/{paper.id}").status_code == 404
    assert Client().get(address).status_code == 302


def test_a_permit_is_shown_by_its_link_alone(held: Permit, client: Client) -> None:
    shown = client.get(permit_path(held.id)).content.decode()
    assert "AB12CDE" in shown
    assert "Renew it" in shown
    assert "Mary" not in shown, "whoever reads a number plate learns nobody\u2019s name"
    assert client.get(f"/permits/{held.id}/{'0' * 32}").status_code == 404
    assert client.get(permit_path(new_id())).status_code == 404


def test_nobody_renews_what_is_not_hers(
    held: Permit,
    client: Client,
    come_in: Callable[..., Any],  # noqa: F811
) -> None:
    address = f"/account/permits/{held.id}/again"
    assert client.post(address).status_code == 302
    come_in(client)
    answer = client.post(address)
    assert answer.status_code == 409
    assert "You can\u2019t renew this now" in answer.content.decode()
    assert not Dialogue.objects.exists()
    assert "You hold none" in client.get("/account/permits").content.decode()


def test_what_ends_says_why_and_a_missing_reason_is_asked(
    held: Permit,
    officer: Callable[..., Officer],  # noqa: F811
) -> None:
    hers = officer("service-officer", teams=("parking-services",))
    act = f"/desk/cases/{held.case_id}/permit-end"
    answer = hers.client.post(act, {"permit": str(held.id), "because": ""})
    assert answer.status_code == 422
    assert "Say why it ends. Its holder reads it." in answer.content.decode()
    assert hers.client.post(act, {"permit": str(held.id), "because": "Sold the car."}).status_code == 303
    held.refresh_from_db()
    assert held.ended_because == "Sold the car."
    assert "Sold the car." in hers.client.get(f"/desk/cases/{held.case_id}/").content.decode()


def test_a_number_that_anybody_reads_behind_the_windscreen_opens_nothing_by_the_postcode_of_the_street(
    held: Permit, case: Case
) -> None:
    """Nor does that of a badge by the postcode of a firm; her email address, and the reference of her request, do."""

    def tracked(reference: str, second: str) -> int:
        return Client(REMOTE_ADDR="203.0.113.4").post("/track", {"reference": reference, "second": second}).status_code

    Permit.objects.filter(id=held.id).update(reference=reference_of(12_345))
    shown = show_reference(reference_of(12_345))
    for number in (shown, shown.lower().replace("-", ""), f"RP {shown}"):
        assert tracked(number, "LS21 1AA") == 400
        assert tracked(number, "mary.jones@example.com") == 302
    assert tracked(case.reference, "LS21 1AA") == 302
    assert tracked(case.reference, "mary.jones@example.com") == 302
