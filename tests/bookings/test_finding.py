"""One search over every centre: what it finds can be held, in the order that helps, for a fixed number of queries."""

import random
from datetime import timedelta

import pytest

from moothall.bookings import actions
from moothall.bookings.queries import Wish, find
from moothall.bookings.queries.grid import FreeAt, Grid, bits
from moothall.core.zone import LONDON
from moothall.intake.queries.slots import SlotFilter, slot_search
from moothall.services.pack import SERVICES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]
NEAR = (53.7990, -1.5215)


def test_what_is_found_is_what_is_open_less_what_is_claimed(council, thursday, slots, held):
    chance = random.Random(4)
    before = {(one.site, one.starts_at): one.free for one in find(Wish("squash"), at=thursday.now(), limit=5000).slots}
    assert set(before.values()) == {1, 2, 3}  # Southdale has one court, Kirkside three
    taken = chance.sample(slots(), 40)
    for one in taken:
        held(slot=one.key)
    after = find(Wish("squash"), at=thursday.now(), limit=5000)
    left = dict(before)
    for one in taken:
        left[(one.site, one.starts_at)] -= 1
    assert {(one.site, one.starts_at): one.free for one in after.slots} == {k: n for k, n in left.items() if n}
    assert after.total == len(after.slots) == sum(count for _, count in after.by_day)


def test_any_centre_tonight_indoors_step_free_with_the_way_there(thursday, django_assert_num_queries):
    wish = Wish(
        "tennis", near=NEAR, indoor=True, access=frozenset({"step_free"}), from_minute=17 * 60,
        until=thursday.now() + timedelta(hours=8),
    )  # fmt: skip
    with django_assert_num_queries(1):
        found = find(wish, at=thursday.now())
    assert {one.site for one in found.slots} == {"moorside-leisure"}  # southdale has steps, the other courts no roof
    assert all(17 <= one.starts_at.astimezone(LONDON).hour < 23 and one.km > 4 for one in found.slots)
    assert "step_free" in found.slots[0].access


def test_the_cost_does_not_grow_with_centres_days_or_bookings(thursday, slots, held, django_assert_num_queries):
    for one in slots()[:30]:
        held(slot=one.key)
    for sites in (frozenset({"southdale-leisure"}), frozenset()):
        with django_assert_num_queries(1):
            find(Wish("squash", near=NEAR, sites=sites), at=thursday.now())
    with django_assert_num_queries(2):  # counted, not claimed; and what is closed
        find(Wish("bulky-collection", way="home", load={"units": 2}), at=thursday.now())
    with django_assert_num_queries(1):  # an officer and a room
        find(Wish("benefit-appointment", way="in_person"), at=thursday.now())


def test_the_question_keeps_a_place_together_and_says_what_it_offers(council, thursday):
    service = council.of(SERVICES)["book-court"]
    answers = {"activity": "squash"}
    found = slot_search(service, service.by_question["slot"], answers, SlotFilter(part="evening"), at=thursday.now())
    groups = list(dict.fromkeys(one.group for one in found.choices))
    assert [group.split("\n")[0] for group in groups[:2]] == [
        "Today · Beckfield Leisure Centre", "Today · Kirkside Leisure Centre",
    ]  # fmt: skip
    assert groups[0].endswith("\nStep-free, accessible changing room")
    assert ("hoist", "Hoist") in found.offers
    hoist = slot_search(
        service, service.by_question["slot"], answers, SlotFilter(part="evening", access="hoist"), at=thursday.now()
    )
    assert {one.group.split("\n")[0].split(" · ")[1] for one in hoist.choices} == {"Kirkside Leisure Centre"}
    assert hoist.more


def test_a_time_that_has_passed_is_not_waited_for(council, thursday):
    service = council.of(SERVICES)["book-court"]
    thursday.set("2026-11-19T21:30")

    def search(**wanted):
        return slot_search(
            service, service.by_question["slot"], {"activity": "squash"}, SlotFilter(**wanted), at=thursday.now()
        )

    gone = search(day="2026-11-19", part="morning")
    assert (gone.total, gone.passed) == (0, True)
    assert (search(day="2026-11-18").passed, search(day="2026-11-20", part="morning").passed) == (True, False)


def test_units_that_keep_different_hours_at_one_place_count_together():
    morning, whole = Grid((540, 580), 0, 40), Grid((540, 580, 620), 0, 40)
    both = FreeAt(morning, [0b11]).joined(FreeAt(whole, [0b101]))
    assert [(both.grid.starts[n], both.count(n)) for n in bits(both.any)] == [(540, 2), (580, 1), (620, 1)]


def test_a_hold_that_ran_out_hides_nothing_from_a_search(thursday, slots, held):
    one = slots(sites=frozenset({"southdale-leisure"}))[0]
    held(slot=one.key)
    assert one.key not in {slot.key for slot in slots(sites=frozenset({"southdale-leisure"}))}
    thursday.advance(minutes=16)
    assert one.key in {slot.key for slot in slots(sites=frozenset({"southdale-leisure"}))}
    assert actions.expire_holds(at=thursday.now()) == 1
