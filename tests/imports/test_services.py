"""The nation's list of what councils do, brought in from the command line: kept, compared, asked where we have nothing."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.test import Client

from moothall.intake.importing import nation
from moothall.intake.models import UnmetSearch
from moothall.interfaces.cli.main import root
from moothall.services.models import ListedService
from moothall.services.queries import listed_like
from tests.shared_data import shared_data

from ..conftest import apply_once

pytestmark = pytest.mark.usefixtures("council")
HEAD = "lgsl,label,description,nav_path\n"
LIST = "uk-council/lgsl_2013_services_with_navigation.csv"


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command leaves the database as it ends; here it works inside the test's own transaction."""
    monkeypatch.setattr("moothall.interfaces.cli.support.close_connections", lambda: None)


def run(path: Path, *words: str) -> Result:
    return CliRunner().invoke(root, ["import", "services", str(path), "--report", f"{path}.report", "--json", *words])


def bring(path: Path, *words: str) -> dict[str, Any]:
    done = run(path, *words)
    assert done.exit_code == 0, done.output
    return dict(json.loads(done.stdout))


def report(path: Path) -> list[tuple[str, str, str]]:
    with Path(f"{path}.report").open(newline="") as lines:
        return [(line[0], line[2], line[3]) for line in list(csv.reader(lines))[1:]]


def counts(figures: dict[str, Any]) -> list[int]:
    return [figures[key] for key in ("read", "kept", "new", "changed", "same", "refused", "gone")]


