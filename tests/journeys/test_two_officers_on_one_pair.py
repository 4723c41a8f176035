# ruff: noqa: F811  fixtures come by import
"""The machine finds two records that may be one; two officers open the pair at once, and the slower is told, politely."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.core.actors import SYSTEM
from moothall.customers.actions import create_customer
from moothall.customers.linking.actions.indexing import index_missing
from moothall.customers.linking.models import Apart, Merge, Pair
from tests.browser import goes_on, keys, looks_right
from tests.customers.linking.conftest import TAX, csv_of, deliver, tax_row
from tests.interfaces.desk.conftest import officer, sits_at  # noqa: F401  fixtures

pytestmark = [pytest.mark.journey, pytest.mark.long, pytest.mark.django_db(transaction=True)]


@pytest.mark.row("B1")
def test_found_by_the_machine_and_decided_once(
    council: Any, clock: Any, officer: Any, sits_at: Any, new_page: Callable[..., Page],
    shot: Callable[[Page, str], object],
) -> None:  # fmt: skip
    known = create_customer(
        title="Mrs", given_name="Gwendolyn", family_name="Jones", date_of_birth=date(1947, 3, 9),
        address_text="14 Mill Lane, Otley, LS21 1AA", contact_points=[("phone", "07700 900123")], by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    index_missing()
    moved = {"ADDR1": "3 Boroughgate", "POSTCODE": "LS21 3AB", "TELEPHONE": ""}
    deliver(
        "council-tax", csv_of(TAX, [tax_row("70041", "Jones", given="Gwen", born="09/03/1947", **moved)]), clock.now()
    )
    pair = Pair.objects.get()
    assert known.id in {pair.one_id, pair.other_id}
    assert not Merge.objects.exists()

    nadia, omar = new_page(), new_page()
    sits_at(officer("records-officer", name="Nadia Ferreira"), nadia)
    sits_at(officer("records-officer", name="Omar Diallo"), omar)
    for window in (nadia, omar):
        window.goto("/desk/records/")
        with goes_on(window):
            window.get_by_role("link", name="Gwen").first.click()
        expect(window.get_by_role("heading", name="Are these one person?")).to_be_visible()
    with goes_on(nadia):
        keys(nadia, "Escape", "j")
    expect(nadia.get_by_text("Joined. It can be taken back at any time.")).to_be_visible()
    with goes_on(omar):
        keys(omar, "Escape", "n")
    expect(omar.get_by_role("alert")).to_contain_text("A colleague has decided this pair already: the same person.")
    expect(omar.get_by_text("Nadia Ferreira").first).to_be_visible()
    looks_right(omar)
    shot(omar, "too-late")
    assert (Merge.objects.filter(undone_at=None).count(), Apart.objects.count()) == (1, 0)
