"""One busy minute by the clock: 200 calls, 100 texts and 50 arrivals on the wires of a running server, SIZE times as many.

`_minute.plan` says what happens in which second; here the seconds are real. `moothall serve` (two workers of four threads),
`moothall agi`, the product's embedded PostgreSQL and the load share the machine; no worker process runs. A council of its
own in `.moothall/bench-channels`, its clock running from ten on a working morning. Two calls in four come by Twilio's
wire, one by VoiceXML and one by FastAGI; some events and texts come twice.

All the while what each caller is told of the queue, and twice a second what the screen in the room shows, must lie between
what was surely so before it was asked and what could be so when it answered: `_told_wrong` and `_shown_wrong` count those
that do not. (`tests/long/test_a_busy_minute.py` holds them to the exact number, second by second, on a clock that stands still.)

Milliseconds: `turn` one answer of the menu, `event` one word of the exchange, `text` one text, `arrival` one visitor booked
in, `screen` one reading of the screen. `latest_s`: how far behind its second anything began.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import requests

from benchmarks._minute import ARRIVALS, CALLS, KEYS, TEXTS, Call, Minute, Text, Wires, place_in, plan
from benchmarks.spine import _free_port, _wait

ROOT = Path(__file__).resolve().parents[1]
SIZE = 1
TURNS = {True: 3, False: 4}
"""Answers of the menu that a call hears, by whether the caller stays on the line."""


class Tally:
    """What has begun and what was acknowledged, by name; safe from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.begun: dict[str, int] = {}
        self.done: dict[str, int] = {}

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        with self._lock:
            self.begun[name] = self.begun.get(name, 0) + 1
        yield
        with self._lock:
            self.done[name] = self.done.get(name, 0) + 1

    def least(self, came: str, went: str = "") -> int:
        """How many are surely there: acknowledged, and not begun to go."""
        with self._lock:
            return self.done.get(came, 0) - self.begun.get(went, 0)

    def most(self, came: str, went: str = "") -> int:
        """How many can be there: begun, and not yet acknowledged to have gone."""
        with self._lock:
            return self.begun.get(came, 0) - self.done.get(went, 0)


class Bench:
    """The minute as it is played; ``took`` are milliseconds by kind."""

    def __init__(self, wires: Wires, start: Any, doors: list[requests.Session], screen: str) -> None:
        self.wires, self.start, self.screen = wires, start, screen
        self.first = round(start.timestamp())  # so that no visitor has the number of one of another run
        self.tally, self.took = Tally(), dict[str, list[float]]()
        self.told_wrong = self.shown_wrong = 0
        self.latest = 0.0
        self.tickets: list[str] = []
        self._free = list(doors)

    def ring(self, call: Call) -> None:
        """One caller rings, and is told where she stands."""
        surely, gone = self.tally.least("offered", "over"), self.tally.done.get("over", 0)
        said = self._timed("turn", lambda: self.wires.ring(call), TURNS[call.stays])
        place = place_in(said) - 1
        can = self.tally.begun.get("offered", 0) - gone
        lost = self.tally.begun.get("over", 0) - gone
        if not surely - lost <= place <= can:
            self.told_wrong += 1

    def tell(self, call: Call, event: str, second: int) -> None:
        """The exchange tells of a call."""
        at, offered = self.start + timedelta(seconds=second), self.start + timedelta(seconds=call.offered)
        with self.tally.of("offered" if event == "offered" else "over"):
            self._timed("event", lambda: self.wires.told(call, event, at, offered, times=2 if second % 5 == 0 else 1),
                        2 if second % 5 == 0 else 1)  # fmt: skip

    def arrive(self, number: int) -> None:
        """A visitor is booked in at a door."""
        door = self._free.pop()
        with self.tally.of("arrival"):
            self.tickets.append(self._timed("arrival", lambda: self.wires.arrive(self.first + number, door)))
        self._free.append(door)

    def look(self) -> None:
        """The screen in the room is read."""
        surely = self.tally.least("arrival")
        page = self._timed("screen", lambda: requests.get(self.screen, timeout=60).text)
        found = re.search(r"(\d+) waiting", page)
        shown = int(found[1]) if found else 0
        if not surely <= shown <= self.tally.most("arrival"):
            self.shown_wrong += 1

    def _timed(self, kind: str, does: Callable[[], Any], parts: int = 1) -> Any:
        began = time.perf_counter()
        made = does()
        self.took.setdefault(kind, []).append((time.perf_counter() - began) * 1000 / parts)
        return made

    def text(self, text: Text) -> None:
        """A provider brings a text."""
        at = self.start + timedelta(seconds=text.second)
        self._timed("text", lambda: self.wires.text(text, at), text.times)

    def play(self, minute: Minute) -> None:
        """Play it in real time: what happens in a second, spread over it; a call is offered only after it rang."""
        ahead: list[tuple[float, Callable[[], None]]] = [(half / 2, self.look) for half in range(2 * minute.end)]
        for n, call in enumerate(minute.calls):
            part = n % 10 / 20
            ahead.append((call.rings + part, partial(self.ring, call)))
            for event, second in (("offered", call.offered), ("answered", call.answered), ("abandoned", call.left)):
                if second >= 0:
                    ahead.append((second + 0.5 + part, partial(self.tell, call, event, second)))
        ahead += [(one.second + 0.25, partial(self.text, one)) for one in minute.texts]
        ahead += [(second + n % 7 / 10, partial(self.arrive, n)) for n, second in enumerate(minute.arrivals)]
        began = time.monotonic()

        def begin(when: float, does: Callable[[], None]) -> None:
            self.latest = max(self.latest, time.monotonic() - began - when)
            does()

        with ThreadPoolExecutor(32) as lines:
            waits = []
            for when, does in sorted(ahead, key=lambda one: one[0]):
                time.sleep(max(0.0, began + when - time.monotonic()))
                waits.append(lines.submit(begin, when, does))
            for one in waits:
                one.result()