def test_the_list_is_kept_and_the_catalogue_held_against_it(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(shared_data(LIST).read_bytes())
    figures = bring(path)
    assert counts(figures) == [829, 829, 829, 0, 0, 0, 0]
    assert figures["listed"] == ListedService.objects.count() == 829
    assert figures["unknown"] == {}
    assert figures["known"]["missed-bin"] == {"lgsl": 524, "name": "Household waste collection"}
    assert set(figures["without_number"]) == {
        "benefit-appointment", "erasure-request", "staff-hr-query", "staff-new-starter",
    }  # fmt: skip
    assert len(figures["known"]) + len(figures["without_number"]) == figures["services"]
    borne = {one["lgsl"] for one in figures["known"].values()}
    assert figures["not_offered"] == 829 - len(borne)
    entry = ListedService.objects.get(lgsl=1465)
    assert (entry.name, entry.navigation) == ("Council expenditure", "Council > Budgets, spending and performance")
    again = bring(path)
    assert counts(again) == [829, 829, 0, 0, 829, 0, 0]
    assert report(path) == []


def test_what_cannot_be_kept_is_listed_by_its_row(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        HEAD + "3,Allotments,Plots,Leisure\n,No number,,\n1e3,A number?,,\n1234567,Too large,,\n3,Again,,\n"
        f"4,,no name,\n5,{'x' * 201},,\nshort\n{'9' * 5000},Huge,,\n\u0663,Arabic digits,,\n6,Nul\x00l,,\n"
    )
    figures = bring(path)
    assert counts(figures) == [11, 3, 3, 0, 0, 8, 0]
    number = "its number is not a whole number of up to six digits"
    assert report(path) == [
        ("3", "refused", number), ("4", "refused", number), ("5", "refused", number),
        ("6", "refused", "its number stands in row 2 already"), ("8", "refused", "its name is longer than 200 characters"),
        ("9", "refused", "it has 1 fields where the headings have 4"), ("10", "refused", number), ("11", "refused", number),
    ]  # fmt: skip
    assert dict(ListedService.objects.values_list("lgsl", "name")) == {3: "Allotments", 4: "no name", 6: "Null"}


def test_a_file_of_tiers_adds_them_and_takes_nothing_away(tmp_path: Path) -> None:
    first, tiers, bad = tmp_path / "list.csv", tmp_path / "tiers.csv", tmp_path / "bad.csv"
    first.write_text(HEAD + "3,Allotments,Plots,Leisure\n524,Household waste collection,Bins,Waste\n")
    bring(first)
    tiers.write_text(
        "LGSL,Description,Providing Tier\n3,Get an allotment,unitary/District\n9,Find a school,county/unitary\n"
    )
    figures = bring(tiers)
    assert counts(figures) == [2, 2, 1, 1, 0, 0, 0]
    rows = {row.lgsl: (row.name, row.description, row.tier) for row in ListedService.objects.all()}
    assert rows == {
        3: ("Allotments", "Plots", "district/unitary"), 524: ("Household waste collection", "Bins", ""),
        9: ("Find a school", "", "county/unitary"),
    }  # fmt: skip
    assert counts(bring(first)) == [2, 2, 0, 0, 2, 0, 0], "the list alone does not take the tiers away"
    bad.write_text("LGSL,Providing Tier\n3,parish\n77,all\n")
    assert counts(bring(bad)) == [2, 0, 0, 0, 0, 2, 0]
    assert report(bad) == [
        ("2", "refused", "'parish' is not a tier: county, district, unitary or all, joined by /"),
        ("3", "refused", "it has no name, and none was brought in before"),
    ]


def test_what_left_the_list_goes_only_where_the_whole_list_was_read(tmp_path: Path) -> None:
    first, second = tmp_path / "one.csv", tmp_path / "two.csv"
    first.write_text(HEAD + "3,Allotments,Plots,Leisure\n7,Dog licence,,\n")
    bring(first)
    second.write_text(HEAD + "3,Allotments,Plots,Leisure\nx,Wrong,,\n")
    assert bring(second, "--whole")["gone"] == 0, "nobody knows what stood in the row that was refused"
    second.write_text(HEAD + "3,Allotments,Plots,Leisure\n")
    assert bring(second, "--whole")["gone"] == 1
    assert bring(second, "--whole")["gone"] == 0
    assert listed_like("dog licence") == []
    assert counts(bring(first))[3] == 1, "back on the list"
    assert [one.lgsl for one in listed_like("dog licence")] == [7]


def test_stopped_in_the_middle_it_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "list.csv"
    path.write_text(HEAD + "".join(f"{n},Service {n},,\n" for n in range(1, 11)))
    monkeypatch.setattr(nation, "LOT", 4)
    keep = nation.keep_listed
    lots: list[int] = []

    def keep_two(rows: Any, **how: Any) -> Any:
        if len(lots) == 2:
            raise KeyboardInterrupt
        lots.append(len(rows))
        return keep(rows, **how)

    monkeypatch.setattr(nation, "keep_listed", keep_two)
    assert run(path).exit_code != 0
    assert ListedService.objects.count() == 8
    monkeypatch.setattr(nation, "keep_listed", keep)
    assert counts(bring(path)) == [10, 10, 2, 0, 8, 0, 0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"label\nAllotments\n", "has no column lgsl"),
        (b"lgsl\n3\n", "has only numbers"),
        (b"lgsl,label\n3,\xff\xfe\n", "not written in UTF-8"),
    ],
)
def test_a_bad_file_is_explained_and_changes_nothing(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    refused = run(path)
    assert refused.exit_code == 1
    assert said in refused.stderr
    assert not ListedService.objects.exists()


@pytest.fixture
def listed(tmp_path: Path, council: object) -> None:
    """The nation's list, with the tiers of those that have one."""
    for number, name in enumerate((LIST, "uk-council/lgsl_local_services.csv")):
        path = tmp_path / f"{number}.csv"
        path.write_bytes(shared_data(name).read_bytes())
        bring(path)


@pytest.mark.usefixtures("listed", "clock")
def test_whoever_wants_what_we_do_not_do_is_told_who_does(client: Client) -> None:
    found = client.get("/search", {"q": "allotment"}).content.decode()
    assert "You can’t ask for that here" in found
    assert "<h3>Allotments</h3>" in found
    assert "Ring us" in found
    assert "Open Government Licence" in found
    assert UnmetSearch.objects.count() == 1, "nobody is served yet"
    apply_once("cambridge")
    theirs = client.get("/search", {"q": "school clothing grants"}).content.decode()
    assert "This is not ours: your county council does it." in theirs
    beside = client.get("/search", {"q": "tree preservation order"}).content.decode()
    assert "You could do this" in beside, "something of ours shares the words"
    assert "<h3>Tree preservation orders</h3>" in beside
    assert "<h3>" not in client.get("/search", {"q": "council tax"}).content.decode()
    nothing = client.get("/search", {"q": "xylophone quartz"}).content.decode()
    assert "We didn’t find that" in nothing
    assert "national list" not in nothing


@pytest.mark.usefixtures("listed", "clock")
def test_our_own_service_is_found_by_the_nations_name_for_it(client: Client) -> None:
    found = client.get("/search", {"q": "syringe disposal"}).content.decode()
    assert 'href="/services/discarded-needles"' in found
    assert UnmetSearch.objects.count() == 0
