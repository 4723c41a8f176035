"""A picture that came with a text: it does not reach us, and whoever sent it hears so, and how it does."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from moothall.channels.sms.twilio import read_text
from moothall.channels.voice.signatures import signature_of
from moothall.contacts.models import Contact
from moothall.core import clock as time
from moothall.core.actors import SYSTEM
from moothall.notifications.actions import stop
from moothall.notifications.models import Message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]
HERS = "+447700900123"
SORRY = "We have your text, but pictures do not reach us this way. Send yours here: http://localhost:8000"


@pytest.fixture
def texts(client: Client, clock: Any, settings: Any) -> Any:
    clock.set("2026-11-23T10:00:00+00:00")
    settings.TWILIO_TOKEN, settings.PUBLIC_URL = "twilio-key", "http://localhost:8000"

    def send(sid: str, body: str, pictures: str = "1") -> None:
        form = {"MessageSid": sid, "From": HERS, "To": "+447700900098", "Body": body, "NumMedia": pictures}
        signature = signature_of(
            "http://localhost:8000/hooks/twilio/text", {name: [value] for name, value in form.items()}, "twilio-key"
        )
        assert client.post("/hooks/twilio/text", form, headers={"X-Twilio-Signature": signature}).status_code == 200

    return send


def told() -> list[str]:
    return [
        body for body in Message.objects.order_by("created_at").values_list("body", flat=True) if "pictures" in body
    ]


def test_she_is_told_once_and_her_words_are_taken(texts: Any) -> None:
    for _ in range(2):
        texts("SM1", "Could somebody ring my neighbour about her hedge please")
    assert told() == [SORRY]
    contact = Contact.objects.get()
    assert contact.note == "Could somebody ring my neighbour about her hedge please"
    assert Message.objects.get(body=SORRY).contact_id == contact.id


def test_a_picture_alone_is_seen_by_a_person(texts: Any) -> None:
    texts("SM1", "", pictures="2")
    assert Contact.objects.get().note == "(A picture without words. It did not reach us.)"
    assert told() == [SORRY]


def test_two_machines_do_not_go_on(texts: Any) -> None:
    for n in range(6):
        texts(f"SM{n}", "Could somebody ring my neighbour about her hedge please")
    assert len(told()) == 3


def test_who_said_stop_hears_nothing(texts: Any) -> None:
    stop(HERS, channel="sms", how="text", by=SYSTEM, at=time.now())
    texts("SM1", "")
    assert told() == []


@pytest.mark.parametrize(("said", "pictures"), [("0", 0), ("3", 3), ("", 0), ("many", 0), ("-1", 0), ("9" * 5000, 99)])
def test_how_many_came(said: str, pictures: int) -> None:
    posted = {"MessageSid": "SM1", "From": HERS, "To": "+447700900098", "Body": "Hi", "NumMedia": said}
    assert read_text(posted, at=time.now()).pictures == pictures
