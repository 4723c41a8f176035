"""Another system's requests, brought in by the mapping that ships as `boston`."""

import csv
import gzip
import json
import os
import re
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result
from django.test import Client

from moothall.cases.models import Case, CaseContact, Note
from moothall.contacts.models import Contact, Matter
from moothall.core import health
from moothall.core.actors import SYSTEM
from moothall.core.models import Event, Job
from moothall.core.references import show_reference
from moothall.core.staff import create_staff
from moothall.intake import importing
from moothall.intake.importing.requests import BATCH
from moothall.interfaces.cli import support
from moothall.interfaces.cli.main import root
from moothall.promises.models import ClockFact, Promise
from moothall.promises.sweep import sweep
from moothall.services.models import PastName
from moothall.services.past import service_named
from tests.shared_data import shared_data

ROOT = Path(__file__).resolve().parents[2]
HEAD = [
    "CASE_ENQUIRY_ID",
    "OPEN_DT",
    "TARGET_DT",
    "CLOSED_DT",
    "OnTime_Status",
    "CASE_STATUS",
    "CLOSURE_REASON",
    "CASE_TITLE",
    "TYPE",
    "Department",
    "Location",
    "neighborhood",
    "LATITUDE",
    "LONGITUDE",
    "Source",
    "QUEUE",
]
PLAIN = {
    "CASE_ENQUIRY_ID": "1", "OPEN_DT": "06/10/2015 09:34:18 AM", "TARGET_DT": "06/24/2015 09:34:18 AM",
    "CLOSED_DT": "06/12/2015 10:00:00 AM", "OnTime_Status": "ONTIME", "CASE_STATUS": "Closed",
    "CLOSURE_REASON": "Case Closed Case Resolved new sign", "CASE_TITLE": "Sign Repair", "TYPE": "Sign Repair",
    "Department": "BTDT", "Location": "33 Beacon St", "neighborhood": "Downtown / Financial District",
    "LATITUDE": "42.3574", "LONGITUDE": "-71.0648", "Source": "Constituent Call", "QUEUE": "BTDT_Sign Shop",
}  # fmt: skip


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command leaves the database as it ends; here it works inside the test's own transaction."""
    monkeypatch.setattr("moothall.interfaces.cli.support.close_connections", lambda: None)


def a_file(folder: Path, *rows: dict[str, str], name: str = "requests.csv") -> Path:
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, HEAD)
        writer.writeheader()
        writer.writerows(PLAIN | row for row in rows)
    return path


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(root, ["import", "requests", *map(str, words)])


