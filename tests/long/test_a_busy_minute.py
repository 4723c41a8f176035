"""200 calls, 100 texts and 50 arrivals in one minute: queues and displays say in every second what is so."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import requests
from django.db import connections

from benchmarks._minute import KEYS, Call, Minute, Wires, moment, place_in, plan
from moothall.channels.voice.agi import Server
from moothall.contacts.models import Contact
from moothall.contacts.queries import waiting_calls
from moothall.core.actors import SYSTEM, Actor
from moothall.core.ids import new_id
from moothall.core.models import ApiClient
from moothall.core.staff import actor_of_staff, create_staff
from moothall.core.staff.actor import token_digest
from moothall.intake.models import Conversation
from moothall.interfaces.hooks.agi import menu, tidy
from moothall.interfaces.reception.shapes import screen_key
from moothall.reception.models import Visit
from moothall.reception.queries import board
from tests.conftest import MovableClock

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def wires(council: Any, clock: MovableClock, live_server: Any, settings: Any) -> Iterator[Wires]:
    """The server with every line open: webhooks by HTTP, FastAGI on a port of its own."""
    clock.set("2026-11-23T10:00:00+00:00")
    settings.PUBLIC_URL = live_server.url
    settings.CALLS_KEY, settings.TWILIO_TOKEN, settings.VOICE_KEY = KEYS["calls"], KEYS["twilio"], KEYS["vxml"]
    ApiClient.objects.create(
        id=new_id(), name="Notify", token_digest=token_digest(KEYS["notify"]), scopes=["hook.messages"],
        created_at=clock.now(),
    )  # fmt: skip
    agi = Server(("127.0.0.1", 0), menu(), desk="100", say="Festival", done=tidy)
    threading.Thread(target=agi.serve_forever, args=(0.05,), daemon=True).start()
    yield Wires(live_server.url, agi.server_address)  # type: ignore[arg-type]
    agi.shutdown()
    agi.server_close()


@pytest.fixture
def host(council: Any, clock: MovableClock, live_server: Any) -> tuple[Actor, Callable[[], requests.Session]]:
    """The host at the door, and how each thread has a browser of hers."""
    from django.test import Client

    staff = create_staff(username="elsie", name="Elsie Moor", roles=["reception-host"], teams=["customer-services"],
                         pack=council, by=SYSTEM, at=clock.now())  # fmt: skip
    client = Client()
    client.force_login(staff)
    cookie = client.cookies["moothall_session"].value

    def browser() -> requests.Session:
        session = requests.Session()
        session.cookies.set("moothall_session", cookie)
        page = session.get(f"{live_server.url}/reception/?centre=city", timeout=60).text
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        session.headers["X-Csrftoken"] = found[1] if found else ""
        session.headers["Referer"] = f"{live_server.url}/reception/"
        return session

    return actor_of_staff(staff, council), browser


@pytest.mark.row("A4")
def test_queues_and_displays_are_right_in_every_second(
    wires: Wires, host: tuple[Actor, Callable[[], requests.Session]], clock: MovableClock, live_server: Any
) -> None:
    minute, start = plan(20261123), clock.now()
    assert (len(minute.calls), len(minute.texts), len(minute.arrivals)) == (200, 100, 50)
    elsie, browser = host
    doors = [browser() for _ in range(4)]
    screen = f"{live_server.url}/reception/screen/city/{screen_key('city')}/now"
    tickets: list[tuple[int, str]] = []
    with ThreadPoolExecutor(8) as lines:
        for second in range(minute.end + 1):
            at = clock.set(moment(start, second))
            _exchange(minute, wires, second, start, lines)
            assert waiting_calls(since=start - timedelta(hours=1)) == minute.waiting(second), f"second {second}"

            ringing = [one for one in minute.calls if one.rings == second]
            said = lines.map(wires.ring, ringing)
            texts = lines.map(lambda one, at=at: wires.text(one, at), [t for t in minute.texts if t.second == second])
            come = [n for n, when in enumerate(minute.arrivals) if when == second]
            given = lines.map(lambda n: wires.arrive(n, doors[n % 4]), come)
            for call, words in zip(ringing, said, strict=True):
                assert place_in(words) == minute.waiting(second) + 1, f"{call} in second {second}"
            list(texts)
            tickets += [(second, ticket) for ticket in given]
            if come or second % 10 == 0:
                _displays(elsie, at, start, tickets, screen, doors[0], live_server.url)
    _calls_are_measured(minute, start)
    _texts_are_there_once(minute, start)
    connections.close_all()


def _exchange(minute: Minute, wires: Wires, second: int, start: Any, lines: ThreadPoolExecutor) -> None:
    """What the telephone exchange tells in a second; every fifth event twice."""
    told: list[tuple[Call, str]] = []
    for call in minute.calls:
        for event, when in (("offered", call.offered), ("answered", call.answered), ("abandoned", call.left)):
            if when == second and when >= 0:
                told.append((call, event))

    def tell(one: tuple[Call, str]) -> None:
        call, event = one
        wires.told(
            call, event, moment(start, second), moment(start, call.offered), times=2 if call.offered % 5 == 0 else 1
        )

    list(lines.map(tell, told))


def _displays(
    elsie: Actor, at: Any, start: Any, tickets: list[tuple[int, str]], screen: str, door: requests.Session, base: str
) -> None:
    """The board of the host, its page and the screen in the room: everybody who came, in turn, each with her own wait."""
    shown = board("city", visible_to=elsie, at=at).waiting
    came = {ticket: moment(start, second) for second, ticket in tickets}
    assert {one.ticket: one.waited for one in shown} == {ticket: at - when for ticket, when in came.items()}
    order = [came[one.ticket] for one in shown]
    assert order == sorted(order)
    assert sorted(int(ticket[1:]) for ticket in came) == list(range(1, len(came) + 1))
    words = f"{len(came)}</strong> waiting"
    assert words in door.get(f"{base}/reception/board", timeout=60).text
    assert f"{len(came)} waiting" in requests.get(screen, timeout=60).text


def _calls_are_measured(minute: Minute, start: Any) -> None:
    rows = {row.external_id: row for row in Contact.objects.filter(channel="phone")}
    stayed = {one.id: one for one in minute.calls if one.stays}
    assert rows.keys() == stayed.keys()
    for id_, call in stayed.items():
        row = rows[id_]
        assert row.received_at == moment(start, call.offered)
        assert row.answered_at == (moment(start, call.answered) if call.answered >= 0 else None)
        assert (row.state == "closed") == (call.left >= 0)
    ended = dict(Conversation.objects.values_list("call_id", "ended"))
    for call in minute.calls:
        assert ended[call.id] == ("transferred" if call.stays else "call_back")
    assert Contact.objects.filter(channel="voice").count() == len(minute.calls)


def _texts_are_there_once(minute: Minute, start: Any) -> None:
    rows = list(Contact.objects.filter(channel="sms").values_list("caller", "received_at"))
    assert sorted(rows) == sorted((one.number, moment(start, one.second)) for one in minute.texts)
    assert Visit.objects.count() == len(minute.arrivals)
