"""An officer’s diary: what she books for a group she can cancel, singly or all; a full page costs what an empty one does."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from moothall.bookings import actions
from moothall.bookings.links import token_of
from moothall.bookings.models import Booking, Claim
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.models import Event
from moothall.core.staff import create_staff
from moothall.core.zone import LONDON
from moothall.customers.actions import create_customer
from moothall.payments.models import Refund
from tests.payments.conftest import come_back, owed, pay, start  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]


@pytest.fixture
def reception(council: Any, thursday: Any) -> Client:
    staff = create_staff(
        username="asha", name="Asha Patel", roles=["service-officer"], teams=[], password="seven-calm-otters",
        pack=council, by=SYSTEM, at=thursday.now(),
    )  # fmt: skip
    client = Client()
    client.force_login(staff)
    return client


def said(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_series_is_cancelled_singly_and_from_one_week_on(reception, slots, thursday, officer):
    slot = slots("badminton")[0]
    made = actions.book_series("badminton", slot.key, weeks=5, title="Otley Juniors", by=officer, at=thursday.now())
    first, second, third = [one.id for one in made.booked][:3]

    def cancel(row: Any, **posted: str) -> Any:
        day = Booking.objects.get(id=row).starts_at.astimezone(LONDON).date()
        return reception.post(
            f"/desk/diary/{row}/cancel", {"day": day.isoformat(), "where": made.booked[0].site, **posted}
        )

    day = made.booked[0].starts_at.astimezone(LONDON).date()
    shown = said(reception.get(f"/desk/diary/?where={made.booked[0].site}&day={day}"))
    assert "This and all that follow" in shown
    assert "Otley Juniors" in shown
    refused = cancel(first)
    assert (refused.status_code, "Say whose wish it is" in said(refused)) == (422, True)
    assert "Cancelled 1." in said(cancel(second, wish="theirs", which="one"))
    assert "Cancelled 3." in said(cancel(third, wish="ours", which="rest"))
    assert "Cancelled 1." in said(cancel(second, wish="theirs", which="one"))  # pressed again: nothing more happens
    states = list(Booking.objects.order_by("starts_at").values_list("state", flat=True))
    assert states == ["confirmed", "cancelled", "cancelled", "cancelled", "cancelled"]
    assert Claim.objects.filter(live=True).count() == 1
    assert Event.objects.filter(name="booking.cancelled").count() == 4
    assert reception.post(f"/desk/diary/{uuid4()}/cancel", {"wish": "ours"}).status_code == 404
    assert Client().post(f"/desk/diary/{first}/cancel", {"wish": "ours"}).status_code == 401


@pytest.mark.parametrize(("wish", "back"), [("ours", 1200), ("theirs", 0)])
def test_whose_wish_it_is_decides_what_goes_back(reception, held, thursday, pay, wish, back):  # noqa: F811
    row = held("squash")
    actions.attach(row.id, case_id=None, customer_id=None, owes_pence=1200, by=SYSTEM, at=thursday.now())
    intent = owed(thursday, booking_id=row.id, service="book-court")
    pay.play(start(intent, thursday), "pay")
    come_back(intent, thursday)
    thursday.set(row.starts_at - timedelta(hours=1))  # too late for the customer herself
    reception.post(f"/desk/diary/{row.id}/cancel", {"wish": wish, "day": "2026-11-19", "where": row.site})
    jobs.drain()
    assert Booking.objects.get().state == "cancelled"
    assert sum(Refund.objects.values_list("amount_pence", flat=True)) == back


def test_the_pages_cost_the_same_however_much_there_is(
    reception, held, slots, thursday, django_assert_max_num_queries, client
):
    her = create_customer(given_name="Nour", family_name="Khalil", by=SYSTEM, at=thursday.now())
    since = thursday.now() + timedelta(days=3)
    free = list(slots("squash", sites=frozenset({"kirkside-leisure"}), since=since))[:9]
    rows = [
        actions.confirm(held("squash", one.key, customer_id=her.id).id, by=SYSTEM, at=thursday.now()) for one in free
    ]
    day = free[0].starts_at.astimezone(LONDON).date()
    reception.get("/desk/diary/")
    with django_assert_max_num_queries(9):
        assert said(reception.get(f"/desk/diary/?where=kirkside-leisure&day={day}")).count("Squash court") >= 9
    with django_assert_max_num_queries(9):
        assert said(reception.get(f"/desk/diary/{rows[0].id}/move")).count("<option value") > 20
    here = f"/bookings/{rows[0].id}/{token_of('booking', rows[0].id)}"
    with django_assert_max_num_queries(6):
        assert client.get(here).status_code == 200
    with django_assert_max_num_queries(6):
        assert client.get(f"{here}/move").status_code == 200
