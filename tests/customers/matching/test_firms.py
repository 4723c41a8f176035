"""What may be done with two records of organisations: the table of adr/0078, and what holds of any two."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.customers.matching.rules.firms import another_firm, firms_contradict, keys_of_firm, weigh_firms
from moothall.customers.rules.organisations import Firm

CARERS = Firm("Otley Carers", charity_number="1234567")
SMITH = Firm("J. Smith & Sons Ltd", "LS211AA", "01234567", "", "", "72001")


@pytest.mark.parametrize(
    ("one", "other", "kind", "why"),
    [
        (SMITH, Firm("J SMITH AND SONS LIMITED", "YO11AA", "01234567"), "auto", "The same company number"),
        (SMITH, Firm("Otley Motors", "LS211AA", "01234567", uprn="72001"), "review", "names far apart"),
        (SMITH, Firm("J Smith & Sons", "LS211AA", uprn="72001"), "review", "no number that says it"),
        (SMITH, Firm("J Smith & Sons", "LS211AA"), "review", "at one postcode"),
        (SMITH, Firm("J Smith & Sons", "YO11AA"), "apart", ""),
        (SMITH, Firm("Otley Motors", "LS211AA", uprn="72001"), "apart", ""),
        (SMITH, Firm("J Smith & Sons Ltd", "LS211AA", "07654321", uprn="72001"), "apart", "company numbers differ"),
        (SMITH, Firm("J Smith & Sons Ltd", "LS211AA", "01234568", uprn="72001"), "review", "a slip apart"),
        (SMITH, Firm("J Smith & Sons Ltd", "YO11AA", "01234568"), "apart", "company numbers differ"),
        (CARERS, Firm("OTLEY CARERS CIO", charity_number="1234567"), "auto", "charity"),
        (CARERS, Firm("Otley Carers", charity_number="1234567-2"), "apart", "differ"),
        (replace(CARERS, company_number="01234567"), Firm("Otley Carers", "", "01234567", "7654321"), "review", "different"),
        (Firm("Red Ltd", vat_number="123456782"), Firm("Red Limited", vat_number="123456782"), "review", "VAT number"),
        (Firm("Red Ltd", "", "01234567", vat_number="123456782"), Firm("Red Two Ltd", "", "07654321", vat_number="123456782"),
         "apart", "company numbers differ"),
        (Firm("Glen Care", company_number="SC012345"), Firm("Glen Care", charity_number="SC012345"), "apart", ""),
    ],
)  # fmt: skip
def test_what_may_be_done_with_two_organisations(one: Firm, other: Firm, kind: str, why: str) -> None:
    weighed = weigh_firms(one, other)
    assert str(weighed.kind.value) == kind
    assert why in weighed.reason
    assert weigh_firms(other, one) == weighed


def test_a_company_and_a_charity_of_one_number_share_no_key() -> None:
    one, other = Firm("Glen Care", company_number="SC012345"), Firm("Glen Care", charity_number="SC012345")
    assert not set(keys_of_firm(one)) & set(keys_of_firm(other))


@pytest.mark.parametrize(
    ("now", "why"),
    [
        (Firm("J SMITH & SONS LIMITED", company_number="01234567"), ""),
        (Firm("The Phoenix Trading Co", company_number="01234567"), ""),
        (Firm("J Smith & Sons Ltd", company_number="07654321"), "company numbers differ"),
        (Firm("J Smith & Sons"), ""),
        (Firm("Otley Motors"), "far apart"),
    ],
)
def test_when_a_record_has_come_to_speak_of_another(now: Firm, why: str) -> None:
    said = another_firm(SMITH, now)
    assert why in said
    assert bool(said) == bool(why)


NAMES = st.sampled_from(
    ["J Smith & Sons Ltd", "J SMITH AND SONS", "The Corner Café", "Otley Motors", "Smith t/a The Corner Cafe", ""]
)
FIRMS = st.builds(
    Firm, NAMES, st.sampled_from(["", "LS211AA", "YO11AA"]), st.sampled_from(["", "01234567", "01234568", "SC012345"]),
    st.sampled_from(["", "1234567", "SC012345"]), st.sampled_from(["", "123456782"]), st.sampled_from(["", "72001", "72002"]),
)  # fmt: skip


@given(FIRMS, FIRMS)
def test_a_machine_joins_by_a_number_alone_and_the_same_both_ways(one: Firm, other: Firm) -> None:
    weighed = weigh_firms(one, other)
    assert weigh_firms(other, one) == weighed
    numbers = [(one.company_number, other.company_number), (one.charity_number, other.charity_number)]
    if str(weighed.kind.value) == "auto":
        assert any(mine and mine == theirs for mine, theirs in numbers)
        assert not firms_contradict(one, other)
    if str(weighed.kind.value) != "apart":
        assert set(keys_of_firm(one)) & set(keys_of_firm(other)), "what may be one is found by what it shares"
