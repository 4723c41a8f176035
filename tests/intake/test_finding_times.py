"""One search for free times on every channel: what was looked for is booked, how far it is, and what each hour costs."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from moothall.bookings import actions, queries
from moothall.bookings.models import Booking
from moothall.bookings.pack import unit_named
from moothall.bookings.rules import Spot, read_key
from moothall.core.actors import ANONYMOUS, SYSTEM
from moothall.intake.actions import answer, start_dialogue
from moothall.intake.models import Dialogue
from moothall.intake.queries.slots import SlotFilter, SlotSearch, slot_search
from moothall.services.pack import SERVICES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]


def search(council: Any, clock: Any, activity: str, **wanted: Any) -> SlotSearch:
    service = council.of(SERVICES)["book-court"]
    found = slot_search(
        service, service.by_question["slot"], {"activity": activity}, SlotFilter(**wanted), at=clock.now()
    )
    assert found is not None
    return found


@pytest.fixture
def thursday(clock: Any) -> Any:
    """Thursday 19 November 2026, 4pm."""
    clock.set("2026-11-19T16:00")
    return clock


def test_a_time_that_was_looked_for_indoors_is_indoors_when_it_is_booked(council: Any, thursday: Any) -> None:
    """Moorside has open courts and covered ones: the open ones stand first in the pack."""
    found = search(council, thursday, "tennis", site="moorside-leisure", day="2026-11-20", indoor=True)
    dialogue, token = start_dialogue("book-court", channel="web", by=ANONYMOUS, at=thursday.now())
    for question, given in (("activity", "tennis"), ("card", ""), ("slot", found.choices[0].key)):
        answer(dialogue, token, question=question, given=given, by=ANONYMOUS, at=thursday.now())
    row = Booking.objects.get(for_id=dialogue)
    unit = unit_named(council, row.resource)
    assert unit is not None
    assert unit.resource.indoor, f"{row.resource} is in the rain"
    assert Dialogue.objects.get(id=dialogue).answers["slot"]["slot"] == found.choices[0].key


def test_what_was_looked_for_indoors_stays_indoors_when_it_is_moved(council: Any, thursday: Any) -> None:
    """Moved by her page, by a text, by the date we choose for her, or to a dearer hour: never into the rain."""
    found = search(council, thursday, "tennis", site="moorside-leisure", day="2026-11-21", indoor=True).choices
    view = actions.hold("tennis", found[0].key, for_kind="dialogue", for_id=uuid4(), by=SYSTEM, at=thursday.now())
    actions.confirm(view.id, by=SYSTEM, at=thursday.now())
    for _ in range(2):  # both covered courts of the next hour are somebody else's
        actions.hold("tennis", found[1].key, for_kind="dialogue", for_id=uuid4(), by=SYSTEM, at=thursday.now())
    made = queries.booking(view.id)
    assert made is not None
    open_only = read_key(found[1].key).starts_at
    shown = queries.find(queries.like(made), at=thursday.now(), limit=5000).slots
    assert shown
    assert open_only not in {one.starts_at for one in shown}
    with pytest.raises(actions.SlotTaken):
        actions.move(view.id, Spot("moorside-leisure", open_only).key, by=SYSTEM, at=thursday.now())
    moved = actions.move(view.id, found[2].key, by=SYSTEM, at=thursday.now())
    assert moved.resource.startswith("moorside-tennis-dome")
    assert actions.visit_failed(view.id, reason="flood", ours=True, by=SYSTEM, at=thursday.now()) is not None
    assert Booking.objects.get(id=view.id).resource.startswith("moorside-tennis-dome")


def test_covered_courts_that_are_full_are_not_made_up_for_by_open_ones(council: Any, thursday: Any) -> None:
    key = search(council, thursday, "tennis", site="moorside-leisure", day="2026-11-20", indoor=True).choices[0].key
    for _ in range(2):
        actions.hold("tennis", key, for_kind="dialogue", for_id=uuid4(), by=SYSTEM, at=thursday.now())
    with pytest.raises(actions.SlotTaken):
        actions.hold("tennis", key, for_kind="dialogue", for_id=uuid4(), by=SYSTEM, at=thursday.now())


def test_what_the_place_had_to_have_is_booked_along_and_a_forged_wish_is_refused(council: Any, thursday: Any) -> None:
    key = search(council, thursday, "squash", day="2026-11-20", access="hoist").choices[0].key
    view = actions.hold("squash", key, for_kind="dialogue", for_id=uuid4(), by=SYSTEM, at=thursday.now())
    assert (view.site, view.needs) == ("kirkside-leisure", ("hoist",))
    plain = key.rpartition("~")[0]
    for forged in (f"{plain}~helipad", f"{plain}~interpreter"):
        with pytest.raises(actions.NotBookable):
            actions.hold("squash", forged, for_kind="dialogue", for_id=uuid4(), by=SYSTEM, at=thursday.now())


def test_each_time_says_what_it_costs_and_how_far_it_is(council: Any, thursday: Any) -> None:
    at = {"site": "southdale-leisure", "day": "2026-11-20"}
    morning = search(council, thursday, "squash", part="morning", **at).choices[0]
    evening = search(council, thursday, "squash", part="evening", **at).choices[0]
    assert (morning.price, evening.price) == ("£10.20", "£12"), "it is cheaper before five"
    assert evening.says == f"Friday 20 November {evening.label}, Southdale Leisure Centre, £12"
    assert search(council, thursday, "squash").free_days[0] == ("2026-11-19", "Today")
