"""A card's price is only for a card that somebody holds, by any channel; nobody moves where she could not book; a series is
cancelled as far as it can be."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from moothall.bookings import actions
from moothall.bookings.links import token_of
from moothall.bookings.models import Booking
from moothall.bookings.queries import booking
from moothall.bookings.rules import Spot
from moothall.cases.models import Case
from moothall.contacts.models import Contact, Matter
from moothall.core.actors import SYSTEM, customer_actor
from moothall.core.models import Event
from moothall.core.staff import create_staff
from moothall.customers.actions import create_customer
from moothall.intake.lookups import read_now
from moothall.intake.paying import price_now
from moothall.intake.slots import unknown_cards
from moothall.services.pack import SERVICES
from tests.bookings.test_weekly import evening, weekly
from tests.interfaces.api.conftest import machine, machine_with

__all__ = ["machine", "machine_with"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]
UNKNOWN = "We don’t know a card of that number"


@pytest.fixture
def cards(thursday: Any, council: Any) -> None:
    """Mei Lee's LeedsCard Extra, and a LeedsCard that ran out yesterday."""
    her = create_customer(given_name="Mei", family_name="Lee", by=SYSTEM, at=thursday.now())
    for number, card, until in (
        ("LX12345678", "leedscard-extra", None),
        ("LC12345678", "leedscard", date(2026, 11, 18)),
    ):
        actions.issue_card(number, card=card, customer_id=her.id, valid_from=date(2026, 1, 1), valid_to=until, by=SYSTEM,
                           at=thursday.now())  # fmt: skip


def asked(slot: str, card: str) -> dict[str, Any]:
    return {
        "activity": "squash", "card": card, "slot": slot, "access": "", "pay": {"how": "link"},
        "contact": {"name": "Mei Lee", "email": "mei.lee@example.com"},
    }  # fmt: skip


@pytest.mark.usefixtures("cards")
@pytest.mark.parametrize("card", ["LX00000000", "LC 1234 5678", "LC99999999", "anything"])
def test_a_card_that_nobody_holds_or_has_run_out_is_no_price_and_is_said(card, thursday, slots, council, machine):
    service, free = council.of(SERVICES)["book-court"], slots(from_minute=17 * 60)[0].key
    given = asked(free, card)
    price = price_now(service, {**given, "slot": {"slot": free}}, pack=council, at=thursday.now())
    assert (price.pence, price.concession) == (1200, "")
    _, wrong = read_now(service, given, channel="phone", at=thursday.now())
    assert UNKNOWN in wrong["card"].message
    assert UNKNOWN in unknown_cards(service, given, on=thursday.now().date())["card"].message
    told = machine.post("/bookings", {"service": "book-court", "slot": free, "answers": {
        key: value for key, value in given.items() if key != "slot"}})  # fmt: skip
    assert told.status_code == 422
    assert {"answers.card"} == {one["where"] for one in told.json()["problems"]}
    wire = machine.post("/cases", {"service": "book-court", "channel": "api", "answers": {**given, "slot": free}})
    assert (wire.status_code, [one["where"] for one in wire.json()["problems"]]) == (422, ["answers.card"]), (
        wire.content
    )
    assert not Booking.objects.exists()
    assert not Case.objects.exists()


@pytest.mark.usefixtures("cards")
def test_a_card_in_force_brings_the_price_down_at_any_hour(thursday, slots, council, machine):
    service = council.of(SERVICES)["book-court"]
    for free in (slots(from_minute=17 * 60)[0], slots(from_minute=600, to_minute=900)[0]):
        told = machine.post("/bookings", {"service": "book-court", "slot": free.key, "answers": {
            key: value for key, value in asked(free.key, "lx 1234 5678").items() if key != "slot"}})  # fmt: skip
        assert (told.status_code, told.json()["to_pay_pence"]) == (201, 720), "40 per cent less at any time"
    before = price_now(service, asked("", "LX 1234 5678"), pack=council, at=thursday.now())
    assert before.pence == 720, "an adviser says the card's price before a time is kept"


