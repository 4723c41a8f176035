"""Miss May rings at half past seven about graffiti. Nobody is there yet; the menu takes it by keypad, on each of the three
lines a telephone system may have, says by when and the reference, and the crew's device has the job when its day begins."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from moothall.cases.models import Case
from moothall.channels.voice.agi import Server
from moothall.channels.voice.signatures import signature_of
from moothall.contacts.models import Contact
from moothall.core import clock as time
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.packs import Pack
from moothall.core.references import spell_reference
from moothall.core.staff import actor_of_staff, create_staff
from moothall.field.actions import add_device, plan_day, publish_day
from moothall.field.queries import feed
from moothall.intake.talking.keypad import keys_of
from moothall.interfaces.hooks.agi import menu, tidy
from moothall.places.actions import Premises, import_premises
from moothall.promises.models import Promise
from moothall.promises.rules import say_moment

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
HERS = "+447700900123"
PRESSED = ["1", "1", f"{keys_of('LS12 1AA')}#", "14#", "1", "2", "1", "#", "#", "1", "1", "5"]
"""The street, graffiti, her postcode, the house, yes it is that one; not offensive, on a wall; not asked further; her own
number; send it; and it was average."""
Ring = Callable[[list[str]], str]


class ByTwilio:
    """Posts what Twilio posts, signed with its key."""

    def __init__(self) -> None:
        self.client, self.heard = Client(), ""

    def post(self, path: str, **fields: str) -> ET.Element:
        told = {"CallSid": "CA1", "From": HERS, "To": "+441134960999", "CallStatus": "in-progress", **fields}
        signed = signature_of(
            f"http://localhost:8000{path}", {key: [value] for key, value in told.items()}, "twilio-key"
        )
        answer = self.client.post(path, told, headers={"X-Twilio-Signature": signed})
        assert answer.status_code == 200, answer.content
        root = ET.fromstring(answer.content)
        self.heard = " ".join(say.text or "" for say in root.iter("Say"))
        return root

    def ring(self, keys: list[str]) -> str:
        root, told = self.post("/hooks/voice/twilio"), ""
        for key in keys:
            gather = root.find("Gather")
            assert gather is not None, self.heard
            path = gather.attrib["action"].removeprefix("http://localhost:8000")
            digits = key.removesuffix("#") if gather.attrib.get("numDigits") != "1" or key == "#" else key
            told = self.heard
            root = self.post(path, Digits=digits, **({"FinishedOnKey": "#"} if key.endswith("#") else {}))
        assert root.find("Hangup") is not None
        return told


class ByVoiceXml:
    """Fetches pages as a VoiceXML browser does, and submits the field."""

    def __init__(self) -> None:
        self.client = Client()

    def ring(self, keys: list[str]) -> str:
        space = "{http://www.w3.org/2001/vxml}"
        page = self.client.get("/hooks/voice/vxml/vxml-key/VX1", {"caller": f"tel:{HERS}"})
        told = ""
        for key in keys:
            assert page.status_code == 200, page.content
            root = ET.fromstring(page.content)
            assert (root.tag, root.attrib["version"]) == (f"{space}vxml", "2.1")
            filled = root.find(f".//{space}filled/{space}submit")
            assert filled is not None
            told = " ".join("".join(prompt.itertext()) for prompt in root.iter(f"{space}prompt"))
            words = key if key == "#" else key.removesuffix("#")
            page = self.client.post(filled.attrib["next"].removeprefix("http://localhost:8000"), {"words": words})
        assert ET.fromstring(page.content).find(f".//{space}disconnect") is not None
        return told


class ByAsterisk:
    """Connects as Asterisk does, says yes to every command, and presses a key whenever it is waited for."""

    def ring(self, keys: list[str]) -> str:
        pressed, said, told = iter("".join(keys)), [], ""
        others = set(threading.enumerate())  # the live servers of other tests, which go on
        with Server(("127.0.0.1", 0), menu(), desk="", say="Festival", done=tidy) as server:
            serving = threading.Thread(target=server.handle_request)
            serving.start()
            with (
                socket.create_connection(("127.0.0.1", server.server_address[1]), timeout=60) as line,
                line.makefile("rwb") as talk,
            ):
                talk.write(
                    f"agi_request: agi://localhost\nagi_uniqueid: 1772436600.1\nagi_callerid: {HERS}\n\n".encode()
                )
                talk.flush()
                while (command := talk.readline().decode().strip()) and command != "HANGUP":
                    result = 0
                    if command.startswith("EXEC Festival"):
                        said.append(command.split('"')[1])
                    if command.startswith("WAIT FOR DIGIT"):
                        told, said = " ".join(said), []
                        result = ord(next(pressed))
                    talk.write(f"200 result={result}\n".encode())
                    talk.flush()
                talk.write(b"200 result=1\n")
                talk.flush()
            serving.join(timeout=60)
            for worker in set(threading.enumerate()) - others:
                worker.join(timeout=10)
        return told


@pytest.fixture
def warden(council: Pack, clock: Any) -> Any:
    """A device of the cleansing crew."""
    staff = create_staff(username="sam", name="Sam Dyer", roles=["field-worker"], teams=["street-cleansing"], pack=council,
                         by=SYSTEM, at=clock.now())  # fmt: skip
    return add_device(name="Van 4", crew="cleansing-1", by=actor_of_staff(staff, council), at=clock.now())[0]


@pytest.fixture(autouse=True)
def lines(settings: Any, council: Pack) -> None:
    """The keys of the lines, and the street she passes."""
    settings.TWILIO_TOKEN, settings.VOICE_KEY, settings.PUBLIC_URL = "twilio-key", "vxml-key", "http://localhost:8000"
    home = Premises(
        uprn=72000014, address="14 Mill Lane, Armley, LS12 1AA", number="14", street="Mill Lane", postcode="LS12 1AA",
        latitude=53.7990, longitude=-1.5700,
    )  # fmt: skip
    import_premises([home], by=SYSTEM)


@pytest.mark.row("A3")
@pytest.mark.parametrize("line", [ByTwilio, ByVoiceXml, ByAsterisk])
def test_at_half_past_seven_by_keypad_and_the_warden_has_it(line: Any, warden: Any, clock: Any) -> None:
    clock.set("2026-11-23T07:30:00+00:00")
    told = line().ring(PRESSED)
    case = Case.objects.get()
    assert (case.service, case.channel, case.uprn) == ("graffiti", "voice", 72000014)
    due = Promise.objects.get(subject_id=case.id, kind="complete").due_at
    assert due is not None
    assert _plain(say_moment(due, time.now().date())) in _plain(told)
    assert _plain(spell_reference(case.reference)) in _plain(told)
    contact = Contact.objects.get()
    assert (contact.channel, contact.caller, contact.state) == ("voice", HERS, "closed")
    assert contact.staff_id is None  # no agent took part
    jobs.drain(at=time.now())
    clock.set("2026-11-23T07:45:00+00:00")
    today = time.now().date()
    plan_day(today, by=SYSTEM, at=time.now())
    publish_day(today, by=SYSTEM, at=time.now())
    shown = feed(warden.id, at=time.now())
    assert case.reference[:4] in str(shown["jobs"])
    assert "14 Mill Lane" in str(shown["jobs"])


def _plain(words: str) -> str:
    return " ".join(re.sub(r"[^A-Za-z0-9 ]", " ", words).split())
