# ruff: noqa: F811  fixtures come by import
"""Asking on the web for somebody one speaks for: within what one may ask for, and told plainly why not outside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from moothall.cases.models import Case
from moothall.contacts.models import Contact
from moothall.core.actors import SYSTEM
from moothall.core.event_feed import events_of_customers
from moothall.core.models import Event
from moothall.core.staff import actor_of_staff, create_staff
from moothall.customers.actions import create_customer
from moothall.customers.models import Customer
from moothall.customers.representation.actions import end_representation, record_representation
from moothall.customers.representation.models import Acting, Representation
from moothall.intake.models import Dialogue
from tests.interfaces.site.conftest import resident, walk  # noqa: F401  fixtures

pytestmark = pytest.mark.django_db
ANN = ("ann.lee@example.com", ("Ann", "Lee"))


@pytest.fixture
def amina(council: Any, clock: Any) -> Customer:
    return create_customer(
        given_name="Amina", family_name="Dunn", address_text="14 Mill Lane, Otley, LS21 1AA",
        contact_points=[("email", "amina.dunn@example.com")], by=SYSTEM, at=clock.now(),
    )  # fmt: skip


@pytest.fixture
def officer(council: Any, clock: Any) -> Any:
    staff = create_staff(
        username="priya", name="Priya Shah", roles=["adviser"], pack=council, by=SYSTEM, at=clock.now()
    )
    return actor_of_staff(staff, council)


@pytest.fixture
def carer(amina: Customer, officer: Any, come_in: Callable[..., Any], clock: Any) -> Representation:
    """Ann Lee is signed in, and may ask about bins and streets for Amina Dunn."""
    account = come_in(address=ANN[0], name=ANN[1])
    return record_representation(
        customer_id=amina.id, representative_id=account.customer_id, kind="carer", evidence="signed-letter",
        areas=["waste", "streets"], since=clock.now().date(), by=officer, at=clock.now(),
    )  # fmt: skip


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def send_for(walk: Any, carer: Representation, client: Client, monkeypatch: Any) -> Any:
    """Ask for a pothole on behalf of Amina, to the end."""
    post = client.post

    def begun(address: str, *args: Any, **more: Any) -> Any:
        return post(address.replace("/services/pothole/start", f"/account/for/{carer.id}/ask/pothole"), *args, **more)

    monkeypatch.setattr(client, "post", begun)
    check = walk("pothole")
    return check, client.post(check.replace("/check", "/send"))


def test_she_asks_for_him_and_both_see_it(
    carer: Representation,
    amina: Customer,
    client: Client,
    walk: Any,
    monkeypatch: Any,
) -> None:
    home = text_of(client.get("/account/"))
    assert "Whom I may speak for" in home
    assert f"/account/for/{carer.id}" in home
    page = text_of(client.get(f"/account/for/{carer.id}"))
    assert "Ask for Amina Dunn" in page
    assert "/ask/pothole" in page
    assert "/ask/council-tax-refund" not in page
    check, sent = send_for(walk, carer, client, monkeypatch)
    assert "for Amina Dunn" in text_of(client.get(check)) or sent.status_code == 302
    done = client.get(sent["Location"])
    assert "We tell Amina Dunn how it goes" in text_of(done)
    assert "Keep me told another way" not in text_of(done)
    case, contact = Case.objects.get(), Contact.objects.get()
    assert (case.customer_id, contact.speaker, contact.speaks_as) == (amina.id, "Ann Lee", "carer")
    assert Acting.objects.get().contact_id == contact.id
    used = Event.objects.get(name="representation.used")
    assert (used.actor_kind, used.actor_id) == ("customer", carer.representative_id)
    assert Event.objects.get(name="case.opened").actor_id == carer.representative_id
    assert "Report a pothole or damaged pavement, for Amina Dunn" in text_of(client.get("/account/"))
    assert client.get(f"/account/requests/{case.id}").status_code == 302


def test_nothing_of_the_other_person_is_shown_to_who_asks(carer: Representation, client: Client, council: Any) -> None:
    begun = client.post(f"/account/for/{carer.id}/ask/pothole", follow=True)
    assert "for Amina Dunn" in text_of(begun)
    here = begun.redirect_chain[-1][0]
    assert "14 Mill Lane" not in text_of(client.get(here))
    assert "ann.lee" not in text_of(client.get(here))


def test_outside_it_she_is_told_plainly_and_it_is_written_down(
    carer: Representation, amina: Customer, client: Client
) -> None:
    found = text_of(client.get(f"/account/for/{carer.id}", {"q": "council tax refund"}))
    assert "As carer you can’t ask for" in found
    assert "/ask/council-tax-refund" not in found
    refused = client.post(f"/account/for/{carer.id}/ask/council-tax-refund")
    assert refused.status_code == 409
    assert "for Amina Dunn. Ask them to do it themselves" in text_of(refused)
    assert not Dialogue.objects.exists()
    assert "representation.refused" in {one.name for one in events_of_customers([amina.id])}


def test_nobody_else_asks_and_nothing_is_sent_once_it_has_ended(
    carer: Representation,
    client: Client,
    walk: Any,
    officer: Any,
    clock: Any,
    monkeypatch: Any,
) -> None:
    stranger = Client()
    assert stranger.get(f"/account/for/{carer.id}").status_code == 302
    post = client.post
    monkeypatch.setattr(
        client, "post",
        lambda address, *a, **k: post(
            address.replace("/services/pothole/start", f"/account/for/{carer.id}/ask/pothole"), *a, **k
        ),
    )  # fmt: skip
    check = walk("pothole")
    stranger.cookies = client.cookies.__class__()
    stranger.cookies["moothall_request"] = client.cookies["moothall_request"].value
    away = stranger.post(check.replace("/check", "/send"))
    assert away.status_code == 302
    assert away["Location"].startswith("/account/sign-in?next=")
    end_representation(
        representation_id=carer.id, customer_id=carer.customer_id, because="She rang", by=officer, at=clock.now()
    )
    told = client.post(check.replace("/check", "/send"))
    assert told.status_code == 409
    assert "They can ask themselves, or allow you again" in text_of(told)
    assert not Case.objects.exists()
    assert client.get(f"/account/for/{carer.id}").status_code == 404


def test_what_she_asked_is_hers_to_see_only_as_long_as_she_may_speak(
    carer: Representation,
    client: Client,
    walk: Any,
    clock: Any,
    officer: Any,
    monkeypatch: Any,
) -> None:
    send_for(walk, carer, client, monkeypatch)
    case = Case.objects.get()
    clock.advance(timedelta(minutes=1))
    end_representation(
        representation_id=carer.id, customer_id=carer.customer_id, because="She rang", by=officer, at=clock.now()
    )
    assert "for Amina Dunn" not in text_of(client.get("/account/"))
    assert client.get(f"/account/requests/{case.id}").status_code == 404


def test_the_page_costs_a_fixed_number_of_queries(
    carer: Representation, client: Client, django_assert_num_queries: Any
) -> None:
    client.get(f"/account/for/{carer.id}")
    with django_assert_num_queries(4):
        client.get(f"/account/for/{carer.id}")
