"""The same time every week for a customer: held, paid and kept together, left out where taken, cancelled one or all after."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from moothall.bookings import actions
from moothall.bookings.links import token_of
from moothall.bookings.models import Booking
from moothall.bookings.queries import Wish, find, series_of
from moothall.bookings.queries import booking as one_booking
from moothall.bookings.rules import read_key, say_weekly
from moothall.core import jobs
from moothall.core.actors import SYSTEM, customer_actor
from moothall.core.zone import LONDON
from moothall.notifications.models import Message
from moothall.payments.models import Intent, Refund
from tests.payments.conftest import books, come_back, pay

__all__ = ["pay"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]
CHRISTMAS = date(2026, 12, 24)


@pytest.fixture
def browser() -> Client:
    return Client(SERVER_NAME="localhost", SERVER_PORT="8000")


def evening(clock: Any, site: str = "kirkside-leisure") -> str:
    """A squash court on Friday evening."""
    found = find(
        Wish("squash", since=clock.now() + timedelta(hours=24), from_minute=18 * 60, sites=frozenset({site})),
        at=clock.now(),
    )
    return found.slots[0].key


def weekly(clock: Any, slot: str, until: date = CHRISTMAS, **more: Any) -> actions.Weekly:
    given: dict[str, Any] = {"for_kind": "dialogue", "for_id": uuid4(), "by": SYSTEM, "at": clock.now(), **more}
    return actions.hold_weekly("squash", slot, until=until, **given)


def fill_week(clock: Any, slot: str, weeks: int) -> None:
    """Somebody has every squash court of that hour, so many weeks on."""
    spot = read_key(slot)
    later = spot._replace(starts_at=spot.starts_at.astimezone(LONDON) + timedelta(weeks=weeks))
    for _ in range(3):
        made = actions.hold(
            "squash", later.key, for_kind="staff", for_id=uuid4(), any_time=True, by=SYSTEM, at=clock.now()
        )
        actions.confirm(made.id, by=SYSTEM, at=clock.now())


def test_every_week_until_christmas_with_the_weeks_that_are_not_free_left_out(thursday):
    slot = evening(thursday)
    fill_week(thursday, slot, 2)
    made = weekly(thursday, slot)
    assert [one.starts_at.astimezone(LONDON).date().isoformat() for one in made.held] == [
        "2026-11-20", "2026-11-27", "2026-12-11", "2026-12-18",
    ]  # fmt: skip
    assert len({one.starts_at.astimezone(LONDON).time() for one in made.held}) == 1
    said = say_weekly([one.starts_at for one in made.held], made.taken)
    assert said == "4 times: then every week on 27 November, 11 and 18 December\nNot free, so left out: 4 December"
    kept = one_booking(made.held[2].id)
    assert kept is not None
    assert [one.id for one in series_of(kept)] == [one.id for one in made.held]


def test_too_many_weeks_or_a_day_before_the_first_are_refused_with_what_to_do(thursday):
    slot = evening(thursday)
    with pytest.raises(actions.NotBookable, match=r"20 weeks at most. Choose a last day up to"):
        weekly(thursday, slot, date(2027, 6, 1))
    with pytest.raises(actions.NotBookable, match="on or after the first time"):
        weekly(thursday, slot, date(2026, 11, 1))
    assert Booking.objects.count() == 0


def test_let_go_it_is_let_go_whole_and_held_anew_it_takes_nothing_twice(thursday):
    slot, whom = evening(thursday), uuid4()
    first = weekly(thursday, slot, for_id=whom)
    again = weekly(thursday, slot, date(2026, 12, 5), for_id=whom)
    states = dict(Booking.objects.values_list("id", "state"))
    assert {states[one.id] for one in first.held} == {"released"}
    assert {states[one.id] for one in again.held} == {"held"}
    actions.release_for("dialogue", whom, reason="not_sent", by=SYSTEM, at=thursday.now())
    assert not Booking.objects.filter(state="held").exists()


def test_confirmed_together_or_not_at_all(thursday):
    made = weekly(thursday, evening(thursday))
    actions.confirm(made.held[0].id, by=SYSTEM, at=thursday.now())
    assert set(Booking.objects.values_list("state", flat=True)) == {"confirmed"}
    slot = evening(thursday, "beckfield-leisure")
    lost = weekly(thursday, slot)
    thursday.advance(minutes=31)
    actions.expire_holds(at=thursday.now())
    spot = read_key(slot)
    third = spot._replace(starts_at=spot.starts_at.astimezone(LONDON) + timedelta(weeks=3))
    for _ in range(2):
        other = actions.hold("squash", third.key, for_kind="staff", for_id=uuid4(), any_time=True, by=SYSTEM,
                             at=thursday.now())  # fmt: skip
        actions.confirm(other.id, by=SYSTEM, at=thursday.now())
    assert actions.rebook_or_none(lost.held[0].id, by=SYSTEM, at=thursday.now()) is None
    assert {one.state for one in Booking.objects.filter(id__in=[one.id for one in lost.held])} == {"expired"}


def books_it(browser: Client, clock: Any, *, weekly: str = "2026-12-18") -> str:
    """Ask for a court every Friday on the site, up to the check; return the request's address."""
    here = browser.post("/services/book-court/start")["Location"]
    browser.post(f"{here}activity", {"activity": "squash"})
    browser.post(f"{here}card", {"card": ""})
    asked = browser.get(f"{here}slot").content.decode()
    assert "The same time every week, until" in asked
    answer = browser.post(f"{here}slot", {"slot": evening(clock), "slot-weekly": weekly})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    browser.post(f"{here}access", {"access": ""})
    browser.post(f"{here}pay", {"pay": "card"})
    browser.post(f"{here}contact", {"contact-name": "Mei Lee", "contact-email": "mei.lee@example.com"})
    return here


