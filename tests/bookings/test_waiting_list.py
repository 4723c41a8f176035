"""The waiting list: an offer fits what was asked, nobody holds up the line, and what is taken goes on where it was left."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from moothall.bookings import actions
from moothall.bookings.actions import Asked, issue_card
from moothall.bookings.models import Booking, Tally, Wait
from moothall.bookings.pack import RESOURCES
from moothall.bookings.queries import booking
from moothall.core import jobs
from moothall.core.actors import SYSTEM, customer_actor
from moothall.customers.actions import create_customer
from moothall.intake import actions as intake
from moothall.intake.models import Dialogue
from moothall.intake.paying import price_now
from moothall.intake.queries.slots import SlotFilter
from moothall.notifications.models import Message
from moothall.services.pack import SERVICES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]


@pytest.fixture
def joins(thursday: Any) -> Any:
    """Put somebody on the list, a second after the one before."""

    def join(who: str, bookable: str = "squash", *, sites: tuple[str, ...] = (), places: int = 1, **asked: Any) -> Any:
        at = thursday.advance(seconds=1)
        return actions.join_list(
            bookable, since=at, until=at + timedelta(days=9), email=f"{who}@example.com", sites=sites, places=places,
            service="book-court", asked=Asked(**asked), by=SYSTEM, at=at,
        )  # fmt: skip

    return join


def offered() -> list[str]:
    jobs.drain()
    return [one.email.partition("@")[0] for one in Wait.objects.filter(state="offered").order_by("joined_at")]


def books(thursday: Any, held: Any, bookable: str = "squash", slot: str = "", **more: Any) -> Any:
    made = held(bookable, slot, **more)
    return actions.confirm(made.id, by=SYSTEM, at=thursday.now())


def frees(made: Any, thursday: Any) -> None:
    actions.cancel(made.id, reason="asked", by=SYSTEM, at=thursday.now())


def test_whom_the_time_does_not_suit_is_passed_over_and_keeps_her_place(thursday, slots, held, joins):
    tennis = slots("tennis", indoor=False)[0]
    made = books(thursday, held, "tennis", tennis.key)
    joins("indoors", "tennis", indoor=True)
    joins("step-free", "tennis", needs=("hoist",))
    joins("many", "tennis", places=40)
    joins("fits", "tennis")
    Booking.objects.filter(id=made.id).update(resource="moorside-tennis-1")
    for one in slots("tennis", since=tennis.starts_at, until=tennis.starts_at + timedelta(minutes=1), indoor=True):
        for _ in range(one.free):  # no covered court is free at that hour
            actions.hold("tennis", one.key, for_kind="staff", for_id=uuid4(), by=SYSTEM, at=thursday.now(), indoor=True,
                         any_time=True, expires_at=thursday.now() + timedelta(days=2))  # fmt: skip
    frees(made, thursday)
    assert offered() == ["fits"]
    assert Wait.objects.filter(state="waiting").count() == 3


def test_a_home_visit_is_never_offered_a_room_and_an_interpreter_gets_her_hour(thursday, slots, held, joins):
    day = {"since": thursday.now() + timedelta(days=3, hours=12), "until": thursday.now() + timedelta(days=4, hours=4)}
    free = slots("benefit-appointment", way="phone", sites=frozenset({"seacroft-office"}), **day)
    row: list[Any] = []
    for one in free:  # forty minutes each, one after another: the officer's day is full
        if not row or one.starts_at >= row[-1].ends_at:
            row.append(books(thursday, held, "benefit-appointment", one.key, way="phone"))
    joins("at-home", "benefit-appointment", way="home")
    wait = joins("arabic", "benefit-appointment", way="phone", needs=("interpreter",), language="Arabic")
    joins("short", "benefit-appointment", way="phone", sites=("seacroft-office",))
    frees(row[2], thursday)
    assert offered() == ["short"], "forty minutes are too short with an interpreter"
    frees(row[5], thursday)
    assert offered() == ["short"]
    assert row[6].starts_at == row[5].ends_at
    frees(row[6], thursday)
    assert offered() == ["arabic", "short"], "eighty are enough, from when the first of them came free"
    view = booking(Wait.objects.get(id=wait).booking_id)
    assert row[5].starts_at <= view.starts_at
    assert (view.ends_at <= row[6].ends_at, view.ends_at - view.starts_at) == (True, timedelta(minutes=60))
    assert (view.language, view.needs, view.way) == ("Arabic", ("interpreter",), "phone")
    assert Wait.objects.get(email__startswith="at-home").state == "waiting"


def test_a_time_freed_by_moving_is_offered(thursday, slots, held, joins):
    at_southdale = frozenset({"southdale-leisure"})
    first, other = slots(sites=at_southdale)[0], slots(sites=at_southdale)[5]
    made = books(thursday, held, slot=first.key)
    wait = joins("waits", sites=("southdale-leisure",))
    actions.move(made.id, other.key, by=SYSTEM, at=thursday.now())
    assert offered() == ["waits"]
    assert booking(Wait.objects.get(id=wait).booking_id).starts_at == first.starts_at


def test_what_one_gave_back_goes_to_as_many_as_it_holds(thursday, slots, held, joins, council):
    day = slots("bulky-collection")[0]
    load = {"units": 4, "minutes": 30, "metres": 2500, "kilograms": 100}
    made = books(thursday, held, "bulky-collection", day.key, load=load)
    most = council.of(RESOURCES)["bulky-crew-1"].capacity.units
    Tally.objects.filter(starts_at=day.starts_at).update(units=most)
    small = {"units": 2, "minutes": 10, "metres": 2500, "kilograms": 50}
    joins("too-much", "bulky-collection", load={**small, "units": 5})
    joins("one", "bulky-collection", load=small)
    joins("two", "bulky-collection", load=small)
    joins("three", "bulky-collection", load=small)
    frees(made, thursday)
    assert offered() == ["one", "two"]


def lee(thursday: Any, council: Any) -> tuple[Any, str]:
    """Miss Lee's request up to the time, with her card; and her wait."""
    her = create_customer(given_name="Mei", family_name="Lee", by=SYSTEM, at=thursday.now())
    issue_card("LX 1234 5678", card="leedscard-extra", customer_id=her.id, valid_from=thursday.now().date(), by=SYSTEM,
               at=thursday.now())  # fmt: skip
    dialogue, token = intake.start_dialogue("book-court", channel="web", by=customer_actor(None), at=thursday.now())
    for question, given in (("activity", "squash"), ("card", "LX 1234 5678")):
        intake.answer(dialogue, token, question=question, given=given, by=customer_actor(None), at=thursday.now())
    wait = intake.wait_for_slot(
        dialogue, token, question="slot", wanted=SlotFilter(day="2026-11-27", site="southdale-leisure"),
        to="mei.lee@example.com", by=customer_actor(None), at=thursday.now(),
    )  # fmt: skip
    return wait, token


