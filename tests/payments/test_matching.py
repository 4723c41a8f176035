"""The rules of matching, by tables: what a person with both lists before her would say of it."""

from datetime import date, timedelta

import pytest

from moothall.payments.rules.reconciling import Line, Ours, match

DAY = date(2026, 3, 2)
MINE, OTHER = Ours("mine", "p1", "4HTK7W2C1", 1200, DAY), Ours("other", "p2", "9QXR5M3D1", 1200, DAY)


def line(name, pence=1200, day=0, id_="p1", reference="4HTK-7W2C-1", kind="payment"):
    return Line(name, id_, reference, pence, DAY + timedelta(days=day), kind)


def found(*lines, ours=(MINE, OTHER), until=30, **more):
    done = match(ours, lines, until=DAY + timedelta(days=until), late_after=4, usual=1, **more)
    return sorted((one.kind, one.ours or "-", one.line or "-") for one in done.found)


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
    short = Ours("mine", "p1", "4HTK7W2C1", 1200, DAY, seen=True, lacks=700)
    assert found(line("b", 700, 9), ours=(short,), until=9) == [("split", "mine", "b")]
    assert found(line("b", 200, 9), ours=(short,), until=9) == []
    assert found(line("b", 200, 9), ours=(short,), until=14) == [("wrong_amount", "mine", "b")]


def test_money_taken_back_whose_payment_has_no_line_yet_leaves_the_payment_unseen():
    done = match([MINE], [line("r", -1200, 2, kind="chargeback")], until=DAY + timedelta(days=3), late_after=4, usual=1)
    assert ([one.kind for one in done.found], done.seen, done.waiting) == (["reversed"], set(), ["mine"])
