"""The rules of matching, by tables: what a person with both lists before her would say of it."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations

import pytest

from moothall.payments.rules.reconciling import Line, Ours, match

DAY = date(2026, 3, 2)
MINE, OTHER = Ours("mine", "p1", "4HTK7W2C1", 1200, DAY), Ours("other", "p2", "9QXR5M3D1", 1200, DAY)


def line(name, pence=1200, day=0, id_="p1", reference="4HTK-7W2C-1", kind="payment"):
    return Line(name, id_, reference, pence, DAY + timedelta(days=day), kind)


def found(*lines, ours=(MINE, OTHER), until=30, **more):
    done = match(ours, lines, until=DAY + timedelta(days=until), late_after=4, usual=1, **more)
    return sorted((one.kind, one.ours or "-", one.line or "-") for one in done.found)


def told(one):
    """The line as it is judged again, after a wrong amount was named by it."""
    return replace(one, told=True)


HERS = line("b", id_="p2", reference="9QXR-5M3D-1")


@pytest.mark.parametrize("reference", ["4HTK-7WC2-1", "ZZZZ-ZZZZ-1", "9QXR-5M3D-1", "A customer’s own words"])
def test_a_wrong_reference_beside_the_right_id_is_only_that(reference):
    assert found(line("a", reference=reference), HERS) == [("wrong_reference", "mine", "a")]


@pytest.mark.parametrize("reference", ["", "4HTK7W2C1", "4htk-7w2c-1", "4HTK 7W2C"])
def test_a_reference_left_out_or_written_another_way_is_none(reference):
    assert found(line("a", reference=reference), HERS) == []


def test_an_amount_and_a_reference_that_are_wrong_are_both_named():
    both = [("wrong_amount", "mine", "a"), ("wrong_reference", "mine", "a")]
    assert found(line("a", 1300, reference="ZZZZ-ZZZZ-1"), HERS) == both


def test_without_the_id_a_copy_of_anothers_reference_is_what_the_statement_says():
    assert found(line("a", id_="", reference="9QXR-5M3D-1"), HERS) == [
        ("duplicate", "other", "a"),
        ("missing", "mine", "-"),
    ]


def test_without_the_id_and_with_another_amount_it_is_nobodys():
    stray = line("a", 1450, id_="", reference="9QXR-5M3D-1")
    assert found(stray, HERS) == [("missing", "mine", "-"), ("unknown", "-", "a")]


@pytest.mark.parametrize("apart", [0, 1, 3, 4])
def test_parts_days_apart_are_one_payment_also_when_each_day_has_its_file(apart):
    first, rest = line("a", 500, 1), line("b", 700, 1 + apart)
    assert found(first, ours=(MINE,), until=1 + apart) == []  # the rest may still come
    assert found(first, rest, ours=(MINE,), until=1 + apart) == [("split", "mine", "a")]


def test_a_rest_that_comes_after_the_part_was_named_is_a_split_after_all():
    assert found(line("a", 500, 1), ours=(MINE,), until=6) == [("wrong_amount", "mine", "a")]
    part, short = told(line("a", 500, 1)), replace(MINE, seen=True)
    assert found(part, line("b", 700, 9), ours=(short,), until=9) == [("split", "mine", "a")]
    assert found(part, line("b", 200, 9), ours=(short,), until=9) == []
    assert found(part, line("b", 200, 9), ours=(short,), until=14) == [("wrong_amount", "mine", "b")]
    assert found(part, ours=(short,), until=30) == []  # nothing new: what was named stands


OWN = {"id_": "p2", "reference": "9QXR-5M3D-1"}
STRAY = {**OWN, "id_": ""}
"""Money that names another's payment, by its reference alone."""


@pytest.mark.parametrize(
    ("lines", "ends"),
    [
        ([line("a", 1450, 1, **STRAY), HERS], [("unknown", "-", "a", 1450)]),
        ([line("a", 700, 1, **STRAY), HERS], [("unknown", "-", "a", 700)]),
        ([line("a", 700, 1, **STRAY), line("b", 1450, 2, **STRAY), HERS],
         [("unknown", "-", "a", 700), ("unknown", "-", "b", 1450)]),
        ([line("a", 1200, 1, **STRAY), HERS], [("duplicate", "other", "*", 1200)]),
        ([line("a", 1450, 1, **STRAY), line("b", 1200, 2, **STRAY)], [("unknown", "-", "a", 1450)]),
        ([line("a", 1450, 1, **STRAY), line("b", 500, 1, **OWN), line("c", 700, 2, **OWN)],
         [("split", "other", "*", 0), ("unknown", "-", "a", 1450)]),
        ([line("b", 500, 1, **OWN), line("c", 300, 3, **OWN), line("d", 400, 9, **OWN)], [("split", "other", "*", 0)]),
        ([line("b", 500, 1, **OWN), line("c", 900, 3, **OWN)], [("wrong_amount", "other", "*", 200)]),
        ([line("b", 500, 1, id_="p2"), line("c", 700, 3, id_="p2")],
         [("split", "other", "*", 0), ("wrong_reference", "other", "*", 0)]),
    ],
)  # fmt: skip
def test_files_in_any_order_end_with_the_same_differences(lines, ends):
    """A file for each line, each judged long after: whatever was named on the way, the last word is the same."""
    until = DAY + timedelta(days=30)
    for order in permutations(lines):
        named, before, seen = [], [], False
        for new in order:
            wrong = any(kind == "wrong_amount" for kind, *_ in named)
            again = [told(one) for one in before if wrong]
            done = match([replace(OTHER, seen=seen)], [new, *again], until=until, late_after=4, usual=1)
            named = [one for one in named if not (done.put_right and one[0] == "wrong_amount")]
            named += [(one.kind, one.ours or "-", "*" if one.ours else one.line, one.pence) for one in done.found]
            seen, before = seen or bool(done.seen), [*before, new]
        assert sorted(named) == ends


def test_money_taken_back_whose_payment_has_no_line_yet_leaves_the_payment_unseen():
    done = match([MINE], [line("r", -1200, 2, kind="chargeback")], until=DAY + timedelta(days=3), late_after=4, usual=1)
    assert ([one.kind for one in done.found], done.seen, done.waiting) == (["reversed"], set(), ["mine"])
