"""What the waste system delivers: streets without numbers, plans, and a new schedule in place of the old one."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner
from django.test import Client
from icalendar import Calendar

from moothall.core.access import Refused
from moothall.core.actors import ANONYMOUS, SYSTEM
from moothall.core.clock import now
from moothall.core.models import Event
from moothall.interfaces.cli.main import root
from moothall.places.actions import import_streets
from moothall.places.models import Property, Street
from moothall.places.numbering import FIRST_LOCAL, NamedStreet, StreetNumbers
from moothall.rounds.actions import CabReport, move_collections, take_cab_events, take_plan
from moothall.rounds.models import Collection, Stop, StreetPlan
from moothall.rounds.pack import BINS
from moothall.rounds.queries import bin_days, next_bins

from ..interfaces.api.conftest import machine_with  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db]

PREMISES = """premises_id,number,street,locality,outcode,street_lat,street_lon,schedule_id
11,14,Mill Lane,Headingley,LS6,53.81,-1.56,r1
12,16,MILL LANE,headingley,LS6,53.81,-1.56,r1
21,2,High Street,Headingley,LS6,53.82,-1.55,r1
31,1,Mill Lane,Burley,LS4,53.80,-1.57,r2
41,9,Far Row,Burley,LS4,53.80,-1.57,
"""
DAYS = [("r1", "2026-03-02", "BLACK"), ("r1", "2026-03-16", "BLACK"), ("r2", "2026-03-04", "GREEN")]


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command leaves the database as it ends; here it works inside the test's own transaction."""
    monkeypatch.setattr("moothall.interfaces.cli.support.close_connections", lambda: None)


@pytest.fixture
def bring(council: Any, clock: Any, tmp_path: Path) -> Callable[..., Any]:
    """Bring files in by the command line: `bring(days)`; returns its figures, and the report's lines as `listed`."""

    def run(days: list[tuple[str, str, str]] = DAYS, *words: str, premises: str = PREMISES, fails: bool = False) -> Any:
        clock.set("2026-03-02T08:00")
        file, schedules, report = tmp_path / "p.csv", tmp_path / "d.csv", tmp_path / "r.csv"
        file.write_text(premises)
        schedules.write_text("\n".join(["schedule_id,collection_date,bin", *(",".join(day) for day in days)]) + "\n")
        given = ["import", "rounds", "--premises", str(file), "--schedules", str(schedules), "--report", str(report)]
        done = CliRunner().invoke(root, [*given, *words, "--json"])
        assert (done.exit_code != 0) is fails, done.output
        if fails:
            return done
        with report.open(newline="") as lines:
            return json.loads(done.stdout) | {"listed": list(csv.reader(lines))[1:]}

    return run


def plan(tmp_path: Path, text: str, *words: str) -> Any:
    path, report = tmp_path / "plan.csv", tmp_path / "plan-report.csv"
    path.write_text(text)
    done = CliRunner().invoke(root, ["import", "round-plan", str(path), "--report", str(report), *words, "--json"])
    if done.exit_code:
        return done
    with report.open(newline="") as lines:
        return json.loads(done.stdout) | {"listed": [line[3] for line in list(csv.reader(lines))[1:]]}


def days_of(uprn: int) -> dict[str, list[date]]:
    return {
        code: list(days) for code, days in bin_days(uprn, since=date(2026, 3, 1), until=date(2026, 4, 30)).days.items()
    }


# -- streets that a file only names ----------------------------------------------------------------------------------


def test_a_street_only_named_has_one_number_whichever_file_names_it(bring: Any, tmp_path: Path) -> None:
    figures = bring()
    assert (figures["streets_numbered"], figures["without_street"]) == (4, 0)
    stops = dict(Stop.objects.values_list("uprn", "usrn"))
    assert stops[11] == stops[12], "capitals do not make another street"
    assert len({stops[11], stops[21], stops[31]}) == 3, "one name in two places is two streets"
    path = tmp_path / "g.csv"
    path.write_text(PREMISES)
    done = CliRunner().invoke(root, ["import", "premises", str(path), "--report", str(tmp_path / "g-r.csv"), "--json"])
    assert json.loads(done.stdout)["streets_numbered"] == 0
    assert dict(Property.objects.values_list("uprn", "usrn")) == stops
    rows = Street.objects.filter(usrn__in=set(stops.values()))
    assert all(row.local and row.usrn >= FIRST_LOCAL for row in rows)
    assert (bring()["changed"], bring()["streets_numbered"]) == (0, 0)


