"""Texts by Twilio, the second provider: what it takes, what it never will, and what is found when its answer was lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from moothall.channels.voice.signatures import signature_of
from moothall.core.jobs import drain
from moothall.notifications import senders
from moothall.notifications.actions import queue_message
from moothall.notifications.actions.delivering import resolve
from moothall.notifications.adapters.twilio import TwilioSender, status_of
from moothall.notifications.adapters.twilio.twin import ACCOUNT, FROM, STOPPED, TOKEN, Twin
from moothall.notifications.models import Message, Quarantined
from moothall.notifications.recipients import Recipient
from moothall.notifications.rules import Address
from tests.conftest import MovableClock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]
HERS = "+447700900123"


@pytest.fixture
def twin(settings: Any, clock: MovableClock) -> Iterator[Twin]:
    clock.set("2026-11-23T10:00:00+00:00")
    running = Twin().start()
    settings.TWILIO_ACCOUNT, settings.TWILIO_TOKEN, settings.TWILIO_FROM = ACCOUNT, TOKEN, FROM
    settings.PUBLIC_URL = "http://testserver"
    senders.use("sms", TwilioSender(running.url, timeout=2))
    yield running
    senders.use("sms", None)
    running.stop()


def text(clock: MovableClock, to: str = HERS, words: str = "Your bin – it’s tomorrow.", key: str = "one") -> Message:
    return queue_message(
        key=key, template="text-help", to=Recipient(addresses=(Address("sms", to),)), values={"words": words},
        at=clock.now(), channel="sms",
    )  # fmt: skip


def told(client: Client, row: dict[str, Any], status: str, code: str = "") -> int:
    """Twilio calls the address it was given."""
    form = {"MessageSid": row["sid"], "MessageStatus": status, "To": row["to"]} | ({"ErrorCode": code} if code else {})
    signature = signature_of(row["callback"], {name: [value] for name, value in form.items()}, TOKEN)
    return client.post(urlsplit(row["callback"]).path, form, headers={"X-Twilio-Signature": signature}).status_code


def state(message: Message) -> str:
    message.refresh_from_db()
    return str(message.state)


def test_a_text_goes_and_its_way_is_told_by_our_reference(twin: Twin, clock: MovableClock, client: Client) -> None:
    message = text(clock)
    drain()
    (row,) = twin.texts
    assert (row["to"], row["from"], state(message), message.provider) == (HERS, FROM, "sent", "twilio")
    assert row["callback"] == f"http://testserver/hooks/twilio/status/{message.id}.1"
    for status in ("sent", "delivered", "sending", "delivered"):
        assert told(client, row, status) == 204
    assert state(message) == "delivered"
    assert told(client, row, "no such word") == 204
    assert Quarantined.objects.get().source == "twilio.status"
    path = urlsplit(row["callback"]).path
    assert client.post(path, {"MessageSid": row["sid"], "MessageStatus": "failed"}).status_code == 403
    assert state(message) == "delivered"


@pytest.mark.parametrize(("to", "code"), [(STOPPED, "21610"), ("+44770", "21211")])
def test_what_it_never_takes_is_seen_with_its_reason(twin: Twin, clock: MovableClock, to: str, code: str) -> None:
    message = text(clock, to)
    drain()
    assert state(message) == "dead"
    assert code in message.error
    assert not twin.texts


def test_an_answer_that_was_lost_is_found_again_and_not_taken_for_another(twin: Twin, clock: MovableClock) -> None:
    text(clock)
    drain()
    second = text(clock, key="two")
    twin.swallows = 1
    drain()
    assert state(second) == "sending"
    assert resolve(second.id) == "sent"
    assert len(twin.texts) == 2
    second.refresh_from_db()
    assert second.provider_id == twin.texts[1]["sid"], "the same words to the same number just before are another text"


def test_what_never_reached_it_goes_again(twin: Twin, clock: MovableClock, settings: Any) -> None:
    message = text(clock)
    settings.TWILIO_TOKEN = "old"
    drain()
    assert state(message) == "queued"
    assert "20003" in message.error
    settings.TWILIO_TOKEN = TOKEN
    clock.advance(hours=1)
    drain()
    assert state(message) == "sent"
    assert len(twin.texts) == 1


@pytest.mark.parametrize(
    ("said", "code", "ours"),
    [
        ("queued", "", "sending"),
        ("undelivered", "30003", "temporary-failure"),
        ("undelivered", "30005", "permanent-failure"),
        ("failed", "21610", "permanent-failure"),
        ("failed", "30001", "technical-failure"),
        ("read", "", "delivered"),
    ],
)
def test_its_words_in_ours(said: str, code: str, ours: str) -> None:
    assert status_of(said, code) == ours
