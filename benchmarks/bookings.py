"""Booking under a rush: SIZE clients after a tenth as many slots in the same second, then sustained booking, then the search.

`rush_…`: every client is a thread with a connection of its own and asks for one of the free times at the same moment; one
row says how many were booked, how many told that it was taken, how many times anything was booked twice (0), deadlocks (0).
`sustained_…`: eight connections hold and confirm as fast as they can. `search_…`: the free squash courts of 40 centres with
four courts each over 14 days, three fifths of them taken, with the distance to each; `search_evening_…` the soonest evenings of
the same, step-free, as the question on the site shows them. Milliseconds; a database of its own.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
SIZE = 500
CENTRES = 40
COURTS = 4
DAYS = 14
CONNECTIONS = 8
SUSTAINED_SECONDS = 10
SEARCHES = 60


def run(size: int = SIZE) -> dict[str, Any]:
    """Run all three and return the figures."""
    from moothall.core.postgres import Cluster

    with tempfile.TemporaryDirectory(prefix="moothall-bench-") as folder:
        cluster = Cluster(Path(folder) / "postgres")
        os.environ |= {"DATABASE_URL": cluster.start(), "MOOTHALL_MODE": "demo", "MOOTHALL_DB_POOL": "0"}
        os.environ["DJANGO_SETTINGS_MODULE"] = "moothall.config.settings"
        try:
            import django

            django.setup()
            from django.core.management import call_command

            call_command("migrate", verbosity=0, interactive=False)
            _council()
            return {**rush(size, size // 10), **sustained(), **search()}
        finally:
            from django.db import connections

            connections.close_all()
            cluster.stop()


def _council() -> None:
    """The Leeds pack with centres enough."""
    import shutil

    from moothall.core.actors import SYSTEM
    from moothall.core.clock import now
    from moothall.core.packs import load_pack
    from moothall.core.packs.actions import apply_pack

    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "councils", Path(folder) / "councils")
        leeds = Path(folder) / "councils" / "leeds"
        with (leeds / "sites.yaml").open("a") as sites, (leeds / "resources.yaml").open("a") as resources:
            for n in range(CENTRES):
                sites.write(
                    f"- {{code: bench-{n}, name: Centre {n}, where: 'Street {n}', latitude: {53.7 + n / 200},"
                    f" longitude: {-1.7 + n / 150}, calendar: leisure_centre, access: [step_free]}}\n"
                )
                resources.write(
                    f"- {{code: bench-court-{n}, name: Court, site: bench-{n}, count: {COURTS}, does: [squash]}}\n"
                )
        text = (leeds / "bookables.yaml").read_text().replace("  horizon: 7\n", f"  horizon: {DAYS}\n", 1)
        (leeds / "bookables.yaml").write_text(text)
        apply_pack(load_pack("leeds", root=Path(folder) / "councils"), by=SYSTEM, at=now())


def rush(clients: int, slots: int) -> dict[str, Any]:
    """So many clients after so many single courts at the same instant."""
    from collections import Counter

    from django.db import connection

    from moothall.bookings import actions
    from moothall.bookings.models import Claim
    from moothall.bookings.queries import Wish, find
    from moothall.core.actors import SYSTEM
    from moothall.core.clock import now
    from moothall.core.ids import new_id

    at = now()
    free = find(
        Wish("squash", since=at + timedelta(days=1), sites=frozenset({"southdale-leisure"})), at=at, limit=slots
    )
    keys = [one.key for one in free.slots]
    with connection.cursor() as cursor:
        cursor.execute("SELECT setting::int FROM pg_settings WHERE name = 'max_connections'")
        together = min(clients, int(cursor.fetchone()[0]) - 15)
    gate, places, lock = threading.Event(), threading.Semaphore(together), threading.Lock()
    ended: Counter[str] = Counter()
    waits: list[float] = []

    def client(n: int) -> None:
        gate.wait()  # then all at once; as many as the server has connections hold one, the rest queue for the next
        began = time.perf_counter()
        with places:
            try:
                actions.hold("squash", keys[n % len(keys)], for_kind="bench", for_id=new_id(), by=SYSTEM, at=at)
                how = "booked"
            except actions.SlotTaken:
                how = "told"
            except Exception as error:
                how = f"error_{type(error).__name__}"
            connection.close()
        with lock:
            ended[how] += 1
            waits.append(time.perf_counter() - began)

    threads = [threading.Thread(target=client, args=(n,)) for n in range(clients)]
    for thread in threads:
        thread.start()
    gate.set()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    live = list(Claim.objects.filter(live=True).values_list("resource", "during"))
    twice = len(live) - len({(resource, during.lower) for resource, during in live})
    return {
        "rush_clients": clients, "rush_slots": len(keys), "rush_at_once": together, "rush_booked": ended["booked"],
        "rush_told": ended["told"], "rush_booked_twice": twice,
        "rush_errors": sum(count for how, count in ended.items() if how.startswith("error")),
        "rush_seconds": round(took, 2), "rush_ms_p50": _p(waits, 50), "rush_ms_p95": _p(waits, 95),
    }  # fmt: skip


def sustained() -> dict[str, Any]:
    """Hold and confirm over all centres, as fast as eight connections can."""
    from django.db import connection

    from moothall.bookings import actions
    from moothall.bookings.queries import Wish, find
    from moothall.core.actors import SYSTEM
    from moothall.core.clock import now
    from moothall.core.ids import new_id

    at = now()
    keys = [one.key for one in find(Wish("squash", since=at + timedelta(hours=3)), at=at, limit=100_000).slots]
    turn, lock = iter(range(len(keys))), threading.Lock()
    waits: list[float] = []
    until = time.perf_counter() + SUSTAINED_SECONDS

    def client() -> None:
        mine = []
        while time.perf_counter() < until:
            with lock:
                n = next(turn, None)
            if n is None:
                break
            began = time.perf_counter()
            try:
                held = actions.hold(
                    "squash", keys[n * 7919 % len(keys)], for_kind="bench", for_id=new_id(), by=SYSTEM, at=at
                )
                actions.confirm(held.id, by=SYSTEM, at=at)
            except actions.SlotTaken:
                continue
            mine.append(time.perf_counter() - began)
        with lock:
            waits.extend(mine)
        connection.close()

    threads = [threading.Thread(target=client) for _ in range(CONNECTIONS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    return {
        "sustained_connections": CONNECTIONS, "sustained_bookings_per_second": round(len(waits) / took, 1),
        "sustained_ms_p50": _p(waits, 50), "sustained_ms_p95": _p(waits, 95),
    }  # fmt: skip


def search() -> dict[str, Any]:
    """The search over all centres and fourteen days, most of it taken, from many places."""
    from django.db import connection

    from moothall.bookings.models import Claim
    from moothall.bookings.queries import Wish, find
    from moothall.core.clock import now

    at = now()
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"courts": COURTS, "centres": CENTRES, "days": DAYS, "at": at})
        cursor.execute("ANALYZE bookings_claim")
        cursor.execute("VACUUM bookings_claim")  # as the server does by itself after so many new rows
    whole, tonight, total = [], [], 0
    for n in range(SEARCHES):
        near = (53.7 + n / 300, -1.7 + n / 200)
        began = time.perf_counter()
        found = find(Wish("squash", near=near, indoor=True), at=at)
        whole.append(time.perf_counter() - began)
        evening = Wish("squash", near=near, indoor=True, access=frozenset({"step_free"}), from_minute=17 * 60)
        began = time.perf_counter()
        find(evening, at=at, limit=80, enough=12, by_place=True)
        tonight.append(time.perf_counter() - began)
        total = found.total
    return {
        "search_centres": CENTRES + 4, "search_days": DAYS, "search_claims": Claim.objects.filter(live=True).count(),
        "search_times_found": total, "search_ms_p50": _p(whole, 50), "search_ms_p95": _p(whole, 95),
        "search_evening_ms_p50": _p(tonight, 50), "search_evening_ms_p95": _p(tonight, 95),
    }  # fmt: skip


_TAKE = """
WITH spots AS (
    SELECT 'bench-court-' || c || '-' || k AS resource, date_trunc('day', %(at)s::timestamptz) + d * interval '1 day'
        + interval '7 hours' + s * interval '40 minutes' AS starts, c, k, d, s
    FROM generate_series(0, %(centres)s - 1) c, generate_series(1, %(courts)s) k, generate_series(0, %(days)s) d,
        generate_series(0, 21) s
    WHERE (c * 7 + k * 3 + d * 5 + s * 11) %% 5 < 3
), made AS (
    INSERT INTO bookings_booking (id, reference, state, bookable, site, resource, service, starts_at, ends_at, way, places,
        load, needs, language, access, card, for_kind, for_id, title, held_at, owes_pence, ended_because, moved, visits_failed)
    SELECT gen_random_uuid(), 'B' || lpad(row_number() OVER ()::text, 7, '0'), 'confirmed', 'squash', 'bench-' || c, resource, '',
        starts, starts + interval '40 minutes', 'in_person', 1, '{}', '{}', '', '', '', 'bench', gen_random_uuid(), '',
        %(at)s, 0, '', 0, 0
    FROM spots WHERE NOT EXISTS (SELECT 1 FROM bookings_claim o WHERE o.live AND o.resource = spots.resource
        AND o.during && tstzrange(starts, starts + interval '40 minutes'))
    RETURNING id, resource, starts_at, ends_at
)
INSERT INTO bookings_claim (id, booking_id, resource, during, live)
SELECT gen_random_uuid(), id, resource, tstzrange(starts_at, ends_at), true FROM made
"""


def _p(waits: list[float], percent: int) -> float:
    if not waits:
        return 0.0
    return round(statistics.quantiles(waits, n=100, method="inclusive")[percent - 1] * 1000, 1)
