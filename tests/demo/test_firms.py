"""The demonstration’s firms: one with two shops that its number joins, an old account of it that waits for a person."""

from __future__ import annotations

from typing import Any

import pytest

from moothall.customers.actions import ImportedCustomer
from moothall.customers.linking.models import Pair
from moothall.customers.models import Customer
from moothall.interfaces.cli.demo.records import FIRMS, bring_firms

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]


def test_firms_come_with_their_rates_and_one_pair_waits(clock: Any) -> None:
    people = [
        ImportedCustomer(
            clock.now(), given_name="A", family_name=f"B{n}", address_text=f"{n} Mill Lane, Otley, LS21 {n}AA"
        )
        for n in range(1, 9)
    ]
    assert bring_firms(people, seed=1, at=clock.now()) == len(FIRMS)
    assert bring_firms(people, seed=1, at=clock.now()) == len(FIRMS), "told as the first time"
    named = {number: Customer.objects.filter(company_number=number).count() for number in ("99000101", "99000102")}
    assert named == {"99000101": 1, "99000102": 1}
    pair = Pair.objects.get()
    assert {pair.one.organisation_name, pair.other.organisation_name} == {
        "MARKET PLACE BAKERY LIMITED t/a The Corner Café", "Market Place Bakery t/a The Corner Cafe",
    }  # fmt: skip
