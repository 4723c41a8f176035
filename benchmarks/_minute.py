"""One busy minute: 200 calls, 100 texts and 50 arrivals as their wires carry them, and what must be true in each second.

`plan` is pure: it says what happens when, from a seed. `Wires` puts it on the wire of a running server. A call rings the menu
(TwiML, VoiceXML or FastAGI), asks for an adviser, hears which number in the queue it has and stays or keeps its place; the
exchange tells when it is offered, answered or abandoned. Some texts and events come twice, as providers send them.
"""

from __future__ import annotations

import json
import re
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final
from urllib.parse import urlencode

import requests

CALLS: Final = 200
TEXTS: Final = 100
ARRIVALS: Final = 50
SECONDS: Final = 60
LINES: Final = ("twilio", "twilio", "vxml", "agi")
KEYS: Final = {"calls": "calls-key", "twilio": "twilio-key", "vxml": "vxml-key", "notify": "a-token-for-notify"}


@dataclass(frozen=True, slots=True)
class Call:
    """One call, in whole seconds of the minute. ``answered`` and ``left`` are when; -1: never. ``stays``: on the line."""

    id: str
    line: str
    number: str
    rings: int
    stays: bool
    offered: int
    answered: int
    left: int

    def waits(self, second: int) -> bool:
        """Whether an adviser is waited for at the end of a second."""
        over = [one for one in (self.answered, self.left) if one >= 0]
        return self.stays and self.offered <= second and not any(one <= second for one in over)


@dataclass(frozen=True, slots=True)
class Text:
    """One text: by which provider, in which second, how often it is sent."""

    id: str
    by: str
    number: str
    second: int
    times: int


@dataclass(frozen=True, slots=True)
class Minute:
    """What happens."""

    calls: tuple[Call, ...]
    texts: tuple[Text, ...]
    arrivals: tuple[int, ...]

    @property
    def end(self) -> int:
        """The second by which everything has happened."""
        return max([SECONDS, *(max(c.offered, c.answered, c.left) for c in self.calls)]) + 1

    def waiting(self, second: int) -> int:
        """How many callers wait for an adviser at the end of a second."""
        return sum(one.waits(second) for one in self.calls)


def plan(seed: int, *, calls: int = CALLS, texts: int = TEXTS, arrivals: int = ARRIVALS) -> Minute:
    """Return a minute; the same each time for a seed."""
    rng, rung, sent = Random(seed), [], []
    for n in range(calls):
        rings, stays = rng.randrange(SECONDS), rng.random() < 0.85
        offered = rings + 1 + rng.randrange(3)
        fate, waited = rng.random(), 1 + rng.randrange(40)
        rung.append(
            Call(
                f"call-{seed}-{n}", LINES[n % len(LINES)], f"+4477009{n:05d}", rings, stays, offered if stays else -1,
                offered + waited if stays and fate < 0.6 else -1, offered + waited if stays and 0.6 <= fate < 0.8 else -1,
            )
        )  # fmt: skip
    for n in range(texts):
        by = "notify" if n % 2 else "twilio"
        sent.append(Text(f"text-{seed}-{n}", by, f"+4477008{n:05d}", rng.randrange(SECONDS), 2 if n % 10 == 0 else 1))
    return Minute(tuple(rung), tuple(sent), tuple(sorted(rng.randrange(SECONDS) for _ in range(arrivals))))


def place_in(said: str) -> int:
    """Return the number in the queue that a caller was told; 1 where an adviser is free next.

    Raises ValueError when she was told neither.
    """
    if found := re.search(r"You are number (\d+) in the queue", said):
        return int(found[1])
    if "adviser is free next" in said:
        return 1
    raise ValueError(f"No place was told: {said[:300]}")


