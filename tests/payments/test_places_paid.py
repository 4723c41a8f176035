"""Places of a class: what they cost, what comes back for those given up, and that it never comes to more than was paid."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.bookings import actions as bookings
from moothall.bookings.links import token_of
from moothall.bookings.models import Booking
from moothall.bookings.queries import booking
from moothall.bookings.rules import hours_before
from moothall.core import jobs
from moothall.core.actors import SYSTEM, customer_actor
from moothall.core.models import Event
from moothall.customers.actions import create_customer
from moothall.intake.paying import price_now
from moothall.notifications.models import Message
from moothall.payments.models import Intent, Refund
from moothall.payments.pack import _free
from moothall.payments.queries import money_of_booking
from moothall.payments.queries.terms import back_for_fewer
from moothall.payments.rules.pricing import worth
from moothall.payments.saga import places_given_up
from moothall.services.pack import SERVICES
from moothall.services.rules import questions_to_ask
from tests.bookings.conftest import slots, thursday
from tests.interfaces.api.conftest import machine, machine_with
from tests.payments.conftest import books, come_back, fresh, start

__all__ = ["machine", "machine_with", "slots", "thursday"]
HER = customer_actor(None)


def asked(places: int = 3, activity: str = "swim_taster", card: str = "") -> dict[str, Any]:
    return {
        "activity": activity, "places": places, "card": card, "access": "", "pay": {"how": "link"},
        "contact": {"name": "Nour Khalil", "email": "nour.khalil@example.com"},
    }  # fmt: skip


@pytest.fixture
def class_of(thursday: Any, slots: Any, machine: Any, pay: Any) -> Any:
    """Places in a class, paid for by card."""

    def make(places: int = 3, **more: Any) -> Any:
        free = slots("swim_taster", sites=frozenset({"kirkside-leisure"}))[-1]
        told = machine.post("/bookings", {"service": "book-class", "slot": free.key, "answers": asked(places, **more)})
        assert told.status_code == 201, told.content
        assert told.json()["places"] == places
        intent = Intent.objects.get()
        pay.play(start(intent, thursday), "pay")
        come_back(intent, thursday)
        jobs.drain(at=thursday.now())
        view = booking(told.json()["id"])
        assert view is not None
        assert (view.state, fresh(intent).state) == ("confirmed", "done")
        return view

    return make


def back() -> list[tuple[int, str]]:
    jobs.drain()
    return list(Refund.objects.order_by("asked_at", "id").values_list("amount_pence", "reason"))


@pytest.mark.django_db
@pytest.mark.usefixtures("council")
@pytest.mark.parametrize(
    ("activity", "places", "card", "pence"),
    [
        ("swim_taster", 1, "", 540), ("swim_taster", 2, "", 1080), ("swim_taster", 2, "LX 1234 5678", 648),
        ("aquafit", 6, "LC 1234 5678", 3264), ("yoga", 3, "", 2160), ("family_history", 6, "", 0),
    ],
)  # fmt: skip
def test_each_place_has_its_price_and_a_card_brings_it_down(thursday, council, activity, places, card, pence):
    her = create_customer(given_name="Nour", family_name="Khalil", by=SYSTEM, at=thursday.now())
    for number, kind in (("LX12345678", "leedscard-extra"), ("LC12345678", "leedscard")):
        bookings.issue_card(
            number, card=kind, customer_id=her.id, valid_from=date(2026, 1, 1), by=SYSTEM, at=thursday.now()
        )
    given_ = asked(places, activity, card)
    price = price_now(council.of(SERVICES)["book-class"], given_, pack=council, at=thursday.now())
    assert price.pence == pence
    assert price.lines[0].why


@pytest.mark.django_db
@pytest.mark.usefixtures("council")
def test_one_place_after_another_comes_back_by_the_terms_and_the_rest_with_the_booking(thursday, class_of):
    made = class_of(3)
    choices, why = back_for_fewer(made.id, hours_before=60)
    assert [(one.keep, one.back) for one in choices] == [(2, 540), (1, 1080)]
    assert why == "It is at least a day before, so you get all of it back."
    bookings.keep_places(made.id, 2, by=HER, at=thursday.now())
    assert back() == [(540, "fewer")]
    told = Message.objects.get(template="refund-sent").body.replace("\\", "")
    assert "£5.40" in told
    assert "for the places that were given up" in told
    left = money_of_booking(made.id, hours_before=60)
    assert left is not None
    assert (left.paid, left.back) == (1080, 1080)

    thursday.set(made.starts_at - timedelta(hours=5))
    bookings.keep_places(made.id, 1, by=HER, at=thursday.now())
    assert back() == [(540, "fewer"), (270, "fewer")], "less than a day before it is half"
    bookings.cancel(made.id, reason="asked", by=HER, at=thursday.now())
    assert back() == [(540, "fewer"), (270, "fewer"), (270, "cancelled")]
    assert books() == {"income:classes": -540, "provider:govuk_pay": 540}


@pytest.mark.django_db
@pytest.mark.usefixtures("council")
def test_told_twice_and_out_of_order_it_goes_back_once(thursday, class_of):
    made = class_of(3)
    bookings.keep_places(made.id, 2, by=HER, at=thursday.now())
    bookings.keep_places(made.id, 1, by=HER, at=thursday.now())
    assert Event.objects.filter(name="booking.places_given_up").count() == 2
    assert back() == [(540, "fewer"), (540, "fewer")]
    for _ in range(2):
        for event in Event.objects.filter(name="booking.places_given_up").order_by("-occurred_at", "-id"):
            places_given_up(event)  # type: ignore[arg-type]
    assert back() == [(540, "fewer"), (540, "fewer")]


@pytest.mark.django_db
@pytest.mark.usefixtures("council")
def test_where_it_is_our_doing_all_that_the_place_cost_comes_back(thursday, class_of, machine):
    made = class_of(2)
    thursday.set(made.starts_at - timedelta(minutes=90))
    late = machine.post(f"/bookings/{made.id}/places", {"places": 1, "asked_by": "customer"})
    assert late.status_code == 422, late.content
    assert "so you can’t give up places here" in late.json()["problems"][0]["message"]
    told = machine.post(f"/bookings/{made.id}/places", {"places": 1, "asked_by": "council"}, key="ours")
    again = machine.post(f"/bookings/{made.id}/places", {"places": 1, "asked_by": "council"}, key="ours")
    assert (told.status_code, told.json()["places"], again.json()) == (200, 1, told.json()), told.content
    assert machine.post(f"/bookings/{made.id}/places", {"places": 0}).status_code == 422
    assert machine.post(f"/bookings/{made.id}/places", {"places": -1}).status_code == 422
    assert back() == [(540, "fewer")]
    assert books() == {"income:classes": -540, "provider:govuk_pay": 540}


@pytest.mark.django_db
@pytest.mark.usefixtures("council")
def test_what_costs_nothing_gives_nothing_back(thursday, slots, machine, client):
    free = slots("family_history")[0]
    answers = asked(4, "family_history")
    del answers["pay"]
    told = machine.post("/bookings", {"service": "book-class", "slot": free.key, "answers": answers})
    assert (told.status_code, told.json()["state"]) == (201, "confirmed"), told.content
    made = booking(told.json()["id"])
    page = client.get(f"/bookings/{made.id}/{token_of('booking', made.id)}").content.decode()
    assert "Keep 3 places" in page
    assert "goes back to you" not in page
    bookings.keep_places(made.id, 1, by=HER, at=thursday.now())
    assert back() == []
    assert Booking.objects.get().places == 1
    assert hours_before(made.starts_at, thursday.now()) > 24


@pytest.mark.usefixtures("council")
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("service", "free"), [("parking-permit", {"do": "stop"}), ("book-class", {"activity": "family_history"})]
)
def test_nobody_is_held_up_by_how_to_pay_where_there_is_nothing_to_pay(council, service, free):
    """The page said “No charge”, had nothing to choose, and would not go on without a choice."""
    known = council.of(SERVICES)[service]
    assert "pay" not in [one.id for one in questions_to_ask(known, free, date(2026, 11, 19))]
    assert [*_free(council, service, known)] == []
    always = [one.model_copy(update={"show_when": None}) for one in known.questions]
    (told,) = _free(council, service, known.model_copy(update={"questions": tuple(always)}))
    assert "must be answered also where there is nothing to pay" in str(told)


@given(pence=st.integers(0, 1_000_000), of=st.integers(1, 200), data=st.data())
def test_parts_given_up_one_after_another_come_to_the_whole(pence: int, of: int, data: Any) -> None:
    steps = sorted({*data.draw(st.lists(st.integers(0, of), max_size=8)), 0, of}, reverse=True)
    parts = [worth(pence, was, of) - worth(pence, now, of) for was, now in pairwise(steps)]
    assert sum(parts) == pence
    assert all(part >= 0 for part in parts)
