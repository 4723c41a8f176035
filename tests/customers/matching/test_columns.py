"""Whole columns are standardised as single records are."""

import random

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from moothall.customers.matching.bulk.columns import standardise_columns
from moothall.customers.matching.bulk.tables import people_table
from moothall.customers.matching.rules import standardise
from moothall.customers.matching.rules.person import RAW

_SAID = {
    "title": ["Mr", ""],
    "given_name": ["Amina", "AMINA ", "Mary-Jane", "Dr J. R.", "John Snr", "Łukasz", "", "Mrs", "de la"],
    "middle_names": ["Rose", "Mr", "", "Anne Marie"],
    "family_name": ["Dunn", "O'Brien", "Smith-Jones (née Hall)", "van der Berg", "Dunn Jr", "Mac Donald", "", "Jr"],
    "full_name": ["Dunn, Mrs Amina", "Amina van der Berg", "Prince", "Smith, Jnr", ""],
    "date_of_birth": ["03/04/1984", "1984-04-03", "31.2.84", "1 Jan 1900", "1984", "", "later"],
    "birth_year": ["1984", "84", "", " 1984 "],
    "birth_month": ["4", "", "13"],
    "birth_day": ["3", "03", ""],
    "sex": ["F", "male", "x", ""],
    "phone": [
        "01134960123",
        "0113 496 0123 ext 4",
        "00000000000",
        "+33 1 23 45 67 89",
        "07700900123",
        "01234567890",
        "",
    ],
    "phone_2": ["07700900123", "", "7700900123"],
    "mobile": ["07700900123", "+44 7700 900124", ""],
    "email": ["A@Example.com", "none@example.com", "a+b@example.org", "", " <x@y.z> "],
    "email_2": ["a@example.com", ""],
    "address": ["Flat 3, 12 Mill Lane, Leeds LS6 2AB", "Rose House 12 Mill Ln", "", "St Mary's Close"],
    "address_1": ["12 Mill Lane", ""],
    "address_2": ["Headingley", "LS6 2AB", ""],
    "number": ["12a", "Flat 3/12", "10 - 12", "", "flat"],
    "street": ["Mill Ln", "St. Mark's St", "Mill Lane LS6 2AB", ""],
    "locality": ["Leeds", "Leeds LS6 2AB", ""],
    "postcode": ["ls62ab", "LS6 2AB", "2604", "??", ""],
    "uprn": ["000123", "x", "", " 77 "],
    "id_number": ["QQ 12 34 56 A", ""],
    "other": ["Head Teacher", ""],
    "other_2": ["New South Wales", ""],
}


@settings(max_examples=120, deadline=None)
@given(seed=st.integers(0, 2**32), kept=st.sets(st.sampled_from(sorted(_SAID)), min_size=1), rows=st.integers(1, 60))
def test_columns_say_what_single_records_say(seed: int, kept: set[str], rows: int) -> None:
    chance = random.Random(seed)
    said = [{key: chance.choice(_SAID[key]) for key in kept} for _ in range(rows)]
    ids = [f"r{at}" for at in range(rows)]
    one_by_one = people_table((each, "tax", standardise(row)) for each, row in zip(ids, said, strict=True))
    raw = {key: pa.array([row[key] for row in said]) for key in kept}
    at_once = standardise_columns(pa.array(ids), pa.array(["tax"] * rows), raw)
    assert at_once.to_pylist() == one_by_one.to_pylist()


def test_every_thing_a_record_may_say_is_tried() -> None:
    assert set(RAW) - set(_SAID) <= {"address_3", "address_4"}