class Wires:
    """Every wire to one running server. ``at`` is the moment that events carry. Safe from several threads."""

    def __init__(self, base: str, agi: tuple[str, int]) -> None:
        self.base, self.agi = base, agi

    def ring(self, call: Call) -> str:
        """Ring the menu, ask for an adviser, choose; return what was said of the queue."""
        keys = ["0", *(["1"] if call.stays else ["2", "1"])]
        said = {"twilio": self._twilio, "vxml": self._vxml, "agi": self._agi}[call.line](call, keys)
        return next((one for one in said if "in the queue" in one or "free next" in one), " | ".join(said))

    def told(self, call: Call, event: str, at: datetime, offered_at: datetime, *, times: int = 1) -> None:
        """Let the exchange tell of a call."""
        from moothall.core.signing import signed

        body = {"id": f"{call.id}-{event}", "call": call.id, "event": event, "at": at.isoformat(), "caller": call.number,
                "offered_at": offered_at.isoformat()}  # fmt: skip
        raw = json.dumps(body).encode()
        for _ in range(times):
            self._post("/hooks/calls", raw, signed(raw, KEYS["calls"], at=at, name="X-Moothall"))

    def text(self, text: Text, at: datetime) -> None:
        """Let a provider bring a text, as often as it does."""
        words = f"Could somebody please ring my neighbour about her hedge {text.id}"
        for _ in range(text.times):
            if text.by == "notify":
                body = {"id": text.id, "source_number": text.number.lstrip("+"), "destination_number": "07700900099",
                        "message": words, "date_received": at.isoformat()}  # fmt: skip
                self._post(
                    "/hooks/notify/text", json.dumps(body).encode(), {"Authorization": f"Bearer {KEYS['notify']}"}
                )
            else:
                self._signed("/hooks/twilio/text", {"MessageSid": text.id, "From": text.number, "To": "+447700900098",
                                                    "Body": words})  # fmt: skip

    def arrive(self, number: int, host: requests.Session) -> str:
        """Book a visitor in as the host at the door does; return the ticket."""
        form = {"centre": "city", "key": f"door-{number}", "call_by": "screen", "about": "",
                "csrfmiddlewaretoken": host.headers.get("X-Csrftoken", "")}  # fmt: skip
        answer = host.post(f"{self.base}/reception/arrive", data=form, allow_redirects=False, timeout=60)
        if answer.status_code != 303:
            raise ValueError(f"The door answered {answer.status_code}: {answer.text[:200]}")
        return answer.headers["Location"].partition("ticket=")[2].partition("&")[0]

    def _post(self, path: str, raw: bytes, headers: Any) -> None:
        answer = requests.post(
            self.base + path, data=raw, headers={"Content-Type": "application/json", **headers}, timeout=60
        )
        if answer.status_code != 204:
            raise ValueError(f"{path} answered {answer.status_code}: {answer.text[:300]}")

    def _signed(self, path: str, form: dict[str, str]) -> str:
        from moothall.channels.voice.signatures import signature_of

        signature = signature_of(self.base + path, {name: [value] for name, value in form.items()}, KEYS["twilio"])
        answer = requests.post(self.base + path, data=form, headers={"X-Twilio-Signature": signature}, timeout=60)
        if answer.status_code >= 300:
            raise ValueError(f"{path} answered {answer.status_code}: {answer.text[:300]}")
        return answer.text

    def _twilio(self, call: Call, keys: list[str]) -> list[str]:
        form = {"CallSid": call.id, "From": call.number, "To": "+441134960000", "CallStatus": "in-progress"}
        said = [self._signed("/hooks/voice/twilio", form)]
        for pressed in keys:
            said.append(self._signed(_next(said[-1], r'action="([^"]+)"'), form | {"Digits": pressed}))
        return said

    def _vxml(self, call: Call, keys: list[str]) -> list[str]:
        begin = f"{self.base}/hooks/voice/vxml/{KEYS['vxml']}/{call.id}?{urlencode({'caller': call.number})}"
        said = [requests.get(begin, timeout=60).text]
        for pressed in keys:
            address = self.base + _next(said[-1], r'(?:next|action)="([^"]+/vxml/[^"]+/\d+)"')
            said.append(requests.post(address, data={"words": pressed}, timeout=60).text)
        return said

    def _agi(self, call: Call, keys: list[str]) -> list[str]:
        """Play Asterisk: answer each command; press the next key when it waits for one."""
        said: list[str] = []
        left = list(keys)
        with socket.create_connection(self.agi, timeout=60) as line, line.makefile("rwb") as wire:
            wire.write(f"agi_uniqueid: {call.id}\nagi_callerid: {call.number}\n\n".encode())
            wire.flush()
            heard = ""
            while command := wire.readline().decode().strip():
                result = 0
                if command.startswith("WAIT FOR DIGIT"):
                    said.append(heard)
                    heard = ""
                    result = ord(left.pop(0)) if left else -1
                else:
                    heard += f" {command}"
                wire.write(f"200 result={result}\n".encode())
                wire.flush()
                if command == "HANGUP":
                    break
            said.append(heard)
        return said


def _next(page: str, pattern: str) -> str:
    found = re.search(pattern, page)
    if found is None:
        raise ValueError(f"There is nothing to answer to: {page[:400]}")
    return re.sub(r"^https?://[^/]+", "", found[1].replace("&amp;", "&"))


def moment(start: datetime, second: int) -> datetime:
    """Return the moment of a second."""
    return start + timedelta(seconds=second)
