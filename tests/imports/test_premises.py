"""A gazetteer, brought in from the command line."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from moothall.interfaces.cli.main import root
from moothall.places.models import Property
from moothall.places.queries import find_addresses
from tests.shared_data import shared_data

HEAD = "premises_id,number,street,locality,outcode,street_lat,street_lon\n"


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command leaves the database as it ends; here it works inside the test's own transaction."""
    monkeypatch.setattr("moothall.interfaces.cli.support.close_connections", lambda: None)


def bring(kind: str, path: Path, *words: str) -> Result:
    return CliRunner().invoke(root, ["import", kind, str(path), *words, "--json"])


@pytest.mark.django_db
def test_premises_come_in_once_with_what_is_wrong_listed(tmp_path: Path) -> None:
    path, report = tmp_path / "p.csv", tmp_path / "r.csv"
    path.write_text(
        HEAD + "11,14,Mill Lane,Headingley,LS6,53.8,-1.5\n12,FLAT 2 THE TANNERY,Mill Lane,Headingley,LS6,,\n"
        "13,14,Mill Lane,Headingley,LS6,,\nx,1,Mill Lane,,,,\n14,1,,,,,\n11,9,High Street,,,,\nshort\n"
    )
    done = bring("premises", path, "--report", str(report))
    assert done.exit_code == 0, done.output
    figures = json.loads(done.stdout)
    assert [figures[key] for key in ("read", "kept", "changed", "refused", "same_address")] == [7, 3, 3, 4, 1]
    with report.open(newline="") as lines:
        listed = [(line[0], line[2], line[3]) for line in list(csv.reader(lines))[1:]]
    assert listed == [
        ("4", "kept", "the same address as premises 11"),
        ("5", "refused", "its number is not one of up to 12 digits"),
        ("6", "refused", "it has no street"),
        ("7", "refused", "its number stands in an earlier row of the file"),
        ("8", "refused", "it has 1 fields where the headings have 7"),
    ]
    assert Property.objects.get(uprn=12).address == "Flat 2 The Tannery, Mill Lane, Headingley"
    assert [line.uprn for line in find_addresses("14 mil lane headingly")] == [11, 13]
    again = json.loads(bring("premises", path, "--report", str(report)).stdout)
    assert (again["kept"], again["changed"]) == (3, 0)


@pytest.mark.django_db
def test_a_gazetteer_without_its_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("number,town\n1,Leeds\n")
    refused = bring("premises", path)
    assert refused.exit_code == 1
    assert "has no column uprn or premises_id, street or street_name" in refused.stderr
    assert not Property.objects.exists()


@pytest.mark.long
@pytest.mark.django_db
def test_every_premises_of_leeds(tmp_path: Path) -> None:
    path = shared_data("uk-council/leeds_premises.csv.gz")
    figures = json.loads(bring("premises", path, "--report", str(tmp_path / "r.csv")).stdout)
    assert figures["read"] == 405_565
    assert figures["kept"] + figures["refused"] == 405_565
    assert Property.objects.count() == figures["kept"]
