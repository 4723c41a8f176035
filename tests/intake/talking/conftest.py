"""Premises people ask about, somebody who texts, and somebody at a telephone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from moothall.channels.sms.text import is_chasing, understand
from moothall.core.actors import SYSTEM
from moothall.intake.actions.talking.calls import begin_call, hear_call
from moothall.intake.actions.talking.texts import text_came
from moothall.intake.talking.turns import Then, Turn
from moothall.notifications.actions import Wish
from moothall.notifications.models import Message
from moothall.places.actions import Premises, import_premises

MOBILE = "+447700900123"


@pytest.fixture(autouse=True)
def premises(council: Any) -> None:
    """Two houses in Mill Lane."""
    rows = [
        Premises(
            uprn=72000000 + number, address=f"{number} Mill Lane, Otley, LS21 1AA", number=str(number), street="Mill Lane",
            postcode="LS21 1AA", area_code="E05011401", latitude=53.905, longitude=-1.694,
        )
        for number in (14, 16)
    ]  # fmt: skip
    import_premises(rows, by=SYSTEM)


class Caller:
    """Somebody at a telephone: presses keys, hears what is said."""

    def __init__(self, clock: Any, *, number: str = MOBILE, call_id: str = "call-1", speech: bool = False) -> None:
        self.clock, self.call_id = clock, call_id
        self.turn: Turn = begin_call(call_id, line="test", caller=number, speech=speech, at=clock.now())

    def press(self, *keys: str) -> str:
        for one in keys:
            assert self.turn.then is Then.LISTEN, self.turn.words
            self.turn = hear_call(self.call_id, number=self.turn.number, words=one, at=self.clock.now())
        return self.turn.words

    def hear(self, words: str) -> str:
        """Choose what has these words, by the key said for it."""
        return self.press(next(one.key for one in self.turn.choices if words.lower() in one.label.lower()))


class Texter:
    """Somebody who texts: sends words as they would arrive, and reads the last answer."""

    def __init__(self, clock: Any, *, number: str = MOBILE) -> None:
        self.clock, self.number, self.sent = clock, number, 0

    def text(self, words: str, *, id_: str = "", sent_at: datetime | None = None) -> str:
        self.sent += 1
        self.send(words, id_=id_ or f"{self.number}-{self.sent}", sent_at=sent_at)
        return self.last()

    def send(self, words: str, *, id_: str, sent_at: datetime | None = None) -> UUID:
        self.clock.advance(seconds=20)
        read = understand(words)
        return text_came(
            external_id=id_, sender=self.number, words=read.words, wish=Wish(read.wish.value), reference=read.reference,
            chasing=is_chasing(read), received_at=sent_at or self.clock.now() - timedelta(seconds=2), at=self.clock.now(),
        )  # fmt: skip

    def last(self) -> str:
        found = Message.objects.filter(to=self.number).order_by("-created_at", "-id").first()
        return found.body if found else ""


@pytest.fixture
def texter(clock: Any) -> Texter:
    """Somebody we do not know, with a mobile."""
    return Texter(clock)
