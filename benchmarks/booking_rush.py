"""A rush on the real server: SIZE residents, each at the page of the time, choose one of a tenth as many times in the same second.

`moothall serve` (its usual workers), the product's embedded PostgreSQL and the load share the machine. Every resident has a
request of her own, begun and answered on the site up to the time, over a connection that stays open; then all of them
post their choice at once, ten for each time. A row says how many were booked, how many were told that somebody was quicker
(the page with what is free now), how many got anything else (0), how many times were booked twice (0), how long the slowest
waited. Milliseconds from the common start; a council of its own in `.moothall/bench-rush`.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import requests

from benchmarks.bookings import _p
from benchmarks.spine import _free_port, _wait

ROOT = Path(__file__).resolve().parents[1]
SIZE = 500
SITE = "southdale-leisure"
"""It has one squash court: whoever has a time of it has all of it."""
AT_ONCE = 32
"""Connections that prepare the requests, before the second that counts."""


class Resident:
    """Somebody at the page that asks for the time."""

    def __init__(self, base: str) -> None:
        self.base, self.session = base, requests.Session()
        self.at = ""
        self.token = ""

    def prepare(self) -> None:
        """Begin a request for a court and answer up to the time."""
        page = self.session.get(f"{self.base}/services/book-court", timeout=120)
        self._token(page.text)
        self.at = self._post("/services/book-court/start", {})
        for name, value in (("activity", "squash"), ("card", "")):
            self._token(self.session.get(f"{self.base}{self.at}{name}", timeout=120).text)
            self._post(f"{self.at}{name}", {name: value})
        self._token(self.session.get(f"{self.base}{self.at}slot", timeout=120).text)

    def choose(self, key: str) -> str:
        """Choose a time; return what became of it: booked, told, or the status of anything else."""
        sent = {"csrfmiddlewaretoken": self.token, "slot": key}
        answer = self.session.post(f"{self.base}{self.at}slot", sent, allow_redirects=False, timeout=300)
        if answer.status_code in {302, 303}:
            return "booked"
        told = answer.status_code < 500 and "Somebody has just taken that time" in answer.text
        return "told" if told else f"other_{answer.status_code}"

    def _post(self, path: str, fields: dict[str, str]) -> str:
        sent = {"csrfmiddlewaretoken": self.token, **fields}
        answer = self.session.post(f"{self.base}{path}", sent, allow_redirects=False, timeout=120)
        if answer.status_code not in {302, 303}:
            raise RuntimeError(f"{path} answered {answer.status_code}: {answer.text[:300]!r}")
        return answer.headers["Location"].removeprefix(self.base)

    def _token(self, page: str) -> None:
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        self.token = found[1] if found else self.token


def run(size: int = SIZE) -> dict[str, Any]:
    """Play the rush and return the figures."""
    from moothall.core.postgres import Cluster

    folder = ROOT / ".moothall" / "bench-rush"
    cluster, port = Cluster(folder), _free_port()
    base = f"http://127.0.0.1:{port}"
    os.environ |= {
        "DATABASE_URL": cluster.start(), "MOOTHALL_MODE": "demo", "MOOTHALL_DATA": str(folder),
        "MOOTHALL_SECRET_KEY": "benchmark-rush-" + "x" * 40, "DJANGO_SETTINGS_MODULE": "moothall.config.settings",
        "MOOTHALL_PUBLIC_URL": base,
    }  # fmt: skip
    server = None
    try:
        _prepared()
        server = subprocess.Popen(
            [sys.executable, "-m", "moothall.interfaces.cli", "serve", "--port", str(port)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        _wait(port)
        return _played(base, size)
    finally:
        if server is not None:
            server.terminate()
            server.wait(30)
        from django.db import connections

        connections.close_all()
        cluster.stop()


def _prepared() -> None:
    """A council whose courts nobody has booked yet."""
    import django

    django.setup()
    from django.core.management import call_command

    from moothall.bookings.models import Booking, Claim
    from moothall.core.actors import SYSTEM
    from moothall.core.clock import now
    from moothall.core.packs import apply_pack, load_pack

    call_command("migrate", verbosity=0, interactive=False)
    apply_pack(load_pack("leeds"), by=SYSTEM, at=now())
    Claim.objects.all().delete()
    Booking.objects.all().delete()


def _played(base: str, size: int) -> dict[str, Any]:
    from moothall.bookings.models import Claim
    from moothall.bookings.queries import Wish, find
    from moothall.core.clock import now

    wish = Wish("squash", since=now() + timedelta(hours=2), sites=frozenset({SITE}))
    keys = [one.key for one in find(wish, at=now(), limit=max(1, size // 10)).slots]
    residents = [Resident(base) for _ in range(size)]
    with ThreadPoolExecutor(AT_ONCE) as lines:
        list(lines.map(Resident.prepare, residents))
    gate, lock = threading.Barrier(size + 1), threading.Lock()
    ended: Counter[str] = Counter()
    waits: list[float] = []

    def rush(n: int) -> None:
        gate.wait()
        began = time.perf_counter()
        try:
            how = residents[n].choose(keys[n % len(keys)])
        except requests.RequestException as error:
            how = f"other_{type(error).__name__}"
        with lock:
            ended[how] += 1
            waits.append(time.perf_counter() - began)

    threads = [threading.Thread(target=rush, args=(n,)) for n in range(size)]
    for thread in threads:
        thread.start()
    gate.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    live = list(Claim.objects.filter(live=True).values_list("resource", "during"))
    return {
        "clients": size, "times": len(keys), "booked": ended["booked"], "told": ended["told"],
        "anything_else": size - ended["booked"] - ended["told"],
        **{how: count for how, count in sorted(ended.items()) if how.startswith("other")},
        "booked_twice": len(live) - len({(resource, during.lower) for resource, during in live}),
        "held_in_the_books": len(live), "seconds": round(took, 2), "ms_p50": _p(waits, 50), "ms_p95": _p(waits, 95),
        "ms_slowest": round(max(waits) * 1000, 1),
    }  # fmt: skip
