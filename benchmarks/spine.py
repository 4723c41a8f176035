"""The main screens and calls of a council with SIZE cases, over HTTP: milliseconds, requests a second, statements.

The data are those of `_council.py`, kept in `.moothall/bench-SIZE` for the next run. Two granian workers of four threads,
the product's own embedded PostgreSQL and the load generator share the machine; no worker process runs. Latency is of one
client, warm; throughput of eight connections. Statements are counted in one more call of each kind, in process.
"""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from benchmarks._council import FAMILY, GIVEN, council
from benchmarks._load import Call, latency, throughput

SIZE = 50_000
ROOT = Path(__file__).resolve().parents[1]


def report(tag: str) -> dict[str, Any]:
    """A request with its person: no two have the same address of e-mail."""
    return {
        "service": "missed-bin",
        "answers": {
            "address": {"line1": "14 Mill Lane", "postcode": "LS1 1UR"}, "bin": "general", "out_time": "before_start",
            "extent": "only_me", "tag": "no", "assisted": "no", "still_out": "yes", "contact": {"email": f"{tag}@example.com"},
        },
    }  # fmt: skip


def run(size: int) -> dict[str, Any]:
    """Measure everything at one size."""
    cluster = council(size, lambda words: print(words, file=sys.stderr, flush=True))
    try:
        machine, session = _token(), _session()
        port = _free_port()
        server = subprocess.Popen(
            [sys.executable, "-m", "moothall.interfaces.cli", "serve", "--port", str(port)],
            cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            _wait(port)
            figures: dict[str, Any] = {"rows": _rows()}
            for name, call in calls(machine, session, size).items():
                figures[name] = latency(port, call) | throughput(port, call) | {"statements": _statements(call)}
                print(name, figures[name], file=sys.stderr, flush=True)
            return figures
        finally:
            server.terminate()
            server.wait(30)
    finally:
        cluster.stop()


def _say_why(people: list[Any]) -> None:
    """Let the officer have said why she looks, as she has when she is at work."""
    from moothall.core import clock
    from moothall.core.models import Staff
    from moothall.customers.privacy.models import Reason

    now, staff_id = clock.now(), Staff.objects.get(name="Benchmark").id
    Reason.objects.bulk_create(
        Reason(customer_id=one, staff_id=staff_id, purpose="case", said_at=now, until=now + timedelta(days=1))
        for one in people
    )


def calls(token: str, session: str, size: int) -> dict[str, Call]:
    """What is measured, by name."""
    from django.conf import settings

    from moothall.customers.models import Customer

    people = list(
        Customer.objects.order_by("id").values("id", "given_name", "family_name", "reference", "uprn")[
            : size // 10 : 97
        ]
    )
    postcodes = list(Customer.objects.order_by("id").values_list("search", flat=True)[: size // 10 : 97])
    _say_why([person["id"] for person in people])
    machine = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    officer = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}"}
    once = random.Random(size)
    tag = uuid.uuid4().hex[:8]
    addresses = _addresses(once)

    def post(path: str, body: Callable[[str], Any]) -> Call:
        return Call(lambda n: ("POST", path, json.dumps(body(f"{tag}{n}")).encode()), machine)

    def get(path: str, headers: dict[str, str], *choices: str) -> Call:
        picked = choices or ("",)
        return Call(lambda n: ("GET", path + picked[n % len(picked)], None), headers)

    words = [f"{p['given_name']}+{p['family_name'].split()[0]}" for p in people]
    second = [f"{p['family_name'].split()[0]}+{s.split()[-2]}" for p, s in zip(people, postcodes, strict=True)]
    once.shuffle(words)
    return {
        "create_contact": post(
            "/api/v1/contacts", lambda n: {"channel": "phone", "caller": n, "service": "missed-bin"}
        ),
        "create_case": post("/api/v1/cases", report),
        "list_20_contacts": get("/api/v1/contacts?size=20", machine),
        "list_20_cases": get("/api/v1/cases?size=20", machine),
        "search_name_and_postcode": get("/api/v1/customers?q=", machine, *second),
        "search_name_alone": get(
            "/api/v1/customers?q=", machine, *words, *(f"{g}+{f}" for g in GIVEN for f in FAMILY[:3])
        ),
        "search_phone": get("/api/v1/customers?q=", machine, *(f"07700+{n:06d}" for n in range(1, 4000, 37))),
        "search_reference": get("/api/v1/customers?q=", machine, *(p["reference"] for p in people)),
        **({"search_address": get("/desk/addresses?q=", officer, *addresses)} if addresses else {}),
        "single_view": get("/desk/people/", officer, *(f"{p['id']}/" for p in people)),
        "queue": get("/desk/queue/", officer),
        "published_year": get("/performance/missed-bin", {}),
        "published_home": get("/performance/", {}),
        "service_page": get("/services/missed-bin", {}),
        "home": get("/", {}),
    }


def _addresses(once: random.Random) -> list[str]:
    """What people type of real addresses: number and street, the street's beginning, a slip, its postcode."""
    from moothall.places.models import Property

    rows = list(Property.objects.exclude(number="").order_by("uprn").values_list("number", "street", "postcode")[::997])
    once.shuffle(rows)
    typed = []
    for number, street, postcode in rows[:200]:
        road = street.lower()
        slip = road[:2] + road[3:]
        typed += [f"{number} {road}", f"{number} {road[:6]}", road[:9], f"{number} {slip}", f"{road} {postcode}"]
    return [quote_plus(text) for text in typed if len(text) > 2]


def _token() -> str:
    from moothall.core.access import IMPLIED
    from moothall.core.clock import now
    from moothall.core.models import ApiClient
    from moothall.core.staff.actor import token_digest

    token = "mth_benchmark"
    ApiClient.objects.get_or_create(
        token_digest=token_digest(token),
        defaults={"name": "Benchmark", "scopes": [*IMPLIED, "api.services", "api.events"], "created_at": now()},
    )
    return token


def _session() -> str:
    from django.conf import settings
    from django.test import Client

    from moothall.core.clock import now
    from moothall.core.models import Staff

    officer, _ = Staff.objects.get_or_create(
        username="benchmark",
        defaults={
            "name": "Benchmark", "role_codes": ["team-leader", "service-officer"], "team_codes": ["refuse-collection"],
            "created_at": now(), "password": "!",
        },
    )  # fmt: skip
    client = Client()
    client.force_login(officer)
    return str(client.cookies[settings.SESSION_COOKIE_NAME].value)


def _statements(call: Call) -> int:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    method, path, _ = call.make(0)
    headers = {key: value for key, value in call.headers.items() if key not in ("Cookie", "Content-Type")}
    client = Client(headers=headers)
    if "Cookie" in call.headers:
        name, _, value = call.headers["Cookie"].partition("=")
        client.cookies[name] = value
    for _ in range(2):  # the first call also reads what a process keeps: the pack, a block of references
        body = call.make(random.randrange(10**9))[2]
        with CaptureQueriesContext(connection) as asked:
            client.generic(method, path, body or b"", content_type="application/json")
    return sum(not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")) for q in asked)


def _rows() -> dict[str, int]:
    from django.db import connection

    tables = ("customers_customer", "contacts_contact", "cases_case", "promises_promise", "core_event")
    with connection.cursor() as cursor:
        found = {}
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[table] = cursor.fetchone()[0]
        return found


def _wait(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("The server did not come up.")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
