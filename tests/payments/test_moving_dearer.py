"""Moving to a dearer hour: held, the difference paid, then moved; not paid, paid late, paid twice or cancelled meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from moothall.bookings import actions as bookings
from moothall.bookings.links import token_of
from moothall.bookings.models import Booking, Claim
from moothall.bookings.queries import BookingView, booking
from moothall.cases.models import Case
from moothall.core import jobs
from moothall.core.actors import SYSTEM, customer_actor
from moothall.core.staff import create_staff
from moothall.core.zone import council_date
from moothall.notifications.models import Message
from moothall.payments.actions.dearer import move_when_paid
from moothall.payments.links import pay_path
from moothall.payments.models import Attempt, Intent, Refund
from tests.bookings.conftest import slots, thursday
from tests.bookings.test_cards_and_windows import asked
from tests.interfaces.api.conftest import machine, machine_with
from tests.payments.conftest import books, come_back, fresh, start

__all__ = ["machine", "machine_with", "slots", "thursday"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]
CHEAP, DEAR, MORE = 1020, 1200, 180


@pytest.fixture
def made(thursday: Any, slots: Any, machine: Any, pay: Any) -> BookingView:
    """A court on Monday morning, paid for by card."""
    free = slots(from_minute=600, to_minute=900, since=thursday.now() + timedelta(days=4))[0]
    answers = {key: value for key, value in asked(free.key, "").items() if key != "slot"}
    told = machine.post("/bookings", {"service": "book-court", "slot": free.key, "answers": answers})
    assert told.status_code == 201, told.content
    intent = Intent.objects.get()
    pay.play(start(intent, thursday), "pay")
    come_back(intent, thursday)
    jobs.drain(at=thursday.now())
    view = booking(told.json()["id"])
    assert view is not None
    assert (view.state, fresh(intent).state, books()) == (
        "confirmed", "done", {"income:courts": -CHEAP, "provider:govuk_pay": CHEAP}
    )  # fmt: skip
    return view


@pytest.fixture
def evening(made: BookingView, slots: Any) -> Any:
    """A dearer hour of another day."""
    return slots(from_minute=17 * 60, since=made.starts_at)[0]


def begins(made: BookingView, slot: str, clock: Any) -> Intent:
    return move_when_paid(made.id, slot, channel="web", by=customer_actor(made.customer_id), at=clock.now())


def now(made: BookingView) -> BookingView:
    view = booking(made.id)
    assert view is not None
    return view


def claims() -> list[Any]:
    return list(Claim.objects.filter(live=True).values_list("booking_id", flat=True))


def told(template: str) -> list[str]:
    jobs.drain()
    return [one.replace("\\", "") for one in Message.objects.filter(template=template).values_list("body", flat=True)]


def test_she_pays_the_difference_on_the_web_and_the_booking_has_the_other_time(thursday, made, evening, pay):
    browser = Client(SERVER_NAME="localhost", SERVER_PORT="8000")
    here = f"/bookings/{made.id}/{token_of('booking', made.id)}/move"
    page = browser.get(here).content.decode()
    assert ", £1.80 more" in page
    assert "you pay the difference next" in page
    away = browser.post(here, {"slot": evening.key})["Location"]
    assert away.startswith("http://localhost:8000/demo/card/")
    assert browser.post(here, {"slot": evening.key})["Location"] == away, "pressed twice it is the same payment"
    assert now(made).starts_at == made.starts_at, "nothing moves before it is paid"
    assert Booking.objects.filter(state="held").count() == 1
    payment = away.rsplit("/", 1)[1]
    assert pay.payments[payment]["amount"] == MORE
    back = pay.play(payment, "pay").removeprefix("http://localhost:8000")
    browser.get(back, follow=True)
    jobs.drain()  # set aside first, and taken as its time is still kept
    assert "We have your £1.80" in browser.get(back, follow=True).content.decode()
    view = now(made)
    assert (view.starts_at, view.moved, view.state) == (evening.starts_at, 1, "confirmed")
    assert claims() == [made.id], "its old time is free, the new one is its own"
    assert books() == {"income:courts": -DEAR, "provider:govuk_pay": DEAR}
    assert len(told("booking-moved")) == 1
    assert len(told("payment-receipt")) == 2
    assert told("booking-confirmed") == told("booking-confirmed")[:1], "it was booked once"
    shown = browser.get(here.removesuffix("/move")).content.decode()
    assert "£12" in shown
    assert Case.objects.get().outcome != "not-done-reason-given"


def test_left_unpaid_her_booking_stands_as_it_was_and_she_is_told(thursday, made, evening, pay):
    begins(made, evening.key, thursday)
    thursday.advance(minutes=40)
    jobs.drain(at=thursday.now())
    thursday.advance(hours=5)
    jobs.drain(at=thursday.now())
    view = now(made)
    assert (view.starts_at, view.state, claims()) == (made.starts_at, "confirmed", [made.id])
    assert Intent.objects.get(how="move").state == "void"
    assert "your booking stands as it was" in " ".join(told("payment-void"))
    assert told("booking-expired") == []
    assert Case.objects.get().resolved is True, "what was booked and paid for is not closed undone"
    assert books() == {"income:courts": -CHEAP, "provider:govuk_pay": CHEAP}


@pytest.mark.parametrize("taken", [False, True])
def test_paid_late_it_is_moved_where_the_time_is_free_and_else_the_difference_goes_back(
    thursday, made, evening, pay, taken
):
    owed = begins(made, evening.key, thursday)
    payment = start(owed, thursday)
    pay.down = True
    thursday.advance(minutes=31)
    jobs.drain(strict=False)
    for _ in range(8 if taken else 0):
        try:
            other = bookings.hold("squash", evening.key, for_kind="dialogue", for_id=made.customer_id, beside=True, by=SYSTEM,
                                  at=thursday.now())  # fmt: skip
        except bookings.SlotTaken:
            break
        bookings.confirm(other.id, by=SYSTEM, at=thursday.now())
    pay.down = False
    pay.play(payment, "pay")
    thursday.advance(minutes=5)
    jobs.drain(strict=False)
    jobs.drain(strict=False)
    assert now(made).starts_at == (made.starts_at if taken else evening.starts_at)
    assert made.id in claims()
    paid = CHEAP if taken else DEAR
    assert books() == {"income:courts": -paid, "provider:govuk_pay": paid}
    assert [one.state for one in Refund.objects.all()] == (["done"] if taken else [])


def test_paid_twice_it_is_moved_once_and_the_second_goes_back(thursday, made, evening, pay):
    owed = begins(made, evening.key, thursday)
    first = start(owed, thursday)
    pay.play(first, "cancel")
    come_back(owed, thursday)
    second = start(fresh(owed), thursday)
    pay.play(second, "pay")
    come_back(owed, thursday)
    come_back(owed, thursday)
    jobs.drain()
    assert (now(made).starts_at, now(made).moved) == (evening.starts_at, 1)
    assert sum(Attempt.objects.filter(state="taken").values_list("amount_pence", flat=True)) == DEAR
    assert books() == {"income:courts": -DEAR, "provider:govuk_pay": DEAR}


def test_cancelled_meanwhile_the_difference_is_not_owed_and_late_money_goes_back(thursday, made, evening, pay):
    owed = begins(made, evening.key, thursday)
    payment = start(owed, thursday)
    pay.down = True
    bookings.cancel(made.id, reason="asked", by=customer_actor(made.customer_id), at=thursday.now())
    jobs.drain(strict=False)
    assert (fresh(owed).state, claims()) == ("void", [])
    pay.down = False
    pay.play(payment, "pay")
    thursday.advance(minutes=5)
    jobs.drain(strict=False)
    jobs.drain(strict=False)
    assert (now(made).state, books()) == ("cancelled", {})


def test_cancelled_after_it_was_moved_all_that_was_paid_goes_back_by_the_terms(thursday, made, evening, pay):
    owed = begins(made, evening.key, thursday)
    pay.play(start(owed, thursday), "pay")
    come_back(owed, thursday)
    jobs.drain()
    bookings.cancel(made.id, reason="asked", by=customer_actor(made.customer_id), at=thursday.now())
    jobs.drain()
    jobs.drain()
    assert sorted(Refund.objects.values_list("amount_pence", flat=True)) == [MORE, CHEAP]
    assert books() == {}


def test_another_time_instead_lets_the_first_go_and_a_time_that_costs_no_more_is_not_paid_for(
    thursday, made, evening, slots, pay
):
    first = begins(made, evening.key, thursday)
    other = slots(from_minute=18 * 60, since=made.starts_at + timedelta(days=1))[0]
    second = begins(made, other.key, thursday)
    jobs.drain()
    assert (fresh(first).state, fresh(second).state) == ("void", "owed")
    assert Booking.objects.filter(state="held").count() == 1
    morning = slots(from_minute=600, to_minute=900, since=made.starts_at + timedelta(days=1))[0]
    with pytest.raises(bookings.NotBookable, match="costs no more"):
        begins(made, morning.key, thursday)
    view = bookings.move(made.id, morning.key, by=customer_actor(made.customer_id), at=thursday.now())
    jobs.drain()
    assert (view.starts_at, fresh(second).state) == (morning.starts_at, "void"), "moved another way, the hold goes"
    assert not Booking.objects.filter(state="held").exists()


def test_somebody_elses_booking_a_forged_time_and_one_that_is_over_are_refused(thursday, made, evening, client):
    wrong = client.post(f"/bookings/{made.id}/{'0' * 32}/move", {"slot": evening.key})
    assert wrong.status_code == 404
    here = f"/bookings/{made.id}/{token_of('booking', made.id)}/move"
    assert client.post(here, {"slot": "squash|nowhere|2026"}).status_code == 400
    bookings.cancel(made.id, reason="asked", by=SYSTEM, at=thursday.now())
    with pytest.raises(bookings.NotBookable, match="booking that stands"):
        begins(made, evening.key, thursday)
    assert Intent.objects.count() == 1


def test_at_the_desk_the_difference_is_paid_first_where_it_is_their_wish_and_else_nothing(
    council, thursday, made, evening, slots, pay
):
    staff = create_staff(
        username="priya", name="Priya Shah", roles=["adviser", "service-officer"], teams=["customer-services"],
        password="seven-calm-otters", pack=council, by=SYSTEM, at=thursday.now(),
    )  # fmt: skip
    desk = Client()
    desk.force_login(staff)
    here = f"/desk/diary/{made.id}/move"
    day = council_date(made.starts_at).isoformat()
    assert here in desk.get("/desk/diary/", {"where": made.site, "day": day}).content.decode()
    assert (
        f'value="{evening.key}"' in desk.get(here, {"to": council_date(evening.starts_at).isoformat()}).content.decode()
    )
    assert ", £1.80 more" in desk.get(here).content.decode()
    unsaid = desk.post(here, {"slot": evening.key})
    assert (unsaid.status_code, "Say whose wish it is" in unsaid.content.decode()) == (422, True)
    asked_for = desk.post(here, {"slot": evening.key, "wish": "theirs"})
    assert asked_for["Location"] == f"/desk/cases/{made.case_id}/"
    assert now(made).starts_at == made.starts_at, "nothing moves before it is paid"
    assert "£1.80 for Book a court" in desk.get(asked_for["Location"]).content.decode()
    owed = Intent.objects.get(how="move")
    assert pay_path(owed.id) in " ".join(told("payment-owed"))
    pay.play(start(owed, thursday), "pay")
    come_back(owed, thursday)
    jobs.drain()
    assert now(made).starts_at == evening.starts_at
    ours = slots(from_minute=17 * 60, since=evening.starts_at + timedelta(days=1))[0]
    assert desk.post(here, {"slot": ours.key, "wish": "ours"}).status_code == 303
    assert (now(made).starts_at, Intent.objects.count()) == (ours.starts_at, 2)
    assert desk.post(here, {"slot": "nonsense", "wish": "ours"}).status_code == 422
    assert desk.get(f"/desk/diary/{uuid4()}/move").status_code == 404
