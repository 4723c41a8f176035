"""Times, distances and loads, without a database."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.bookings.pack import Bookable, Weight
from moothall.bookings.queries.grid import Grid, bits, packed
from moothall.bookings.rules import (
    NotASlot,
    Spot,
    any_left,
    fits,
    kilometres,
    load_of,
    moment_of,
    read_key,
    say_distance,
    say_slot,
    starts_on,
)
from moothall.core.zone import LONDON
from moothall.promises.rules import Calendar, Hours

ALL_DAY = Calendar("centre", week=((Hours(9 * 60, 12 * 60), Hours(13 * 60, 17 * 60)),) * 7)
SQUASH = Bookable(code="squash", name="Squash court", kind="court", minutes=40)


def local(minutes):
    return [moment_of(one).astimezone(ALL_DAY.tz).strftime("%H:%M") for one in minutes]


def test_a_start_and_its_end_lie_within_one_stretch_of_opening_hours():
    found = local(starts_on(ALL_DAY, date(2026, 11, 19), minutes=40, step=40))
    assert found[:5] == ["09:00", "09:40", "10:20", "11:00", "13:00"]
    assert found[-1] == "16:20"


def test_the_wall_clock_decides_on_the_days_the_clocks_change():
    night = Calendar("night", week=((Hours(0, 24 * 60),),) * 7)
    for day, hours in ((date(2026, 3, 29), 23), (date(2026, 10, 25), 24), (date(2026, 6, 1), 24)):
        starts = starts_on(night, day, minutes=60, step=60)
        assert len(starts) == hours  # what the spring leaves out is no time; what autumn repeats is offered once
        assert len(set(starts)) == len(starts)


@given(
    busy=st.lists(st.tuples(st.integers(0, 900), st.integers(1, 120)), max_size=12),
    step=st.integers(5, 60), before=st.integers(0, 30), after=st.integers(10, 90),
)  # fmt: skip
def test_what_is_free_meets_nothing_busy_and_what_is_not_free_does(busy, step, before, after):
    starts = tuple(range(0, 1000, step))
    taken = [(since, since + length) for since, length in busy]
    free = {starts[n] for n in bits(Grid(starts, before, after).free(packed(*one) for one in taken))}
    for start in starts:
        meets = any(start - before < until and since < start + after for since, until in taken)
        assert (start in free) is not meets


@given(st.sampled_from(["kirkside-leisure", "", "a_b"]), st.datetimes(timezones=st.just(UTC)))
def test_a_key_reads_back_as_the_place_and_minute_it_names(site, moment):
    spot = Spot(site, moment.replace(year=2026, month=1, second=0, microsecond=0))
    assert read_key(spot.key) == spot


@pytest.mark.parametrize(
    "text", ["", "~", "x", "x~", "x~20261119", "x~20261399T0000", "../x~20261119T1000", "x~20261119T1000'", "é~20261119T1000",
             "x" * 90 + "~20261119T1000", "x~２０２６1119T1000"],
)  # fmt: skip
def test_what_no_search_gave_is_refused_in_words(text):
    with pytest.raises(NotASlot, match="Choose one of the times shown"):
        read_key(text)


def test_distance_is_that_of_the_great_circle():
    # Leeds to York railway stations are 36 km apart in a straight line.
    assert kilometres((53.7954, -1.5491), (53.9583, -1.0930)) == pytest.approx(34.9, abs=0.3)
    assert say_distance(0.05) == "close by"
    assert say_distance(3.4) == "about 2.1 miles away"


def test_a_load_is_weighed_and_timed_item_by_item_and_never_below_nothing():
    bulky = SQUASH.model_copy(
        update={"kind": "collection", "weights": {"sofa": Weight(minutes=5, kilograms=55)}, "stop_minutes": 6,
                "stop_metres": 2500}
    )  # fmt: skip
    load = load_of(
        bulky, [{"item": "sofa", "quantity": 2}, {"item": "unknown", "quantity": 1}, {"item": "sofa", "quantity": -9}]
    )
    assert load == {"units": 3, "minutes": 16, "metres": 2500, "kilograms": 110}
    assert load_of(SQUASH, [{"item": "sofa"}]) == {}
    assert fits({"units": 68}, {"units": 70, "kilograms": None}, {"units": 2, "kilograms": 9999})
    assert not fits({"units": 68}, {"units": 70}, {"units": 3})


def test_a_time_is_said_by_our_clocks():
    at = datetime(2026, 7, 2, 17, 0, tzinfo=UTC)
    assert say_slot(SQUASH, at, at + timedelta(minutes=40)) == "Thursday 2 July 2026, 6pm to 6.40pm"


@given(st.integers(0, 200_000), st.integers(1, 1500), st.integers(0, 1439), st.integers(1, 1440))
def test_whether_a_moment_is_left_agrees_with_looking_at_each(ahead: int, minutes: int, low: int, length: int) -> None:
    since, high = datetime(2026, 4, 1, tzinfo=UTC) + timedelta(minutes=ahead), min(low + length, 1440)
    until = since + timedelta(minutes=minutes)
    each = (since + timedelta(minutes=n) for n in range(minutes))
    inside = (here.hour * 60 + here.minute for here in (one.astimezone(LONDON) for one in each))
    assert any_left(since, until, low, high) is any(low <= minute < high for minute in inside)
