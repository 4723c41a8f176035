"""Bin days of a whole city and a day of SIZE events from its cabs: milliseconds, events a second, and whether order matters.

The premises and schedules of Leeds (405,565 and 1,384; from the folder `MOOTHALL_SHARED_DATA`, else `../shared/data`) come in
by the product's own imports into a database of its own, kept in `.moothall/bench-rounds` for the next run; the clock stands at
4 July 2025. The files number no streets: the imports do, by name and place. No file has a plan of the streets of a round, so one
is written as a table (one street after another through the working day) and brought in like a council's own.

`page_…`: the whole answer of `/bin-day/…` for premises drawn at random; `asked_…`: the query alone, for more of them.
`day_page_…`: the page in the evening for premises that were collected that day, when their rounds have sent all they send.
`without_round_right`: of the 21,650 without a schedule that were drawn, how many were answered with a way to ask.
`events_…`: SIZE events of that day's rounds by the API, a thousand at a time, each sent twice and shuffled; then the same in
order and once. `same_result`: whether 3,000 doors stand the same after both.
"""

from __future__ import annotations

import csv
import hashlib
import os
import random
import sys
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

SIZE = 60_000
DAY = date(2025, 7, 4)
PAGES, ASKED, DOORS, AT_ONCE, ON_THE_DAY = 1_500, 20_000, 3_000, 1_000, 500
TOKEN = "mth_bench_rounds"


def run(size: int) -> dict[str, Any]:
    """Bring Leeds in unless it is there, ask, send, compare."""
    from moothall.core.postgres import Cluster

    folder = _data()
    cluster = Cluster(ROOT / ".moothall" / "bench-rounds")
    clock_file = ROOT / ".moothall" / "bench-rounds-clock"
    os.environ |= {"DATABASE_URL": cluster.start(), "MOOTHALL_MODE": "demo", "MOOTHALL_DB_POOL": "0"}
    os.environ |= {"DJANGO_SETTINGS_MODULE": "moothall.config.settings", "MOOTHALL_CLOCK_FILE": str(clock_file)}
    try:
        import django

        django.setup()
        from moothall.core import clock
        from moothall.core.zone import LONDON

        clock.set_to(datetime(2025, 7, 4, 8, 0, tzinfo=LONDON))
        figures = prepare(folder)
        figures |= ask()
        clock.set_to(datetime(2025, 7, 4, 20, 0, tzinfo=LONDON))
        return figures | send(size)
    finally:
        clock_file.unlink(missing_ok=True)
        cluster.stop()


def _data() -> Path:
    from benchmarks._shared import PREMISES, shared

    if found := shared(PREMISES):
        return found.parent
    raise FileNotFoundError(
        "The files of Leeds are not here: set MOOTHALL_SHARED_DATA to the folder that holds uk-council."
    )


def prepare(folder: Path) -> dict[str, Any]:
    """Migrate, apply the pack, and bring in premises, rounds and days, unless they are there."""
    from django.core.management import call_command
    from django.db import connection

    from moothall.core import clock
    from moothall.core.actors import SYSTEM
    from moothall.core.packs import NoPack, apply_pack, current_pack, load_pack
    from moothall.intake import importing as i
    from moothall.intake.importing import gazetteer
    from moothall.intake.importing import rounds as r
    from moothall.places.models import Street
    from moothall.rounds.models import Stop, StreetPlan

    call_command("migrate", verbosity=0, interactive=False)
    try:
        current_pack()
    except NoPack:
        apply_pack(load_pack("leeds"), by=SYSTEM, at=clock.now())
    began, premises, days = time.perf_counter(), folder / "leeds_premises.csv.gz", folder / "leeds_bin_schedules.csv.gz"
    how: dict[str, Any] = {"say": lambda *_: None, "by": SYSTEM}
    if Stop.objects.filter(usrn__isnull=False).count() < Stop.objects.count() or not Stop.objects.exists():
        _empty_of_streets()
        columns = i.find_columns(i.headings(premises), gazetteer.COLUMNS, gazetteer.REQUIRED, file=premises.name)
        gazetteer.import_gazetteer(i.rows_of(premises), columns, **how)
        columns = i.find_columns(i.headings(premises), r.STOP_COLUMNS, r.STOP_REQUIRED, file=premises.name)
        r.import_round_premises(i.rows_of(premises), columns, **how)
        columns = i.find_columns(i.headings(days), r.DAY_COLUMNS, r.DAY_REQUIRED, file=days.name)
        r.import_round_days(i.rows_of(days), columns, pack=current_pack(), at=clock.now(), **how)
    if not StreetPlan.objects.exists():
        plan = _write_plan(ROOT / ".moothall" / "bench-rounds-plan.csv")
        columns = i.find_columns(i.headings(plan), r.PLAN_COLUMNS, r.PLAN_REQUIRED, file=plan.name)
        taken = r.import_round_plans(i.rows_of(plan), columns, pack=current_pack(), **how)
        if taken.refused:
            raise AssertionError(f"{taken.refused} rows of the plan were refused")
    loaded = time.perf_counter() - began
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return {
        "load_seconds": round(loaded, 1), "premises": Stop.objects.count(),
        "without_round": Stop.objects.filter(schedule_id="").count(),
        "streets_numbered": Street.objects.filter(local=True).count(),
        "on_a_round_without_street": Stop.objects.exclude(schedule_id="").filter(usrn=None).count(),
    }  # fmt: skip


