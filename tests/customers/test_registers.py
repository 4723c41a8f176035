"""Company, charity and VAT numbers as systems deliver them, and when two names are of one organisation."""

from __future__ import annotations

import csv
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.customers.rules.finding import read_typed
from moothall.customers.rules.organisations import ONE_NAME, SAME, likeness, name_said, names_in, says_organisation
from moothall.customers.rules.registers import read_charity_number, read_company_number, read_vat_number
from moothall.customers.rules.writing import CannotRead
from tests.shared_data import shared_data


@pytest.mark.parametrize(
    ("came", "kept"),
    [
        ("01234567", "01234567"), ("1234567", "01234567"), (" 123456 ", "00123456"), ("1234567.0", "01234567"),
        ("sc12345", "SC012345"), ("SC 123456", "SC123456"), ("NI-1234", "NI001234"), ("OC 301234", "OC301234"),
        ("N.I. 012345", "NI012345"), ("IP12345R", "IP12345R"), ("R123", None), ("R12345", "R0012345"), ("", ""),
        ("00000000", ""), ("99999999", ""), ("0", ""), ("12", None), ("n/a", ""), ("123456789", None), ("SC1234567", None),
        ("١٢٣٤٥٦٧٨", None), ("none known", ""),
    ],
)  # fmt: skip
def test_a_delivered_company_number_is_written_as_the_register_writes_it(came: str, kept: str | None) -> None:
    if kept is None:
        with pytest.raises(CannotRead, match="company number"):
            read_company_number(came)
    else:
        assert read_company_number(came) == kept


@pytest.mark.parametrize(
    ("came", "kept"),
    [
        ("1234567", "1234567"), ("212345", "212345"), ("0212345", "212345"), ("1234567-0", "1234567"),
        ("1234567-2", "1234567-2"), ("1234567 / 2", None), ("1234567.0", "1234567"), ("sc12345", "SC012345"),
        ("SC 045678", "SC045678"), ("NIC 101234", "NIC101234"), ("NIC101234", "NIC101234"), ("", ""), ("0000000", ""),
        ("12345", None), ("exempt", ""), ("12345678", None),
    ],
)  # fmt: skip
def test_a_delivered_charity_number_keeps_whose_register_it_is_of(came: str, kept: str | None) -> None:
    if kept is None:
        with pytest.raises(CannotRead, match="charity number"):
            read_charity_number(came)
    else:
        assert read_charity_number(came) == kept


@pytest.mark.parametrize(
    ("came", "kept"),
    [
        ("GB 123 4567 82", "123456782"), ("123456727", "123456727"), ("gb123456782001", "123456782"),
        ("XI123456782", "123456782"),
        ("GB GD 123", "GD123"), ("HA501", "HA501"), ("", ""), ("000000000", ""), ("GB000000000", ""),
        ("123456789", None), ("12345678", None), ("exempt", ""),
    ],
)  # fmt: skip
def test_a_delivered_vat_number_is_its_nine_digits_and_they_must_check(came: str, kept: str | None) -> None:
    if kept is None:
        with pytest.raises(CannotRead, match="VAT number"):
            read_vat_number(came)
    else:
        assert read_vat_number(came) == kept


READERS = st.sampled_from([read_company_number, read_charity_number, read_vat_number])


@given(READERS, st.one_of(st.text(max_size=20), st.from_regex(r"[ A-Za-z]{0,3}[0-9 .-]{0,12}", fullmatch=True)))
def test_whatever_comes_is_one_number_or_none(read, came) -> None:
    """Read again it is the same, and spaces and case say nothing."""
    try:
        kept = read(came)
    except CannotRead:
        return
    assert read(kept) == kept
    assert kept == kept.strip().upper()
    assert read(f" {kept.lower()} ") == kept


@given(st.integers(min_value=1000, max_value=99_999_999))
def test_noughts_in_front_make_no_other_company(number: int) -> None:
    if len(set(str(number).zfill(8))) > 1 and len(set(str(number))) > 1:
        assert read_company_number(str(number)) == read_company_number(str(number).zfill(8)) == f"{number:08}"