def test_a_street_of_the_national_list_keeps_its_number_and_two_alike_are_not_guessed(bring: Any) -> None:
    import_streets([(501, "Mill Lane", "Headingley", ""), (601, "High Street", "Headingley", ""),
                    (602, "High Street", "Headingley", "")], by=SYSTEM)  # fmt: skip
    figures = bring()
    stops = dict(Stop.objects.values_list("uprn", "usrn"))
    assert (stops[11], stops[21]) == (501, None)
    assert (figures["streets_numbered"], figures["without_street"]) == (2, 1)


def test_the_gazetteers_number_of_premises_goes_before_a_name(bring: Any) -> None:
    from moothall.places.actions import Premises, import_premises

    import_premises([Premises(uprn=11, address="14 Mill Lane", usrn=777)], by=SYSTEM)
    bring()
    assert Stop.objects.get(uprn=11).usrn == 777


def test_numbers_are_given_once_by_two_at_once_and_never_by_anybody(db: Any) -> None:
    one, two = StreetNumbers(), StreetNumbers()
    assert one.give([NamedStreet("Mill Lane", "X")], by=SYSTEM) == 1
    assert two.give([NamedStreet("mill  lane", "x"), NamedStreet("", "x")], by=SYSTEM) == 0
    assert one.of("MILL LANE", "X") == two.of("mill lane", "x") == FIRST_LOCAL
    with pytest.raises(Refused):
        one.give([NamedStreet("New Row")], by=ANONYMOUS)


def test_what_the_cab_says_of_a_street_by_its_name_reaches_its_doors(
    bring: Any,
    council: Any,
    clock: Any,
    machine_with: Any,  # noqa: F811
) -> None:
    bring()
    clock.set("2026-03-02T10:00")
    cab = machine_with("api.rounds.write")
    base = {"schedule": "r1", "day": "2026-03-02", "bin": "general", "occurred_at": "2026-03-02T09:05:00Z"}
    sent = [
        base | {"id": str(uuid4()), "kind": "passed_street", "street": "mill lane"},
        base | {"id": str(uuid4()), "kind": "blocked", "usrn": Stop.objects.get(uprn=21).usrn},
        base | {"id": str(uuid4()), "kind": "passed_street", "street": "Nowhere Road"},
        base | {"id": str(uuid4()), "kind": "passed_street"},
    ]
    answer = cab.post("/rounds/events", {"events": sent}).json()
    assert answer["new"] == 2
    assert [one["why"] for one in answer["refused"]] == [
        "No home of round r1 is in a street called Nowhere Road.",
        "passed_street is of one street: send its usrn, or its name as street.",
    ]
    for uprn, code in ((11, "passed"), (12, "passed"), (21, "blocked")):
        coming = next_bins(uprn, pack=council, at=now())
        assert coming
        assert coming[0].standing
        assert coming[0].standing.code == code
    sheet = machine_with("api.rounds.read").get("/rounds/r1/2026-03-02").json()
    assert {(one["street"], one["locality"]) for one in sheet["streets"]} == {
        ("Mill Lane", "Headingley"), ("High Street", "Headingley"),
    }  # fmt: skip


# -- a round's plan --------------------------------------------------------------------------------------------------


def test_expected_1430_comes_from_the_plan_that_was_brought_in(bring: Any, tmp_path: Path, client: Client) -> None:
    bring()
    Property.objects.bulk_create([Property(uprn=11, address="14 Mill Lane", search="14 mill lane")])
    assert "by 5pm" in client.get("/bin-day/11").content.decode(), "without a plan only the end of the day is known"
    text = "schedule_id,street,locality,planned\nr1,Mill Lane,Headingley,14:30\nr1,High Street,,9:15\n"
    figures = plan(tmp_path, text)
    assert [figures[key] for key in ("rounds", "changed", "streets", "streets_without", "refused")] == [1, 1, 2, 0, 0]
    assert "we expect it by 2.30pm" in client.get("/bin-day/11").content.decode()
    again = plan(tmp_path, text)
    assert (again["changed"], again["same"]) == (0, 1)


