"""Addresses that systems deliver and people type are matched to premises where it is sure, and kept as written."""

from __future__ import annotations

from typing import Any

import pytest

from moothall.core.actors import SYSTEM
from moothall.customers.actions import create_customer
from moothall.customers.linking.models import SourceRecord
from moothall.intake.details import change_details
from moothall.places.actions import Premises, import_premises
from tests.customers.linking.conftest import TAX, csv_of, deliver, tax_row

pytestmark = pytest.mark.django_db
MILL = Premises(uprn=72001, address="14 Mill Lane, Otley", number="14", street="Mill Lane", postcode="LS21 1AA",
                area_code="E1")  # fmt: skip


@pytest.fixture(autouse=True)
def premises(council: Any) -> None:
    """One street."""
    import_premises([MILL, Premises(uprn=72002, address="2 Mill Lane, Otley", postcode="LS21 1AA")], by=SYSTEM)


def test_a_delivered_address_is_premises_and_kept_as_written(clock: Any) -> None:
    rows = [tax_row("T-1", "Dunn", ADDR1="14 MIL LANE"), tax_row("T-2", "Okoro", ADDR1="99 Mill Lane"),
            tax_row("T-3", "Lee", UPRN="5")]  # fmt: skip
    deliver("council-tax", csv_of(TAX, rows), clock.now())
    told = {one.key: (one.fields.get("uprn"), one.fields["address"]) for one in SourceRecord.objects.all()}
    assert told == {
        "T-1": ("72001", "14 MIL LANE, Otley, LS21 1AA"), "T-2": (None, "99 Mill Lane, Otley, LS21 1AA"),
        "T-3": ("5", "14 Mill Lane, Otley, LS21 1AA"),  # what the system says of its property stands
    }  # fmt: skip
    own = SourceRecord.objects.get(key="T-1").own
    assert own is not None
    assert own.uprn == 72001


@pytest.mark.parametrize(
    ("typed", "uprn"),
    [
        ("14 mill lane otley LS21 1AA", 72001), ("2 Mil Lane, LS21 1AA", 72002), ("1 High Street, York YO1 1AA", None),
        ("14 MILL LANE,  Otley", 72001),  # hers, without the postcode
    ],
)  # fmt: skip
def test_a_typed_address_keeps_or_finds_its_household(clock: Any, typed: str, uprn: int | None) -> None:
    person = create_customer(
        given_name="Amina",
        family_name="Dunn",
        address_text="14 Mill Lane, Otley",
        uprn=72001,
        by=SYSTEM,
        at=clock.now(),
    )
    change_details(person.id, {"address_text": typed}.get, key="k", by=SYSTEM, at=clock.now())
    person.refresh_from_db()
    assert person.address_text == " ".join(typed.split())
    assert person.uprn == uprn
