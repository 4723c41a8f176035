"""What people are told of their bookings, and what they can answer by text."""

from datetime import timedelta
from uuid import uuid4

import pytest
from icalendar import Calendar

from moothall.bookings import actions
from moothall.bookings.calendar_files import booking_calendar, feed
from moothall.bookings.links import token_of
from moothall.bookings.models import Wait
from moothall.bookings.pack import Resource
from moothall.bookings.queries import booking
from moothall.bookings.queries.diary import feed_of
from moothall.channels.sms.text import understand
from moothall.core import jobs
from moothall.core.actors import SYSTEM, customer_actor
from moothall.core.models import Event
from moothall.customers.actions import create_customer
from moothall.notifications.actions import Wish, text_arrived
from moothall.notifications.adapters.smtp import compose
from moothall.notifications.booking_values import calendar_for
from moothall.notifications.models import Message, Stopped
from moothall.notifications.protocols import Envelope

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]
NUMBER = "+447700900321"


@pytest.fixture
def her(thursday):
    points = [("phone", NUMBER)]
    return create_customer(given_name="Nour", family_name="Khalil", contact_points=points, by=SYSTEM, at=thursday.now())


@pytest.fixture
def appointment(thursday, slots, held, her):
    """An appointment three days off, with an interpreter."""
    slot = slots("benefit-appointment", way="in_person", needs=("interpreter",))[40]
    view = held(
        "benefit-appointment", slot.key, way="in_person", needs=("interpreter",), language="Arabic", customer_id=her.id,
        service="benefit-appointment",
    )  # fmt: skip
    actions.confirm(view.id, by=SYSTEM, at=thursday.now())
    jobs.drain()
    return booking(view.id)


def texts():
    return list(Message.objects.filter(channel="sms").order_by("created_at", "id").values_list("template", flat=True))


def says(words, clock, n=1):
    text_arrived(
        external_id=f"t-{n}-{words}",
        sender=NUMBER,
        words=words,
        wish=Wish.OTHER,
        received_at=clock.now(),
        at=clock.now(),
    )
    jobs.drain()


def test_an_appointment_is_reminded_once_by_text_and_moved_by_the_number_of_a_text(thursday, appointment):
    assert texts() == ["booking-confirmed"]
    assert "interpreter" in booking(appointment.id).needs
    thursday.set(appointment.starts_at)
    thursday.advance(hours=-23)
    jobs.drain()
    jobs.drain()
    assert texts() == ["booking-confirmed", "booking-reminder"]
    reminder = Message.objects.get(template="booking-reminder")
    assert "Reply C to cancel or M to move it" in reminder.body
    assert reminder.to == NUMBER
    says("M", thursday)
    times = Message.objects.get(template="text-booking-times")
    assert "Reply 1 for " in times.body
    says("2", thursday)
    moved = booking(appointment.id)
    assert moved.starts_at > appointment.starts_at
    assert moved.ends_at - moved.starts_at == appointment.ends_at - appointment.starts_at
    assert moved.when in Message.objects.get(template="booking-moved").body


def test_c_cancels_the_booking_and_not_the_texts(thursday, appointment):
    says("c", thursday)
    assert booking(appointment.id).state == "cancelled"
    assert texts()[-1] == "booking-cancelled"
    assert "is cancelled" in Message.objects.get(template="booking-cancelled").body


def test_a_second_impatient_cancel_is_told_that_it_is_off_and_stops_no_texts(thursday, appointment):
    for n, words in enumerate(("CANCEL", "Cancel", "c")):
        assert understand(words).wish.value == "other"
        says(words, thursday, n)
    assert booking(appointment.id).state == "cancelled"
    assert texts()[1:] == ["booking-cancelled"] * 3
    assert not Stopped.objects.exists()
    says("M", thursday)
    assert texts()[-1] == "text-received"


def test_a_stranger_s_c_changes_nothing_and_waits_for_a_person(thursday, appointment):
    text_arrived(
        external_id="x",
        sender="+447700900999",
        words="C",
        wish=Wish.OTHER,
        received_at=thursday.now(),
        at=thursday.now(),
    )
    jobs.drain()
    assert booking(appointment.id).state == "confirmed"
    assert texts()[-1] == "text-received"


def test_too_late_for_a_text_is_said_and_nothing_changed(thursday, appointment):
    thursday.set(appointment.starts_at)
    thursday.advance(minutes=-30)
    says("C", thursday)
    assert booking(appointment.id).state == "confirmed"
    said = Message.objects.get(template="text-booking-stands").body
    assert "still stands" in said
    assert "less than 2 hours" in said


