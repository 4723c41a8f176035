"""Hold, confirm, expire, rebook: one after another. Many at once: test_at_once.py."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from moothall.bookings import actions
from moothall.bookings.actions import HoldGone, NotBookable, SlotTaken
from moothall.bookings.models import Booking, Claim, Tally
from moothall.bookings.queries import Wish, booking, find
from moothall.core import jobs
from moothall.core.actors import SYSTEM, customer_actor
from moothall.core.models import Event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]


def tonight(slots):
    """The only court of Southdale at one time: one booking and it is full."""
    return slots(sites=frozenset({"southdale-leisure"}))[0]


def test_a_held_time_is_nobody_elses_until_it_runs_out(thursday, slots, held):
    slot = tonight(slots)
    mine = held(slot=slot.key)
    assert mine.state == "held"
    assert mine.expires_at == thursday.now() + timedelta(minutes=15)
    with pytest.raises(SlotTaken, match="just taken"):
        held(slot=slot.key)
    thursday.advance(minutes=16)
    assert slot.key in {one.key for one in slots(sites=frozenset({"southdale-leisure"}))}  # before any worker swept
    hers = held(slot=slot.key)
    assert (booking(mine.id).state, booking(hers.id).state) == ("expired", "held")
    with pytest.raises(HoldGone):
        actions.confirm(mine.id, by=SYSTEM, at=thursday.now())


def test_the_other_courts_of_the_centre_are_taken_before_it_is_full(slots, held):
    slot = slots(sites=frozenset({"kirkside-leisure"}))[0]
    assert slot.free == 3
    assert {held(slot=slot.key).resource for _ in range(3)} == {f"kirkside-squash-{n}" for n in (1, 2, 3)}
    with pytest.raises(SlotTaken):
        held(slot=slot.key)


def test_the_same_dialogue_holds_one_time_and_loses_nothing_when_the_next_is_taken(thursday, slots, held):
    first, second = slots(sites=frozenset({"southdale-leisure"}))[:2]
    somebody = held(slot=second.key)
    mine = uuid4()
    one = held(slot=first.key, for_id=mine)
    with pytest.raises(SlotTaken):
        held(slot=second.key, for_id=mine)
    assert booking(one.id).state == "held"
    actions.release(somebody.id, reason="test", by=SYSTEM, at=thursday.now())
    two = held(slot=second.key, for_id=mine)
    assert (booking(one.id).state, two.state) == ("released", "held")
    again = held(slot=second.key, for_id=mine)  # the same again: kept on, never refused by one's own hold
    assert again.state == "held"
    assert Booking.objects.filter(for_id=mine, state="held").count() == 1


def test_nothing_owed_is_booked_at_once_and_something_owed_waits_for_the_money(thursday, held):
    free, owed = held(), held()
    case = uuid4()
    assert (
        actions.attach(free.id, case_id=case, customer_id=None, owes_pence=0, by=SYSTEM, at=thursday.now()).state
        == "confirmed"
    )
    view = actions.attach(owed.id, case_id=case, customer_id=None, owes_pence=1200, by=SYSTEM, at=thursday.now())
    assert (view.state, view.owes_pence) == ("held", 1200)
    assert view.expires_at == thursday.now() + timedelta(minutes=20)
    thursday.advance(minutes=19)
    assert actions.confirm(owed.id, by=SYSTEM, at=thursday.now()).state == "confirmed"
    assert actions.confirm(owed.id, by=SYSTEM, at=thursday.now()).state == "confirmed"
    assert Event.objects.filter(name="booking.confirmed", subject_id=owed.id).count() == 1


def test_where_nobody_takes_money_a_booking_does_not_wait_for_it(thursday, held, monkeypatch):
    monkeypatch.setattr("moothall.bookings.actions.holding.is_money_taken", lambda: False)
    one = held()
    view = actions.attach(one.id, case_id=uuid4(), customer_id=None, owes_pence=1200, by=SYSTEM, at=thursday.now())
    assert view.state == "confirmed"


def test_paid_after_it_ran_out_is_booked_where_the_time_is_still_free_and_none_where_it_is_not(thursday, slots, held):
    slot = tonight(slots)
    mine = held(slot=slot.key)
    thursday.advance(minutes=30)
    actions.expire_holds(at=thursday.now())
    assert booking(mine.id).state == "expired"
    rebooked = actions.rebook_or_none(mine.id, by=SYSTEM, at=thursday.now())
    assert (rebooked.id, rebooked.state, rebooked.starts_at) == (mine.id, "confirmed", slot.starts_at)
    late = Event.objects.get(name="booking.confirmed", subject_id=mine.id)
    assert late.data["late"] is True

    other = slots(sites=frozenset({"southdale-leisure"}))[0]
    gone = held(slot=other.key)
    thursday.advance(minutes=30)
    held(slot=other.key)
    assert actions.rebook_or_none(gone.id, by=SYSTEM, at=thursday.now()) is None
    assert booking(gone.id).state == "expired"


def test_paid_late_a_court_beside_it_will_do(thursday, slots, held):
    slot = slots(sites=frozenset({"beckfield-leisure"}))[0]
    mine = held(slot=slot.key)
    thursday.advance(minutes=16)
    other = held(slot=slot.key)
    assert other.resource == mine.resource
    again = actions.rebook_or_none(mine.id, by=SYSTEM, at=thursday.now())
    assert again.resource != mine.resource
    assert again.starts_at == mine.starts_at


def test_the_database_itself_forbids_two_at_once(held):
    one = held()
    row = Booking.objects.get(id=one.id)
    with pytest.raises(IntegrityError, match="claim_never_twice"), transaction.atomic():
        Claim.objects.create(
            booking=row,
            resource=one.resource,
            during=DateTimeTZRange(one.starts_at + timedelta(minutes=39), one.ends_at),
        )
    Claim.objects.create(
        booking=row, resource=one.resource, during=DateTimeTZRange(one.ends_at, one.ends_at + timedelta(minutes=40))
    )
    with pytest.raises(IntegrityError, match="tally_units_within"), transaction.atomic():
        Tally.objects.create(resource="crew", starts_at=one.starts_at, units=71, most_units=70)


def test_notice_horizon_and_opening_hours_hold_whatever_a_form_sends(thursday, slots, held):
    good = slots()[0].key
    site, _, moment = good.partition("~")
    for key, words in (
        (f"{site}~20261119T1500", "has passed"),
        (f"{site}~20261127T1820", "Only card holders"),
        (f"{site}~20270319T1820", "Only card holders"),
        (f"{site}~20261120T1801", "not one of the times we offer"),
        (f"{site}~20261120T0300", "not one of the times we offer"),
        (f"nowhere~{moment}", "not one of the times we offer"),
    ):
        with pytest.raises(NotBookable, match=words):
            held(slot=key)
    with pytest.raises(NotBookable, match="cannot be booked here"):
        held(bookable="moon", slot=good)
    with pytest.raises(NotBookable, match="Choose from 1 to 1 places"):
        held(slot=good, places=0)
    assert not Booking.objects.exists()


def test_a_card_books_further_ahead(thursday, slots, held):
    thursday.set("2026-11-19T16:00")
    ninth_day = [
        one for one in find(Wish("squash", card=True), at=thursday.now(), limit=5000).slots if one.day.day == 28
    ]
    assert ninth_day
    assert held(slot=ninth_day[0].key, card="leedscard").card_name == "LeedsCard"


def test_a_crews_day_is_counted_in_things_minutes_metres_and_kilograms(thursday, slots, held):
    day = slots("bulky-collection")[0]
    assert day.free == 1  # one crew, as in crews.yaml
    heavy = {"units": 5, "minutes": 31, "metres": 2500, "kilograms": 1300}
    crews = [held("bulky-collection", day.key, load=heavy).resource for _ in range(2)]
    assert crews == ["bulky-crew-1", "bulky-crew-1"]  # two of 1,300 kg fill 2,600
    with pytest.raises(SlotTaken):
        held("bulky-collection", day.key, load=heavy)
    assert held("bulky-collection", day.key, load=heavy | {"kilograms": 0}).state == "held"
    assert day.key not in {one.key for one in slots("bulky-collection", load=heavy)}
    thursday.advance(minutes=31)
    actions.expire_holds(at=thursday.now())
    assert set(Tally.objects.values_list("units", "minutes", "metres", "kilograms")) == {(0, 0, 0, 0)}


def test_holds_run_out_by_themselves_and_say_so(thursday, held):
    mine = held()
    jobs.drain()
    thursday.advance(minutes=16)
    jobs.drain()
    assert booking(mine.id).state == "expired"
    assert Event.objects.filter(name="booking.expired", subject_id=mine.id).count() == 1


def test_a_customer_may_cancel_in_time_and_not_after(thursday, slots, held):
    her = customer_actor(uuid4())
    soon, later = slots()[0], slots()[-1]
    one, two = held(slot=soon.key), held(slot=later.key)
    for view in (one, two):
        actions.confirm(view.id, by=SYSTEM, at=thursday.now())
    with pytest.raises(actions.TooLate, match="less than 24 hours"):
        actions.cancel(one.id, reason="asked", by=her, at=thursday.now())
    actions.cancel(two.id, reason="asked", by=her, at=thursday.now())
    actions.cancel(two.id, reason="asked", by=her, at=thursday.now())
    said = Event.objects.get(name="booking.cancelled", subject_id=two.id)
    assert said.data["by_customer"] is True
    assert said.data["hours_before"] >= 24
    assert later.key in {slot.key for slot in slots()}
    actions.cancel(one.id, reason="flood", by=SYSTEM, at=thursday.now())  # the council may
    assert booking(one.id).state == "cancelled"
