"""When are my bins emptied: on the site, as a calendar, over the wire, from files."""

from __future__ import annotations

import csv
import gzip
import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from moothall.core.actors import SYSTEM
from moothall.core.clock import now
from moothall.core.packs import current_pack
from moothall.core.zone import LONDON
from moothall.intake import importing as i
from moothall.intake.importing import rounds as r
from moothall.places.actions import Premises, import_premises
from moothall.places.models import Area, Street
from moothall.rounds.actions import CabReport, import_stops, take_cab_events
from moothall.rounds.models import CabEvent
from moothall.rounds.pack import ROUNDS
from moothall.rounds.queries import bin_days, round_in_words, standings
from moothall.rounds.rules import Cab, Door, standing_of

from ..interfaces.api.conftest import machine_with  # noqa: F401 - a fixture
from ..shared_data import shared_data
from .conftest import FAR, HIGH, HOME, MILL, MONDAY, NEIGHBOUR

pytestmark = [pytest.mark.django_db]


def test_the_address_is_found_and_its_days_are_shown(round_: Any, clock: Any, client: Client) -> None:
    found = client.get("/bin-day", {"q": "LS1 1UR"}).content.decode()
    assert f'href="/bin-day/{HOME}"' in found
    clock.set("2026-03-02T08:00")
    current_pack()
    with CaptureQueriesContext(connection) as asked:
        page = client.get(f"/bin-day/{HOME}").content.decode()
    assert len(asked) == 3, "the address, its place on the round with its days, and how today stands"
    assert "we expect it by 9am" in page
    assert page.index("Monday 2 March") < page.index("Monday 9 March") < page.index("Monday 16 March")
    assert "General rubbish bin" in page


def test_a_house_number_with_its_postcode_is_that_house(round_: Any, client: Client) -> None:
    page = client.get("/bin-day", {"q": "2 High Street LS1 1UR"}).content.decode()
    assert f'href="/bin-day/{FAR}"' in page
    assert "Mill Lane" not in page.split("Which is yours?")[1]
    every = client.get("/bin-day", {"q": "99 High Street, LS1 1UR"}).content.decode()
    assert all(f'href="/bin-day/{uprn}"' in every for uprn in (HOME, NEIGHBOUR, FAR)), (
        "no such number: all at the postcode"
    )


def test_a_day_without_a_collection_asks_nothing_of_the_cabs(round_: Any, clock: Any, client: Client) -> None:
    clock.set("2026-03-03T08:00")
    current_pack()
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/bin-day/{HOME}")
    assert len(asked) == 2


@pytest.mark.parametrize("seed", range(6))
def test_how_it_stands_is_the_same_as_from_every_event_of_the_day(
    council: Any, clock: Any, round_: Any, seed: int
) -> None:
    clock.set("2026-03-02T16:00")
    dice, rounds, bins = random.Random(seed), council.one(ROUNDS), ("general", "recycling")
    reports = []
    for _ in range(60):
        kind = dice.choice(
            ["passed_street", "passed_street", "blocked", "not_out", "broken_down", "resumed", "started"]
        )
        street = dice.choice([MILL, HIGH, 103]) if kind in {"passed_street", "blocked"} else None
        door = dice.choice([HOME, NEIGHBOUR, FAR]) if kind == "not_out" else None
        when = datetime(2026, 3, 2, 7, tzinfo=UTC) + timedelta(minutes=dice.randrange(540))
        reports.append(CabReport(uuid4(), "r1", MONDAY, dice.choice(bins), kind, when, street, door))
    take_cab_events(reports[: dice.choice([4, 12, 60])], bins=frozenset(bins), by=SYSTEM, at=now())
    starts, ends = (datetime.combine(MONDAY, hour, LONDON) for hour in (rounds.starts, rounds.ends))
    plan = {MILL: starts + timedelta(minutes=120), HIGH: starts + timedelta(minutes=300)}
    for uprn, usrn in ((HOME, MILL), (NEIGHBOUR, MILL), (FAR, HIGH)):
        for hour in (8, 11, 15):
            at = datetime(2026, 3, 2, hour, tzinfo=UTC)
            with CaptureQueriesContext(connection) as asked:
                found = standings(uprn, bins, MONDAY, rounds=rounds, at=at)
            assert len(asked) == 2
            for code in bins:
                rows = CabEvent.objects.filter(bin=code).values_list("kind", "occurred_at", "usrn", "uprn")
                door_ = Door(uprn, usrn, plan[usrn])
                assert found[code] == standing_of(door_, [Cab(*row) for row in rows], plan, ends, at)


def test_an_address_no_round_serves_is_answered_with_a_way_to_ask(round_: Any, client: Client) -> None:
    import_premises([Premises(uprn=99, address="Flat 1 The Mill", postcode="LS1 1UR")], by=SYSTEM)
    import_stops([(99, "", None)], by=SYSTEM)
    page = client.get("/bin-day/99").content.decode()
    assert "We do not hold a round for this address." in page
    assert 'href="/contact"' in page
    assert client.get("/bin-day/99/calendar.ics").status_code == client.get("/bin-day/98").status_code == 404


@pytest.mark.parametrize("words", ["", "ZZ99 9ZZ", "x" * 500, "<script>", "\x00"])
def test_what_is_not_an_address_is_answered_kindly(round_: Any, client: Client, words: str) -> None:
    page = client.get("/bin-day", {"q": words})
    assert page.status_code == 200
    assert b"<script>alert" not in page.content
    assert (b"We can" in page.content) is bool(words.strip("\x00"))


