"""Money in words, and as people type it."""

from __future__ import annotations

import pytest

from moothall.core.money import pounds, read_pence, to_the_penny


@pytest.mark.parametrize(
    ("pence", "said", "in_books"),
    [
        (1400, "£14", "£14.00"),
        (123450, "£1,234.50", "£1,234.50"),
        (-300, "−£3", "−£3.00"),
        (5, "£0.05", "£0.05"),
        (0, "£0", "£0.00"),
    ],
)
def test_money_is_said(pence, said, in_books):
    assert (pounds(pence), to_the_penny(pence)) == (said, in_books)


@pytest.mark.parametrize(("typed", "pence"), [("12", 1200), (" £1,234.50 ", 123450), ("1234.05", 123405), ("0", 0)])
def test_money_is_read(typed, pence):
    assert read_pence(typed) == pence


@pytest.mark.parametrize(
    "typed", ["", "£", "-3", "12.5", "12.345", "1,2,3", "12,34", "12345678", "²", "١٢", "1e3", "12 50"]
)
def test_what_is_no_amount_is_none(typed):
    assert read_pence(typed) is None
