"""Two were taken for one and are parted: what was made meanwhile goes back, or somebody says whose it is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from moothall.bookings.models import Booking, HeldCard, Wait
from moothall.contacts.actions import record_contact
from moothall.contacts.models import Contact
from moothall.core.actors import SYSTEM
from moothall.core.event_feed import events_of_customers
from moothall.core.jobs import drain
from moothall.customers.actions import create_customer
from moothall.customers.linking.actions import merge, settle, unmerge
from moothall.customers.linking.models import SourceRecord, Unsettled
from moothall.customers.models import Customer
from moothall.intake.identity_queries import unsettled_lines
from moothall.payments.models import Intent, Mandate
from tests.conftest import MovableClock
from tests.customers.linking.conftest import TAX, csv_of, deliver, tax_row

pytestmark = pytest.mark.django_db


class Two:
    """Gwen, whom council tax holds, and Ann; joined, and then parted."""

    def __init__(self, clock: MovableClock) -> None:
        self.clock = clock
        self.ann = create_customer(given_name="Ann", family_name="Jones", by=SYSTEM, at=clock.now())
        clock.advance(minutes=1)
        deliver("council-tax", csv_of(TAX, [tax_row("T-1", "Joness", given="Gwen")]), clock.now())
        self.record = SourceRecord.objects.get()
        assert self.record.own is not None
        self.gwen = self.record.own
        drain()
        clock.advance(minutes=1)
        self.merge = merge(self.ann.id, self.gwen.id, by=SYSTEM, at=clock.now())
        self.one = Customer.objects.get(pk=self.merge.into_id).id
        self.other = self.merge.joined_id
        clock.advance(minutes=1)

    def part(self) -> Any:
        self.clock.advance(minutes=1)
        parted = unmerge(self.merge.id, by=SYSTEM, at=self.clock.now())
        drain()
        return parted


@pytest.fixture
def two(council: Any, clock: MovableClock) -> Two:
    return Two(clock)


def booked(two: Two, **more: Any) -> Booking:
    at = two.clock.now()
    return Booking.objects.create(**{
        "reference": uuid4().hex[:8].upper(), "state": "confirmed", "bookable": "squash", "resource": "court-1",
        "starts_at": at + timedelta(days=2), "ends_at": at + timedelta(days=2, hours=1), "customer_id": two.one,
        "for_kind": "staff", "for_id": uuid4(), "held_at": at, **more,
    })  # fmt: skip


def owed(two: Two, **more: Any) -> Intent:
    at = two.clock.now()
    return Intent.objects.create(**{
        "reference": uuid4().hex[:8].upper(), "service": "garden-waste", "channel": "phone", "description": "Garden waste",
        "income": "bins", "amount_pence": 4500, "customer_id": two.one, "created_at": at, "changed_at": at, **more,
    })  # fmt: skip


def agreed(two: Two, intent: Intent, **more: Any) -> Mandate:
    return Mandate.objects.create(**{
        "reference": uuid4().hex[:8].upper(), "scheme": "bacs", "intent": intent, "plan": "monthly", "day": 1,
        "channel": "phone", "customer_id": two.one, "made_at": two.clock.now(), **more,
    })  # fmt: skip


def whose(row: Any) -> UUID:
    row.refresh_from_db()
    found = row.customer_id
    assert isinstance(found, UUID)
    return found


def test_a_contact_goes_back_to_the_owner_of_the_record_it_names_with_what_was_booked_and_owed_for_it(two: Two) -> None:
    contact = record_contact(
        channel="phone", received_at=two.clock.now(), by=SYSTEM, at=two.clock.now(), customer_id=two.one,
        source_record_id=two.record.id,
    )  # fmt: skip
    court = booked(two, for_kind="contact", for_id=contact.id)
    bill = owed(two, booking_id=court.id)
    parted = two.part()
    assert Contact.objects.get(pk=contact.id).customer_id == two.gwen.id
    assert (parted.went_back, parted.waiting) == ((1, 0) if two.gwen.id == two.other else (0, 0))
    assert (whose(court), whose(bill)) == (two.gwen.id, two.gwen.id)


def test_what_names_no_record_waits_for_somebody_and_goes_to_whom_she_says(two: Two) -> None:
    court, bill = booked(two), owed(two)
    plan = agreed(two, bill)
    at = two.clock.now()
    line = Wait.objects.create(
        bookable="squash", since=at, until=at + timedelta(days=9), customer_id=two.one, joined_at=at
    )
    offered = booked(two, for_kind="wait", for_id=line.id)
    Wait.objects.filter(pk=line.pk).update(booking_id=offered.id)
    card = HeldCard.objects.create(number="LC1", card="leedscard", customer_id=two.one, valid_from=date(2026, 3, 5))
    two.clock.advance(days=4)
    parted = two.part()
    assert (parted.went_back, parted.waiting) == (0, 5)
    lines = unsettled_lines(visible_to=SYSTEM)
    said = " ".join(one.words for one in lines)
    for words in ("The booking “", "A place in the line for", "A card, ", "The payment “Garden waste”"):
        assert words in said
    for one in Unsettled.objects.all():
        settle(one.id, customer_id=two.other, by=SYSTEM, at=two.clock.now())
    drain()
    assert {whose(row) for row in (court, line, offered, card, bill, plan)} == {two.other}
    assert {"booking.given", "payment.given"} <= {one.name for one in events_of_customers([two.other])}
    for one in Unsettled.objects.all():
        settle(one.id, customer_id=two.one, by=SYSTEM, at=two.clock.now())
    assert whose(court) == two.other  # the first word stands


def test_what_was_there_before_and_what_comes_after_is_nobodys_question(two: Two) -> None:
    two.clock.set("2026-03-01T08:00")
    court, bill = booked(two), owed(two)
    two.clock.set("2026-03-02T09:30")
    plan = agreed(two, bill)
    assert two.part().waiting == 1  # the agreement, for a payment of before
    booked(two)
    assert (whose(court), whose(bill), whose(plan)) == (two.one, two.one, two.one)
    assert Unsettled.objects.get().kind == "payment"
