"""What a difference says of the amounts on both sides."""

import pytest

from moothall.payments.rules.reconciling import KINDS, say_amounts

SAID = {
    ("wrong_amount", 9800, 100): "We took £98; the statement has £99, £1 more.",
    ("wrong_amount", 9800, -9700): "We took £98; the statement has £1, £97 less.",
    ("missing", 9800, -9800): "We took £98; the statement has nothing.",
    ("duplicate", 9800, 9800): "We took £98; the statement has £98 besides.",
    ("reversed", 9800, -9800): "We took £98; £98 of it went back to the payer.",
    ("refund_unknown", 0, -400): "We sent nothing back; the statement has £4 going back.",
    ("refund_missing", 1200, 500): "We gave £5 back; the statement has nothing of it.",
    ("unknown", 0, 500): "We took nothing; the statement has £5.",
    ("unknown", 0, -500): "We took nothing; the statement has −£5.",
    ("late", 9800, 0): "We took £98; the statement has £98.",
    ("split", 9800, 0): "We took £98; the statement has £98.",
    ("wrong_reference", 9800, 0): "We took £98; the statement has £98.",
}


@pytest.mark.parametrize(("given", "said"), SAID.items())
def test_both_sides_are_named(given: tuple[str, int, int], said: str) -> None:
    assert say_amounts(*given) == said


def test_every_kind_is_said() -> None:
    assert {kind for kind, _, _ in SAID} == set(KINDS)