def bring(path: Path, folder: Path) -> dict:
    result = run(path, "--mapping", "boston", "--report", folder / "report.csv", "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def report(folder: Path) -> list[list[str]]:
    with (folder / "report.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))[1:]


def counts() -> list[int]:
    rooms = (Case, CaseContact, Note, Contact, Matter, Promise, ClockFact, Event)
    return [room.objects.count() for room in rooms]


@pytest.mark.usefixtures("council")
def test_a_row_becomes_a_case_with_its_contact_promise_and_words(tmp_path: Path) -> None:
    figures = bring(a_file(tmp_path, {}), tmp_path)
    assert (figures["read"], figures["kept"], figures["refused"]) == (1, 1, 0)
    assert figures["on_time_agreement"] == 100
    assert figures["predicted_to_the_day"] == {"Sign Repair": 100.0}
    assert (figures["predicted_all"], figures["due_dates"], figures["due_dates_by_type"]) == (
        100,
        1,
        {"Sign Repair": 1},
    )
    case = Case.objects.get()
    assert (case.source, case.external_id, case.service) == ("boston311", "1", "boston-sign-repair")
    assert (case.team, case.channel, case.state) == ("boston-transportation", "phone", "closed")
    assert (case.outcome, case.resolved, case.imported) == ("Resolved", True, True)
    assert case.opened_at == datetime(2015, 6, 10, 13, 34, 18, tzinfo=UTC)
    assert case.answers["QUEUE"] == "BTDT_Sign Shop"
    assert Note.objects.get(case=case).text == "Case Closed Case Resolved new sign"
    contact = Contact.objects.get()
    assert (contact.id, contact.channel) == (case.contact_id, "phone")
    promise = Promise.objects.get(subject_id=case.id)
    assert promise.due_at == datetime(2015, 6, 24, 13, 34, 18, tzinfo=UTC)
    assert (promise.state, promise.broken_at, promise.imported) == ("met", None, True)
    names = list(Event.objects.filter(imported=True).order_by("id").values_list("name", flat=True))
    assert names == ["contact.received", "matter.ended", "promise.made", "promise.met", "case.opened", "case.closed"]


@pytest.mark.usefixtures("council")
def test_done_late_is_broken_at_its_due_time_and_nobody_hears_of_it(tmp_path: Path) -> None:
    late = {"CLOSED_DT": "06/24/2015 09:34:19 AM", "OnTime_Status": "OVERDUE"}
    still = {"CASE_ENQUIRY_ID": "2", "CLOSED_DT": "", "OnTime_Status": "OVERDUE", "CASE_STATUS": "Open"}
    figures = bring(a_file(tmp_path, late, still), tmp_path)
    assert (figures["on_time_agreement"], figures["on_time_compared"]) == (100, 1)
    done, waiting = Promise.objects.order_by("state")
    assert (done.state, done.broken_at) == ("late", done.due_at)
    assert (waiting.state, waiting.broken_at) == ("running", waiting.due_at)
    open_case = Case.objects.get(external_id="2")
    assert (open_case.state, open_case.late, open_case.due_at) == ("open", True, waiting.due_at)
    assert Event.objects.filter(name="promise.broken", imported=True).count() == 2
    assert not Job.objects.exists()
    assert sweep(datetime(2026, 1, 1, tzinfo=UTC)) == {"at_risk": 0, "broken": 0, "broken_again": 0}


@pytest.mark.usefixtures("council")
def test_the_last_second_is_in_time(tmp_path: Path) -> None:
    figures = bring(a_file(tmp_path, {"CLOSED_DT": PLAIN["TARGET_DT"]}), tmp_path)
    assert figures["on_time_agreement"] == 100
    assert Promise.objects.get().state == "met"


@pytest.mark.usefixtures("council")
def test_a_wrong_flag_of_the_file_is_counted_against_the_agreement(tmp_path: Path) -> None:
    figures = bring(a_file(tmp_path, {}, {"CASE_ENQUIRY_ID": "2", "OnTime_Status": "OVERDUE"}), tmp_path)
    assert (figures["on_time_agreement"], figures["on_time_compared"]) == (50, 2)


@pytest.mark.usefixtures("council")
@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"CASE_ENQUIRY_ID": " "}, "it has no id"),
        ({"TYPE": ""}, "it has no type"),
        ({"OPEN_DT": ""}, "it does not say when it was opened"),
        ({"OPEN_DT": "31/12/2015 10:00"}, "it has no time we can read in OPEN_DT: '31/12/2015 10:00'"),
        ({"TARGET_DT": "06/01/2015 09:00:00 AM"}, "it was due before it was opened"),
        ({"CLOSED_DT": ""}, "it is closed and does not say when"),
        ({"CASE_STATUS": "Open"}, "it is open and says when it was closed"),
        ({"CASE_STATUS": "Parked"}, "the mapping does not know the state 'Parked'"),
        ({"OnTime_Status": "MAYBE"}, "the mapping does not know the on-time flag 'MAYBE'"),
    ],
)
def test_a_row_that_cannot_be_kept_is_listed_with_its_number_and_reason(
    tmp_path: Path, row: dict[str, str], why: str
) -> None:
    good = {"CASE_ENQUIRY_ID": "2"}
    figures = bring(a_file(tmp_path, row, good), tmp_path)
    assert (figures["read"], figures["kept"], figures["refused"]) == (2, 1, 1)
    assert report(tmp_path) == [["2", row.get("CASE_ENQUIRY_ID", "1").strip(), "refused", why]]
    assert Case.objects.get().external_id == "2"


