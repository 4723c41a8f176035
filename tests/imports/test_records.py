"""Records of another system come in from the command line and by a call; then every record is looked through."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from moothall.customers.linking.models import Delivery, Merge, Pair, SourceRecord
from moothall.interfaces.cli.main import root
from tests.customers.linking.conftest import TAX, csv_of, tax_row
from tests.interfaces.api.conftest import Machine, machine_with  # noqa: F401  a fixture

ROWS = [
    tax_row("70041", "Jones", given="Gwendolyn"), tax_row("70042", "Okonkwo", given="Chidi", born="no date"),
    tax_row("", "Nobody"), tax_row("70044", "Kaur"), tax_row("70045", "Novak"), tax_row("70046", "Hughes"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command leaves the database as it ends; here it works with the test's own connection."""
    monkeypatch.setattr("moothall.interfaces.cli.support.close_connections", lambda: None)


def bring(system: str, path: Path, *words: str) -> Result:
    return CliRunner().invoke(root, ["import", "records", system, str(path), *words, "--json"])


@pytest.mark.django_db
@pytest.mark.usefixtures("council")
def test_a_file_of_records_comes_in_once_with_what_is_wrong_listed(tmp_path: Path) -> None:
    path, report = tmp_path / "tax.csv.gz", tmp_path / "report.csv"
    path.write_bytes(gzip.compress(csv_of(TAX, ROWS)))
    done = bring("council-tax", path, "--as-of", "2026-01-01", "--part", "--report", str(report))
    assert done.exit_code == 0, done.output
    figures = json.loads(done.stdout)
    assert [figures[key] for key in ("state", "new", "refused", "gone")] == ["done", 5, 1, 0]
    with report.open(newline="") as lines:
        listed = {line[0]: line[2] for line in list(csv.reader(lines))[1:]}
    assert sorted(listed.values()) == ["kept", "refused"]
    again = json.loads(bring("council-tax", path, "--as-of", "2026-01-01", "--part", "--report", str(report)).stdout)
    assert again["delivery"] == figures["delivery"]
    assert (SourceRecord.objects.count(), Delivery.objects.count()) == (5, 1)


@pytest.mark.django_db
@pytest.mark.usefixtures("council")
def test_what_cannot_be_a_delivery_is_refused_with_words(tmp_path: Path) -> None:
    path = tmp_path / "tax.csv"
    path.write_bytes(csv_of(("ACCOUNT_REF", "TELEPHONE"), [{"ACCOUNT_REF": "1"}]))
    lacking = bring("council-tax", path)
    assert lacking.exit_code == 1
    assert "LIABLE_SURNAME or SURNAME is not there" in lacking.stderr
    unknown = bring("burial-grounds", path)
    assert (unknown.exit_code, "has no system “burial-grounds”" in unknown.stderr) == (2, True)
    missing = bring("council-tax", tmp_path / "none.csv")
    assert (missing.exit_code, "cannot be read" in missing.stderr) == (1, True)
    assert not SourceRecord.objects.exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("council")
def test_what_was_refused_is_judged_anew_and_a_folders_files_are_taken_up_again(tmp_path: Path, settings: Any) -> None:
    path = tmp_path / "tax.csv"
    path.write_bytes(csv_of([one for one in TAX if one != "LIABLE_SURNAME"], ROWS))
    assert [bring("council-tax", path).exit_code for _ in range(2)] == [1, 1]
    refused = Delivery.objects.get()
    assert (refused.state, refused.next_row) == ("refused", 1)

    def again(*words: str) -> Result:
        return CliRunner().invoke(root, ["import", "refused", *words])

    assert "No such file lies aside." in again("council-tax").stdout
    settings.SYSTEM_FOLDER = tmp_path
    aside = tmp_path / "council-tax" / "refused"
    aside.mkdir(parents=True)
    for name in ("20261123T090000000000-mo.csv", "20261123T090000000000-tu.csv"):
        (aside / name).write_bytes(b"x")
        (aside / f"{name}.report.csv").write_text("row,key,kept,why\r\n,,,No.\r\n")
    one = json.loads(again("council-tax", "--name", "tu.csv", "--json").stdout)
    assert one == {"system": "council-tax", "files": ["tu.csv"]}
    assert "Taken up again within a minute: mo.csv." in again("council-tax").stdout
    assert sorted(one.name[-6:] for one in (tmp_path / "council-tax").glob("*.csv")) == ["mo.csv", "tu.csv"]
    assert not list(aside.iterdir())
    assert again("burial-grounds").exit_code == 2


@pytest.mark.django_db
def test_a_call_delivers_records_once_and_says_what_became_of_each(machine_with: Callable[..., Machine]) -> None:  # noqa: F811
    machine = machine_with("api.records.write")
    rows: list[dict[str, Any]] = [
        {"subscription": "g1", "first_name": "Gwendolyn", "last_name": "Jones", "updated_at": "2026-01-02T09:00:00Z"},
        {"subscription": "", "first_name": "Nobody", "last_name": "Atall"},
    ]
    answer = machine.post("/records/waste", {"rows": rows, "as_of": "2026-01-03T09:00:00Z"}, key="one")
    assert answer.status_code == 200, answer.content
    said = answer.json()
    assert [said[key] for key in ("state", "new", "refused")] == ["done", 1, 1]
    assert [(row["row"], row["kept"]) for row in said["rows"]] == [(2, False)]
    again = machine.post("/records/waste", {"rows": rows, "as_of": "2026-01-03T09:00:00Z"}, key="two")
    assert again.json()["id"] == said["id"]
    assert (SourceRecord.objects.count(), Delivery.objects.count()) == (1, 1)
    assert machine.post("/records/nothing", {"rows": rows}, key="three").status_code == 404
    reader = machine_with("api.customers.read")
    assert reader.post("/records/waste", {"rows": rows}, key="four").status_code == 403
    assert machine.post("/records/waste", {"rows": []}, key="five").status_code in {400, 422}


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("council")
def test_every_record_is_looked_through_from_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "tax.csv"
    path.write_bytes(csv_of(TAX, ROWS))
    bring("council-tax", path, "--part")
    looked = CliRunner().invoke(root, ["link", "records", "--json"])
    assert looked.exit_code == 0, looked.output
    figures = json.loads(looked.stdout)
    assert (figures["records"], figures["joined"], figures["trained"]) == (5, 0, None)
    assert not Merge.objects.exists()
    assert not Pair.objects.exists()
    taught = CliRunner().invoke(root, ["link", "records", "--train"])
    assert (taught.exit_code, "at least 50" in taught.stderr) == (1, True)
