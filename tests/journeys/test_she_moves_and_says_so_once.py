"""Mrs Dunn has moved and says so once: six systems are told, of which one refuses and one is down; each is seen to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.staff import create_staff
from moothall.customers.actions import create_customer
from moothall.customers.linking.actions import link_record
from moothall.customers.linking.adapters.rest.twin import Twins
from moothall.customers.linking.models import SourceRecord, Telling
from tests.browser import goes_on, keys, looks_right
from tests.customers.linking.conftest import TAX, WASTE, csv_of, deliver, tax_row, waste_row
from tests.interfaces.desk.conftest import chooses_why

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PASSWORD = "seven-calm-otters-queueing"
NEW = "3 Boroughgate, Otley, LS21 3AB"


@pytest.fixture
def twins(settings: Any) -> Iterator[Twins]:
    """The systems: parking refuses, the library is down."""
    running = Twins(refuses={"parking": "The permit is for the old street"}, down={"library"}).start()
    settings.SYSTEM_ADDRESSES = {"*": running.address}
    yield running
    running.stop()


@pytest.fixture
def moving(council: Any, clock: Any, twins: Twins) -> Any:
    """Mrs Dunn, whom six systems hold, and those who answer and work."""
    for username, name, role, teams in (
        ("ravi", "Ravi Patel", "adviser", ["customer-services"]),
        ("pat", "Pat Ellis", "service-officer", ["parking-services", "libraries"]),
    ):
        create_staff(
            username=username, name=name, roles=[role], teams=teams, password=PASSWORD, pack=council, by=SYSTEM,
            at=clock.now(),
        )  # fmt: skip
    dunn = create_customer(
        title="Mrs", given_name="Alma", family_name="Dunn", address_text="14 Mill Lane, Otley, LS21 1AA", by=SYSTEM,
        at=clock.now(),
    )  # fmt: skip
    where = {"address": "14 Mill Lane, Otley", "postcode": "LS21 1AA"}
    deliver("council-tax", csv_of(TAX, [tax_row("70041", "Dunn", given="Alma")]), clock.now())
    deliver("waste", csv_of(WASTE, [waste_row("G-118", "Dunn", given="Alma", **where)]), clock.now())
    permit = (
        "PermitHolderId;HolderName;HolderAddress;HolderPostcode;PermitNo\nP-9;Mrs Alma Dunn;14 Mill Lane;LS21 1AA;R1\n"
    )
    deliver("parking", permit.encode(), clock.now())
    card = [{"barcode": "L-55", "first_name": "Alma", "last_name": "Dunn", "street": "14 Mill Lane", "zip": "LS21 1AA"}]
    deliver("library", json.dumps(card).encode(), clock.now())
    claim = f"{'B-7':<10}A{'DUNN':<30}{'ALMA':<30}02051948{'14 MILL LANE':<80}{'LS21 1AA':<8}{'':<15}{'00004500'}{'01042026'}"
    deliver("benefits", claim.encode(), clock.now())
    deliver("electoral", b"Elector Number,Elector Name,Address1,PostCode,PD\n512,\"Dunn, Alma\",14 Mill Lane,LS21 1AA,OT3\n",
            clock.now())  # fmt: skip
    for record in SourceRecord.objects.all():
        link_record(record.id, dunn.id, by=SYSTEM, at=clock.now())
    return dunn


def sign_in(page: Page, username: str) -> None:
    page.goto("/desk/")
    page.get_by_label("Name you sign in with").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Desk")).to_be_visible()


@pytest.mark.long
@pytest.mark.row("B4")
def test_she_moves_and_says_so_once(
    moving: Any, twins: Twins, clock: Any, new_page: Callable[..., Page], shot: Callable[[Page, str], object]
) -> None:
    clock.advance(minutes=5)  # what the six said was said before she moved, not in the same instant
    page = new_page()
    sign_in(page, "ravi")
    page.goto(f"/desk/people/{moving.id}/")
    chooses_why(page)
    expect(page.get_by_role("heading", name="What other systems hold")).to_be_visible()
    keys(page, "Escape", "d")
    expect(page.locator("#details input[name=title]")).to_be_focused()  # what opens takes the hand, a moment later
    page.locator("#details-address").fill(NEW)
    looks_right(page)
    expect(page.locator("#details-address")).to_have_value(NEW)
    with goes_on(page):
        page.get_by_role("button", name="Change it everywhere").click()
    expect(page.get_by_text("Council tax: being told")).to_be_visible()
    moving.refresh_from_db()
    assert moving.address_text == NEW, page.locator("main").inner_text()[:3000]

    # Six hold her address: four take it, one of them by its team's hands; one refuses, one is down.
    jobs.drain(at=clock.now())
    page.reload()
    expect(page.get_by_text("Council tax: confirmed")).to_be_visible()
    expect(page.get_by_text("The permit is for the old street")).to_be_visible()
    states = dict(Telling.objects.values_list("system", "state"))
    assert states == {
        "council-tax": "confirmed", "waste": "confirmed", "benefits": "confirmed", "parking": "refused", "library": "waiting",
        "electoral": "person",
    }  # fmt: skip
    assert twins.took("waste")[0]["values"]["address_text"] == NEW
    assert all(Telling.objects.filter(state="confirmed").exclude(receipt="").values_list("receipt", flat=True))
    looks_right(page)
    shot(page, "1-told")

    # Sent twice, told once; and the system that is down is tried again until its time is past, when a person hears of it.
    for _ in range(3):
        clock.advance(hours=1)
        jobs.drain(at=clock.now())
    assert len(twins.took("council-tax")) == 1
    assert sum(1 for call in twins.calls if call[1] == "library") >= 3
    clock.advance(hours=24)
    from moothall.customers.linking.jobs import late

    late()
    assert Telling.objects.get(system="library").state == "late", list(Telling.objects.values())
    officer = new_page()
    sign_in(officer, "pat")
    with goes_on(officer):
        keys(officer, "Escape", "t")
    expect(officer.get_by_role("heading", name="Changes that other systems did not take")).to_be_visible()
    expect(officer.get_by_text("The permit is for the old street")).to_be_visible()
    expect(officer.get_by_text("Libraries", exact=True)).to_be_visible()
    looks_right(officer)
    shot(officer, "2-tasks")
    officer.get_by_label("What was done about Parking permits").fill("New permit sent to the new street")
    officer.get_by_role("listitem").filter(has_text="Parking permits").get_by_role("button").click()
    expect(officer.get_by_text("The permit is for the old street")).to_be_hidden()

    # The library is up again: it takes what it was told, by itself.
    twins.down.clear()
    clock.advance(hours=2)
    jobs.drain(at=clock.now())
    officer.reload()
    expect(officer.get_by_role("heading", level=1)).to_be_visible()
    expect(officer.get_by_text("Libraries", exact=True)).to_be_hidden()
    page.reload()
    chooses_why(page)  # a day later she is asked again
    expect(page.get_by_role("heading", name="Changed once, told to all")).to_be_visible()
    expect(page.get_by_text("Libraries: confirmed")).to_be_visible()
    expect(page.get_by_text("New permit sent to the new street")).to_be_visible()
    assert len(twins.took("library")) == 1
    shot(page, "3-done")