def test_on_the_site_what_is_free_the_whole_price_one_payment_and_cancelled_from_one_on(browser, thursday, pay):
    fill_week(thursday, evening(thursday), 1)
    here = books_it(browser, thursday)
    checked = browser.get(f"{here}check").content.decode()
    assert "4 times: then every week on 4, 11 and 18 December" in checked
    assert "Not free, so left out: 27 November" in checked
    assert "You pay £48." in checked
    payment = browser.post(f"{here}send")["Location"].rsplit("/", 1)[1]
    intent = Intent.objects.get()
    assert (intent.amount_pence, pay.payments[payment]["amount"]) == (4800, 4800)
    pay.play(payment, "pay")
    come_back(intent, thursday)
    jobs.drain()
    mine = list(Booking.objects.exclude(for_kind="staff").order_by("starts_at"))
    assert {(one.state, one.owes_pence) for one in mine} == {("confirmed", 1200)}
    assert "4, 11 and 18 December" in Message.objects.get(template="booking-confirmed").body.replace("\\", "")

    second = f"/bookings/{mine[1].id}/{token_of('booking', mine[1].id)}"
    page = browser.get(second).content.decode()
    assert "Cancel this and the 2 after it" in page
    assert "£12 goes back to you." in page
    browser.post(f"{second}/cancel", {"which": "following"})
    jobs.drain()
    assert [one.state for one in Booking.objects.exclude(for_kind="staff").order_by("starts_at")] == [
        "confirmed", "cancelled", "cancelled", "cancelled",
    ]  # fmt: skip
    assert sorted(Refund.objects.values_list("amount_pence", "state")) == [(1200, "done")] * 3
    assert books() == {"income:courts": -1200, "provider:govuk_pay": 1200}
    cancelled = Message.objects.get(template="booking-cancelled")
    assert "and 2 more after it" in cancelled.body


def test_never_paid_it_is_all_let_go_with_one_message(browser, thursday, pay):
    here = books_it(browser, thursday)
    browser.post(f"{here}send")
    thursday.advance(minutes=40)
    jobs.drain()
    assert set(Booking.objects.values_list("state", flat=True)) == {"expired"}
    assert (Intent.objects.get().state, Message.objects.filter(template="booking-expired").count()) == ("void", 1)


def test_paid_late_all_of_it_is_booked_again_or_all_goes_back(browser, thursday, pay):
    for taken in (False, True):
        here = books_it(browser, thursday)
        payment = browser.post(f"{here}send")["Location"].rsplit("/", 1)[1]
        intent = Intent.objects.latest("created_at")
        lead = one_booking(intent.booking_id)
        pay.down = True
        thursday.advance(minutes=40)
        jobs.drain(strict=False)
        if taken:
            key = f"{lead.site}~{(lead.starts_at + timedelta(weeks=2)):%Y%m%dT%H%M}"
            for _ in range(3):
                try:
                    made = actions.hold("squash", key, for_kind="staff", for_id=uuid4(), any_time=True, by=SYSTEM,
                                        at=thursday.now())  # fmt: skip
                except actions.SlotTaken:
                    break
                actions.confirm(made.id, by=SYSTEM, at=thursday.now())
        pay.down = False
        pay.play(payment, "pay")
        thursday.advance(minutes=3)
        jobs.drain(strict=False)
        states = {one.state for one in series_of(lead)}
        assert (Intent.objects.get(id=intent.id).state, states) == (
            ("void", {"expired"}) if taken else ("done", {"confirmed"})
        )
    assert sum(books().values()) == 0
    assert books().get("held", 0) == 0


def test_only_once_where_the_pack_says_so(thursday):
    with pytest.raises(actions.NotBookable, match="Leave the last day empty"):
        actions.hold_weekly(
            "table", find(Wish("table", since=thursday.now() + timedelta(hours=20)), at=thursday.now()).slots[0].key,
            until=CHRISTMAS, for_kind="dialogue", for_id=uuid4(), by=SYSTEM, at=thursday.now(),
        )  # fmt: skip


def test_too_soon_to_cancel_the_first_cancels_nothing(browser, thursday, pay):
    made = weekly(thursday, evening(thursday))
    actions.confirm(made.held[0].id, by=SYSTEM, at=thursday.now())
    thursday.set(datetime(2026, 11, 20, 12, tzinfo=LONDON).isoformat())
    with pytest.raises(actions.TooLate):
        actions.cancel_following(made.held[0].id, by=customer_actor(None), at=thursday.now())
    assert set(Booking.objects.values_list("state", flat=True)) == {"confirmed"}