def run(size: int) -> dict[str, Any]:
    """Play the minute and return the figures."""
    from moothall.core.postgres import Cluster

    folder = ROOT / ".moothall" / "bench-channels"
    cluster = Cluster(folder)
    port = _free_port()
    base = f"http://127.0.0.1:{port}"
    os.environ |= {
        "DATABASE_URL": cluster.start(), "MOOTHALL_MODE": "demo", "MOOTHALL_DATA": str(folder),
        "MOOTHALL_SECRET_KEY": "benchmark-channels-" + "x" * 40, "DJANGO_SETTINGS_MODULE": "moothall.config.settings",
        "MOOTHALL_CLOCK_FILE": str(folder / "clock"), "MOOTHALL_PUBLIC_URL": base, "MOOTHALL_CALLS_KEY": KEYS["calls"],
        "MOOTHALL_TWILIO_TOKEN": KEYS["twilio"], "MOOTHALL_VOICE_KEY": KEYS["vxml"],
    }  # fmt: skip
    try:
        session = _prepared()
        programme = [sys.executable, "-m", "moothall.interfaces.cli"]
        with (
            _running([*programme, "serve", "--port", str(port)]),
            _running([*programme, "agi", "--port", "0"], heard=True) as agi,
        ):
            _wait(port)
            found = re.search(r"agi://([\d.]+):(\d+)/", agi.stdout.readline().decode() if agi.stdout else "")
            if found is None:
                raise RuntimeError("moothall agi did not say where it listens.")
            return _played(size, Wires(base, (found[1], int(found[2]))), session)
    finally:
        cluster.stop()


def _prepared() -> str:
    """Make the council, empty of visits and calls, and the host at the door; return her session."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client

    from moothall.core import clock
    from moothall.core.actors import SYSTEM
    from moothall.core.ids import new_id
    from moothall.core.models import ApiClient, Staff
    from moothall.core.packs import apply_pack, load_pack
    from moothall.core.staff import create_staff
    from moothall.core.staff.actor import token_digest
    from moothall.reception.actions import close_yesterday

    call_command("migrate", verbosity=0, interactive=False)
    clock.set_to(_morning(), running=True)
    pack = load_pack("leeds")
    apply_pack(pack, by=SYSTEM, at=clock.now())
    close_yesterday(at=clock.now())  # as the worker does at night
    digest = token_digest(KEYS["notify"])
    if not ApiClient.objects.filter(token_digest=digest).exists():
        ApiClient.objects.create(
            id=new_id(), name="Notify", token_digest=digest, scopes=["hook.messages"], created_at=clock.now()
        )
    staff = Staff.objects.filter(username="elsie").first() or create_staff(
        username="elsie", name="Elsie Moor", roles=["reception-host"], teams=["customer-services"], pack=pack, by=SYSTEM,
        at=clock.now(),
    )  # fmt: skip
    client = Client()
    client.force_login(staff)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _morning() -> Any:
    """Ten o'clock on the working day after the last one played here: each run has a day of its own."""
    from moothall.contacts.models import Contact
    from moothall.core import clock

    last = Contact.objects.order_by("-received_at").values_list("received_at", flat=True).first()
    day = max(clock.machine_now(), last or clock.machine_now()).astimezone(clock.LONDON) + timedelta(days=1)
    while day.weekday() >= 5 or (day.month, day.day) in {(12, 25), (12, 26), (12, 28), (1, 1)}:
        day += timedelta(days=1)
    return day.replace(hour=10, minute=0, second=0, microsecond=0)


def _played(size: int, wires: Wires, session: str) -> dict[str, Any]:
    from django.conf import settings

    from moothall.contacts.models import Contact
    from moothall.contacts.queries import waiting_calls
    from moothall.core import clock
    from moothall.interfaces.reception.shapes import screen_key

    def door() -> requests.Session:
        made = requests.Session()
        made.cookies.set(settings.SESSION_COOKIE_NAME, session)
        page = made.get(f"{wires.base}/reception/?centre=city", timeout=60).text
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        made.headers.update({"X-Csrftoken": found[1] if found else "", "Referer": f"{wires.base}/reception/"})
        return made

    minute = plan(time.time_ns() % 10**8, calls=CALLS * size, texts=TEXTS * size, arrivals=ARRIVALS * size)
    bench = Bench(
        wires, clock.now(), [door() for _ in range(32)], f"{wires.base}/reception/screen/city/{screen_key('city')}/now"
    )
    since = clock.now() - timedelta(minutes=1)
    bench.play(minute)
    figures: dict[str, Any] = {
        "calls": len(minute.calls), "texts": len(minute.texts), "arrivals": len(minute.arrivals),
        "played_s": minute.end, "latest_s": round(bench.latest, 2),
        "told_wrong": bench.told_wrong, "shown_wrong": bench.shown_wrong, "looks": len(bench.took["screen"]),
        "waiting_at_the_end_wrong": abs(waiting_calls(since=since) - minute.waiting(minute.end)),
        "texts_missing": len(minute.texts) - Contact.objects.filter(channel="sms", received_at__gte=since).count(),
        "tickets_doubled": len(bench.tickets) - len(set(bench.tickets)),
    }  # fmt: skip
    for kind, took in bench.took.items():
        figures[f"{kind}_ms_p50"] = round(statistics.median(took), 1)
        figures[f"{kind}_ms_p95"] = round(statistics.quantiles(took, n=20)[18], 1)
    return figures


@contextmanager
def _running(command: list[str], *, heard: bool = False) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE if heard else subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)
        if process.stdout:
            process.stdout.close()
