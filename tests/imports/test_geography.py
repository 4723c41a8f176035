"""Where things lie, brought in from a council's own files: GeoJSON and tables, row by row, and the map drawn from them."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from moothall.interfaces.cli.main import root
from moothall.partners.pack import PARTNERS
from moothall.places.finding import areas_at, assets_near, find_spots
from moothall.places.models import Area, Asset, Landmark, Street
from tests.shared_data import shared_data

pytestmark = pytest.mark.django_db
POINT = {"type": "Point", "coordinates": [-1.5, 53.8]}


@pytest.fixture(autouse=True)
def one_connection(council: Any, clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command leaves the database as it ends; here it works inside the test's own transaction."""
    monkeypatch.setattr("moothall.interfaces.cli.support.close_connections", lambda: None)


def bring(kind: str, path: Path, *words: str, report: Path | None = None) -> Any:
    report = report or path.with_suffix(".report.csv")
    done = CliRunner().invoke(root, ["import", kind, str(path), *words, "--report", str(report), "--json"])
    if done.exit_code:
        assert isinstance(done.exception, SystemExit), done.exception
        return done
    with report.open(newline="") as lines:
        return json.loads(done.stdout) | {"listed": [(line[0], line[3]) for line in list(csv.reader(lines))[1:]]}


def geojson(path: Path, *features: tuple[dict[str, Any], Any]) -> Path:
    held = [{"type": "Feature", "properties": about, "geometry": geometry} for about, geometry in features]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": held}))
    return path


def line(*points: tuple[float, float]) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": points}