@pytest.mark.usefixtures("council")
def test_what_is_odd_is_kept_and_listed(tmp_path: Path) -> None:
    path = a_file(
        tmp_path,
        {"CLOSED_DT": "06/10/2015 09:00:00 AM"},
        {"CASE_ENQUIRY_ID": "2", "OnTime_Status": ""},
        {"CASE_ENQUIRY_ID": "3", "Source": "Pigeon"},
        {"CASE_ENQUIRY_ID": "3"},
    )
    with path.open("a", encoding="utf-8") as out:
        out.write("5,too short\n")
    figures = bring(path, tmp_path)
    assert (figures["read"], figures["kept"], figures["refused"], figures["noted"]) == (5, 3, 2, 3)
    assert (figures["without_flag"], figures["on_time_compared"], figures["on_time_agreement"]) == (1, 2, 100)
    assert [(line[0], line[2]) for line in report(tmp_path)] == [
        ("2", "kept"), ("3", "kept"), ("4", "kept"), ("5", "refused"), ("6", "refused"),
    ]  # fmt: skip
    assert report(tmp_path)[-1][3] == "it has 2 fields where the headings have 16"


@pytest.mark.usefixtures("council")
def test_an_empty_line_counts_as_a_spreadsheet_counts_it(tmp_path: Path) -> None:
    path = a_file(tmp_path, {}, {"CASE_ENQUIRY_ID": "2"}, {"CASE_ENQUIRY_ID": "3", "TYPE": ""})
    first, second, *rest = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(["", first, second, "", "", *rest]) + "\n", encoding="utf-8")
    figures = bring(path, tmp_path)
    assert (figures["read"], figures["kept"], figures["refused"]) == (3, 2, 1)
    assert report(tmp_path) == [["7", "3", "refused", "it has no type"]]


