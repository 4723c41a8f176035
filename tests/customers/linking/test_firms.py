"""Organisations in deliveries: known by their numbers, asked about where only name and door speak, and taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from moothall.core.actors import ANONYMOUS, SYSTEM
from moothall.core.jobs import drain
from moothall.customers.actions import create_customer
from moothall.customers.linking.actions import (
    decide_pair,
    keep_apart,
    merge,
    note_pair,
    search_firms,
    unlink_record,
    unmerge,
)
from moothall.customers.linking.actions.joining import NeverTogether, NotAlike
from moothall.customers.linking.actions.pairs import compare_pair
from moothall.customers.linking.models import Link, Merge, Pair, RefusedRow, SourceRecord
from moothall.customers.linking.queries import pair_page, summaries_of
from moothall.customers.matching.models import FirmKey, PersonKey
from moothall.customers.models import Customer, CustomerKind
from moothall.customers.queries import find_customers
from tests.customers.linking.conftest import OFFICER, TAX, csv_of, deliver, tax_row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]
RATES = (
    "ACCOUNT_NO", "LIABLE_ORGANISATION", "TRADING_AS", "LIABLE_TITLE", "LIABLE_FORENAME", "LIABLE_SURNAME", "COMPANY_NO",
    "CHARITY_NO", "VAT_NO", "UPRN", "PROP_ADDR1", "PROP_ADDR2", "PROP_ADDR3", "PROP_POSTCODE", "TELEPHONE", "EMAIL_ADDRESS",
    "RATEABLE_VALUE", "BALANCE", "NEXT_INSTALMENT", "NEXT_DUE",
)  # fmt: skip


def rates_row(account: str, name: str = "J. Smith & Sons Ltd", **more: str) -> dict[str, str]:
    """One account of business rates."""
    return {
        "ACCOUNT_NO": account, "LIABLE_ORGANISATION": name, "UPRN": "72001", "PROP_ADDR1": "2 Mill Lane",
        "PROP_ADDR2": "Otley", "PROP_POSTCODE": "LS21 1AA", "RATEABLE_VALUE": "14,250.00",
        "BALANCE": "1,204.50", "NEXT_INSTALMENT": "401.50",
        "NEXT_DUE": "01/12/2026",
    } | more  # fmt: skip


@pytest.fixture
def rates(clock: Any) -> Callable[..., Any]:
    """Business rates delivers these rows, all it has unless said otherwise."""

    def bring(*rows: dict[str, str], **more: Any) -> Any:
        return deliver("business-rates", csv_of(RATES, rows), clock.advance(minutes=1), **{"whole": False} | more)

    return bring


def owner(account: str) -> UUID:
    """Whom an account leads to now."""
    found = Link.objects.get(record__system="business-rates", record__key=account, undone_at=None).customer
    return found.joined_to_id or found.id


def test_an_account_makes_an_organisation_and_keeps_what_was_written(rates: Callable[..., Any]) -> None:
    done = rates(
        rates_row(
            "B-1", "J. SMITH & SONS LTD", TRADING_AS="The Corner Café", COMPANY_NO="1234567", VAT_NO="GB 123 4567 82"
        )
    )
    assert (done.state, done.new, done.refused) == ("done", 1, 0)
    record = SourceRecord.objects.get()
    assert record.fields == {
        "organisation_name": "J. SMITH & SONS LTD", "trading_name": "The Corner Café", "company_number": "01234567",
        "vat_number": "123456782", "uprn": "72001", "address": "2 Mill Lane, Otley, LS21 1AA", "postcode": "LS21 1AA",
    }  # fmt: skip
    firm = Customer.objects.get()
    assert (firm.kind, firm.organisation_name, firm.company_number) == (
        "organisation", "J. SMITH & SONS LTD t/a The Corner Café", "01234567",
    )  # fmt: skip
    assert (FirmKey.objects.count(), PersonKey.objects.count()) == (1, 0)
    assert record.versions.get().raw["COMPANY_NO"] == "1234567"
    for typed in ("corner caf", "smit", "1234567", "01234567"):
        assert [line.id for line in find_customers(typed, SYSTEM)] == [firm.id], typed


def test_a_firm_is_found_by_a_number_that_reads_as_a_reference_of_ours(rates: Callable[..., Any]) -> None:
    rates(rates_row("B-1", COMPANY_NO="FC234679"))
    firm = Customer.objects.get()
    for typed in ("FC234679", "fc 234679"):
        assert [line.id for line in find_customers(typed, SYSTEM)] == [firm.id], typed
    Customer.objects.filter(pk=firm.id).update(reference="FC234679", search="")
    assert [line.id for line in find_customers("FC23-4679", SYSTEM)] == [firm.id], "and by that reference"


def test_its_accounts_are_one_organisations_by_its_number_and_taken_back(rates: Callable[..., Any], clock: Any) -> None:
    """Three properties, two of them in one file, written three ways; then the officer says that one is not theirs."""
    rates(
        rates_row("B-1", COMPANY_NO="01234567"),
        rates_row("B-2", "J SMITH AND SONS LIMITED", COMPANY_NO="1234567.0", UPRN="72002", PROP_ADDR1="9 High Street"),
    )
    rates(rates_row("B-3", "SMITH & SONS", COMPANY_NO="1234567", UPRN="72003", PROP_POSTCODE="LS21 9ZZ"))
    firm = owner("B-1")
    assert {owner("B-2"), owner("B-3")} == {firm}
    assert Customer.objects.count() == 1
    linked = Link.objects.get(record__key="B-3", undone_at=None)
    assert (linked.how, linked.weight) == ("machine", 28.0)
    assert [part["words"] for part in linked.parts] == ["the same company number", "a name like it"]
    shown = summaries_of([firm], OFFICER)
    properties = [value for one in shown for name, _, value in one.figures if name == "Property"]
    assert properties == ["2 Mill Lane, Otley", "9 High Street, Otley", "2 Mill Lane, Otley"]
    assert ("Balance", "pence", 120450) in shown[0].figures

    unlink_record(linked.record_id, why="Their tenant", by=OFFICER, at=clock.now())
    assert owner("B-3") != firm
    for _ in range(2):  # no night and no delivery joins them again
        assert search_firms(by=SYSTEM, at=clock.advance(days=1)) == (0, 0)
        rates(rates_row("B-3", "SMITH & SONS", COMPANY_NO="1234567", UPRN="72003", BALANCE="1.00"))
    assert owner("B-3") != firm
    assert not Pair.objects.filter(state="open").exists()


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"LIABLE_ORGANISATION": "Otley Motors", "COMPANY_NO": "01234567"}, "names far apart"),
        ({"LIABLE_ORGANISATION": "J SMITH & SONS"}, "no number that says it"),
        ({"COMPANY_NO": "01234568"}, "a slip apart"),
        ({"UPRN": "72009", "PROP_POSTCODE": "LS1 1AA", "VAT_NO": "123456782"}, "VAT number"),
    ],
)
def test_what_a_person_must_say_waits_for_one(
    rates: Callable[..., Any], clock: Any, more: dict[str, str], why: str
) -> None:
    rates(rates_row("B-1", COMPANY_NO="" if "VAT_NO" in more else "01234567", VAT_NO="123456782"))
    rates(rates_row("B-2") | more)
    pair = Pair.objects.get()
    assert pair.state == "open"
    assert why in pair.reason
    assert owner("B-1") != owner("B-2")
    search_firms(by=SYSTEM, at=clock.advance(days=1))
    assert owner("B-1") != owner("B-2"), "nor by night"
    page = pair_page(pair.id, OFFICER)
    assert page is not None
    assert page.organisations
    assert "Name" not in {row[0] for row in page.rows}
    decide_pair(pair.id, decision="joined", by=OFFICER, at=clock.now())
    assert owner("B-1") == owner("B-2")
    page = pair_page(pair.id, OFFICER)
    assert page is not None
    assert page.state_words == "The same organisation"
    unmerge(Merge.objects.get().id, why="Two firms", apart=True, by=OFFICER, at=clock.advance(days=300))
    assert owner("B-1") != owner("B-2")
    with pytest.raises(NeverTogether, match="two organisations"):
        merge(owner("B-1"), owner("B-2"), by=OFFICER, at=clock.now())


@pytest.mark.parametrize(
    "more",
    [
        {"UPRN": "72009", "PROP_POSTCODE": "LS1 1AA"},  # a name alone
        {"LIABLE_ORGANISATION": "Otley Motors"},  # a door alone
        {
            "LIABLE_ORGANISATION": "Otley Motors",
            "UPRN": "",
            "PROP_POSTCODE": "",
        },  # a telephone and an e-mail address alone
        {"COMPANY_NO": "07654321"},  # the next firm of that name at that door
    ],
)
def test_a_name_a_door_or_a_telephone_alone_says_nothing(
    rates: Callable[..., Any], clock: Any, more: dict[str, str]
) -> None:
    reached = {"TELEPHONE": "0113 496 0123", "EMAIL_ADDRESS": "office@smith.example.com"}
    rates(rates_row("B-1", COMPANY_NO="01234567", **reached))
    rates(rates_row("B-2", **reached) | more)
    search_firms(by=SYSTEM, at=clock.advance(days=1))
    assert owner("B-1") != owner("B-2")
    assert not Pair.objects.exists()


def test_a_number_that_fits_two_is_for_a_person(rates: Callable[..., Any]) -> None:
    """Two charities of one number that somebody keeps apart: a third record is sure of neither."""
    rates(rates_row("B-1", "Otley Carers", COMPANY_NO="01234567", CHARITY_NO="1234567"))
    rates(rates_row("B-2", "Otley Carers", COMPANY_NO="01234567", CHARITY_NO="7654321"))
    assert owner("B-1") != owner("B-2")
    rates(rates_row("B-3", "Otley Carers", COMPANY_NO="01234567"))
    assert len({owner("B-1"), owner("B-2"), owner("B-3")}) == 3
    assert Pair.objects.filter(state="open").count() == 3


def test_a_person_is_never_an_organisation(rates: Callable[..., Any], clock: Any) -> None:
    """She trades under a name, at her own address: her account is hers, the company beside it is the company's."""
    deliver(
        "council-tax", csv_of(TAX, [tax_row("1", "Smith", given="Jo", UPRN="72001", ADDR1="2 Mill Lane")]), clock.now()
    )
    rates(
        rates_row("B-1", "", LIABLE_FORENAME="Jo", LIABLE_SURNAME="Smith", TRADING_AS="Jo Smith Cakes"),
        rates_row("B-2", "Jo Smith", UPRN="72001", TELEPHONE="07700 900123"),
    )
    person, firm = Customer.objects.get(pk=owner("B-1")), Customer.objects.get(pk=owner("B-2"))
    assert (person.kind, person.organisation_name, firm.kind) == ("person", "Jo Smith Cakes", "organisation")
    mixed = [pair for pair in Pair.objects.select_related("one", "other") if pair.one.kind != pair.other.kind]
    assert mixed == []
    assert note_pair(person.id, firm.id, weight=9.0, parts=[], at=clock.now()) is None
    with pytest.raises(NotAlike):
        compare_pair(person.id, firm.id, by=OFFICER, at=clock.now())
    with pytest.raises(NotAlike):
        merge(person.id, firm.id, by=OFFICER, at=clock.now())


