"""What providers tell us, twice, in the wrong order, forged or garbled: it ends as if it had come once and well."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from moothall.channels.voice.signatures import signature_of
from moothall.contacts.models import Contact
from moothall.core import jobs
from moothall.core.ids import new_id
from moothall.core.models import ApiClient
from moothall.core.signing import signed
from moothall.core.staff.actor import token_digest
from moothall.intake.models import Conversation
from moothall.notifications.actions import queue_message
from moothall.notifications.models import Message, Quarantined
from moothall.notifications.recipients import Recipient
from moothall.notifications.rules import Address
from moothall.payments.adapters.govuk_pay import twin as govuk
from moothall.payments.adapters.stripe import twin as stripe
from moothall.repairs.adapters import works_orders
from moothall.repairs.models import Order, Step
from tests.notifications.conftest import opened, person, twin  # noqa: F401
from tests.payments.conftest import books, checkout, fresh, owed, pay, start  # noqa: F401
from tests.repairs.conftest import ask  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council"), pytest.mark.long]
TOKEN = "a-token-for-notify"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@dataclass
class Told:
    """One thing a provider tells: where, what, how it is signed."""

    path: str
    raw: bytes
    headers: dict[str, str]
    kind: str = "application/json"

    def send(self, client: Client, *, raw: bytes | None = None, headers: dict[str, str] | None = None) -> int:
        """Send it, or a spoiled form of it; return the status of the answer."""
        return client.post(
            self.path, self.raw if raw is None else raw, content_type=self.kind,
            headers=self.headers if headers is None else headers,
        ).status_code  # fmt: skip


@dataclass
class Teller:
    """A provider that tells us things. ``after`` is how it must stand, whatever happened on the way."""

    told: list[Told]
    after: Callable[[], Any]
    stands: Any


def _receipts(clock: Any, request: pytest.FixtureRequest) -> Teller:
    request.getfixturevalue("twin")
    opened(clock, person(clock).id, promised=False)
    jobs.drain()
    message = Message.objects.get()

    def receipt(status: str, seconds: int) -> Told:
        at = (clock.now() + timedelta(seconds=seconds)).isoformat()
        body = {
            "id": message.provider_id, "reference": f"{message.id}.1", "to": message.to, "status": status,
            "created_at": clock.now().isoformat(), "completed_at": at, "sent_at": at, "notification_type": "email",
        }  # fmt: skip
        return Told("/hooks/notify/receipt", json.dumps(body).encode(), BEARER)

    return Teller(
        [receipt("sending", 1), receipt("delivered", 5)], lambda: list(Message.objects.values_list("state", flat=True)),
        ["delivered"],
    )  # fmt: skip


def _texts(clock: Any, request: pytest.FixtureRequest) -> Teller:
    def text(n: int) -> Told:
        body = {
            "id": str(uuid4()), "source_number": f"4477009001{n:02d}", "destination_number": "07700900099",
            "message": "Could somebody ring my neighbour about her hedge please", "date_received": clock.now().isoformat(),
        }  # fmt: skip
        return Told("/hooks/notify/text", json.dumps(body).encode(), BEARER)

    def after() -> Any:
        return sorted(Contact.objects.filter(channel="sms").values_list("caller", flat=True))

    return Teller([text(n) for n in range(3)], after, [f"+4477009001{n:02d}" for n in range(3)])


def _second_texts(clock: Any, request: pytest.FixtureRequest) -> Teller:
    def text(n: int) -> Told:
        form = {"MessageSid": f"SM{n}", "From": f"+4477009002{n:02d}", "To": "+447700900098",
                "Body": "Could somebody ring my neighbour about her hedge please"}  # fmt: skip
        url = f"{settings.PUBLIC_URL}/hooks/twilio/text"
        signature = signature_of(url, {name: [value] for name, value in form.items()}, "twilio-key")
        from urllib.parse import urlencode

        return Told("/hooks/twilio/text", urlencode(form).encode(), {"X-Twilio-Signature": signature},
                    "application/x-www-form-urlencoded")  # fmt: skip

    def after() -> Any:
        return sorted(Contact.objects.filter(channel="sms").values_list("caller", flat=True))

    return Teller([text(n) for n in range(3)], after, [f"+4477009002{n:02d}" for n in range(3)])


def _calls(clock: Any, request: pytest.FixtureRequest) -> Teller:
    begun = clock.now()

    def event(name: str, seconds: int) -> Told:
        at = (begun + timedelta(seconds=seconds)).isoformat()
        body = {"id": f"e-{name}", "call": "c1", "event": name, "at": at, "caller": "+447700900123",
                "offered_at": begun.isoformat()}  # fmt: skip
        raw = json.dumps(body).encode()
        return Told("/hooks/calls", raw, signed(raw, "calls-key", at=clock.now(), name="X-Moothall"))

    told = [event("offered", 0), event("answered", 9)]
    clock.advance(seconds=20)

    def after() -> Any:
        row = Contact.objects.get()
        return (row.channel, row.answered_at - row.received_at if row.answered_at else None)

    return Teller(told, after, ("phone", timedelta(seconds=9)))


def _voice(clock: Any, request: pytest.FixtureRequest) -> Teller:
    def post(path: str, form: dict[str, str]) -> Told:
        from urllib.parse import urlencode

        url = f"http://localhost:8000{path}"
        signature = signature_of(url, {name: [value] for name, value in form.items()}, "twilio-key")
        return Told(
            path, urlencode(form).encode(), {"X-Twilio-Signature": signature}, "application/x-www-form-urlencoded"
        )

    begin = {"CallSid": "CA1", "From": "+447700900123", "CallStatus": "ringing"}

    def after() -> Any:
        return (Contact.objects.count(), Conversation.objects.count(), Conversation.objects.get().caller)

    return Teller([post("/hooks/voice/twilio", begin)], after, (1, 1, "+447700900123"))


def _payments(name: str, fixture: str) -> Callable[[Any, pytest.FixtureRequest], Teller]:
    def make(clock: Any, request: pytest.FixtureRequest) -> Teller:
        provider: govuk.Twin | stripe.Twin = request.getfixturevalue(fixture)
        intent = owed(clock)
        provider.play(start(intent, clock), "pay")
        told = [Told(f"/hooks/pay/{name}", raw, {k: v for k, v in headers.items() if k != "Content-Type"})
                for raw, headers in provider.hooks]  # fmt: skip

        def after() -> Any:
            jobs.drain()
            return fresh(intent).state, books()

        return Teller(told, after, ("done", {f"provider:{name}": 1200, "income:waste": -1200}))

    return make


def _contractor(clock: Any, request: pytest.FixtureRequest) -> Teller:
    from moothall.repairs.adapters.works_orders.twin import KEY, Twin

    settings = request.getfixturevalue("settings")
    running = Twin().start()
    request.addfinalizer(running.stop)
    settings.CONTRACTOR_ADDRESSES, settings.CONTRACTOR_KEYS = {"*": running.url}, {"*": KEY}
    request.getfixturevalue("ask")()
    order = Order.objects.get()
    begins = clock.now() + timedelta(days=1)
    told = []
    for number, (kind, more) in enumerate(
        (
            ("accepted", {}),
            ("booked", {"starts_at": begins.isoformat(), "ends_at": (begins + timedelta(hours=3)).isoformat()}),
        ), 1,
    ):  # fmt: skip
        at = clock.now() + timedelta(seconds=number)
        step = {"order": str(order.id), "id": str(uuid4()), "kind": kind, "number": number, "reference": "WO-1",
                "occurred_at": at.isoformat(), **more}  # fmt: skip
        raw = json.dumps({"steps": [step]}).encode()
        headers = signed(raw, KEY, at=clock.now(), name=works_orders.NAME)
        told.append(Told(f"/hooks/repairs/{order.contractor}", raw, headers))
    clock.advance(seconds=30)

    def after() -> Any:
        jobs.drain(at=clock.now())
        return Order.objects.get().state, Step.objects.exclude(kind="order").count()

    return Teller(told, after, ("booked", 2))


def _twilio_receipts(clock: Any, request: pytest.FixtureRequest) -> Teller:
    from urllib.parse import urlencode

    person(clock)
    message = queue_message(
        key="receipt", template="text-help", to=Recipient(addresses=(Address("sms", "+447700900123"),)),
        values={"words": "Hello."}, at=clock.now(), channel="sms",
    )  # fmt: skip
    Message.objects.filter(id=message.id).update(state="sending", attempts=1, sending_at=clock.now(), provider="twilio")

    def told(status: str) -> Told:
        path = f"/hooks/twilio/status/{message.id}.1"
        form = {"MessageSid": "SM1", "MessageStatus": status, "To": "+447700900123"}
        fields = {name: [value] for name, value in form.items()}
        signature = signature_of(f"http://localhost:8000{path}", fields, "twilio-key")
        return Told(
            path, urlencode(form).encode(), {"X-Twilio-Signature": signature}, "application/x-www-form-urlencoded"
        )

    return Teller(
        [told("queued"), told("sent"), told("delivered")], lambda: list(Message.objects.values_list("state", flat=True)),
        ["delivered"],
    )  # fmt: skip


TELLERS: dict[str, Callable[[Any, pytest.FixtureRequest], Teller]] = {
    "notify-receipts": _receipts,
    "notify-texts": _texts,
    "second-texts": _second_texts,
    "second-receipts": _twilio_receipts,
    "exchange": _calls,
    "voice": _voice,
    "govuk-pay": _payments("govuk_pay", "pay"),
    "stripe": _payments("stripe", "checkout"),
    "contractor": _contractor,
}


@pytest.fixture(params=TELLERS)
def teller(request: pytest.FixtureRequest, clock: Any, settings: Any) -> Teller:
    clock.set("2026-11-23T10:00:00+00:00")
    settings.CALLS_KEY, settings.TWILIO_TOKEN, settings.PUBLIC_URL = "calls-key", "twilio-key", "http://localhost:8000"
    ApiClient.objects.create(
        id=new_id(), name="Notify", token_digest=token_digest(TOKEN), scopes=["hook.messages"], created_at=clock.now()
    )
    return TELLERS[request.param](clock, request)


@pytest.mark.parametrize("order", ["twice", "backwards", "thrice shuffled"])
def test_twice_or_in_another_order_ends_the_same(teller: Teller, client: Client, order: str) -> None:
    told = list(teller.told)
    if order == "twice":
        told = [one for one in told for _ in range(2)]
    elif order == "backwards":
        told = told[::-1]
    else:
        told = [*told[::-1], *told, *told[::-1]]
    for one in told:
        assert one.send(client) < 300
    assert teller.after() == teller.stands


def test_what_is_forged_or_garbled_changes_nothing_and_what_is_signed_is_kept(teller: Teller, client: Client) -> None:
    for one in teller.told:
        assert one.send(client, headers={}) in {400, 401, 403}
        wrong = {name: value[:-2] + ("00" if value[-2:] != "00" else "11") for name, value in one.headers.items()}
        assert one.send(client, headers=wrong) in {400, 401, 403}
        if "Authorization" not in one.headers:
            assert one.send(client, raw=one.raw + b" ") in {400, 403}
        else:
            assert one.send(client, raw=b"\xff{garbage") == 202
    if any("Authorization" in one.headers for one in teller.told):
        assert Quarantined.objects.count() == len(teller.told)
    for one in teller.told:
        assert one.send(client) < 300
    assert teller.after() == teller.stands
