"""What does not fit in the demonstration's statements does not fit on any day."""

from moothall.core.references import ALPHABET
from moothall.interfaces.cli.demo.money import misspelt
from moothall.payments.rules.reconciling import is_slip, plain


def test_a_misspelt_reference_is_wrong_whatever_it_was() -> None:
    for character in ALPHABET:
        reference = f"FQK{character}TQW2-1"
        assert is_slip(plain(misspelt(reference)), plain(reference))