def test_a_number_with_no_times_offered_is_an_ordinary_text(thursday, appointment):
    says("3", thursday)
    assert booking(appointment.id).starts_at == appointment.starts_at
    assert texts()[-1] == "text-received"


def test_a_failed_visit_takes_the_next_date_for_nothing_and_says_so(thursday, slots, held, her):
    day = slots("bulky-collection")[0]
    load = {"units": 3, "minutes": 20, "metres": 2500, "kilograms": 120}
    view = held("bulky-collection", day.key, load=load, customer_id=her.id)
    actions.confirm(view.id, by=SYSTEM, at=thursday.now())
    thursday.set(view.starts_at)
    thursday.advance(hours=9)
    new = actions.visit_failed(view.id, reason="vehicle", ours=True, by=SYSTEM, at=thursday.now())
    jobs.drain()
    assert (new.id, new.state) == (view.id, "confirmed")
    assert new.starts_at > view.starts_at
    told = Message.objects.get(template="visit-failed-new-date").body
    assert "our lorry broke down" in told
    assert "at no charge" in told
    assert not Message.objects.filter(template="booking-moved").exists()

    over = actions.visit_failed(view.id, reason="not_out", ours=False, by=SYSTEM, at=thursday.now())
    jobs.drain()
    assert over is None
    assert booking(view.id).state == "missed"
    assert "nothing was out" in Message.objects.get(template="visit-failed").body


def test_a_date_we_chose_may_be_given_back_until_it_begins(thursday, slots, held, her):
    view = held("bulky-collection", slots("bulky-collection")[0].key, load={"units": 1}, customer_id=her.id)
    actions.confirm(view.id, by=SYSTEM, at=thursday.now())
    thursday.set(view.starts_at)
    mine = customer_actor(her.id)
    with pytest.raises(actions.TooLate):
        actions.cancel(view.id, reason="asked", by=mine, at=thursday.now())
    with pytest.raises(actions.NotBookable, match="moved it already"):
        actions.visit_failed(
            view.id, reason="crew", ours=True, was=thursday.now() - timedelta(1), by=SYSTEM, at=thursday.now()
        )
    new = actions.visit_failed(view.id, reason="crew", ours=True, was=view.starts_at, by=SYSTEM, at=thursday.now())
    thursday.set(new.starts_at - timedelta(hours=1))
    actions.cancel(view.id, reason="asked", by=mine, at=thursday.now())
    event = Event.objects.get(name="booking.cancelled")
    assert (event.data["by_customer"], event.data["all_back"]) == (True, True)


def test_a_calendar_file_goes_with_the_mail_and_follows_the_booking(thursday, slots, held, her):
    view = held("squash", slots("squash")[0].key, customer_id=her.id, service="book-court")
    actions.confirm(view.id, by=SYSTEM, at=thursday.now())
    values = {"booking": str(view.id)}
    file = Calendar.from_ical(calendar_for("booking-confirmed", values, at=thursday.now()))
    (entry,) = file.walk("VEVENT")
    assert (entry["SUMMARY"], entry["STATUS"], entry["DTSTART"].dt) == ("Squash court", "CONFIRMED", view.starts_at)
    assert view.reference in entry["DESCRIPTION"]
    mail = compose(
        Envelope(view.id, "r", "email", "nour@example.org", "text", html="<p>text</p>", sender="a@example.org",
                 calendar=calendar_for("booking-confirmed", values, at=thursday.now()))
    )  # fmt: skip
    (attached,) = mail.iter_attachments()
    assert (attached.get_content_type(), attached.get_filename()) == ("text/calendar", "booking.ics")
    actions.cancel(view.id, reason="asked", by=SYSTEM, at=thursday.now())
    cancelled = calendar_for("booking-cancelled", values, at=thursday.now())
    off = Calendar.from_ical(cancelled)
    assert (file["METHOD"], off["METHOD"]) == ("PUBLISH", "CANCEL"), "a calendar takes it away"
    mail = compose(Envelope(view.id, "r", "email", "n@example.org", "text", html="<p>x</p>", sender="a@example.org",
                            calendar=cancelled))  # fmt: skip
    assert [one.get_param("method") for one in mail.iter_attachments()] == ["CANCEL"]
    (gone,) = off.walk("VEVENT")
    assert (gone["ORGANIZER"], gone.get("SEQUENCE") is not None, gone.walk("VALARM")) == (entry["ORGANIZER"], True, [])
    assert (gone["UID"], gone["STATUS"]) == (entry["UID"], "CANCELLED")
    assert gone["SEQUENCE"] > entry["SEQUENCE"]
    assert calendar_for("case-note", values, at=thursday.now()) == b""
    assert calendar_for("booking-confirmed", {}, at=thursday.now()) == b""