def test_a_round_with_a_row_that_cannot_be_keeps_its_old_plan(bring: Any, tmp_path: Path) -> None:
    bring()
    plan(tmp_path, "round,street,minute\nr1,Mill Lane,120\nr1,High Street,300\n")
    held = set(StreetPlan.objects.values_list("usrn", "minute"))
    figures = plan(
        tmp_path,
        "round,street,locality,time\nr1,Mill Lane,,08:00\nr1,Nowhere Road,,09:00\nr1,High Street,,9 o'clock\n"
        "r2,Mill Lane,Burley,08:00\nr2,mill lane,,08:30\nr9,Mill Lane,,08:00\n,Mill Lane,,08:00\nr1,High Street,,06:00\n",
    )
    assert figures["listed"] == [
        "it has no time: write 14:30, or the minutes after the rounds start", "it names no round",
        "no home of round r1 is in a street called Nowhere Road", "its time is not within the day after the round starts",
        "its street stands in an earlier row of this round",
        "no premises here are on a round “r9”: bring in the rounds first",
    ]  # fmt: skip
    assert (figures["refused"], figures["kept_old"], figures["changed"]) == (6, 3, 0)
    assert set(StreetPlan.objects.values_list("usrn", "minute")) == held
    assert plan(tmp_path, "round,street,time\nr2,Mill Lane,08:00\n", "--dry-run")["changed"] == 1
    assert set(StreetPlan.objects.values_list("usrn", "minute")) == held, "a dry run changes nothing"
    refused = plan(tmp_path, "round,street\nr1,Mill Lane\n")
    assert refused.exit_code == 1
    assert "has no column planned or planned_time or time or expected or minute or minutes" in refused.stderr


def test_a_plan_by_the_api_replaces_the_whole_or_nothing(bring: Any, machine_with: Any) -> None:  # noqa: F811
    bring()
    assert machine_with("api.rounds.write").put("/rounds/r1/plan", {"streets": []}).status_code == 403
    machine = machine_with("api.rounds.plan")
    good = {"streets": [{"street": "Mill Lane", "planned": "14:30"}]}
    assert machine.put("/rounds/r1/plan", good).json() == {"streets": 1, "changed": True, "without": 1, "refused": []}
    assert machine.put("/rounds/r1/plan", good).json()["changed"] is False
    bad = machine.put("/rounds/r1/plan", {"streets": [*good["streets"], {"usrn": 5, "planned": "09:00"}]}).json()
    assert bad["refused"] == [{"row": 2, "why": "no home of round r1 is in a street with the number 5"}]
    assert StreetPlan.objects.get().minute == 450
    assert machine.put("/rounds/r1/plan", {"streets": [{"street": "Mill Lane", "planned": "soon"}]}).status_code == 422
    with pytest.raises(Refused):
        take_plan("r1", [], by=ANONYMOUS)


# -- a new schedule in place of the old one ---------------------------------------------------------------------------

TUESDAYS = [("r1", "2026-03-03", "BLACK"), ("r1", "2026-03-17", "BLACK"), ("r2", "2026-03-04", "GREEN")]
MARCH = ("--from", "2026-03-01", "--until", "2026-03-31")


def test_a_round_that_goes_on_tuesdays_now_no_longer_goes_on_mondays(bring: Any, client: Client) -> None:
    bring()
    Property.objects.bulk_create([Property(uprn=11, address="14 Mill Lane", search="14 mill lane")])
    kept = bring(TUESDAYS)
    assert (kept["days_new"], kept["days_absent"], kept["days_gone"]) == (2, 1, 0), (
        "by the file's own days, 3 to 17 March"
    )
    looked = bring(TUESDAYS, "--complete", "--dry-run", *MARCH)
    assert (looked["days_gone"], Collection.objects.count()) == (2, 5)
    done = bring(TUESDAYS, "--complete", *MARCH)
    assert (done["days_gone"], done["rounds_changed"]) == (2, {"r1": {"new": 0, "gone": 2}})
    assert days_of(11) == {"general": [date(2026, 3, 3), date(2026, 3, 17)]}
    entries = Calendar.from_ical(client.get("/bin-day/11/calendar.ics").content).walk("VEVENT")
    assert [entry.decoded("dtstart") for entry in entries] == [date(2026, 3, 3), date(2026, 3, 17)]
    again = bring(TUESDAYS, "--complete", *MARCH)
    assert (again["days_new"], again["days_gone"], again["rounds_changed"]) == (0, 0, {})
    said = Event.objects.filter(name="round.scheduled").values_list("data", flat=True)
    assert sorted(one["gone"] for one in said) == [0, 0, 2], "and what changed nothing is no event"