def test_what_anybody_can_say_joins_nothing(rates: Callable[..., Any], clock: Any) -> None:
    """A number and a name are public: whoever gives them is put beside the account, for a person to see."""
    rates(rates_row("B-1", COMPANY_NO="01234567"))
    said = create_customer(organisation_name="J Smith & Sons", company_number="01234567", by=ANONYMOUS, at=clock.now())
    drain()
    assert owner("B-1") != said.id
    pair = Pair.objects.get()
    assert {pair.one_id, pair.other_id} == {owner("B-1"), said.id}
    assert search_firms(by=SYSTEM, at=clock.advance(days=1)) == (0, 0)
    rates(rates_row("B-2", COMPANY_NO="01234567", UPRN="72002"))
    assert owner("B-2") == owner("B-1"), "its second account is known by the first"
    said.refresh_from_db()
    assert said.joined_to_id is None


def test_an_account_that_goes_to_another_firm_is_parted_and_one_renamed_stays(
    rates: Callable[..., Any], clock: Any
) -> None:
    rates(rates_row("B-1", COMPANY_NO="01234567"), rates_row("B-2", COMPANY_NO="01234567", UPRN="72002"))
    firm = owner("B-1")
    rates(rates_row("B-2", "Phoenix Catering Ltd", COMPANY_NO="01234567", UPRN="72002"))
    assert owner("B-2") == firm, "renamed: the number stays"
    rates(rates_row("B-2", "Otley Motors Ltd", COMPANY_NO="07654321", UPRN="72002"))
    assert owner("B-2") != firm
    assert owner("B-1") == firm
    undone = Link.objects.get(record__key="B-2", undone_at__isnull=False)
    assert "company number 07654321" in undone.undone_why
    rates(rates_row("B-2", "", LIABLE_FORENAME="Jo", LIABLE_SURNAME="Pike", UPRN="72002"))
    assert Customer.objects.get(pk=owner("B-2")).kind == CustomerKind.PERSON, "a person has taken it on"
    assert not FirmKey.objects.filter(record_id=SourceRecord.objects.get(key="B-2").id).exists()