def _empty_of_streets() -> None:
    """A database of an earlier form, whose streets the benchmark numbered itself, begins again."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE rounds_stop, rounds_streetplan, places_street, places_property")


def _write_plan(path: Path) -> Path:
    """A table of when each round of the day passes each of its streets: one after another, to the end of the working day."""
    from moothall.rounds.queries import rounds_on, streets_of_rounds

    going = [schedule for schedule, _ in rounds_on(DAY)]
    streets = streets_of_rounds(going)
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["schedule_id", "street", "locality", "minute"])
        for schedule in going:
            passed = streets.of(schedule)
            for n, usrn in enumerate(sorted(passed)):
                out.writerow([schedule, *passed[usrn], 600 * n // len(passed)])
    return path


def ask() -> dict[str, Any]:
    """Ask for the bin days of premises drawn at random: the page, and the query alone."""
    from django.test import Client

    from moothall.core import clock
    from moothall.core.packs import current_pack
    from moothall.rounds.models import Stop
    from moothall.rounds.queries import next_bins

    dice, pack, at = random.Random(4), current_pack(), clock.now()
    every = dict(Stop.objects.values_list("uprn", "schedule_id"))
    uprns = list(every)
    asked, client = [], Client()
    for uprn in dice.sample(uprns, ASKED):
        began = time.perf_counter()
        found = next_bins(uprn, pack=pack, at=at)
        asked.append((time.perf_counter() - began) * 1000)
        if (found is None) is bool(every[uprn]):
            raise AssertionError(f"{uprn} is answered wrongly")
    right, drawn = 0, 0
    pages = []
    for uprn in dice.sample(uprns, PAGES):
        taken, text = _page(client, uprn)
        pages.append(taken)
        if not every[uprn]:
            drawn += 1
            right += 'href="/contact"' in text
    return {
        **_spread("asked", asked), **_spread("page", pages[10:]), "without_round_drawn": drawn, "without_round_right": right,
    }  # fmt: skip


def _page(client: Any, uprn: int) -> tuple[float, str]:
    began = time.perf_counter()
    answer = client.get(f"/bin-day/{uprn}")
    taken = (time.perf_counter() - began) * 1000
    if answer.status_code != 200:
        raise AssertionError(f"{uprn} is answered with {answer.status_code}")
    return taken, answer.content.decode()


def ask_on_the_day() -> dict[str, Any]:
    """Ask for pages of premises that are collected this day."""
    from django.test import Client

    from moothall.rounds.models import Stop
    from moothall.rounds.queries import rounds_on

    going = [schedule for schedule, _ in rounds_on(DAY)]
    uprns = sorted(Stop.objects.filter(schedule_id__in=going).values_list("uprn", flat=True))
    client = Client()
    return _spread("day_page", [_page(client, uprn)[0] for uprn in random.Random(7).sample(uprns, ON_THE_DAY)][10:])


def _spread(name: str, taken: list[float]) -> dict[str, float]:
    taken = sorted(taken)
    at = lambda part: round(taken[min(int(len(taken) * part), len(taken) - 1)], 1)  # noqa: E731
    return {f"{name}_ms_p50": at(0.5), f"{name}_ms_p95": at(0.95), f"{name}_ms_max": round(taken[-1], 1)}


def events_of(size: int) -> list[dict[str, Any]]:
    """A day of that many events on the rounds of the day, in order: streets passed, doors not out, some stops and blocks."""
    from moothall.core.zone import LONDON
    from moothall.rounds.models import Stop
    from moothall.rounds.queries import rounds_on

    dice = random.Random(60)
    bins = dict(rounds_on(DAY))
    doors: dict[str, list[tuple[int, int | None]]] = {}
    for schedule, uprn, usrn in Stop.objects.filter(schedule_id__in=list(bins)).values_list(
        "schedule_id", "uprn", "usrn"
    ):
        doors.setdefault(schedule, []).append((uprn, usrn))
    begins = datetime(2025, 7, 4, 7, 0, tzinfo=LONDON)
    rounds, made = sorted(doors), []
    for n in range(size):
        schedule = rounds[n % len(rounds)]
        uprn, usrn = dice.choice(doors[schedule])
        kind = dice.choices(
            ["passed_street", "not_out", "contaminated", "too_heavy", "blocked", "broken_down", "resumed"],
            [60, 25, 6, 3, 4, 1, 1],
        )[0]
        event: dict[str, Any] = {
            "id": str(UUID(int=dice.getrandbits(128), version=4)), "schedule": schedule, "day": DAY.isoformat(),
            "bin": dice.choice(bins[schedule]), "kind": kind,
            "occurred_at": (begins + timedelta(seconds=36_000 * n / size)).isoformat(),
        }  # fmt: skip
        if kind in {"passed_street", "blocked"}:
            event["usrn"] = usrn
        elif kind in {"not_out", "contaminated", "too_heavy"}:
            event["uprn"] = uprn
        made.append(event)
    return made


def send(size: int) -> dict[str, Any]:
    """Send the day twice over and shuffled, then once and in order; compare how doors stand."""
    from moothall.core import clock
    from moothall.core.models import ApiClient
    from moothall.core.staff.actor import token_digest

    ApiClient.objects.get_or_create(
        token_digest=token_digest(TOKEN),
        defaults={"name": "Cabs", "scopes": ["api.rounds.write"], "created_at": clock.now()},
    )
    day = events_of(size)
    twice = day + day
    random.Random(2).shuffle(twice)
    disorder, new = _post(twice)
    after_disorder, kept = _standings(day), _empty()
    order, _ = _post(day)
    after_order, asked, again = _standings(day), ask_on_the_day(), _empty()
    return asked | {
        "events": size, "events_sent": len(twice), "events_kept": kept, "events_new_said": new,
        "events_sent_per_second": round(len(twice) / disorder), "events_new_per_second": round(size / disorder),
        "events_in_order_per_second": round(size / order),
        "same_result": after_disorder == after_order and kept == again == size,
    }  # fmt: skip


def _post(events: list[dict[str, Any]]) -> tuple[float, int]:
    """Send by the API, a thousand at a time; return the seconds and how many it called new."""
    from django.test import Client

    client, new = Client(headers={"Authorization": f"Bearer {TOKEN}"}), 0
    began = time.perf_counter()
    for n in range(0, len(events), AT_ONCE):
        body = {"events": events[n : n + AT_ONCE]}
        answer = client.post("/api/v1/rounds/events", body, content_type="application/json")
        if answer.status_code != 200 or answer.json()["refused"]:
            raise AssertionError(answer.content[:300])
        new += answer.json()["new"]
    return time.perf_counter() - began, new


def _standings(day: list[dict[str, Any]]) -> str:
    """How some doors of the day's rounds stand, as one digest."""
    from moothall.core import clock
    from moothall.core.packs import current_pack
    from moothall.rounds.models import Stop
    from moothall.rounds.pack import ROUNDS
    from moothall.rounds.queries import rounds_on, standings

    rounds, bins, at = current_pack().one(ROUNDS), dict(rounds_on(DAY)), clock.now()
    rows = sorted(Stop.objects.filter(schedule_id__in=list(bins)).values_list("uprn", "schedule_id"))
    digest = hashlib.sha256()
    for uprn, schedule in random.Random(9).sample(rows, min(DOORS, len(rows))):
        how = standings(uprn, bins[schedule], DAY, rounds=rounds, at=at)
        digest.update(repr((uprn, sorted((code, one.code, one.at) for code, one in how.items()))).encode())
    return digest.hexdigest()


def _empty() -> int:
    """Take the day's events away again; return how many there were."""
    from django.db import connection

    from moothall.rounds.models import CabEvent

    held = CabEvent.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE rounds_cabevent")
    return held