def test_a_whole_file_leaves_what_it_does_not_cover_and_a_refused_row_ends_nothing(bring: Any) -> None:
    bring([*DAYS, ("r1", "2026-04-13", "BLACK")])
    spoilt = bring([*TUESDAYS, ("r1", "2026-03-31", "PURPLE")], "--complete", *MARCH)
    assert (spoilt["refused"], spoilt["days_absent"], spoilt["days_gone"]) == (1, 2, 0)
    bring(TUESDAYS, "--complete", *MARCH)
    assert days_of(11)["general"][-1] == date(2026, 4, 13)
    fails = bring([], "--complete", fails=True)
    assert "has nothing in it: nothing was changed" in fails.stderr
    assert bring(DAYS, "--from", "2026-04-01", "--until", "2026-03-01", fails=True).exit_code == 2


def test_premises_that_are_gone_are_on_no_round_and_answered_with_a_way_to_ask(bring: Any) -> None:
    bring()
    fewer = "\n".join(line for line in PREMISES.splitlines() if not line.startswith("12,")) + "\n"
    assert (bring(premises=fewer)["premises_absent"], Stop.objects.get(uprn=12).schedule_id) == (1, "r1")
    assert bring(DAYS, "--complete", premises=fewer)["premises_ended"] == 1
    assert Stop.objects.get(uprn=12).schedule_id == ""
    assert bring(DAYS, "--complete", premises=fewer)["premises_ended"] == 0


def test_a_day_that_was_moved_is_shown_once_whatever_the_file_knows_of_it(bring: Any) -> None:
    bring()
    monday, thursday = date(2026, 3, 2), date(2026, 3, 5)
    move_collections("r1", monday, thursday, by=SYSTEM, at=now())
    bring(DAYS, "--complete", *MARCH)
    assert days_of(11) == {"general": [thursday, date(2026, 3, 16)]}, "the plan's own day: it stays moved"
    nowhere = bring([DAYS[1], DAYS[2]], "--complete", *MARCH)
    assert (nowhere["days_gone"], nowhere["days_told"]) == (0, 1)
    assert nowhere["listed"] == [["0", "r1", "kept", "general of 2026-03-02 goes on 2026-03-05, as people were told, and the "
                                  "file has neither day: put it right there"]]  # fmt: skip
    assert days_of(11)["general"][0] == thursday
    knows = [("r1", "2026-03-05", "BLACK"), *DAYS[1:]]
    assert bring(knows)["days_new"] == 1
    assert days_of(11) == {"general": [thursday, date(2026, 3, 16)]}, "both say Thursday: once"
    bring(knows, "--complete", *MARCH)
    assert days_of(11) == {"general": [thursday, date(2026, 3, 16)]}
    assert not Collection.objects.filter(day=monday).exists()


def test_the_crew_at_work_at_another_door_is_going_again(bring: Any, council: Any, clock: Any) -> None:
    bring()
    clock.set("2026-03-02T12:00")

    def send(kind: str, hour: str, **where: Any) -> None:
        at = now().replace(hour=int(hour[:2]), minute=int(hour[3:]))
        report = CabReport(uuid4(), "r1", date(2026, 3, 2), "general", kind, at, **where)
        take_cab_events([report], bins=frozenset(council.of(BINS)), by=SYSTEM, at=now())

    def stands() -> str:
        coming = next_bins(21, pack=council, at=now())
        assert coming
        assert coming[0].standing
        return coming[0].standing.code

    send("broken_down", "09:00")
    assert stands() == "stopped"
    send("not_out", "10:30", uprn=11)
    assert stands() == "not_yet"
    assert Event.objects.filter(name="round.resumed").count() == 1
