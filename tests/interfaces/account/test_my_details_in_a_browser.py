# ruff: noqa: F811  fixtures come by import
"""What is hers to change, in her own browser: changed everywhere with receipts, agreed and taken back, erasure asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from moothall.core.actors import SYSTEM
from moothall.core.jobs import drain
from moothall.customers.accounts.models import Account
from moothall.customers.linking.actions import link_record
from moothall.customers.linking.adapters.rest.twin import Twins
from moothall.customers.linking.models import SourceRecord
from moothall.customers.models import Consent, Customer
from tests.browser import goes_on, looks_right
from tests.customers.linking.conftest import TAX, WASTE, csv_of, deliver, tax_row, waste_row
from tests.interfaces.account.conftest import twin  # noqa: F401  fixture
from tests.interfaces.account.test_identity import ALMA, through

pytestmark = [pytest.mark.journey, pytest.mark.long, pytest.mark.django_db(transaction=True)]
NEW = "3 Weir Cottages, Otley, LS21 1HN"
AGREED = "Ask me now and then what I think of the council's services"


@pytest.fixture
def systems(settings: Any) -> Iterator[Twins]:
    """Council tax takes changes, the waste system is down."""
    running = Twins(refuses={}, down={"waste"}).start()
    settings.SYSTEM_ADDRESSES = {"*": running.address}
    yield running
    running.stop()


@pytest.fixture
def alma(twin: str, client: Client, page: Page, live_server: Any) -> Page:
    """The browser of a resident who has shown who she is."""
    through(client, ALMA, prove=True)
    held = [{"name": n, "value": one.value, "url": live_server.url} for n, one in client.cookies.items() if one.value]
    page.context.add_cookies(held)
    return page


def own() -> Customer:
    return Customer.objects.get(id=Account.objects.get().customer_id)


def looked_at(page: Page, shot: Callable[[Page, str], object], name: str) -> None:
    """Clean and fitting, wide and narrow; pictures of both are kept."""
    looks_right(page)
    shot(page, name)
    page.set_viewport_size({"width": 320, "height": 640})
    shot(page, f"{name}-320")
    page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.row("B4")
def test_she_changes_her_address_once_and_sees_who_has_it(
    alma: Page, systems: Twins, clock: Any, shot: Callable[[Page, str], object]
) -> None:
    deliver("council-tax", csv_of(TAX, [tax_row("70041", "Dunn", given="Alma")]), clock.now())
    deliver("waste", csv_of(WASTE, [waste_row("G-118", "Dunn", given="Alma")]), clock.now())
    for record in SourceRecord.objects.all():
        link_record(record.id, own().id, by=SYSTEM, at=clock.now())
    alma.goto("/account/")
    with goes_on(alma):
        alma.get_by_role("link", name="My details").click()
    expect(alma.get_by_role("heading", level=1, name="My details")).to_be_visible()
    looked_at(alma, shot, "details")
    alma.get_by_label("Address", exact=True).fill(NEW)
    with goes_on(alma):
        alma.get_by_role("button", name="Keep it").click()
    expect(alma.get_by_text("We have changed it")).to_be_visible()
    assert own().address_text == NEW
    drain()
    alma.goto("/account/details")
    told = alma.get_by_role("region", name="What you changed, and who has it")
    expect(told.get_by_role("listitem").filter(has_text="Council tax")).to_contain_text("Done")
    expect(told.get_by_role("listitem").filter(has_text="waste")).to_contain_text("Not yet")
    looked_at(alma, shot, "changed")


def test_what_is_wrong_is_said_and_what_she_typed_stays(alma: Page, shot: Callable[[Page, str], object]) -> None:
    alma.goto("/account/details")
    alma.get_by_label("First name").fill("")
    alma.get_by_label("Last name").fill("")
    alma.get_by_label("Address", exact=True).fill(NEW)
    with goes_on(alma):
        alma.get_by_role("button", name="Keep it").click()
    expect(alma.get_by_role("alert")).to_contain_text("Enter your name.")
    expect(alma.get_by_label("Address", exact=True)).to_have_value(NEW)
    looked_at(alma, shot, "wrong")


@pytest.mark.row("B6")
def test_she_agrees_sees_the_words_and_takes_it_back(alma: Page, shot: Callable[[Page, str], object]) -> None:
    alma.goto("/account/details")
    alma.get_by_label(AGREED).check()
    with goes_on(alma):
        alma.get_by_role("button", name="Keep it").click()
    expect(alma.get_by_text("We have changed it")).to_be_visible()
    with goes_on(alma):
        alma.get_by_role("link", name="What I agreed to").click()
    expect(alma.get_by_text(f"“{AGREED}”")).to_be_visible()
    looked_at(alma, shot, "agreed")
    with goes_on(alma):
        alma.get_by_role("button", name="Take it back").click()
    expect(alma.get_by_role("status").filter(has_text="It is taken back")).to_be_visible()
    expect(alma.get_by_role("heading", name="Taken back", exact=True)).to_be_visible()
    looked_at(alma, shot, "taken-back")
    assert Consent.objects.get().withdrawn_at is not None
    alma.goto("/account/details")
    expect(alma.get_by_label(AGREED)).not_to_be_checked()


@pytest.mark.row("B9")
def test_she_asks_to_be_erased_once(alma: Page, shot: Callable[[Page, str], object]) -> None:
    alma.goto("/account/")
    with goes_on(alma):
        alma.get_by_role("link", name="A copy of my data").click()
    expect(alma.get_by_role("heading", name="Have it erased")).to_be_visible()
    looked_at(alma, shot, "data")
    with goes_on(alma):
        alma.get_by_role("button", name="Ask to be erased").click()
    expect(alma.get_by_text("You asked to be erased on")).to_be_visible()
    expect(alma.get_by_role("button", name="Ask to be erased")).to_have_count(0)
    looked_at(alma, shot, "erasure-asked")