def test_late_repeated_ended_and_moved_as_for_people(rates: Callable[..., Any], clock: Any) -> None:
    began = clock.now()
    rates(
        *(rates_row(f"B-{n}", f"Firm {word} Ltd", UPRN=f"7300{n}") for n, word in enumerate(("Ash", "Oak", "Elm"))),
        whole=True,
    )
    again = rates(
        rates_row("B-0", "Firm Ash Ltd", UPRN="73000"), rates_row("B-1", "Firm Oak Ltd", UPRN="73001"), whole=True
    )
    assert (again.same, again.gone) == (2, 1)
    assert not FirmKey.objects.filter(name="Firm Elm Ltd").exists(), "what is gone is no longer weighed"
    late = rates(rates_row("B-0", "Firm Yew Ltd", UPRN="73000"), as_of=began)
    assert (late.late, SourceRecord.objects.get(key="B-0").fields["organisation_name"]) == (1, "Firm Ash Ltd")
    moved = [one.replace("_NO", " Number").title() if one == "COMPANY_NO" else one for one in reversed(RATES)]
    done = deliver(
        "business-rates",
        csv_of(moved, [rates_row("B-1", "Firm Oak Ltd", UPRN="73001") | {"Company Number": "7654321"}]),
        clock.advance(minutes=1),
        whole=False,
    )
    assert (done.changed, owner("B-1") is not None) == (1, True)
    assert Customer.objects.get(pk=owner("B-1")).company_number == "07654321"
    bad = rates(rates_row("B-4", "Firm Fir Ltd", COMPANY_NO="12", CHARITY_NO="twelve", VAT_NO="123456789"))
    assert (bad.new, bad.refused) == (1, 0)
    assert RefusedRow.objects.get(key="B-4").reason == "The company number could not be read."
    assert rates(rates_row("B-5", "", UPRN="")).refused == 1


