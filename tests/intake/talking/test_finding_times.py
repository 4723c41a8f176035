"""A time found by text and by telephone: tonight, on Saturday, near a postcode; the list joined, an offer taken, or left."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from moothall.bookings import actions as bookings
from moothall.bookings.models import Booking, Wait
from moothall.bookings.queries import BookingView, Wish, find
from moothall.cases.models import Case
from moothall.channels.sms.text import measure
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.intake.models import Conversation, Dialogue
from moothall.intake.talking.keypad import keys_of
from moothall.notifications.models import Message

from .conftest import MOBILE, Caller, Texter

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]


@pytest.fixture
def thursday(clock: Any) -> Any:
    """Thursday 19 November 2026, 10am."""
    clock.set("2026-11-19T10:00")
    return clock


def court(texter: Texter, activity: str = "Squash") -> str:
    """Ask for a court by text, up to the time."""
    texter.text("Book a court")
    while "Which time?" not in texter.last():
        asked = texter.last()
        texter.text("1" if "Which of these" in asked else activity if "play" in asked else "skip")
    return texter.last()


def taken(clock: Any, key: str) -> BookingView:
    """Somebody else has this time."""
    view = bookings.hold("squash", key, for_kind="staff", for_id=uuid4(), by=SYSTEM, at=clock.now(), any_time=True)
    return bookings.confirm(view.id, by=SYSTEM, at=clock.now())


def full(clock: Any, **wish: Any) -> list[BookingView]:
    """Everything that is free for a wish is taken."""
    free = find(Wish("squash", **wish), at=clock.now()).slots
    return [taken(clock, slot.key) for slot in free for _ in range(slot.free)]


@pytest.mark.row("D6", "A14")
def test_tonight_near_a_postcode_by_text(thursday: Any, texter: Texter) -> None:
    asked = court(texter)
    assert "Reply with the number. Or say when and where, like TONIGHT" in asked
    assert "·" not in asked
    tonight = texter.text("tonight, near LS21 1AA")
    first = tonight.split("\n")[1]
    assert first.startswith("1 Today 5pm, Moorside Sports Centre, about 6.7 miles away, £")
    assert "6 later times" in tonight
    assert measure(tonight.replace("’", "'")).alphabet == "gsm", "an odd character would double what it costs"
    again = texter.text("step free")
    assert "Moorside" in again, "what was said before still counts"
    assert "We do not know that postcode here" in texter.text("Sat LS1 9ZZ")
    saturday = texter.text("Sat")
    assert saturday.split("\n")[1].startswith("1 Saturday 21 November 5.20pm, "), "the evening still counts too"
    assert "Reply with a number" in texter.text("half seven-ish")
    assert "Today" in texter.text("any")
    texter.text("tonight kirkside")
    texter.text("2")
    row = Booking.objects.get()
    assert (row.site, row.state) == ("kirkside-leisure", "held")


def test_places_in_a_class_by_text_and_what_is_left_of_them(thursday: Any, texter: Texter) -> None:
    saturday = find(Wish("swim_taster", sites=frozenset({"kirkside-leisure"})), at=thursday.now()).slots[0]
    bookings.hold("swim_taster", saturday.key, places=5, for_kind="staff", for_id=uuid4(), by=SYSTEM, at=thursday.now())
    texter.text("Book a class")
    answers = {
        "Which of these": "1",
        "Which class": "Swimming taster",
        "How many places": "9",
        "number on your card": "skip",
    }
    for _ in range(6):
        asked = texter.last()
        if "Which time?" in asked:
            break
        (given,) = [answer for words, answer in answers.items() if words in asked]
        said = texter.text(given)
        if given == "9":
            assert "must be 6 or fewer" in said
            texter.text("3")
    assert "Saturday 21 November 11am, Kirkside Leisure Centre, 3 places left, £16.20" in texter.last()
    texter.text("1")
    row = Booking.objects.get(for_kind="dialogue")
    assert (row.bookable, row.places, row.state, row.load["units"]) == ("swim_taster", 3, "held", 3)
    assert not find(Wish("swim_taster", until=saturday.ends_at), at=thursday.now()).slots, "the last three are hers"


@pytest.mark.row("D6")
def test_the_day_then_the_nearest_three_by_keypad(thursday: Any) -> None:
    caller = Caller(thursday)
    caller.press("7", f"{keys_of('book a court')[:8]}#")
    caller.hear("book a court")
    caller.hear("squash")
    while "which day" not in caller.turn.words:
        caller.press("#")
    assert "For the soonest, press 1. For today, press 2." in caller.turn.words
    assert "time of day" in caller.hear("Saturday 21 November")
    assert "Where do you set out?" in caller.hear("evening")
    assert "do not know a postcode" in caller.press("2222222#")
    said = caller.press(f"{keys_of('LS21 1AA')}#")
    assert said.count("Moorside Sports Centre, about 6.7 miles away") == 3
    assert [one.label for one in caller.turn.choices[3:]] == ["later times", "another day"]
    assert caller.turn.digits == 1
    assert "Or one of these?" in caller.hear("later times")
    assert "which day" in caller.hear("another day")
    caller.hear("the soonest")
    caller.hear("at any time")
    caller.press("#")
    caller.press("1")
    assert Booking.objects.get().state == "held"


def test_nothing_free_is_no_dead_end_and_she_waits_by_text(thursday: Any, texter: Texter) -> None:
    """A full evening used to offer “go on”, which led back to the same question for ever."""
    evening = {"since": thursday.now().replace(hour=17, minute=0), "until": thursday.now() + timedelta(hours=13)}
    others = full(thursday, **evening)
    court(texter)
    asked = texter.text("tonight")
    assert asked.startswith("Nothing is free then.\n1 Any other time\n2 Tell me when one comes free")
    assert "You are on the list" in texter.text("2")
    wait, talked = Wait.objects.get(), Conversation.objects.get()
    assert (wait.phone, wait.from_minute, wait.service, wait.answers["activity"]) == (
        MOBILE,
        1020,
        "book-court",
        "squash",
    )
    assert talked.ended_at is not None
    assert Booking.objects.filter(state="held").count() == 0

    bookings.cancel(others[0].id, reason="asked", by=SYSTEM, at=thursday.now())
    jobs.drain()
    offer = Message.objects.get(template="booking-offered")
    assert "Reply YES to take it, NO to let it go." in offer.body
    assert "We give that time to the next person" in texter.text("No")
    jobs.drain()
    assert (Wait.objects.get().state, Booking.objects.filter(state="held").count()) == ("waiting", 0)
    thursday.advance(minutes=2)
    bookings.cancel(others[1].id, reason="asked", by=SYSTEM, at=thursday.now())
    jobs.drain()
    asked = texter.text("Yes please")
    held = Booking.objects.get(state="held")
    assert "It is kept for you until" in asked
    assert Wait.objects.get().state == "taken"
    texter.text("skip")
    texter.text("yes")
    begun = Dialogue.objects.get(id=held.for_id)
    assert (begun.channel, begun.answers["slot"]["booking"]) == ("sms", str(held.id))
    assert "Go on here" in texter.last(), "what a text cannot take, the payment, follows by link"


def test_leave_leaves_and_what_was_offered_goes_to_the_next(thursday: Any, texter: Texter) -> None:
    (slot, *_) = find(
        Wish("squash", sites=frozenset({"southdale-leisure"})), at=thursday.now() + timedelta(days=1)
    ).slots
    view = taken(thursday, slot.key)
    for number in (MOBILE, "+447700900777"):
        thursday.advance(seconds=1)
        bookings.join_list(
            "squash", since=thursday.now(), until=thursday.now() + timedelta(days=7), phone=number, service="book-court",
            sites=("southdale-leisure",), by=SYSTEM, at=thursday.now(),
        )  # fmt: skip
    bookings.cancel(view.id, reason="asked", by=SYSTEM, at=thursday.now())
    jobs.drain()
    assert "off the list" in texter.text("LEAVE")
    jobs.drain()
    assert list(Wait.objects.order_by("joined_at").values_list("state", flat=True)) == ["left", "offered"]
    assert texter.text("leave", id_="again"), "she is on no list: a person reads it"
    assert Wait.objects.filter(state="left").count() == 1


def an_offer(thursday: Any) -> None:
    """She waits for a court by her mobile, one comes free, and it is offered to her."""
    (slot, *_) = find(
        Wish("squash", sites=frozenset({"southdale-leisure"})), at=thursday.now() + timedelta(days=1)
    ).slots
    view = taken(thursday, slot.key)
    bookings.join_list(
        "squash", since=thursday.now(), until=thursday.now() + timedelta(days=7), phone=MOBILE, service="book-court",
        by=SYSTEM, at=thursday.now(),
    )  # fmt: skip
    bookings.cancel(view.id, reason="asked", by=SYSTEM, at=thursday.now())
    jobs.drain()


def test_yes_to_nothing_that_was_offered_takes_nothing_and_twice_is_once(thursday: Any, texter: Texter) -> None:
    other = Texter(thursday, number="+447700900888")
    other.text("yes")
    assert Conversation.objects.count() == 0
    an_offer(thursday)
    other.text("yes")
    assert Wait.objects.get().state == "offered", "a stranger's yes is not hers"
    texter.text("yes", id_="one")
    texter.text("yes", id_="one")
    assert (Wait.objects.get().state, Dialogue.objects.count(), Case.objects.count()) == ("taken", 1, 0)


def test_an_offer_that_has_run_out_is_said(thursday: Any, texter: Texter) -> None:
    an_offer(thursday)
    thursday.advance(minutes=61)
    assert "not kept for you any more" in texter.text("yes")