@pytest.fixture
def leader(council: Any, clock: Any, client: Client) -> Client:
    """Who gives work to every team, at her desk."""
    staff = create_staff(
        username="lena", name="Lena Marsh", roles=["team-leader"], teams=["customer-services"], password="lantern orchard 90",
        pack=council, by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    client.force_login(staff)
    return client


def test_its_services_and_teams_are_said_in_words_wherever_they_stand(tmp_path: Path, leader: Client) -> None:
    bring(a_file(tmp_path, {}, {"CASE_ENQUIRY_ID": "2", "TYPE": "Heat - Excessive  Insufficient"}), tmp_path)
    case = Case.objects.get(external_id="1")
    page = leader.get(f"/desk/cases/{case.id}/").content.decode()
    assert "Sign Repair, Boston" in page
    assert "Transportation, Boston" in page
    assert "boston-" not in re.sub(r'="[^"]*"', "", page)
    assert service_named(Case.objects.get(external_id="2").service) == "Heat - Excessive Insufficient, Boston"
    assert service_named("a-service-that-was") == "A service that was"
    before = PastName.objects.count()
    bring(a_file(tmp_path, {}), tmp_path)
    assert PastName.objects.count() == before == 3
    assert leader.get("/performance/boston-sign-repair").status_code == 404, "not a service of ours: no figure of ours"
    assert "boston" not in leader.get("/performance/figures.csv").content.decode()


def test_what_was_still_open_there_is_history_and_nobodys_work_here(tmp_path: Path, leader: Client) -> None:
    still = {"CLOSED_DT": "", "OnTime_Status": "OVERDUE", "CASE_STATUS": "Open"}
    bring(a_file(tmp_path, still), tmp_path)
    case = Case.objects.get()
    assert (case.state, case.late) == ("open", True)
    for address in ("", "?team=all", "?team=all&pace=late", "?team=all&whose=nobody"):
        assert "Sign Repair" not in leader.get(f"/desk/queue{address}").content.decode(), address
    assert "Of all teams, nothing is late" in leader.get("/desk/").content.decode()
    found = leader.get("/desk/search", {"q": show_reference(case.reference)}, follow=True).content.decode()
    assert "Sign Repair, Boston" in found


@pytest.mark.usefixtures("council")
def test_twice_is_once(tmp_path: Path) -> None:
    path = a_file(tmp_path, *({"CASE_ENQUIRY_ID": str(n)} for n in range(30)))
    first, before = bring(path, tmp_path), counts()
    again = bring(path, tmp_path)
    assert counts() == before
    assert (first["new"], again["new"], again["kept"]) == (30, 0, 30)
    assert again["on_time_agreement"] == 100


@pytest.mark.usefixtures("council")
def test_times_are_read_by_the_wall_of_the_mappings_zone(tmp_path: Path) -> None:
    """In New York the clocks went forward on 8 March 2015, three weeks before London's."""
    noon = "03/08/2015 12:00:00 PM"
    spring = {"OPEN_DT": "03/07/2015 12:00:00 PM", "TARGET_DT": noon, "CLOSED_DT": noon}
    assert bring(a_file(tmp_path, spring), tmp_path)["on_time_agreement"] == 100
    promise = Promise.objects.get()
    assert promise.due_at is not None
    assert (promise.due_at - promise.started_at).total_seconds() == 23 * 3600
    assert promise.due_at.astimezone(ZoneInfo("America/New_York")).hour == 12


@pytest.mark.usefixtures("council")
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n\n", "no headings"),
        (
            b"CASE_ENQUIRY_ID,OPEN_DT\n1,2\n",
            "has no column TARGET_DT, CLOSED_DT, CASE_STATUS, TYPE, Source, Department",
        ),
        (",".join(HEAD).encode() + b"\n" + b"\xe9" * 20 + b"\n", "not written in UTF-8"),
        (gzip.compress(os.urandom(50_000).hex().encode())[:30_000], "cut off"),
        (b"\x1f\x8bnot gzip at all", "damaged"),
    ],
)
def test_a_bad_file_is_explained_and_changes_nothing(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    result = run(path, "--mapping", "boston", "--report", tmp_path / "report.csv")
    assert result.exit_code == 1
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert not Case.objects.exists()


@pytest.mark.usefixtures("council")
def test_a_file_cut_off_at_its_end_brings_in_none_of_it(tmp_path: Path) -> None:
    path = a_file(tmp_path, *({"CASE_ENQUIRY_ID": str(n), "CASE_TITLE": os.urandom(40).hex()} for n in range(3000)))
    whole = gzip.compress(path.read_bytes())
    path.write_bytes(whole[: len(whole) * 9 // 10])
    result = run(path, "--mapping", "boston", "--report", tmp_path / "report.csv")
    assert result.exit_code == 1
    assert "cut off or damaged" in result.stderr
    assert not Case.objects.exists()


@pytest.mark.usefixtures("council")
def test_no_such_file_and_no_such_mapping(tmp_path: Path) -> None:
    missing = run(tmp_path / "no.csv", "--mapping", "boston")
    assert (missing.exit_code, "There is no file" in missing.stderr) == (1, True)
    unknown = run(a_file(tmp_path, {}), "--mapping", "atlantis")
    assert unknown.exit_code == 2
    assert unknown.stderr.strip() == "There is no mapping 'atlantis'. There are: boston."


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("requests", "no.csv", "--mapping", "bostn"), 2, "There is no mapping 'bostn'. There are: boston."),
        (("requests", "no.csv", "--mapping", "boston"), 1, "There is no file no.csv"),
        (("premises", "no.csv"), 1, "There is no file no.csv"),
        (("rounds", "--premises", "no.csv", "--schedules", "none.csv"), 1, "There is no file no.csv"),
        (("services", "no.csv"), 1, "There is no file no.csv"),
        (("records", "revenues", "no.csv"), 1, "no.csv cannot be read: No such file or directory."),
        (("open-referral", "no.json", "--source", "x"), 1, "There is no file or folder no.json."),
    ],
)
def test_wrong_arguments_are_told_before_the_database_is_looked_at(
    words: tuple[str, ...], code: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(root, ["import", *words])  # no mark: this test may not touch the database
    assert told.exit_code == code
    assert told.stderr.strip().startswith(said)


@pytest.mark.parametrize("embedded", [True, False])
def test_a_database_that_is_not_ready_names_the_setting_that_leads_to_another(
    embedded: bool, settings: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(health, "pending_migrations", lambda: ["cases.0001_initial"])
    settings.EMBEDDED_DATABASE = embedded
    with pytest.raises(SystemExit):
        support.check_ready()
    said = capsys.readouterr().err
    assert "First: moothall migrate." in said
    assert ("MOOTHALL_DATA names the folder" in said) == embedded


FINE = "source: x, service_prefix: x, team_prefix: x"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("calendar: {}", "has no `requests` section"),
        (f"requests: {{{FINE}, columns: {{id: [A], opened: [B], type: [C], hue: [D]}}}}", "There is no field hue"),
        (f"requests: {{{FINE}, columns: {{id: [A]}}}}", "Say under which column to find: opened, type"),
        (
            f"requests: {{{FINE}, zone: Mars/Base, columns: {{id: [A], opened: [B], type: [C]}}}}",
            "There is no time zone 'Mars/Base'",
        ),
        ("requests: [", "cannot be read"),
    ],
)
def test_a_mistake_in_a_mapping_is_explained(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(text)
    with pytest.raises(importing.MappingProblem, match=said):
        importing.read_mapping(path)


@pytest.mark.usefixtures("council")
def test_the_newer_file_of_the_same_city_is_read_by_the_same_mapping(tmp_path: Path) -> None:
    figures = bring(shared_data("service-requests/boston311-100.csv"), tmp_path)
    assert (figures["read"], figures["kept"], figures["refused"]) == (100, 100, 0)
    assert (figures["on_time_agreement"], figures["on_time_compared"]) == (100, 77)


def command(database: str, folder: Path, *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "moothall.interfaces.cli",
            "import",
            "requests",
            *words,
            "--mapping",
            "boston",
            "--json",
        ],
        env={**os.environ, "PYTHONPATH": str(ROOT), "DATABASE_URL": database, "MOOTHALL_DATA": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_it_goes_on(tmp_path: Path, database_address: str, council: object) -> None:
    path = a_file(tmp_path, *({"CASE_ENQUIRY_ID": str(n)} for n in range(9_000)))
    first = command(database_address, tmp_path, str(path))
    give_up = time.monotonic() + 60
    while not Case.objects.exists() and time.monotonic() < give_up:
        time.sleep(0.02)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    kept = Case.objects.count()
    assert 0 < kept < 9_000
    assert kept % BATCH == 0
    assert Promise.objects.count() == Contact.objects.count() == kept
    second = command(database_address, tmp_path, str(path))
    out, err = second.communicate(timeout=120)
    assert second.returncode == 0, err
    figures = json.loads(out)
    assert (figures["kept"], figures["new"], figures["on_time_agreement"]) == (9_000, 9_000 - kept, 100)
    assert Case.objects.count() == Promise.objects.count() == Contact.objects.count() == 9_000


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.usefixtures("council")
def test_the_whole_record_of_boston(tmp_path: Path) -> None:
    """Every row kept; our clock agrees with the city's flag wherever it can be asked; the predictions as documented."""
    figures = bring(shared_data("service-requests/boston311_2015_jan-aug.csv.gz"), tmp_path)
    assert (figures["read"], figures["kept"], figures["refused"]) == (81_404, 81_404, 0)
    assert (figures["on_time_agreement"], figures["on_time_compared"], figures["without_flag"]) == (100, 53_297, 80)
    blank = [line for line in report(tmp_path) if line[3] == "no on-time flag"]
    assert len(blank) == 80
    assert all(line[0].isdigit() and line[1].isdigit() and line[2] == "kept" for line in blank)
    assert figures["due_dates"] == sum(figures["due_dates_by_type"].values()) == 61_872
    assert figures["predicted_all"] > 98
    largest = list(figures["predicted_to_the_day"].values())[:10]
    assert all(share > 84 for share in largest)
    assert Case.objects.count() == Contact.objects.count() == 81_404