def test_streets_come_in_with_their_lines_and_the_map_is_drawn(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path
    long = [[[-1.5, 53.8], [-1.5, 53.81], [-1.5, 53.82]], [[-1.4, 53.8], [-1.4, 53.81]]]
    path = geojson(
        tmp_path / "s.geojson",
        ({"USRN": 501, "STREET": "Mill Lane", "TOWN": "Leeds"}, line((-1.55, 53.80), (-1.55, 53.81))),
        ({"USRN": "502", "STREET": "Dock Road", "TOWN": None}, {"type": "MultiLineString", "coordinates": long}),
        ({"USRN": 503, "STREET": "Nowhere"}, None),
        ({"USRN": 504, "STREET": "Metres"}, line((430000, 433000), (430010, 433000))),
        ({"USRN": "x", "STREET": "A"}, None), ({"USRN": 505, "STREET": ""}, None), ({"USRN": 501, "STREET": "Again"}, None),
    )  # fmt: skip
    drawn = CliRunner().invoke(root, ["basemap"])
    assert drawn.exit_code == 1
    assert "First: moothall import streets FILE" in drawn.stderr
    figures = bring("streets", path)
    assert [figures[key] for key in ("read", "kept", "refused", "without_place")] == [7, 3, 4, 1]
    assert figures["listed"] == [
        ("4", "a point of its line is not on Earth: GeoJSON says longitude first, in degrees (EPSG:4326)"),
        ("5", "its number (USRN) is not one of up to 8 digits"), ("6", "it has no name"),
        ("7", "its number stands in an earlier row of the file"),
    ]  # fmt: skip
    street = Street.objects.get(usrn=502)
    assert (street.name, street.locality, len(street.line)) == ("Dock Road", "", 3)
    assert [one.usrn for one in find_spots("mill lane")] == [501]
    drawn = CliRunner().invoke(root, ["basemap", "--json"])
    assert json.loads(drawn.stdout)["tiles"] > 0
    assert (tmp_path / "basemap.pmtiles").exists()
    assert bring("streets", path)["kept"] == 3


def test_streets_of_a_table_have_a_point_and_an_owner_that_is_known(tmp_path: Path, council: Any) -> None:
    partner = sorted(council.of(PARTNERS))[0]
    path = tmp_path / "s.csv.gz"
    with gzip.open(path, "wt") as file:
        file.write("usrn,name,owner,latitude,longitude\n501,Mill Lane,,53.8,-1.5\n502,Dock Road,nobody,53.8,-1.5\n")
    figures = bring("streets", path, "--owner", partner)
    assert figures["unknown_owners"] == ["nobody"]
    street = Street.objects.get(usrn=501)
    assert (street.owner, street.latitude, street.line) == (partner, 53.8, [])
    wrong = bring("streets", path, "--owner", "nobody")
    assert (wrong.exit_code, "The pack has no partner nobody." in wrong.stderr) == (2, True)


def test_wards_are_read_under_their_own_names_and_a_shape_that_is_none_is_refused(tmp_path: Path) -> None:
    ring = [[-1.6, 53.7], [-1.4, 53.7], [-1.4, 53.9], [-1.6, 53.9], [-1.6, 53.7]]
    path = geojson(
        tmp_path / "w.geojson", ({"WD": "E1", "LABEL": "Mill Ward"}, {"type": "Polygon", "coordinates": [ring]}),
        ({"WD": "E2", "LABEL": "Point Ward"}, POINT), ({"WD": "E3", "LABEL": "No Ward"}, None),
    )  # fmt: skip
    missing = bring("areas", path)
    assert "w.geojson has no column code or area_code" in missing.stderr
    assert "Its columns are: WD, LABEL." in missing.stderr
    figures = bring("areas", path, "--column", "code=wd", "--column", "name=LABEL")
    assert (figures["kept"], [row for row, _ in figures["listed"]]) == (1, ["2", "3"])
    assert [area.name for area in areas_at(53.8, -1.5)] == ["Mill Ward"]
    assert "w.geojson has no “ZZ”. It has: WD, LABEL." in bring("areas", path, "--column", "code=ZZ").stderr
    assert bring("areas", path, "--column", "colour=WD").exit_code == 1
    assert bring("areas", path, "--column", "code").exit_code == 2


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.geojson", "{", "is not JSON"), ("a.geojson", "[]", "is not a GeoJSON FeatureCollection"),
        ("a.csv", "code,name\nE1,X\n", "give a GeoJSON file"), ("a.geojson", "", "is empty"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_says_what_to_do(tmp_path: Path, name: str, text: str, says: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    refused = bring("areas", path)
    assert (refused.exit_code, says in refused.stderr) == (1, True)
    assert not Area.objects.exists()


def test_landmarks_and_lamps_come_by_either_kind_of_file(tmp_path: Path) -> None:
    lamps = tmp_path / "l.csv"
    lamps.write_text("asset_id,lat,lon\nL1,53.8,-1.5\nL2,430000,433000\nL3,,\nL1,53.8,-1.5\nshort\n")
    assert "has no column kind" in bring("assets", lamps).stderr
    figures = bring("assets", lamps, "--kind", "lamp")
    assert (figures["kept"], figures["refused"]) == (1, 4)
    assert assets_near(53.8, -1.5) == (("L1", "lamp", ""),)
    path = geojson(tmp_path / "p.geojson", ({"name": "Mill Library", "type": "library"}, POINT))
    assert bring("landmarks", path)["kept"] == bring("landmarks", path)["kept"] == 1
    library = Landmark.objects.get()
    assert (library.code, library.kind, library.latitude) == ("mill-library", "library", 53.8)
    assert Asset.objects.count() == 1


def test_the_real_wards_of_leeds_and_libraries_of_trafford(tmp_path: Path) -> None:
    wards = bring("areas", shared_data("uk-geography/leeds_ward.geojson"), report=tmp_path / "r.csv")
    assert (wards["kept"], wards["refused"]) == (33, 0)
    assert len(areas_at(53.7997, -1.5492)) == 1
    libraries = bring("landmarks", shared_data("uk-council/trafford_libraries.geojson"), "--kind", "library",
                      report=tmp_path / "r.csv")  # fmt: skip
    assert libraries["refused"] == 0
    assert Landmark.objects.filter(name="Altrincham Library").exists()
