"""Free times are drawn few at first; none is lost, and what is chosen can be seen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from moothall.interfaces.ui.fields import FieldView, OptionView
from moothall.interfaces.ui.times import FEW, PLACES, SPARE, days_of


def week(counts: list[list[int]], chosen: str = "") -> FieldView:
    """A question with so many times for each day and place."""
    options = [
        OptionView(f"{day}-{place}-{n}", f"{n}", group=f"Day {day} · Place {place}\nStep free")
        for day, places in enumerate(counts) for place, many in enumerate(places) for n in range(many)
    ]  # fmt: skip
    return FieldView("slot", "slot", "Which time?", options=tuple(options), value=chosen)


weeks = st.lists(st.lists(st.integers(1, 20), min_size=1, max_size=9), min_size=1, max_size=4)


@given(weeks, st.integers(0, 10_000))
def test_none_is_lost_and_what_is_chosen_can_be_seen(counts: list[list[int]], pick: int) -> None:
    every = week(counts).options
    chosen = every[pick % len(every)].value
    field = week(counts, chosen)
    days = days_of(field)
    drawn = [
        (id_, one, (hidden and not day.is_open) or (rest and not place.is_open))
        for day in days
        for hidden, places in ((False, day.first), (True, day.more)) for place in places
        for rest, times in ((False, place.first), (True, place.more)) for id_, one in times
    ]  # fmt: skip
    assert [one for _, one, _ in drawn] == list(field.options)
    ids = [id_ for id_, _, _ in drawn]
    assert (ids[0], len(set(ids))) == (field.first_id, len(ids))
    assert [unseen for _, one, unseen in drawn if one.value == chosen] == [False]
    for day in days:
        assert len(day.first) <= PLACES + SPARE
        assert all(len(place.first) <= FEW + SPARE for place in (*day.first, *day.more))


def test_what_stands_behind_the_word_is_said_and_a_place_says_what_it_offers_once() -> None:
    first, second = days_of(week([[20, 3], [5]]))
    assert (first.name, [one.place for one in first.first]) == ("Day 0", ["Place 0", "Place 1"])
    assert first.first[0].says == "16 more times, up to 19"
    assert [one.offers for one in (*first.first, *second.first)] == ["Step free", "Step free", ""]
    assert second.first[0].more == (), "one more is not worth hiding"
    many = days_of(week([[1] * 40]))[0]
    assert (len(many.first), many.says) == (PLACES, "36 more places on Day 0")


def test_days_to_choose_have_no_heading_and_are_few_at_first() -> None:
    days = FieldView("slot", "slot", "Which day?", options=tuple(OptionView(f"{n}", f"{n} May") for n in range(1, 31)))
    (only,) = days_of(days)
    assert (only.name, len(only.first[0].first), only.first[0].says) == ("", FEW, "26 more days, up to 30 May")
