"""What a name or a date in a delivery means, before anything is kept."""

from __future__ import annotations

from typing import Any

import pytest

from moothall.core.actors import SYSTEM
from moothall.core.packs import load_pack
from moothall.customers.actions import change_customer
from moothall.customers.linking.models import Link, RefusedRow, SourceRecord
from moothall.customers.linking.pack import SYSTEMS
from moothall.customers.linking.people import erase
from moothall.customers.linking.protocols import Row
from moothall.customers.linking.rules.reading import meaning_of, parts_of_name
from moothall.customers.models import Customer
from tests.customers.linking.conftest import TAX, csv_of, deliver, tax_row


@pytest.mark.parametrize(
    ("whole", "title", "given", "family"),
    [
        ("DUNN, Mrs Amina", "Mrs", "Amina", "DUNN"), ("Mrs Amina Dunn", "Mrs", "Amina", "Dunn"),
        ("John Dunn Jnr", "", "John Jnr", "Dunn"), ("Dunn, John Snr", "", "John Snr", "Dunn"),
        ("Mr Paulo da Silva", "Mr", "Paulo", "da Silva"), ("van der Berg, Jan", "", "Jan", "van der Berg"),
        ("J Smith MBE", "", "J", "Smith"), ("J Smith, OBE", "", "J", "Smith"), ("Dr J Smith PhD", "Dr", "J", "Smith"),
        ("Mr & Mrs J Dunn", "Mr", "J", "Dunn"), ("DUNN, Mr & Mrs J", "Mr", "J", "DUNN"),
        ("Mr J & Mrs A Dunn", "Mr", "J", "Dunn"), ("J and A Dunn", "", "J", "Dunn"),
        ("Mr John Dunn and Ms Jane Shaw", "Mr", "John", "Dunn"), ("Mr Patel", "Mr", "", "Patel"),
        ("Patel", "", "", "Patel"), ("Dr", "", "", "Dr"), ("Mrs Anderson", "Mrs", "", "Anderson"),
    ],
)  # fmt: skip
def test_a_name_in_one_piece(whole: str, title: str, given: str, family: str) -> None:
    assert parts_of_name(whole) == {"title": title, "given_name": given, "family_name": family}


def test_a_date_that_stands_for_not_known_is_no_birthday() -> None:
    system = load_pack("common").of(SYSTEMS)["council-tax"]
    told = meaning_of(Row(1, {"ACCOUNT_REF": "1", "LIABLE_SURNAME": "Dunn", "DOB": "01/01/1900"}), system)
    assert "date_of_birth" not in told.fields
    assert told.notes == ("The date of birth is one that stands for “not known”.",)


def test_the_day_an_elector_comes_of_age_is_not_her_birthday() -> None:
    system = load_pack("common").of(SYSTEMS)["electoral"]
    told = meaning_of(
        Row(1, {"Number": "1", "Name": "Dunn, Amina", "Date of Attainment": "2026-05-02", "PD": "AB"}), system
    )
    assert "date_of_birth" not in told.fields
    assert told.summary["attains"] == "2026-05-02"


@pytest.mark.django_db
def test_of_two_in_one_name_the_delivery_says_so(council: Any, clock: Any) -> None:
    row = {"PermitHolderId": "P1", "HolderName": "Mr & Mrs J Dunn", "HolderAddress": "14 Mill Lane"}
    deliver("parking", csv_of(row, [row]).replace(b",", b";"), clock.now())
    assert SourceRecord.objects.get().fields["given_name"] == "J"
    assert RefusedRow.objects.get(kept=True).reason == "It names two people; the first was read."


@pytest.mark.django_db
def test_what_a_system_changes_shows_on_the_customer_made_of_its_record(council: Any, clock: Any) -> None:
    deliver("council-tax", csv_of(TAX, [tax_row("T-1", "Dunn")]), clock.now())
    own = SourceRecord.objects.get().own
    assert own is not None
    clock.advance(days=1)
    deliver("council-tax", csv_of(TAX, [tax_row("T-1", "Dunn", ADDR1="9 New Street")]), clock.now())
    own.refresh_from_db()
    assert own.address_text.startswith("9 New Street")
    change_customer(customer_id=own.id, changes={"given_name": "Mina"}, by=SYSTEM, at=clock.now())
    clock.advance(days=1)
    deliver("council-tax", csv_of(TAX, [tax_row("T-1", "Dunne", given="Aminah", born="")]), clock.now())
    own.refresh_from_db()
    assert (own.given_name, own.family_name, own.date_of_birth) == ("Mina", "Dunne", None)
    assert own.address_text.startswith("14 Mill Lane")


@pytest.mark.django_db
def test_a_system_that_says_it_again_does_not_bring_an_erased_person_back(council: Any, clock: Any) -> None:
    deliver("council-tax", csv_of(TAX, [tax_row("T-1", "Dunn")]), clock.now())
    her = SourceRecord.objects.get().own
    assert her is not None
    erase(her.id, SYSTEM, clock.now())
    Customer.objects.filter(pk=her.id).update(given_name="", family_name="", address_text="", search="")
    clock.advance(days=1)
    deliver("council-tax", csv_of(TAX, [tax_row("T-1", "Dunn", BALANCE="1.00")]), clock.now())
    her.refresh_from_db()
    assert (her.given_name, her.family_name, her.address_text) == ("", "", "")
    record = SourceRecord.objects.get()
    assert record.fields["family_name"] == "Dunn"  # the system still holds somebody, whom we do not know yet
    assert record.own_id not in {None, her.id}
    assert list(Link.objects.filter(undone_at=None).values_list("customer_id", flat=True)) == [record.own_id]
