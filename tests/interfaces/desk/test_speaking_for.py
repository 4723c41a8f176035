"""Who somebody is, proved at the desk, and a carer within and outside what she may ask for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from moothall.cases.models import Case
from moothall.contacts.models import Contact, Matter
from moothall.core.access import Refused
from moothall.core.actors import SYSTEM, customer_actor
from moothall.core.event_feed import events_of_customers
from moothall.customers.actions import create_customer
from moothall.customers.models import Customer
from moothall.customers.representation.actions import end_representation, record_representation
from moothall.customers.representation.models import Representation
from moothall.customers.representation.queries import acting_for, acting_in, acts_for
from moothall.services.pack import AREAS
from tests.browser import goes_on, looks_right
from tests.interfaces.desk.conftest import BIN, Officer, chooses_why, says_why
from tests.interfaces.desk.test_calls import FILLED

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(council: Any, clock: Any) -> Customer:
    return create_customer(given_name="Ann", family_name="Lee", by=SYSTEM, at=clock.now())


@pytest.fixture
def carer(amina: Customer, ann: Customer, adviser: Officer, clock: Any) -> Representation:
    return record_representation(
        customer_id=amina.id, representative_id=ann.id, kind="carer", evidence="customer-said-so", areas=["waste"],
        since=clock.now().date(), by=adviser.actor, at=clock.now(),
    )  # fmt: skip


def verbs(customer: Customer) -> set[str]:
    return {event.name for event in events_of_customers([customer.id])}


def matter_of(adviser: Officer, contact: Contact, service: str) -> Matter:
    adviser.client.post(f"/desk/contacts/{contact.id}/matters", {"service": service})
    return Matter.objects.get(contact=contact, service=service)


def test_an_officer_writes_down_who_may_speak(adviser: Officer, amina: Customer, ann: Customer) -> None:
    says_why(adviser.client, amina)
    given = {"who-speaks": ann.reference, "kind": "carer", "shown-by": "signed-letter"}
    for spoilt, says in (
        ({"who-speaks": "nonsense"}, "reference"), ({"kind": ""}, "Choose what they are"),
        ({"shown-by": "registered-power"}, "Choose what you saw"), ({"who-speaks": amina.reference}, "themselves"),
    ):  # fmt: skip
        answer = adviser.client.post(f"/desk/people/{amina.id}/representations", given | spoilt)
        assert answer.status_code == 422
        assert says in answer.content.decode()
    assert not Representation.objects.exists()
    assert adviser.client.post(f"/desk/people/{amina.id}/representations", given).status_code == 303
    page = adviser.client.get(f"/desk/people/{amina.id}/").content.decode()
    assert page.index("Ann Lee") < page.index("Reference")
    assert "A letter the customer signed" in page


def test_a_carer_asks_within_and_outside_her_scope(
    adviser: Officer, amina: Customer, carer: Representation, council: Any
) -> None:
    answer = adviser.client.post(f"/desk/people/{amina.id}/representations/{carer.id}/contact")
    assert answer.status_code == 303
    contact = Contact.objects.get()
    assert contact.customer_id == amina.id
    assert (contact.speaker, contact.speaks_as) == ("Ann Lee", "carer")
    outside = matter_of(adviser, contact, "council-tax-refund")
    said = adviser.client.get(f"/desk/contacts/{contact.id}/?matter={outside.id}").content.decode()
    assert "As carer they cannot ask for" in said, "before anything is typed"
    refused = adviser.client.post(f"/desk/contacts/{contact.id}/matters/{outside.id}/send", {"do": "send"})
    assert refused.status_code == 422
    assert "As carer they cannot ask for" in refused.content.decode()
    assert "For benefits they need an appointee" in refused.content.decode()
    assert not Case.objects.exists()
    assert {"representation.used", "representation.refused"} <= verbs(amina)
    inside = matter_of(adviser, contact, "missed-bin")
    page = adviser.client.get(f"/desk/contacts/{contact.id}/?matter={inside.id}").content.decode()
    assert f"may ask about {council.of(AREAS)['waste'].name.lower()}" in page
    assert "cannot ask for" not in page
    sent = adviser.client.post(f"/desk/contacts/{contact.id}/matters/{inside.id}/send", FILLED | {"do": "send"})
    assert sent.status_code == 303, sent.content.decode()[:3000]
    assert Case.objects.get().customer_id == amina.id
    assert BIN


def test_who_may_speak_is_chosen_in_the_contact_and_goes_with_the_customer(
    adviser: Officer, amina: Customer, ann: Customer, carer: Representation, on_the_line: Callable[..., Contact],
    clock: Any,
) -> None:  # fmt: skip
    call = on_the_line("07700 900123")
    address = f"/desk/contacts/{call.id}/speaking/for"
    assert adviser.client.post(address, {"representation": str(carer.id)}).status_code == 422
    adviser.client.post(f"/desk/contacts/{call.id}/who", {"customer": str(amina.id)})
    assert "Ann Lee, carer" in adviser.client.get(f"/desk/contacts/{call.id}/").content.decode()
    adviser.client.post(address, {"representation": str(carer.id)})
    today = clock.now().date()
    line = acting_in(call.id, on=today)
    assert line is not None
    assert (line.id, Contact.objects.get().speaker) == (carer.id, "Ann Lee")
    adviser.client.post(f"/desk/contacts/{call.id}/who", {"customer": str(ann.id)})
    assert acting_in(call.id, on=today) is None, "it was about somebody else"
    assert adviser.client.post(address, {"representation": str(carer.id)}).status_code == 404


def test_a_scope_is_narrowed_and_dated_but_never_widened(adviser: Officer, amina: Customer, ann: Customer) -> None:
    says_why(adviser.client, amina)
    given = {"who-speaks": ann.reference, "kind": "carer", "shown-by": "signed-letter"}
    address = f"/desk/people/{amina.id}/representations"
    for spoilt, says in (
        ({"about": ["council-tax"]}, "does not cover"), ({"about": ["nonsense"]}, "from the list"),
        ({"until": "31 2 2027"}, "2027"), ({"until": "1 1 2020"}, "has passed"),
    ):  # fmt: skip
        answer = adviser.client.post(address, given | spoilt)
        assert answer.status_code == 422, spoilt
        assert says in answer.content.decode()
    adviser.client.post(address, given | {"about": ["waste"], "until": "30 6 2027"})
    row = Representation.objects.get()
    assert (row.areas, row.until) == (["waste"], date(2027, 6, 30))


def test_it_ends_with_its_day_and_when_the_customer_says_so(
    amina: Customer, ann: Customer, carer: Representation, clock: Any
) -> None:
    today = clock.now().date()
    assert [line.other for line in acting_for([amina.id], on=today)] == ["Ann Lee"]
    assert [line.other for line in acts_for([ann.id], on=today)] == ["Amina Dunn"]
    assert carer.until is not None
    assert acting_for([amina.id], on=carer.until + timedelta(days=1)) == []
    with pytest.raises(Refused):
        end_representation(
            representation_id=carer.id, customer_id=amina.id, because="", by=customer_actor(ann.id), at=clock.now()
        )
    end_representation(
        representation_id=carer.id, customer_id=amina.id, because="", by=customer_actor(amina.id), at=clock.now()
    )
    assert acting_for([amina.id], on=today) == []


def test_one_that_ended_during_the_call_covers_nothing_any_more(
    adviser: Officer, amina: Customer, carer: Representation, clock: Any
) -> None:
    adviser.client.post(f"/desk/people/{amina.id}/representations/{carer.id}/contact")
    contact = Contact.objects.get()
    inside = matter_of(adviser, contact, "missed-bin")
    end_representation(
        representation_id=carer.id, customer_id=amina.id, because="She rang", by=adviser.actor, at=clock.now()
    )
    sent = adviser.client.post(f"/desk/contacts/{contact.id}/matters/{inside.id}/send", FILLED | {"do": "send"})
    assert sent.status_code == 422
    again = adviser.client.post(f"/desk/people/{amina.id}/representations/{carer.id}/contact")
    assert again.status_code == 422
    assert "This has ended" in again.content.decode()


def test_identity_is_proved_from_two_things(adviser: Officer, amina: Customer) -> None:
    says_why(adviser.client, amina)
    no = adviser.client.post(f"/desk/people/{amina.id}/proof", {"seen": ["passport"]})
    assert no.status_code == 422
    assert "at least 2" in no.content.decode()
    assert (
        adviser.client.post(f"/desk/people/{amina.id}/proof", {"seen": ["passport", "utility-bill"]}).status_code == 303
    )
    assert "Identity proved" in adviser.client.get(f"/desk/people/{amina.id}/").content.decode()


def test_she_sees_and_ends_it_in_her_account(
    amina: Customer, carer: Representation, clock: Any, client: Client
) -> None:
    from moothall.customers.accounts.models import Account, SignInPoint
    from tests.interfaces.account.conftest import last_code

    account = Account.objects.create(customer_id=amina.id, created_at=clock.now())
    SignInPoint.objects.create(account=account, kind="email", value="amina.dunn@example.com", confirmed_at=clock.now())
    client.post("/account/sign-in", {"address": "amina.dunn@example.com"})
    client.post("/account/sign-in/code", {"code": last_code()})
    assert "Who may speak for me" in client.get("/account/").content.decode()
    client.post(f"/account/helpers/{carer.id}/end")
    assert "Ann Lee" not in client.get("/account/").content.decode()


@pytest.mark.journey
@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_the_record_says_first_who_may_speak(
    adviser: Officer, amina: Customer, carer: Representation, page: Page,
    sits_at: Callable[[Officer, Page], None], shot: Callable[[Page, str], object],
) -> None:  # fmt: skip
    sits_at(adviser, page)
    page.goto(f"/desk/people/{amina.id}/")
    chooses_why(page)
    expect(page.get_by_label("Who may speak for them")).to_contain_text("Ann Lee")
    page.locator("#seen summary").click()
    expect(page.get_by_label("Passport")).to_be_visible()
    page.locator("#who-may summary").click()
    expect(page.get_by_label("Their own reference")).to_be_visible()
    looks_right(page)
    shot(page, "person")
    with goes_on(page):
        page.get_by_role("button", name="Ann Lee is on the line").click()
    expect(page.get_by_role("heading", name="Caller")).to_be_visible()
    page.locator("#speaks-for summary").press("Enter")
    expect(page.get_by_role("button", name="Ann Lee, carer")).to_be_disabled()
    looks_right(page)
    shot(page, "contact")
