"""What may stand in an answer that everyone can read."""

from __future__ import annotations

import pytest

from moothall.intake.social.guard import PersonalData, check_public

PERSONAL = {
    "Your reference is VWXM-9XVT.": "a reference",
    "We come to LS21 1AA tomorrow.": "a postcode",
    "Ring 07700 900123.": "a telephone number",
    "Ring +44 (0)113 496 0777 please": "a telephone number",
    "We wrote to amina@example.com.": "an email address",
    "See https://my.example.org/track/abcdefghijklmnopqrstuvwx": "a link that is for one person",
    "See https://my.example.org/track?reference=abc": "a link that is for one person",
    "Dear Ms Dunn, it is done.": "the customer’s name (Dunn)",
    "AMINA, it is done.": "the customer’s name (Amina)",
    "We come to 14 mill lane on Friday.": "the customer’s address",
}


@pytest.mark.parametrize("text", PERSONAL)
def test_nothing_of_anybody_goes_out_in_public(text: str) -> None:
    with pytest.raises(PersonalData) as refused:
        check_public(text, names=["Amina", "Dunn"], address="14 Mill Lane, Otley, LS21 1AA", ours=["0113 496 0000"])
    assert PERSONAL[text] in str(refused.value)
    assert "take it private" in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "The crew comes on Friday 27 November between 8am and 12 noon.",
        "Ring us on 0113 496 0000, or see https://my.example.org/services/missed-bin",
        "Bins: 240 litres, £25.50 a year; 2026 to 2027. A dunnock sang.",
    ],
)
def test_what_is_everybodys_may_be_said(text: str) -> None:
    check_public(text, names=["Amina", "Dunn"], address="14 Mill Lane, Otley", ours=["+44 113 496 0000"])
