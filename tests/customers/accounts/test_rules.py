"""Levels of proof, vectors of trust, one-time codes."""

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.customers.accounts.rules.levels import Proof, enough, identity_levels, masked, trust_covers
from moothall.customers.accounts.rules.one_time import code_at, new_code, plain_spare, read_code, step_matching, step_of


@pytest.mark.parametrize(
    ("given_trust", "asked", "covers"),
    [
        ("P2.Cl.Cm", "P2.Cl.Cm", True),
        ("Cl.Cm.P2", "P2.Cl", True),
        ("P2.Cl", "P2.Cl.Cm", False),
        ("P1.Cl.Cm", "P2.Cl.Cm", False),
        ("P2.Cl.Cm", "P1.Cl", True),
        ("Cl", "Cl", True),
        ("Cl.Cm", "Cl", True),
        ("", "Cl", False),
        ("Cl.Cm", "P2.Cl.Cm", False),
        ("P0.Cl", "Cl", True),
    ],
)
def test_a_vector_of_trust_covers_another(given_trust, asked, covers):
    assert trust_covers(given_trust, asked) is covers


def test_parts_of_a_vector():
    assert identity_levels("P2.Cl.Cm") == ("P2", "Cl.Cm")
    assert identity_levels("Cm.Cl") == ("", "Cl.Cm")


def test_what_is_enough_for_a_service():
    assert enough(Proof.NONE, "none")
    assert not enough(Proof.NONE, "contact")
    assert enough(Proof.CONTACT, "contact")
    assert not enough(Proof.CONTACT, "verified")
    assert enough(Proof.VERIFIED, "contact")


SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(  # RFC 6238, appendix B, SHA-1; the last six of its eight figures
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_the_codes_of_rfc_6238(seconds, code):
    assert code_at(SECRET, seconds // 30) == code


def test_a_code_is_taken_once_and_only_near_its_time():
    at = datetime(2026, 3, 2, 9, 0, 10, tzinfo=UTC)
    step = step_of(at)
    assert step_matching(SECRET, code_at(SECRET, step), at, after=0) == step
    assert step_matching(SECRET, code_at(SECRET, step), at, after=step) is None
    assert step_matching(SECRET, code_at(SECRET, step - 1), at, after=0) == step - 1
    assert step_matching(SECRET, code_at(SECRET, step - 2), at, after=0) is None


@given(st.text(max_size=12))
def test_what_is_read_as_a_code_is_six_figures_or_nothing(text):
    found = read_code(text)
    assert found == "" or (len(found) == 6 and found.isascii() and found.isdigit())


def test_codes_are_read_however_they_are_typed():
    assert read_code(" 123 456 ") == read_code("123-456") == "123456"
    assert plain_spare("AbCde 23456") == "abcde23456"
    assert len({new_code() for _ in range(50)}) > 40


def test_an_address_is_shown_to_its_owner_alone():
    assert masked("email", "mary.jones@example.com") == "m…@example.com"
    assert masked("phone", "+447700900123") == "the number ending 123"