def test_every_real_company_number_is_read_as_the_register_has_it() -> None:
    companies = shared_data("record-linkage/uk_companies_house_addresess_postcode_overlap.csv.gz")
    with gzip.open(companies, "rt", encoding="utf-8") as lines:
        numbers = [row["unique_id"] for row in csv.DictReader(lines) if row["source_dataset"] == "companies_house"]
    assert len(numbers) > 1000
    assert [one for one in numbers if read_company_number(one) != one] == []
    digits = [one for one in numbers if one.isdigit()]
    assert [one for one in digits if read_company_number(f"{int(one)}.0") != one] == [], "as a spreadsheet leaves them"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("J. Smith & Sons Ltd", "J SMITH AND SONS LIMITED"), ("A.B.C. Motors Ltd", "ABC MOTORS"),
        ("The Corner Café", "CORNER CAFE"), ("Smith Bros (Otley) Ltd", "SMITH BROTHERS OTLEY"),
        ("J Smith & Sons Ltd t/a The Corner Café", "The Corner Cafe"), ("JRS Ltd trading as Quick Cabs", "QUICK CABS"),
        ("J SMITH & SONS LTD T/A CORNER CAFE", "J. Smith and Sons"), ("Saint Mary's Church", "St Marys Church"),
        ("O’Brien’s Bar", "OBRIENS BAR"), ("Łódź Deli", "LODZ DELI LTD"), ("Mill Lane Bakery", "Bakery Mill Lane"),
    ],
)  # fmt: skip
def test_two_ways_of_writing_one_name(one: str, other: str) -> None:
    assert likeness(one, other) >= ONE_NAME
    assert likeness(other, one) == likeness(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Smith & Sons Ltd", "Brown & Sons Ltd"), ("Unit 1234 Storage", "Unit 1235 Parcels"),
        ("The Ltd Company", "Otley Motors"),
        ("Leeds Taxis", "York Taxis"), ("J Smith Ltd t/a The Corner Café", "The Corner Shop"),
    ],
)  # fmt: skip
def test_names_far_apart(one: str, other: str) -> None:
    assert likeness(one, other) < SAME


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_is_a_share_and_the_same_both_ways(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, other) == likeness(other, one)


def test_the_name_it_trades_under_is_kept_beside_its_own() -> None:
    assert names_in("J. Smith & Sons Ltd (t/a The Corner Café)") == ("J. Smith & Sons Ltd", "The Corner Café")
    assert names_in("t/a The Corner Café") == ("The Corner Café",)
    assert names_in("Star Taxis") == ("Star Taxis",), "a word that holds the letters is none"
    assert (
        name_said({"organisation_name": "J SMITH LTD", "trading_name": "Corner Café"}) == "J SMITH LTD t/a Corner Café"
    )
    assert name_said({"organisation_name": "J SMITH LTD T/A CORNER CAFE", "trading_name": "Corner Café"}) == (
        "J SMITH LTD T/A CORNER CAFE"
    )
    assert not says_organisation({"given_name": "Jo", "trading_name": "Corner Café"}), "in business for herself"
    assert says_organisation({"trading_name": "Corner Café"})


@pytest.mark.parametrize(
    ("typed", "asked"),
    [("1234567", "01234567"), ("sc 12345", "sc012345"), ("SC123456", "sc123456"), ("01234567", "01234567")],
)
def test_a_company_number_is_looked_for_as_it_is_kept(typed: str, asked: str) -> None:
    assert read_typed(typed).words == (asked,)


def test_a_company_number_that_reads_as_a_reference_is_looked_for_as_either() -> None:
    typed = read_typed("fc 234679")
    assert (typed.reference, typed.or_company, typed.words) == ("FC234679", "fc234679", ())
    assert read_typed("4HTK7W2C").or_company == ""
