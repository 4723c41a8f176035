"""The promise card is honest, questions agree on their names, and charts never invent a figure."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.interfaces.ui.charts import Point, control_chart, hundred_strip, spark, steps
from moothall.interfaces.ui.fields import FieldView, ItemRow, OptionView, part_keys, parts_of, without_error
from moothall.interfaces.ui.parts import PromiseCard


@pytest.mark.parametrize(
    ("kept", "counted", "said"),
    [
        (1843, 1961, "Last month we kept this promise 94 times in 100."),
        (31, 34, "Last month we kept this promise 31 times out of 34."),
        (34, 34, "Last month we kept this promise every time: 34 out of 34."),
        (2, 3, "Last month this came up fewer than 5 times: too few to show a figure."),
        (0, 0, "Last month nobody needed this, so there is no figure."),
        (None, None, "We’re about to start measuring this."),
        (4999, 5000, "Last month we kept this promise 99 times in 100."),
        (1, 5000, "Last month we kept this promise 1 time in 100."),
    ],
)
def test_the_record_is_as_plain_as_the_count_allows(kept: int | None, counted: int | None, said: str) -> None:
    assert PromiseCard("We collect within 2 working days.", kept, counted).record == said


@given(st.integers(0, 20_000).flatmap(lambda counted: st.tuples(st.integers(0, counted), st.just(counted))))
def test_one_broken_promise_is_never_rounded_away(pair: tuple[int, int]) -> None:
    kept, counted = pair
    card = PromiseCard("We answer.", kept, counted)
    assert 0 <= card.marks_kept <= card.marks <= 100
    if card.shown:
        assert (card.marks_kept == card.marks) == (kept == counted)
        assert (card.marks_kept == 0) == (kept == 0)
        assert sum(mark.kept for mark in hundred_strip(card.marks_kept, card.marks)) == card.marks_kept
    assert card.shown == (counted >= 5)


def test_a_date_posts_its_parts_and_marks_the_wrong_one() -> None:
    view = FieldView(
        "missed_on",
        "date",
        "When?",
        value={"day": "31", "month": "11"},
        error="November has 30 days.",
        error_part="day",
    )
    parts = parts_of(view)
    assert [part.id for part in parts] == ["missed_on-day", "missed_on-month", "missed_on-year"]
    assert [part.text for part in parts] == ["31", "11", ""]
    assert [bool(part.error) for part in parts] == [True, False, False]
    assert view.first_id == "missed_on-day"
    assert tuple(part.id.removeprefix("missed_on-") for part in parts) == part_keys("date")


def test_an_error_leads_to_the_part_that_is_wrong() -> None:
    assert FieldView("d", "date", "When?", error="Enter a year, like 2026.", error_part="year").first_id == "d-year"
    assert FieldView("d", "date", "When?", error="Enter a date.").first_id == "d-day"
    assert FieldView("b", "choice", "Which?", options=(OptionView("a", "A"),), error="Choose one.").first_id == "b"
    rows = (ItemRow("sofa", "Sofa"), ItemRow("bed", "Bed", 9, error="Up to 5."))
    assert FieldView("things", "items", "What?", rows=rows, error="Up to 5.").first_id == "things-bed"


def test_an_address_chosen_from_a_list_has_no_parts() -> None:
    assert parts_of(FieldView("a", "address", "Where?", options=(OptionView("1", "14 Mill Lane"),))) == ()
    assert len(parts_of(FieldView("a", "address", "Where?"))) == len(part_keys("address"))


def test_what_is_chosen() -> None:
    many = FieldView("m", "multi_choice", "Which?", value=("a", "c"))
    assert [many.is_chosen(OptionView(v, v)) for v in "abc"] == [True, False, True]
    assert not FieldView("c", "choice", "Which?").is_chosen(OptionView("", "None"))


def test_an_error_can_be_taken_off() -> None:
    wrong = FieldView(
        "d",
        "date",
        "When?",
        error="Enter a date.",
        error_part="day",
        parts=(FieldView("d-day", "text", "Day", error="x"),),
    )
    clean = without_error(wrong)
    assert not clean.error
    assert not clean.parts[0].error


values = st.lists(st.one_of(st.none(), st.floats(0, 100)), min_size=1, max_size=40).filter(
    lambda v: any(x is not None for x in v)
)


@given(values)
def test_a_chart_draws_every_figure_and_no_other(figures: list[float | None]) -> None:
    drawn = control_chart([Point(str(i), v) for i, v in enumerate(figures)], unit="%", floor_at=0, ceiling_at=100)
    assert [mark.value for mark in drawn.marks] == [v for v in figures if v is not None]
    assert all(0 <= mark.x <= 100 and 0 <= mark.y <= drawn.bottom for mark in drawn.marks)
    neighbours = sum(a is not None and b is not None for a, b in pairwise(figures))
    assert len(drawn.strokes) == neighbours


def test_higher_figures_stand_higher_and_outsiders_are_marked() -> None:
    drawn = control_chart(
        [Point("a", 81, 88, 98), Point("b", 94, 88, 98), Point("c", 99, 88, 98)], unit="%", average=93
    )
    assert drawn.marks[0].y > drawn.marks[1].y > drawn.marks[2].y
    assert [mark.outside for mark in drawn.marks] == [True, False, True]
    assert drawn.average is not None
    assert drawn.average.text == "93%"


def test_a_chart_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="in words"):
        control_chart([Point("a", None)])


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6))
def test_an_axis_covers_its_figures_in_few_round_steps(low: float, reach: float) -> None:
    ticks = steps(low, low + reach)
    assert ticks[0] <= low + 1e-6 * max(1, abs(low))
    assert ticks[-1] >= low + reach - 1e-6 * max(1, abs(low + reach))
    assert 2 <= len(ticks) <= 8


def test_a_strip_of_more_than_there_are_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be drawn"):
        hundred_strip(6, 5)


def test_a_small_line_needs_two_figures_and_keeps_its_gaps() -> None:
    assert spark([None, 4]) == ""
    assert spark([1, None, 3]).count("M") == 2
