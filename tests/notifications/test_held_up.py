"""A provider takes none of our messages: officers are told since when, and that it takes them again once all has gone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from moothall.core import away, clock, jobs
from moothall.core.actors import Actor, ActorKind
from moothall.core.ids import new_id
from moothall.intake.actions.talking.events import call_told, end_hanging
from moothall.intake.talking.told import CallEvent
from moothall.interfaces.console.attention import wanting
from moothall.interfaces.desk.away import told
from moothall.notifications import senders
from moothall.notifications.actions import queue_message
from moothall.notifications.models import Message
from moothall.notifications.protocols import Accepted, Envelope, NotNow, Unclear
from moothall.notifications.recipients import recipient
from tests.conftest import MovableClock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]
ADMIN = Actor(ActorKind.STAFF, new_id(), "Ada", permissions=frozenset({"message.manage"}))
AWAY = "What carries our text messages takes none since Monday 23 November, 10.20am"
BACK = "What carries our text messages is back since Monday 23 November, "


class _Carrier:
    """Carries texts, as long as nothing is the matter."""

    name, can_ask = "carrier", False

    def __init__(self) -> None:
        self.trouble: Exception | None = None
        self.sent: list[str] = []

    def send(self, envelope: Envelope) -> Accepted:
        if self.trouble is not None:
            raise self.trouble
        self.sent.append(envelope.to)
        return Accepted(provider_id=str(len(self.sent)))

    def find(self, reference: str) -> Accepted | None:
        return None


@pytest.fixture
def carrier(clock: MovableClock) -> Iterator[_Carrier]:
    clock.set("2026-11-23T10:00:00+00:00")
    made = _Carrier()
    senders.use("sms", made)
    yield made
    senders.use("sms", None)


def text(number: int) -> Message:
    return queue_message(
        key=f"held-{number}", template="text-asked", to=recipient(None, phone=f"0770090010{number}"), channel="sms",
        values={"words": "Your bin day is Tuesday."}, at=clock.now(),
    )  # fmt: skip


def said() -> tuple[list[str], list[str]]:
    """What the console and the desk say."""
    return [one for one, _, _ in wanting(ADMIN)], [f"{one.words}. {one.more}" for one in told(clock.now())]


def mentions(words: str) -> bool:
    """Whether both say it; they never say different things."""
    console, desk = (any(words in one for one in place) for place in said())
    assert console == desk, said()
    return console


def test_it_is_told_since_when_and_that_it_has_caught_up(carrier: _Carrier, clock: MovableClock) -> None:
    text(0)
    jobs.drain()
    assert not mentions("text messages")
    carrier.trouble = NotNow("It cannot be reached.", unreachable=True)
    for number in (1, 2):
        clock.advance(minutes=20)
        text(number)
        jobs.drain()
    assert mentions(AWAY)
    assert any("go out by themselves" in one for one in said()[1])
    assert not any("Messages wait to be sent" in one for one in said()[0]), "said once"
    carrier.trouble = None
    text(3)
    jobs.drain()
    assert mentions(AWAY), "it works again, and what waited has not gone yet"
    for _ in range(4):
        clock.advance(minutes=30)
        jobs.drain()
    assert len(carrier.sent) == 4
    assert not mentions(AWAY)
    assert mentions(BACK)
    assert any("All that waited for it has gone" in one for one in said()[0])
    clock.advance(hours=9)
    assert not mentions("text messages"), "a colleague's day is over"


def test_away_again_it_is_not_said_to_be_back(carrier: _Carrier, clock: MovableClock) -> None:
    for number in (1, 2):
        carrier.trouble = NotNow("It cannot be reached.", unreachable=True)
        text(number)
        jobs.drain()
        if number == 1:
            carrier.trouble = None
            for _ in range(3):
                clock.advance(minutes=30)
                jobs.drain()
            assert mentions(BACK)
    assert not mentions(BACK)
    assert mentions("takes none since")


def test_what_was_given_up_is_no_sign_that_it_is_back(carrier: _Carrier, clock: MovableClock) -> None:
    carrier.trouble = NotNow("It cannot be reached.", unreachable=True)
    text(1)
    for _ in range(14):
        jobs.drain()
        clock.advance(hours=12)
    assert not Message.objects.filter(state="queued").exists()
    jobs.drain()
    assert mentions("takes none since")
    carrier.trouble = None
    text(2)
    jobs.drain()
    clock.advance(minutes=2)
    jobs.drain()
    assert mentions("is back since")


@pytest.mark.parametrize("trouble", [NotNow("The number is busy."), Unclear("The line broke.")])
def test_trouble_with_one_message_is_not_the_providers(
    carrier: _Carrier, clock: MovableClock, trouble: Exception
) -> None:
    carrier.trouble = trouble
    text(1)
    jobs.drain()
    clock.advance(minutes=5)
    jobs.drain()
    assert not any("takes none" in one for one in said()[1])


def test_while_all_is_well_nothing_is_written(carrier: _Carrier, clock: MovableClock) -> None:
    text(1)
    jobs.drain()
    assert away.away() == ()


@pytest.mark.parametrize(("calls", "told_of"), [(4, False), (5, True)])
def test_the_console_says_that_the_exchange_leaves_calls_without_an_end(
    clock: MovableClock, calls: int, told_of: bool
) -> None:
    clock.set("2026-11-23T10:00:00+00:00")
    for n in range(calls):
        call_told(CallEvent(f"e-{n}", f"c-{n}", "offered", clock.now()), at=clock.now())
    clock.advance(hours=5)
    end_hanging(at=clock.now())
    words = f"The telephone system did not say how {calls} calls of the last 7 days went on"
    assert (words in said()[0]) == told_of