def test_the_calendar_reminds_the_evening_before(round_: Any, client: Client) -> None:
    calendar = Calendar.from_ical(client.get(f"/bin-day/{HOME}/calendar.ics").content)
    entries = calendar.walk("VEVENT")
    assert [entry.decoded("dtstart") for entry in entries[:2]] == [date(2026, 3, 2), date(2026, 3, 9)]
    assert len({str(entry["uid"]) for entry in entries}) == len(entries)
    assert entries[0].walk("VALARM")[0]["trigger"].dt.total_seconds() == -6 * 3600


def test_over_the_wire(round_: Any, clock: Any, machine_with: Callable[..., Any]) -> None:  # noqa: F811
    clock.set("2026-03-02T10:00")
    cab = machine_with("api.rounds.write")
    event = {
        "id": str(uuid4()), "schedule": "r1", "day": "2026-03-02", "bin": "general", "kind": "passed_street", "usrn": MILL,
        "occurred_at": "2026-03-02T09:05:00Z",
    }  # fmt: skip
    bad = event | {"id": str(uuid4()), "kind": "not_out"}
    answer = cab.post("/rounds/events", {"events": [event, bad, event]})
    assert answer.status_code == 200
    assert (answer.json()["new"], len(answer.json()["refused"])) == (1, 1)
    assert cab.post("/rounds/events", {"events": [event]}).json() == {"new": 0, "known": 1, "refused": []}
    assert cab.get("/rounds/r1/2026-03-02").status_code == 403
    reader = machine_with("api.rounds.read")
    sheet = reader.get("/rounds/r1/2026-03-02").json()
    assert [street["doors"] for street in sheet["streets"]] == [2, 1]
    days = reader.get(f"/rounds/addresses/{HOME}").json()["days"]
    assert days[0] == {"day": "2026-03-02", "bin": "general", "name": "General rubbish bin"}
    assert reader.get("/rounds/nowhere/2026-03-02").status_code == 404
    assert cab.post("/rounds/events", {"events": [event] * 1001}).status_code == 422


def write(path: Path, rows: list[list[str]]) -> Path:
    with gzip.open(path, "wt", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def bring(council: Any, premises: Path, days: Path) -> tuple[Any, Any, list[str]]:
    said: list[str] = []
    of_stops = i.find_columns(i.headings(premises), r.STOP_COLUMNS, r.STOP_REQUIRED, file=premises.name)
    of_days = i.find_columns(i.headings(days), r.DAY_COLUMNS, r.DAY_REQUIRED, file=days.name)
    say = lambda number, id_, kept, why: said.append(f"{number}: {why}")  # noqa: E731
    stops = r.import_round_premises(i.rows_of(premises), of_stops, say=say, by=SYSTEM)
    return stops, r.import_round_days(i.rows_of(days), of_days, pack=council, say=say, by=SYSTEM, at=now()), said


def test_files_are_kept_row_by_row_and_may_come_again(council: Any, clock: Any, tmp_path: Path) -> None:
    premises = write(
        tmp_path / "p.csv.gz",
        [["premises_id", "schedule_id"], ["1", "a"], ["2", ""], ["x", "a"], ["", "a"], ["1234567890123", "a"]],
    )
    days = write(
        tmp_path / "d.csv.gz",
        [["schedule_id", "collection_date", "bin"], ["a", "2026-03-02", "BLACK"], ["a", "2026-03-02", "BLACK"],
         ["a", "2 March", "BLACK"], ["a", "2026-03-09", "PURPLE"], ["", "2026-03-09", "GREEN"]],
    )  # fmt: skip
    stops, brought, said = bring(council, premises, days)
    assert (stops.kept, stops.refused, stops.unscheduled, stops.changed) == (2, 3, 1, 2)
    assert (brought.kept, brought.refused, brought.repeated, brought.changed) == (2, 3, 1, 1)
    assert len(said) == 6
    assert any("no bin of the pack is imported as “PURPLE”" in line for line in said)
    stops, brought, _ = bring(council, premises, days)
    assert (stops.changed, brought.changed) == (0, 0)
    assert bin_days(1, since=date(2026, 3, 1), until=date(2026, 3, 31)).days == {"general": [date(2026, 3, 2)]}


@pytest.mark.long
def test_the_rounds_of_a_whole_city(council: Any, clock: Any) -> None:
    premises, days = (
        shared_data("uk-council/leeds_premises.csv.gz"), shared_data("uk-council/leeds_bin_schedules.csv.gz"),
    )  # fmt: skip
    stops, brought, _ = bring(council, premises, days)
    assert (stops.read, stops.unscheduled, stops.refused) == (405_565, 21_650, 0)
    assert brought.refused == 0
    assert brought.changed == brought.read - brought.repeated
    clock.set("2025-07-04T08:00")
    with gzip.open(premises, "rt") as file:
        for n, row in enumerate(csv.DictReader(file)):
            if n % 20_000 == 0:
                found = bin_days(int(row["premises_id"]), since=date(2025, 7, 4), until=date(2025, 10, 31))
                assert found.known is bool(row["schedule_id"])
                assert bool(found.days) is bool(row["schedule_id"])


def test_a_round_is_called_by_where_it_goes_and_never_by_its_code_alone(round_: Any, council: Any) -> None:
    assert round_in_words("r1", MONDAY, pack=council) == "Round r1 (general rubbish bin)", "no area is known"
    Area.objects.bulk_create([Area(code="a", name="Abbeygate"), Area(code="b", name="Bank Top")])
    for street, area in ((MILL, "b"), (HIGH, "a")):
        Street.objects.update_or_create(usrn=street, defaults={"area_code": area})
    assert round_in_words("r1", MONDAY, pack=council) == "Bank Top and Abbeygate (general rubbish bin)", (
        "most homes first"
    )
    assert round_in_words("r1", date(2026, 3, 9), pack=council) == "Bank Top and Abbeygate (recycling bin)"
    assert round_in_words("r9", MONDAY, pack=council) == "Round r9"
