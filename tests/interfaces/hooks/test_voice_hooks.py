"""Lines of the telephone: who may speak to us, what the exchange tells of calls, what the adviser has when a call comes."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from moothall.channels.voice.signatures import signature_of
from moothall.contacts.models import Contact, Matter, Outcome
from moothall.core.actors import SYSTEM
from moothall.core.signing import signed
from moothall.core.staff import actor_of_staff, create_staff
from moothall.intake.actions.talking.calls import begin_call, hear_call
from moothall.intake.desk_actions import begin_contact
from moothall.intake.models import Conversation, Draft
from moothall.intake.talking.keypad import keys_of
from moothall.notifications.models import Quarantined
from moothall.promises.models import Promise
from tests.intake.talking.conftest import premises  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]
HERS = "+447700900123"


@pytest.fixture(autouse=True)
def keys(settings: Any) -> None:
    settings.CALLS_KEY, settings.TWILIO_TOKEN, settings.VOICE_KEY = "calls-key", "twilio-key", "vxml-key"


def tell(client: Client, clock: Any, event: str, *, key: str = "calls-key", call: str = "c1", **more: Any) -> int:
    told = {"id": str(uuid4()), "call": call, "event": event, "at": clock.now().isoformat(), "caller": HERS} | more
    raw = json.dumps(told).encode()
    headers = signed(raw, key, at=clock.now(), name="X-Moothall")
    return client.post("/hooks/calls", raw, content_type="application/json", headers=headers).status_code


def test_an_unsigned_line_is_refused(client: Client, clock: Any) -> None:
    assert client.post("/hooks/voice/twilio", {"CallSid": "CA1"}).status_code == 403
    wrong = {"X-Twilio-Signature": "AAAA"}
    assert client.post("/hooks/twilio/text", {"MessageSid": "SM1"}, headers=wrong).status_code == 403
    assert client.get("/hooks/voice/vxml/another/VX1").status_code == 403
    assert tell(client, clock, "offered", key="another") == 403
    assert not Contact.objects.exists()
    assert not Conversation.objects.exists()


def test_a_signature_is_of_the_public_address_whatever_host_the_proxy_says(
    client: Client, settings: Any, clock: Any
) -> None:
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = "https://my.town.example", ["*"]
    told = {"CallSid": "CA1", "From": HERS, "CallStatus": "in-progress"}
    fields = {name: [value] for name, value in told.items()}
    inside = {"host": "app.internal:8000"}
    for base, status in (("http://app.internal:8000", 403), ("https://my.town.example", 200)):
        signed_ = signature_of(f"{base}/hooks/voice/twilio", fields, "twilio-key")
        answer = client.post("/hooks/voice/twilio", told, headers={"X-Twilio-Signature": signed_, **inside})
        assert answer.status_code == status, base
    again = client.post("/hooks/voice/twilio", told, headers={"X-Twilio-Signature": signed_, **inside})
    assert again.content == answer.content, "the same post once more begins no second call"
    more = client.post("/hooks/voice/twilio", told | {"Digits": "0"}, headers={"X-Twilio-Signature": signed_, **inside})
    assert more.status_code == 403
    assert Conversation.objects.count() == 1


def test_a_voicexml_page_tells_of_the_hang_up_and_listens_to_words_where_the_line_can(
    client: Client, settings: Any, clock: Any
) -> None:
    settings.VOICE_SPEECH, settings.PUBLIC_URL = True, "http://testserver"
    page = ET.fromstring(client.get("/hooks/voice/vxml/vxml-key/VX1", {"caller": HERS}).content)
    names = {"v": "http://www.w3.org/2001/vxml", "g": "http://www.w3.org/2001/06/grammar"}
    modes = [one.get("mode") for one in page.iterfind(".//g:grammar", names)]
    assert modes == ["dtmf", "voice"]
    told = page.find("v:catch[@event='connection.disconnect.hangup']/v:submit", names)
    assert told is not None
    assert told.get("method") == "post"
    assert Conversation.objects.get().ended_at is None
    answer = client.post(str(told.get("next")).removeprefix("http://testserver"))
    assert ET.fromstring(answer.content).tag == "{http://www.w3.org/2001/vxml}vxml"
    assert Conversation.objects.get().ended == "hung_up"


@pytest.mark.parametrize(
    "call", ["a84b%4c?x=1#y&z@pc33.town.example", "x" * 260, "call\x00 one"], ids=["sip", "long", "unseen"]
)
def test_a_call_goes_on_whatever_its_system_calls_it(client: Client, settings: Any, clock: Any, call: str) -> None:
    """The id of a SIP call may hold what an address may not; the page leads to the next turn of the same call."""
    settings.PUBLIC_URL = "http://testserver"
    names = {"v": "http://www.w3.org/2001/vxml"}
    page = ET.fromstring(client.get(f"/hooks/voice/vxml/vxml-key/{quote(call, safe='')}", {"caller": HERS}).content)
    for words in ("1", "\x00\x0b"):
        submit = page.find(".//v:filled/v:submit", names)
        assert submit is not None
        answer = client.post(str(submit.get("next")).removeprefix("http://testserver"), {"words": words})
        assert answer.status_code == 200, answer.content
        page = ET.fromstring(answer.content)
    told = page.find("v:catch[@event='connection.disconnect.hangup']/v:submit", names)
    assert told is not None
    client.post(str(told.get("next")).removeprefix("http://testserver"))
    row = Conversation.objects.get()
    assert (row.turns, row.ended) == (3, "hung_up")


def test_the_seconds_to_answer_are_measured_from_the_exchange(client: Client, clock: Any) -> None:
    clock.set("2026-11-23T10:00:00+00:00")
    same = str(uuid4())
    assert [tell(client, clock, "offered", id=same) for _ in range(2)] == [204, 204]
    contact = Contact.objects.get()
    assert Promise.objects.filter(subject_id=contact.id).exists()
    clock.advance(seconds=9)
    assert tell(client, clock, "answered") == 204
    contact.refresh_from_db()
    assert contact.answered_at is not None
    assert contact.answered_at - contact.received_at == timedelta(seconds=9)
    clock.advance(seconds=300)
    assert tell(client, clock, "ended") == 204
    assert Contact.objects.get().state == "open"  # the adviser finishes it


def test_answered_before_offered_still_counts_from_the_offer(client: Client, clock: Any) -> None:
    clock.set("2026-11-23T10:00:00+00:00")
    offered = clock.now()
    clock.advance(seconds=11)
    tell(client, clock, "answered", offered_at=offered.isoformat())
    tell(client, clock, "offered", at=offered.isoformat())
    contact = Contact.objects.get()
    assert contact.answered_at is not None
    assert (contact.answered_at - contact.received_at).total_seconds() == 11


def test_an_abandoned_call_is_counted_and_closed(client: Client, clock: Any) -> None:
    clock.set("2026-11-23T10:00:00+00:00")
    tell(client, clock, "offered")
    clock.advance(seconds=40)
    tell(client, clock, "abandoned")
    contact = Contact.objects.get()
    assert (contact.state, contact.answered_at) == ("closed", None)
    assert Matter.objects.get().outcome == Outcome.ABANDONED


def test_what_is_no_event_is_kept_for_a_person(client: Client, clock: Any) -> None:
    assert tell(client, clock, "exploded") == 202
    assert Quarantined.objects.get().source == "calls"


def test_the_adviser_has_what_the_menu_was_told(client: Client, clock: Any, council: Any) -> None:
    clock.set("2026-11-23T10:00:00+00:00")
    turn = begin_call("c1", line="test", caller=HERS, at=clock.now())
    for pressed in ("1", "1", f"{keys_of('LS21 1AA')}#", "14#", "1", "1", "0", "1"):
        turn = hear_call("c1", number=turn.number, words=pressed, at=clock.now())
    assert turn.then == "transfer"
    staff = create_staff(username="ravi", name="Ravi Patel", roles=["adviser"], teams=["customer-services"], pack=council,
                         by=SYSTEM, at=clock.now())  # fmt: skip
    ravi = actor_of_staff(staff, council)
    tell(client, clock, "offered")
    clock.advance(seconds=7)
    contact = begin_contact(channel="phone", caller=HERS, external_id="c1", by=ravi, at=clock.now())
    again = begin_contact(channel="phone", caller=HERS, external_id="c1", by=ravi, at=clock.now())
    assert again.id == contact.id
    assert contact.staff_id == ravi.id
    matter = Matter.objects.get(contact=contact)
    assert matter.service == "graffiti"
    fields = Draft.objects.get(key=f"matter:{matter.id}").fields
    assert fields["offensive"] == ["yes"]
    assert "14 Mill Lane" in fields["where-search"][0]