@pytest.mark.usefixtures("cards")
def test_at_the_desk_a_made_up_card_is_asked_again(thursday, slots, council):
    staff = create_staff(username="asha", name="Asha Patel", roles=["adviser"], teams=[],
                         password="seven-calm-otters-queueing", pack=council, by=SYSTEM, at=thursday.now())  # fmt: skip
    desk = Client()
    desk.force_login(staff)
    desk.post("/desk/contacts/begin", {"channel": "phone", "number": "", "offered": "", "another": "1"})
    contact = Contact.objects.get()
    desk.post(f"/desk/contacts/{contact.id}/matters", {"service": "book-court"})
    here = f"/desk/contacts/{contact.id}/matters/{Matter.objects.get().id}/send"
    given = {
        "activity": "squash", "card": "LX 0000 0000", "slot": slots(from_minute=17 * 60)[0].key, "pay": "link",
        "contact-name": "Mei Lee", "contact-email": "mei.lee@example.com", "do": "send",
    }  # fmt: skip
    answer = desk.post(here, given)
    assert (answer.status_code, UNKNOWN in answer.content.decode()) == (422, True)
    assert not Case.objects.exists()
    desk.post(here, given | {"card": "LX 1234 5678"})
    assert Booking.objects.get().owes_pence == 720


def test_nobody_moves_to_where_she_could_not_book(thursday, slots, held, client, machine):
    made = held(slot=slots(since=thursday.now() + timedelta(days=3), sites=frozenset({"southdale-leisure"}))[0].key)
    actions.confirm(made.id, by=SYSTEM, at=thursday.now())
    far = Spot("southdale-leisure", made.starts_at + timedelta(weeks=8)).key
    here = f"/bookings/{made.id}/{token_of('booking', made.id)}/move"
    answer = client.post(here, {"slot": far})
    assert (answer.status_code, "Only card holders can book that far ahead" in answer.content.decode()) == (400, True)
    told = machine.post(f"/bookings/{made.id}/move", {"slot": far, "asked_by": "customer"})
    assert (told.status_code, booking(made.id).moved) == (422, 0)
    assert booking(made.id).starts_at == made.starts_at
    moved = actions.move(made.id, far, by=SYSTEM, at=thursday.now())
    assert moved.starts_at == made.starts_at + timedelta(weeks=8), "we may"


def test_a_collection_is_not_moved_into_the_day_that_is_planned(thursday, slots, held):
    later = slots("bulky-collection")[3]
    made = held("bulky-collection", later.key, load={"units": 1})
    actions.confirm(made.id, by=SYSTEM, at=thursday.now())
    soon = slots("bulky-collection")[0]
    thursday.set(soon.starts_at - timedelta(hours=30))
    with pytest.raises(actions.NotBookable, match="too soon for us to be ready"):
        actions.move(made.id, soon.key, by=customer_actor(None), at=thursday.now())


def test_of_a_series_what_must_stand_stands_and_the_rest_is_cancelled(thursday):
    made = weekly(thursday, evening(thursday))
    actions.confirm(made.held[0].id, by=SYSTEM, at=thursday.now())
    second = made.held[1]
    thursday.set(made.held[0].starts_at - timedelta(hours=30))
    soon = Spot(second.site, thursday.now() + timedelta(hours=3))
    Booking.objects.filter(id=second.id).update(
        starts_at=made.held[0].starts_at + timedelta(hours=1), state="confirmed"
    )
    Booking.objects.filter(id=made.held[0].id).update(visits_failed=1)
    thursday.set(made.held[0].starts_at - timedelta(hours=2))
    assert soon.starts_at < made.held[0].starts_at
    gone = actions.cancel_following(made.held[0].id, by=customer_actor(None), at=thursday.now())
    states = list(Booking.objects.order_by("starts_at").values_list("state", flat=True))
    assert states == ["cancelled", "confirmed", *["cancelled"] * (len(states) - 2)]
    assert gone == len(states) - 1
    told = [one.data["following"] for one in Event.objects.filter(name="booking.cancelled") if not one.data["quiet"]]
    assert told == [len(states) - 2]
