"""Somebody at a telephone on each of the three lines a council may have: what the network or the exchange would send us."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

from django.test import Client

from moothall.channels.voice.agi import Server
from moothall.channels.voice.signatures import signature_of
from moothall.interfaces.hooks.agi import menu, tidy

HERS = "+447700900123"
SITE = "http://localhost:8000"
Answers = Callable[[str], str | None]
"""Told what is heard, returns what is pressed (with a hash key where it ends so); None hangs up."""


def pressing(keys: list[str]) -> Answers:
    """Press these, one after the other, whatever is said; then nothing more."""
    left = iter(keys)
    return lambda heard: next(left, None)


def key_for(label: str, heard: str) -> str:
    """Return the key that was said for these words."""
    found = re.search(rf"{re.escape(label)}, press (\d)\.", heard)
    assert found is not None, f"{label}: {heard}"
    return found[1]


class ByTwilio:
    """Posts what Twilio posts, signed with its key."""

    def __init__(self, call: str = "CA1") -> None:
        self.client, self.call = Client(), call

    def _post(self, path: str, **fields: str) -> ET.Element:
        told = {"CallSid": self.call, "From": HERS, "To": "+441134960999", "CallStatus": "in-progress", **fields}
        signed = signature_of(f"{SITE}{path}", {key: [value] for key, value in told.items()}, "twilio-key")
        answer = self.client.post(path, told, headers={"X-Twilio-Signature": signed})
        assert answer.status_code == 200, answer.content
        return ET.fromstring(answer.content)

    def ring(self, answers: Answers) -> list[str]:
        """Talk until one of both hangs up; return what was heard, turn by turn."""
        root, told = self._post("/hooks/voice/twilio"), []
        while True:
            told.append(" ".join(say.text or "" for say in root.iter("Say")))
            gather = root.find("Gather")
            key = answers(told[-1]) if gather is not None else None
            if key is None or gather is None:
                return told
            path = gather.attrib["action"].removeprefix(SITE)
            digits = key.removesuffix("#") if gather.attrib.get("numDigits") != "1" or key == "#" else key
            root = self._post(path, Digits=digits, **({"FinishedOnKey": "#"} if key.endswith("#") else {}))


class ByVoiceXml:
    """Fetches pages as a VoiceXML browser does, and submits the field."""

    def __init__(self, call: str = "VX1") -> None:
        self.client, self.call = Client(), call

    def ring(self, answers: Answers) -> list[str]:
        """Talk until one of both hangs up; return what was heard, turn by turn."""
        space = "{http://www.w3.org/2001/vxml}"
        page: Any = self.client.get(f"/hooks/voice/vxml/vxml-key/{self.call}", {"caller": f"tel:{HERS}"})
        told = []
        while True:
            assert page.status_code == 200, page.content
            root = ET.fromstring(page.content)
            assert (root.tag, root.attrib["version"]) == (f"{space}vxml", "2.1")
            told.append(" ".join(" ".join(prompt.itertext()) for prompt in root.iter(f"{space}prompt")))
            filled = root.find(f".//{space}filled/{space}submit")
            key = answers(told[-1]) if filled is not None else None
            if key is None or filled is None:
                return told
            words = key if key == "#" else key.removesuffix("#")
            page = self.client.post(filled.attrib["next"].removeprefix(SITE), {"words": words})


class ByAsterisk:
    """Connects as Asterisk does, says yes to every command, and presses a key whenever it is waited for."""

    def __init__(self, call: str = "1772436600.1") -> None:
        self.call = call

    def ring(self, answers: Answers) -> list[str]:
        """Talk until one of both hangs up; return what was heard, turn by turn."""
        others = set(threading.enumerate())  # the live servers of other tests, which go on
        with Server(("127.0.0.1", 0), menu(), desk="", say="Festival", done=tidy) as server:
            serving = threading.Thread(target=server.handle_request)
            serving.start()
            with (
                socket.create_connection(("127.0.0.1", server.server_address[1]), timeout=60) as line,
                line.makefile("rwb") as talk,
            ):
                told = self._talk(talk, answers)
            serving.join(timeout=60)
            for worker in set(threading.enumerate()) - others:
                worker.join(timeout=10)
        return told

    def _talk(self, talk: Any, answers: Answers) -> list[str]:
        talk.write(f"agi_request: agi://localhost\nagi_uniqueid: {self.call}\nagi_callerid: {HERS}\n\n".encode())
        talk.flush()
        told: list[str] = []
        said: list[str] = []
        pressed = ""
        while (command := talk.readline().decode().strip()) and command != "HANGUP":
            result = 0
            if command.startswith("EXEC Festival"):
                said.append(command.split('"')[1])
            if command.startswith("WAIT FOR DIGIT"):
                if not pressed:
                    told, said = [*told, " ".join(said)], []
                    key = answers(told[-1])
                    if key is None:
                        talk.write(b"200 result=-1\n")
                        talk.flush()
                        return told
                    pressed = key
                result, pressed = ord(pressed[0]), pressed[1:]
            talk.write(f"200 result={result}\n".encode())
            talk.flush()
        talk.write(b"200 result=1\n")
        talk.flush()
        return [*told, " ".join(said)]


LINES = (ByTwilio, ByVoiceXml, ByAsterisk)