def test_the_first_who_waits_is_offered_what_comes_free_and_then_the_next(thursday, slots, held):
    slot = slots(sites=frozenset({"southdale-leisure"}))[0]
    booked = held(slot=slot.key)
    actions.confirm(booked.id, by=SYSTEM, at=thursday.now())
    span = {"since": thursday.now(), "until": slot.starts_at.replace(hour=23)}

    def joins(who, *sites):
        at = thursday.advance(seconds=1)
        return actions.join_list("squash", **span, email=who, sites=sites, service="book-court", by=SYSTEM, at=at)

    first = joins("a@example.com")
    second = joins("b@example.com", "southdale-leisure")
    elsewhere = joins("c@example.com", "hollin-leisure")
    actions.cancel(booked.id, reason="asked", by=SYSTEM, at=thursday.now())
    jobs.drain()
    offer = Message.objects.get(template="booking-offered")
    assert offer.to == "a@example.com"
    assert f"/bookings/offers/{first}/" in offer.body.replace("\\", "")
    assert slot.key not in {one.key for one in slots(sites=frozenset({"southdale-leisure"}))}
    thursday.advance(minutes=61)
    jobs.drain()
    assert Message.objects.filter(template="booking-offered").latest("created_at").to == "b@example.com"
    taken = actions.take_offer(second, at=thursday.now())
    assert booking(taken.booking_id).state == "held"
    with pytest.raises(actions.HoldGone):
        actions.take_offer(first, at=thursday.now())
    assert dict(Wait.objects.values_list("id", "state")) == {first: "waiting", second: "taken", elsewhere: "waiting"}


def test_joining_twice_is_once_and_needs_an_address(thursday, council):
    span = {"since": thursday.now(), "until": thursday.now().replace(hour=23)}
    ids = {actions.join_list("squash", **span, email="a@example.com", by=SYSTEM, at=thursday.now()) for _ in range(2)}
    assert len(ids) == 1
    with pytest.raises(actions.NotBookable, match="Enter an email address"):
        actions.join_list("squash", **span, by=SYSTEM, at=thursday.now())
    with pytest.raises(actions.HoldGone):
        actions.take_offer(uuid4(), at=thursday.now())


def test_nobody_waits_for_a_time_that_has_passed(thursday, council):
    midnight = thursday.now().replace(hour=0)

    def joins(since, until, low=0, high=24 * 60):
        return actions.join_list(
            "squash", since=since, until=until, from_minute=low, to_minute=high, email="a@example.com", by=SYSTEM,
            at=thursday.now(),
        )  # fmt: skip

    today = midnight, midnight + timedelta(days=1)
    for passed in ((midnight - timedelta(days=1), midnight), (*today, 6 * 60, 12 * 60), (*today, 6 * 60, 16 * 60)):
        with pytest.raises(actions.NotBookable, match="That time has passed"):
            joins(*passed)
    assert not Wait.objects.exists()
    assert joins(*today, 6 * 60, 17 * 60), "an hour of it is left"
    assert joins(midnight, midnight + timedelta(days=2), 6 * 60, 12 * 60), "there is tomorrow’s"


def test_a_video_call_has_an_address_of_its_own_for_both(thursday, slots, held, her, client, council):
    row, other = (
        held("benefit-appointment", slots("benefit-appointment", way="video")[n].key, way="video", customer_id=her.id,
             service="benefit-appointment")
        for n in (3, 9)
    )  # fmt: skip
    for one in (row, other):
        actions.confirm(one.id, by=SYSTEM, at=thursday.now())
    join = booking(row.id).join
    assert join.startswith("https://meet.example.org/benefits/")
    assert join != booking(other.id).join
    shown = client.get(f"/bookings/{row.id}/{token_of('booking', row.id)}").content.decode()
    assert f'href="{join}"' in shown
    (entry,) = Calendar.from_ical(booking_calendar(booking(row.id), at=thursday.now())).walk("VEVENT")
    assert join in entry["DESCRIPTION"]
    (officers, _) = Calendar.from_ical(feed(feed_of("benefits", at=thursday.now()), name="x", at=thursday.now())).walk(
        "VEVENT"
    )
    assert join in officers["DESCRIPTION"]
    actions.cancel(row.id, reason="asked", by=SYSTEM, at=thursday.now())
    assert booking(row.id).join == ""
    told = council.section("resources")["benefits-hirst"].model_dump(exclude={"video"})
    with pytest.raises(ValueError, match="needs its address"):
        Resource(**told)
