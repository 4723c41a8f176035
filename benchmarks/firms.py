"""A first load of SIZE accounts of business rates, and the nights after it: seconds, pairs, and the most memory it took.

Seven firms have ten accounts, at properties that some share; names are written in three ways. The first file knows the company
number of half of them, the second of nearly all: what that makes certain the night joins (`look`), and the night after finds
nothing more (`look_again`). In a database of its own, made anew each time.
"""

from __future__ import annotations

import csv
import io
import os
import random
import resource
import shutil
import time
from pathlib import Path
from typing import Any

SIZE = 20_000
SEED = 20261123
ROOT = Path(__file__).resolve().parents[1]
FIRST = [
    "Aire",
    "Beech",
    "Cedar",
    "Dale",
    "Elmet",
    "Fern",
    "Garth",
    "Holly",
    "Ivy",
    "Kirk",
    "Larch",
    "Mill",
    "Nidd",
    "Otley",
]
TRADE = ["Bakery", "Books", "Builders", "Catering", "Cleaning", "Dental", "Electrical", "Garage", "Joinery", "Motors"]
FORMS = ("{} {} {} Ltd", "{} {} {} LIMITED", "THE {} {} {} CO LTD")


def run(size: int) -> dict[str, Any]:
    """Load and look."""
    from moothall.core.postgres import Cluster

    data = ROOT / ".moothall" / "bench-firms"
    shutil.rmtree(data, ignore_errors=True)
    cluster = Cluster(data)
    os.environ |= {
        "DATABASE_URL": cluster.start(), "MOOTHALL_MODE": "demo", "DJANGO_SETTINGS_MODULE": "moothall.config.settings",
    }  # fmt: skip
    try:
        return _loaded(size)
    finally:
        cluster.stop()


def files(size: int) -> tuple[bytes, bytes]:
    """Return the first file and the one that knows more numbers."""
    chance = random.Random(SEED)
    firms = [
        (chance.choice(FIRST), chance.choice(TRADE), f"{at:05}", f"{chance.randrange(1, 17_000_000):08}")
        for at in range(max(1, size * 7 // 10))
    ]
    accounts = [
        (f"B{at}", chance.choice(firms), str(72_000 + chance.randrange(size)), chance.random()) for at in range(size)
    ]
    made = []
    for known in (0.5, 0.97):
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(
            ["ACCOUNT_NO", "LIABLE_ORGANISATION", "COMPANY_NO", "UPRN", "PROP_ADDR1", "PROP_POSTCODE", "BALANCE"]
        )
        for account, (first, trade, name, number), uprn, draw in accounts:
            postcode = f"LS{int(uprn) % 29 + 1} {int(uprn) % 9 + 1}A{chr(65 + int(uprn) % 20)}"
            written = FORMS[int(draw * 1000) % 3].format(first, trade, name)
            said = number if draw < known else ""
            writer.writerow([account, written, said, uprn, f"{int(uprn) % 90 + 1} Mill Lane", postcode, "120.50"])
        made.append(out.getvalue().encode())
    return made[0], made[1]


def _loaded(size: int) -> dict[str, Any]:
    import django

    django.setup()
    from django.core.management import call_command

    from moothall.core.actors import SYSTEM
    from moothall.core.clock import now
    from moothall.core.packs import load_pack
    from moothall.core.packs.actions import apply_pack
    from moothall.customers.linking.actions import receive, search_firms
    from moothall.customers.linking.actions.deliveries import system_of
    from moothall.customers.linking.registry import read_file
    from moothall.customers.models import Customer

    call_command("migrate", verbosity=0, interactive=False)
    apply_pack(load_pack("leeds"), by=SYSTEM, at=now())
    figures: dict[str, Any] = {}
    for name, content in zip(("load", "second_file"), files(size), strict=True):
        began = time.perf_counter()
        lot = read_file(content, system_of("business-rates"))
        done = receive("business-rates", lot, how="file", whole=True, by=SYSTEM, at=now())
        figures[f"{name}_seconds"] = round(time.perf_counter() - began, 1)
        figures[f"{name}_state"] = done.state
    for name in ("look", "look_again"):
        began = time.perf_counter()
        joined, listed = search_firms(by=SYSTEM, at=now())
        figures |= {
            f"{name}_seconds": round(time.perf_counter() - began, 1), f"{name}_joined": joined, f"{name}_listed": listed,
        }  # fmt: skip
    figures["organisations"] = Customer.objects.filter(joined_to=None).count()
    figures["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return figures
