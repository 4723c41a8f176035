"""A place has to close: it is not offered, who had booked it is moved or paid back and told why, and it opens again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from moothall.bookings import actions
from moothall.bookings.actions import NotBookable, SlotTaken
from moothall.bookings.models import Booking, Claim, Closure, Tally
from moothall.bookings.queries import booking
from moothall.core import jobs
from moothall.core.access import Refused
from moothall.core.actors import SYSTEM, Actor, ActorKind
from moothall.core.staff import create_staff
from moothall.core.zone import LONDON
from moothall.customers.actions import create_customer
from moothall.notifications.models import Message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]
SINCE = datetime(2026, 11, 20, 0, 0, tzinfo=LONDON)
UNTIL = datetime(2026, 11, 21, 0, 0, tzinfo=LONDON)
FRIDAY = {"since": SINCE, "until": UNTIL}
WHY = "the boiler has failed"


@pytest.fixture
def booked(thursday: Any, held: Any) -> Any:
    """Book a time for somebody who is told by text."""

    def book(bookable: str, slot: Any, **more: Any) -> Any:
        her = create_customer(
            given_name="Mei", family_name="Lee", contact_points=[("phone", f"07700 9{uuid4().int % 10**5:05}")],
            preferred_channel="sms", by=SYSTEM, at=thursday.now(),
        )  # fmt: skip
        view = held(bookable, slot.key, customer_id=her.id, way=more.pop("way", ""), **more)
        return actions.confirm(view.id, by=SYSTEM, at=thursday.now())

    return book


def shut(officer: Any, thursday: Any, site: str, resource: str = "", **when: Any) -> Any:
    asked = {"reason": WHY, **FRIDAY, **when}
    return actions.close(site, resource=resource, by=officer, at=thursday.now(), **asked)


def test_what_is_closed_is_offered_by_nothing_and_cannot_be_taken(
    thursday: Any, slots: Any, held: Any, officer: Any
) -> None:
    slot = slots(sites=frozenset({"southdale-leisure"}), **FRIDAY)[0]
    days = len(slots(sites=frozenset({"southdale-leisure"})))
    closed = shut(officer, thursday, "southdale-leisure")
    assert not slots(sites=frozenset({"southdale-leisure"}), **FRIDAY)
    assert 0 < len(slots(sites=frozenset({"southdale-leisure"}))) <= days
    with pytest.raises(SlotTaken):
        held(slot=slot.key)
    actions.open_again(closed.id, by=officer, at=thursday.now())
    actions.open_again(closed.id, by=officer, at=thursday.now())
    assert slots(sites=frozenset({"southdale-leisure"}), **FRIDAY)[0].key == slot.key
    assert held(slot=slot.key).state == "held"


def test_some_hours_of_one_court(thursday: Any, slots: Any, officer: Any) -> None:
    at = {"sites": frozenset({"kirkside-leisure"}), **FRIDAY}
    since, until = SINCE + timedelta(hours=12), SINCE + timedelta(hours=14)
    shut(officer, thursday, "kirkside-leisure", "kirkside-squash-2", since=since, until=until)
    for slot in slots(**at):
        overlaps = slot.starts_at < until and slot.ends_at > since
        assert slot.free == (2 if overlaps else 3), slot.when


def test_a_crew_that_cannot_go_out_and_its_van_load(thursday: Any, slots: Any, booked: Any, officer: Any) -> None:
    day = slots("bulky-collection")[0]
    load = {"units": 4, "minutes": 30, "metres": 2500, "kilograms": 100}
    made = booked("bulky-collection", day, load=load)
    since = day.starts_at.replace(hour=0)
    closed = shut(officer, thursday, "", "bulky-crew-1", since=since, until=since + timedelta(days=1))
    jobs.drain()
    row = Booking.objects.get(id=made.id)
    assert (closed.moved, row.state, row.starts_at > made.starts_at) == (1, "confirmed", True)
    assert day.key not in {one.key for one in slots("bulky-collection")}
    assert Tally.objects.get(starts_at=made.starts_at).units == 0
    assert Tally.objects.get(starts_at=row.starts_at).units == 4


def test_what_was_cut_off_before_everybody_was_told_is_finished(
    thursday: Any, slots: Any, booked: Any, officer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = slots(sites=frozenset({"southdale-leisure"}), **FRIDAY)
    made = [booked("squash", slot) for slot in (free[0], free[-1])]

    def dies(*args: Any, **more: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as cut:
        cut.setattr("moothall.bookings.actions.closing._make_way", dies)
        with pytest.raises(SystemExit):
            shut(officer, thursday, "southdale-leisure")
    assert Booking.objects.filter(state="confirmed").count() == 2
    assert actions.finish_closures(at=thursday.now()) == 2
    assert actions.finish_closures(at=thursday.now()) == 0, "twice is once"
    assert set(Booking.objects.filter(id__in=[one.id for one in made]).values_list("state", flat=True)) == {"cancelled"}


def test_one_court_closes_and_its_hour_goes_on_beside_it(thursday: Any, slots: Any, booked: Any, officer: Any) -> None:
    slot = slots(sites=frozenset({"beckfield-leisure"}), **FRIDAY)[0]
    made = booked("squash", slot)
    closed = shut(officer, thursday, "beckfield-leisure", made.resource)
    jobs.drain()
    row = Booking.objects.get(id=made.id)
    assert (closed.kept, closed.moved, closed.off) == (1, 0, 0)
    assert (row.state, row.starts_at) == ("confirmed", made.starts_at)
    assert row.resource != made.resource
    assert Claim.objects.filter(booking_id=row.id, live=True).count() == 1
    assert not Message.objects.exclude(template="booking-confirmed").exists(), "nothing has changed for her"


def test_a_court_that_cannot_be_had_is_cancelled_told_why_and_free_to_book_again(
    thursday: Any, slots: Any, booked: Any, officer: Any
) -> None:
    made = booked("squash", slots(sites=frozenset({"southdale-leisure"}), **FRIDAY)[0])
    closed = shut(officer, thursday, "southdale-leisure")
    assert shut(officer, thursday, "southdale-leisure").id == closed.id, "twice is once"
    jobs.drain()
    row = Booking.objects.get(id=made.id)
    assert (closed.off, row.state, row.ended_because) == (1, "cancelled", "closed")
    told = Message.objects.get(template="booking-cancelled")
    assert (
        "We’re sorry: the boiler has failed. Anything you paid comes back by itself. Book another time: " in told.body
    )


def test_an_appointment_gets_the_next_time_for_nothing_and_may_be_given_back(
    thursday: Any, slots: Any, booked: Any, officer: Any
) -> None:
    slot = slots("benefit-appointment", way="in_person", sites=frozenset({"seacroft-office"}), **FRIDAY)[0]
    made = booked("benefit-appointment", slot, way="in_person", needs=("interpreter",), language="Arabic")
    closed = shut(officer, thursday, "seacroft-office", "seacroft-interview")  # its only interview room
    jobs.drain()
    view = booking(made.id)
    assert view is not None
    assert (closed.moved, view.state, view.language) == (1, "confirmed", "Arabic")
    assert view.starts_at >= UNTIL
    told = Message.objects.get(template="visit-failed-new-date")
    assert "the boiler has failed" in told.body
    assert view.visits_failed == 1, "so that she may change it or give it back until it begins"


def test_what_is_only_held_is_let_go_and_who_waits_is_not_offered_what_is_closed(
    thursday: Any, slots: Any, held: Any, officer: Any
) -> None:
    slot = slots(sites=frozenset({"southdale-leisure"}), **FRIDAY)[0]
    mine = held(slot=slot.key)
    actions.join_list(
        "squash", since=thursday.now(), until=UNTIL, email="a@example.com", sites=("southdale-leisure",), by=SYSTEM,
        at=thursday.now(),
    )  # fmt: skip
    shut(officer, thursday, "southdale-leisure")
    jobs.drain()
    assert booking(mine.id).state == "released"  # type: ignore[union-attr]
    assert not Message.objects.filter(template="booking-offered").exists()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"reason": "  "}, "Say why"), ({"until": SINCE}, "open again after it closes"),
        ({"since": SINCE - timedelta(days=3), "until": SINCE - timedelta(days=2)}, "has passed"),
        ({"until": UNTIL + timedelta(days=20)}, "belongs in the council’s pack"),
        ({"resource": "moorside-squash-1"}, "places shown"), ({"site": "atlantis"}, "places shown"),
    ],
)  # fmt: skip
def test_what_cannot_be_closed_is_said(thursday: Any, officer: Any, wrong: Any, says: str) -> None:
    asked = {"site": "southdale-leisure", "resource": "", **wrong}
    with pytest.raises(NotBookable, match=says):
        shut(officer, thursday, asked.pop("site"), asked.pop("resource"), **asked)
    assert not Closure.objects.exists()


def test_nobody_closes_anything_without_leave(thursday: Any) -> None:
    nobody = Actor(kind=ActorKind.STAFF, id=uuid4(), permissions=frozenset({"case.view"}))
    with pytest.raises(Refused):
        shut(nobody, thursday, "southdale-leisure")


def test_a_day_that_a_new_pack_closes_makes_way(thursday: Any, slots: Any, booked: Any, monkeypatch: Any) -> None:
    made = booked("squash", slots(sites=frozenset({"southdale-leisure"}), **FRIDAY)[0])
    assert actions.close_what_the_pack_closes(at=thursday.now()) == 0
    monkeypatch.setattr(
        "moothall.bookings.actions.closing.closed_because", lambda pack, unit, day: "a new floor is laid"
    )
    assert actions.close_what_the_pack_closes(at=thursday.now()) == 1
    jobs.drain()
    assert Booking.objects.get(id=made.id).state == "cancelled"
    assert "a new floor is laid" in Message.objects.get(template="booking-cancelled").body
    assert actions.close_what_the_pack_closes(at=thursday.now()) == 0


def test_an_officer_closes_a_court_in_the_diary_and_opens_it_again(
    thursday: Any, slots: Any, booked: Any, council: Any
) -> None:
    staff = create_staff(
        username="asha", name="Asha Patel", roles=["service-officer"], teams=["leisure-centres"], pack=council,
        password="seven-calm-otters-queueing", by=SYSTEM, at=thursday.now(),
    )  # fmt: skip
    client = Client()
    client.force_login(staff)
    booked("squash", slots(sites=frozenset({"southdale-leisure"}), **FRIDAY)[0])
    form = {
        "where": "southdale-leisure",
        "day": "2026-11-20",
        "what": "",
        "from": "00:00",
        "until": "24:00",
        "last": "",
    }
    refused = client.post("/desk/diary/close", form | {"why": ""})
    assert (refused.status_code, "Say why" in refused.content.decode()) == (422, True)
    bad = client.post("/desk/diary/close", form | {"why": WHY, "from": "noon"})
    assert (bad.status_code, "Enter the times like 18:40" in bad.content.decode()) == (422, True)
    page = client.post("/desk/diary/close", form | {"why": WHY}).content.decode()
    assert "0 go on beside it, 0 have a new time, 1 are off." in page
    assert "All of it is closed" in page
    one = Closure.objects.get()
    assert (one.since, one.until) == (SINCE, UNTIL)
    again = client.post(f"/desk/diary/open/{one.id}", form)
    assert again.status_code == 303
    assert "is closed" not in client.get(again["Location"]).content.decode()
