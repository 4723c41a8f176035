"""Tampered amounts, other people’s bookings, impossible quantities by desk, wire and text: refused, logged, explained.

The web’s own are in test_bookings.py beside this and in tests/payments/test_site.py; webhooks in tests/payments/
test_providers.py and test_site.py, machines in tests/payments/test_tills.py.
"""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from moothall.bookings import actions
from moothall.bookings.models import Booking, MoveOffer, Tally
from moothall.bookings.queries import Wish, booking, find
from moothall.cases.models import Case
from moothall.contacts.models import Contact, Matter
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.ids import new_id
from moothall.core.models import ApiClient, Event
from moothall.core.packs import Pack
from moothall.core.staff import create_staff
from moothall.core.staff.actor import token_digest
from moothall.customers.actions import create_customer
from moothall.notifications.models import Message
from moothall.payments.models import Intent
from tests.conftest import MovableClock
from tests.interfaces.api.conftest import Machine, machine, machine_with  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]
NUMBER, STRANGER = "+447700900321", "+447700900999"
COUNTS = ("-1", "-99999999999", "99999999999999999999", "1e9", "1.5", "٣", "0x10", "NaN")


@pytest.fixture
def adviser(council: Pack, clock: MovableClock) -> Client:
    staff = create_staff(
        username="both", name="Priya Shah", roles=["adviser", "service-officer"], teams=["customer-services"],
        password="seven-calm-otters", pack=council, by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    client = Client()
    client.force_login(staff)
    return client


def free(clock: MovableClock, bookable: str = "squash", **wish: Any) -> list[str]:
    wish.setdefault("since", clock.now() + timedelta(days=3))
    return [one.key for one in find(Wish(bookable, **wish), at=clock.now()).slots]


def appointment(clock: MovableClock, number: str) -> UUID:
    """Somebody's appointment, of which we told her by text."""
    her = create_customer(given_name="Nour", contact_points=[("phone", number)], by=SYSTEM, at=clock.now())
    row = actions.hold(
        "benefit-appointment", free(clock, "benefit-appointment", way="in_person")[0], for_kind="dialogue",
        for_id=uuid4(), way="in_person", customer_id=her.id, service="benefit-appointment", by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    actions.confirm(row.id, by=SYSTEM, at=clock.now())
    jobs.drain()
    return row.id


def texts(words: str, sender: str, clock: MovableClock, token: str = "notify", id_: str = "") -> int:
    ApiClient.objects.get_or_create(
        token_digest=token_digest("notify"),
        defaults={"id": new_id(), "name": "Notify", "scopes": ["hook.messages"], "created_at": clock.now()},
    )
    said = {
        "id": id_ or str(uuid4()), "source_number": sender.removeprefix("+"), "destination_number": "07700900099",
        "message": words, "date_received": clock.now().strftime("%Y-%m-%dT%H:%M:%S.000000Z"),
    }  # fmt: skip
    answer = Client().post(
        "/hooks/notify/text", json.dumps(said), content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )  # fmt: skip
    jobs.drain()
    return answer.status_code


def court(slot: str, **more: Any) -> dict[str, Any]:
    answers = {"activity": "squash", "pay": {"how": "link"}, "contact": {"email": "mei.lee@example.com"}}
    return {"service": "book-court", "slot": slot, "answers": {**answers, **more}}


def test_by_the_wire_a_price_is_ours_alone(machine: Machine, clock: MovableClock) -> None:  # noqa: F811
    slot = free(clock)[0]
    for more in (
        {"fee": 1},
        {"price": "0.01"},
        {"amount_pence": -5},
        {"concession": "leedscard-extra"},
        {"peak": "no"},
    ):
        answer = machine.post("/bookings", court(slot, **more))
        assert answer.status_code == 422, answer.content
        assert answer.json()["problems"][0]["where"] == f"answers.{next(iter(more))}"
    for more in ({"pay": {"how": "card", "pence": 1}}, {"pay": {"how": "free"}}):
        answer = machine.post("/bookings", court(slot, **more))
        assert answer.status_code in {201, 422}, answer.content
    assert machine.post("/bookings", {**court(slot), "to_pay_pence": 0}).status_code == 422  # a field that is none
    assert set(Intent.objects.values_list("amount_pence", flat=True)) <= {1200, 1020}
    assert not Booking.objects.filter(state="confirmed").exists()


def test_by_the_wire_quantities_are_those_somebody_could_have(machine: Machine, clock: MovableClock) -> None:  # noqa: F811
    slot = free(clock, "bulky-collection")[0]
    for quantity in (*COUNTS, -1, 10**12, 1.5):
        items = [{"item": "sofa", "quantity": quantity}]
        answer = machine.post("/bookings", {"service": "bulky-waste", "slot": slot, "answers": {"items": items}})
        assert answer.status_code == 422, quantity
        said = {one["where"]: one["message"] for one in answer.json()["problems"]}
        assert "a number from 0 to" in said["answers.items"], (quantity, said)
    assert not Tally.objects.filter(units__gt=0).exists()


def test_by_the_wire_nobody_guesses_a_booking(
    machine: Machine,  # noqa: F811
    council: Pack,
    clock: MovableClock,
    monkeypatch: Any,
    caplog: Any,
) -> None:
    row = appointment(clock, NUMBER)
    for wrong in (str(uuid4()), "1", "../customers", str(row)[:-1] + "g"):
        assert machine.get(f"/bookings/{wrong}").status_code in {404, 422}
    assert machine.get(f"/bookings/{row}").status_code == 200
    Booking.objects.filter(id=row).update(service="safeguarding-child")  # restricted: as if it were not there
    with caplog.at_level(logging.WARNING, "moothall.bookings"):
        assert machine.get(f"/bookings/{row}").status_code == 404
        assert machine.post(f"/bookings/{row}/cancel", {"asked_by": "council"}).status_code == 404
    assert len([one for one in caplog.records if getattr(one, "subject", "") == str(row)]) == 2
    assert booking(row).state == "confirmed"  # type: ignore[union-attr]


def test_at_the_desk_a_group_books_weeks_and_courts_in_their_bounds(adviser: Client, clock: MovableClock) -> None:
    slot = free(clock)[0]
    site, _, _ = slot.partition("~")
    start = find(Wish("squash", since=clock.now() + timedelta(days=3)), at=clock.now()).slots[0].starts_at
    right = {
        "where": site, "day": start.date().isoformat(), "time": start.strftime("%H:%M"), "bookable": "squash",
        "title": "Otley Juniors", "weeks": "1", "together": "1",
    }  # fmt: skip
    for name in ("weeks", "together"):
        for wrong in (*COUNTS, "0", "53", "999", ""):
            answer = adviser.post("/desk/diary/book", right | {name: wrong})
            assert answer.status_code == 422, (name, wrong)
            assert "There is a problem" in answer.content.decode()
    for wrong in ({"bookable": "nothing"}, {"title": " "}, {"time": "25:61"}, {"where": "nowhere"}):
        assert adviser.post("/desk/diary/book", right | wrong).status_code == 422, wrong
    assert not Booking.objects.exists()
    assert adviser.post("/desk/diary/book", right).status_code == 200
    assert Booking.objects.count() == 1


def test_at_the_desk_things_are_counted_and_a_price_typed_in_is_none(adviser: Client, clock: MovableClock) -> None:
    adviser.post("/desk/contacts/begin", {"channel": "phone", "number": "", "offered": "", "another": "1"})
    contact = Contact.objects.get()
    adviser.post(f"/desk/contacts/{contact.id}/matters", {"service": "bulky-waste"})
    matter = Matter.objects.get()
    here = f"/desk/contacts/{contact.id}/matters/{matter.id}/send"
    for wrong in COUNTS:
        sent = {"items-sofa": wrong, "fee": "1", "amount": "1", "do": "send"}
        answer = adviser.post(here, sent)
        assert answer.status_code == 422, wrong
        assert "a number from 0 to" in answer.content.decode()
    assert (Case.objects.count(), Intent.objects.count()) == (0, 0)


def test_by_text_only_her_own_is_changed_and_only_by_the_numbers_offered(clock: MovableClock) -> None:
    hers = appointment(clock, NUMBER)
    before = booking(hers)
    texts("M", NUMBER, clock)
    assert len(MoveOffer.objects.get().slots) == 3
    for words in ("C", "M", "1", "2"):  # a stranger, who has had no text of ours
        assert texts(words, STRANGER, clock) == 204
    for words in ("0", "9", "-1", "99999999999", "1e9", "1.5", "٣", "1 OR 1=1", "1" * 1500):
        assert texts(words, NUMBER, clock) == 204, words
    assert texts("C", NUMBER, clock, token="forged") == 401
    assert booking(hers) == before
    assert Message.objects.filter(template="text-received", to=STRANGER).exists()
    texts("1", NUMBER, clock)
    assert booking(hers).moved == 1  # type: ignore[union-attr]
    moved = booking(hers)
    assert texts("book 500 courts", NUMBER, clock) == 204  # begins a conversation, which by itself changes nothing
    assert booking(hers) == moved


def test_a_text_sent_twice_by_the_provider_cancels_once_and_says_so_once(clock: MovableClock) -> None:
    hers, id_ = appointment(clock, NUMBER), str(uuid4())
    texts("C", NUMBER, clock, id_=id_)
    texts("C", NUMBER, clock, id_=id_)
    assert booking(hers).state == "cancelled"  # type: ignore[union-attr]
    assert Message.objects.filter(template="booking-cancelled").count() == 1
    texts("C", NUMBER, clock)  # her own second text is answered: it is cancelled, and no more happens
    assert Message.objects.filter(template="booking-cancelled").count() == 2
    assert Event.objects.filter(name="booking.cancelled").count() == 1