def test_what_is_taken_goes_on_with_her_answers_and_her_card_s_price(thursday, slots, held, council):
    ahead = slots(sites=frozenset({"southdale-leisure"}), card=True, since=thursday.now() + timedelta(days=8))
    made = books(thursday, held, slot=ahead[0].key, card="leedscard")
    wait, _ = lee(thursday, council)
    frees(made, thursday)
    jobs.drain()
    assert "27 November" in Message.objects.get(template="booking-offered").body, "only a card holder may, so far ahead"
    thursday.advance(minutes=58)
    dialogue, token = intake.go_on_from_offer(wait, by=customer_actor(None), at=thursday.now())
    again = intake.go_on_from_offer(wait, by=customer_actor(None), at=thursday.now())
    dialogue, token = again
    answers = Dialogue.objects.get(id=dialogue).answers
    assert (answers["activity"], answers["card"]) == ("squash", "LX 1234 5678")
    thursday.advance(minutes=10)
    intake.answer(dialogue, token, question="access", given="", by=customer_actor(None), at=thursday.now())
    intake.answer(dialogue, token, question="card", given="LX 1234 5678", by=customer_actor(None), at=thursday.now())
    answers = Dialogue.objects.get(id=dialogue).answers
    view = booking(Wait.objects.get(id=wait).booking_id)
    assert (view.state, view.card, str(view.id)) == ("held", "leedscard-extra", answers["slot"]["booking"])
    price = price_now(council.of(SERVICES)["book-court"], answers, pack=council, at=thursday.now())
    assert price.concession == "leedscard-extra"
    assert price.pence == 720


def test_a_wait_that_is_over_says_nothing_of_anybody(thursday, joins):
    joins("her", card="LX 1234 5678", access="wheelchair", near=(53.8, -1.5), answers={"activity": "squash"})
    thursday.advance(days=10)
    assert actions.end_waits(at=thursday.now()) == 1
    assert actions.end_waits(at=thursday.now()) == 0
    row = Wait.objects.get()
    assert (row.state, row.card, row.access, row.near_latitude, row.answers) == ("passed", "", "", None, {})


def test_the_same_wish_again_is_once_with_what_she_answered_last(thursday, joins, council):
    one = actions.join_list("squash", since=thursday.now(), until=thursday.now() + timedelta(days=2), email="a@example.com",
                            asked=Asked(answers={"activity": "squash"}), by=SYSTEM, at=thursday.now())  # fmt: skip
    two = actions.join_list("squash", since=thursday.now(), until=thursday.now() + timedelta(days=2), email="a@example.com",
                            asked=Asked(card="LX 1234 5678"), by=SYSTEM, at=thursday.now())  # fmt: skip
    other = actions.join_list("squash", since=thursday.now(), until=thursday.now() + timedelta(days=2), places=1,
                              email="a@example.com", asked=Asked(indoor=True), by=SYSTEM, at=thursday.now())  # fmt: skip
    assert (one == two, one == other, Wait.objects.get(id=one).card) == (True, False, "LX12345678")