def test_a_night_joins_what_came_before_its_number_and_changes_nothing_twice(
    rates: Callable[..., Any], clock: Any
) -> None:
    rates(rates_row("B-1"), rates_row("B-2", UPRN="72002", PROP_POSTCODE="LS1 1AA"))
    assert owner("B-1") != owner("B-2")
    for account, door in (("B-1", "72001"), ("B-2", "72002")):
        rates(rates_row(account, COMPANY_NO="01234567", UPRN=door))
    assert search_firms(by=SYSTEM, at=clock.advance(days=1)) == (1, 0)
    assert owner("B-1") == owner("B-2")
    assert search_firms(by=SYSTEM, at=clock.advance(days=1)) == (0, 0)
    unmerge(Merge.objects.get().id, by=OFFICER, at=clock.now())
    drain()
    assert search_firms(by=SYSTEM, at=clock.advance(days=1)) == (0, 0), "what somebody parted is asked, not joined"
    assert owner("B-1") != owner("B-2")
    assert Pair.objects.get().by_hand


def test_do_not_link_holds_for_firms_for_ever(rates: Callable[..., Any], clock: Any) -> None:
    rates(rates_row("B-1"), rates_row("B-2", UPRN="72002"))
    keep_apart(owner("B-1"), owner("B-2"), reason="A franchise", by=OFFICER, at=clock.now())
    for account, door in (("B-1", "72001"), ("B-2", "72002")):
        rates(rates_row(account, COMPANY_NO="01234567", UPRN=door))
    assert search_firms(by=SYSTEM, at=clock.advance(days=1)) == (0, 0)
    assert owner("B-1") != owner("B-2")


@pytest.mark.parametrize("accounts", [20])
def test_many_accounts_of_one_owner_in_one_file(rates: Callable[..., Any], accounts: int) -> None:
    rows = [
        rates_row(f"B-{n}", "The Council of Otley", COMPANY_NO="01234567", UPRN=str(72000 + n)) for n in range(accounts)
    ]
    assert rates(*rows).new == accounts
    assert Customer.objects.count() == 1
    assert Link.objects.filter(undone_at=None, how="machine").count() == accounts - 1
