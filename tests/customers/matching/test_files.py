"""A file of records is read by the names of its columns, linked without its truth, and measured against it."""

import csv
import json
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest
from click.testing import CliRunner

from moothall.customers.matching.bulk.files import CannotReadFile
from moothall.customers.matching.bulk.measuring import guess_truth, read_truth
from moothall.customers.matching.bulk.reading import read_people
from moothall.customers.matching.rules.columns import UnknownColumn, guess_columns, read_mapping
from moothall.customers.matching.rules.grouping import group
from moothall.customers.matching.rules.measuring import (
    Measure,
    links_in,
    lowest_weight,
    measure_groups,
    operating_points,
)
from moothall.customers.matching.rules.scoring import read_model, starting_model
from moothall.interfaces.cli.main import root
from tests.shared_data import shared_data


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        (
            ["rec_id", " given_name", " surname", " street_number", " address_1", " address_2", " suburb", " state"],
            {"given_name": " given_name", "family_name": " surname", "number": " street_number", "street": " address_1",
             "other": " address_2", "locality": " suburb", "other_2": " state"},
        ),
        (
            ["Ref", "Forename", "LastName", "D.O.B.", "Post Code", "Address Line 1", "Address Line 2"],
            {"given_name": "Forename", "family_name": "LastName", "date_of_birth": "D.O.B.", "postcode": "Post Code",
             "address_1": "Address Line 1", "address_2": "Address Line 2"},
        ),
        (
            ["id", "full_name", "first_name", "surname", "birth_place", "postcode_fake", "gender", "occupation"],
            {"given_name": "first_name", "family_name": "surname", "locality": "birth_place", "postcode": "postcode_fake",
             "sex": "gender", "other": "occupation"},
        ),
        (
            ["fname_c1", "fname_c2", "lname_c1", "lname_c2", "by", "bm", "bd", "ent_id"],
            {"given_name": "fname_c1", "middle_names": "fname_c2", "family_name": "lname_c1", "birth_year": "by",
             "birth_month": "bm", "birth_day": "bd"},
        ),
        (["id", "name", "telephone", "county"], {"full_name": "name", "phone": "telephone", "other": "county"}),
        (
            ["county_id", "voter_last_name", "first_name", "middle_name", "res_street_address", "res_city_desc", "zip_code",
             "full_phone_number", "gender_code", "birth_year", "ncid"],
            {"family_name": "voter_last_name", "given_name": "first_name", "middle_names": "middle_name",
             "address_1": "res_street_address", "locality": "res_city_desc", "postcode": "zip_code",
             "phone": "full_phone_number", "sex": "gender_code", "birth_year": "birth_year"},
        ),
        (["recid", "givenname", "surname", "suburb", "postcode"],
         {"given_name": "givenname", "family_name": "surname", "locality": "suburb", "postcode": "postcode"}),
        (["name", "surname", "birthday"], {"given_name": "name", "family_name": "surname", "date_of_birth": "birthday"}),
        (["full_name", "first_name", "Addr Line 1"], {"full_name": "full_name", "address_1": "Addr Line 1"}),
        (["house_no", "street_address", "surname"],
         {"number": "house_no", "street": "street_address", "family_name": "surname"}),
    ],
)  # fmt: skip
def test_columns_are_recognised_by_their_names(headers: list[str], found: dict[str, str]) -> None:
    assert guess_columns(headers) == found


def test_what_names_do_not_say_is_said() -> None:
    headers = ["id", "who", "surname"]
    assert read_mapping(["given_name=who", "family_name="], headers) == {"given_name": "who"}
    with pytest.raises(UnknownColumn, match="no column “whom”"):
        read_mapping(["given_name=whom"], headers)
    with pytest.raises(UnknownColumn, match="WHAT=COLUMN"):
        read_mapping(["shoe_size=who"], headers)


def _write(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file).writerows(rows)
    return path


def test_a_file_is_read_whatever_its_rows_lack(tmp_path: Path) -> None:
    path = _write(tmp_path / "tax.csv", [["id", "Surname", "DOB"], ["1", "Dunn", "03/04/1984"], ["2", "Smith"], []])
    people = read_people(path).to_pylist()
    assert [(row["record_id"], row["source"], row["family"], row["dob"]) for row in people] == [
        ("1", "tax", "dunn", "1984-04-03"),
        ("2", "tax", "smith", None),
    ]
    with pytest.raises(CannotReadFile, match="is empty"):
        read_people(_write(tmp_path / "empty.csv", []))
    with pytest.raises(CannotReadFile, match="no column “system”"):
        read_people(path, source="system")


def test_files_of_other_makers_are_read(tmp_path: Path) -> None:
    """Semicolons, an older encoding, Parquet with numbers and dates: the people in them are the same."""
    said = "ID;Vorname;Nachname;DOB;cluster_id\n1;Zoë;Dunn;03/04/1984;7\n2;Zoe;Dunn;03/04/1984;7\n"
    old = tmp_path / "old.csv"
    old.write_bytes(said.encode("cp1252"))
    mapping = ["given_name=Vorname", "family_name=Nachname"]
    people = read_people(old, mapping).to_pylist()
    assert [(row["record_id"], row["given"], row["dob"]) for row in people] == [
        ("1", "zoe", "1984-04-03"),
        ("2", "zoe", "1984-04-03"),
    ]
    assert guess_truth(old) == "cluster_id"
    new = tmp_path / "new.parquet"
    pyarrow.parquet.write_table(
        pa.table(
            {
                "id": [1.0, 2.0, None],
                "first_name": ["Zoe", None, "Amina"],
                "dob": [datetime(1984, 4, 3), None, datetime(1990, 1, 2)],  # noqa: DTZ001  as data frames hold dates
            }
        ),
        new,
    )
    people = read_people(new).to_pylist()
    assert [(row["record_id"], row["given"], row["dob"]) for row in people] == [
        ("1", "zoe", "1984-04-03"),
        ("2", None, None),
        ("", "amina", "1990-01-02"),
    ]


@pytest.mark.parametrize(
    ("headers", "rows", "truth"),
    [
        (["id_1", "id_2"], [["a", "b"]], {("a", "b"): True}),
        (
            ["ltable_id", "rtable_id", "label"],
            [["a", "b", "0"], ["a", "c", "1"]],
            {("a", "b"): False, ("a", "c"): True},
        ),
        (["left", "right", "match"], [["a", "b", "True"]], {("a", "b"): True}),
        (["rec_id_a", "rec_id_b"], [["a", "b"]], {("a", "b"): True}),
        (["record_id", "person_id"], [["a", "7"], ["b", ""]], {"a": "7"}),
    ],
)
def test_labels_come_in_many_forms(
    tmp_path: Path, headers: list[str], rows: list[list[str]], truth: dict[object, object]
) -> None:
    assert read_truth(str(_write(tmp_path / "labels.csv", [headers, *rows])), tmp_path / "none.csv") == truth


def test_a_file_without_numbers_is_numbered_as_it_stands(tmp_path: Path) -> None:
    path = _write(
        tmp_path / "r.csv",
        [["fname_c1", "lname_c1", "by", "bm", "bd", "ent_id"], *[["Amina", "Dunn", "1984", "4", "3", "7"]] * 2],
    )
    assert [(row["record_id"], row["dob"]) for row in read_people(path).to_pylist()] == [
        ("1", "1984-04-03"),
        ("2", "1984-04-03"),
    ]
    said = guess_truth(path)
    assert said is not None
    assert read_truth(said, path) == {"1": "7", "2": "7"}


def test_numbers_that_tell_the_person_are_seen(tmp_path: Path) -> None:
    path = _write(tmp_path / "f.csv", [["rec_id", "surname"], ["rec-7-org", "Dunn"], ["rec-7-dup-0", "Dun"]])
    said = guess_truth(path)
    assert said is not None
    assert read_truth(said, path) == {"rec-7-org": "7", "rec-7-dup-0": "7"}
    assert guess_truth(_write(tmp_path / "g.csv", [["rec_id", "surname"], ["1", "Dunn"]])) is None


def test_the_truth_is_a_column_a_pattern_or_a_file(tmp_path: Path) -> None:
    path = _write(
        tmp_path / "a.csv",
        [["id", "surname", "cluster"], ["r-1-org", "Dunn", "x"], ["r-1-dup", "Dun", "x"], ["r-2-org", "Lee", ""]],
    )
    assert read_truth("cluster", path) == {"r-1-org": "x", "r-1-dup": "x"}
    assert read_truth(r"id~r-(\d+)", path) == {"r-1-org": "1", "r-1-dup": "1", "r-2-org": "2"}
    whom = _write(tmp_path / "truth.csv", [["id", "person"], ["r-1-org", "1"]])
    assert read_truth(str(whom), path) == {"r-1-org": "1"}
    judged = _write(
        tmp_path / "pairs.csv",
        [["unique_id_l", "unique_id_r", "clerical_match_score"], ["a", "b", "1.0"], ["a", "c", "0"]],
    )
    assert read_truth(str(judged), path) == {("a", "b"): True, ("a", "c"): False}
    with pytest.raises(CannotReadFile, match="neither a file nor a column"):
        read_truth("nowhere", path)


def test_measures_count_links() -> None:
    truth = ["x", "x", "x", "y", None]
    assert links_in(truth) == 3
    found = measure_groups([[0, 1], [2, 3, 4]], truth, 3)
    assert (found.links, found.right, found.precision, found.recall) == (2, 1, 0.5, 1 / 3)
    points = operating_points([(9.0, 2, 2), (5.0, 2, 1), (1.0, 6, 1)], 5)
    assert [(weight, measure.links, measure.right) for weight, measure in points] == [
        (9.0, 2, 2),
        (5.0, 4, 3),
        (1.0, 10, 4),
    ]
    assert lowest_weight(points, 0.75) == 5.0
    assert lowest_weight([(1.0, Measure(2, 1, 2))], 0.9) is None


def test_groups_go_through_others() -> None:
    groups = group(5, [(0, 1), (1, 2), (3, 4)])
    assert sorted(sorted(members) for members in groups.several()) == [[0, 1, 2], [3, 4]]


def test_a_model_is_read_back_as_it_was_kept_or_refused() -> None:
    model = starting_model()
    assert read_model(json.loads(json.dumps(model.as_json()))) == model
    with pytest.raises(ValueError, match="format 0"):
        read_model({**model.as_json(), "format": 0})
    with pytest.raises(ValueError, match="Train a new one"):
        read_model({**model.as_json(), "fields": {"given": {"same": [0.9, 0.1]}}})


def test_the_command_says_what_it_cannot_do(tmp_path: Path) -> None:
    path = _write(tmp_path / "few.csv", [["id", "surname", "cluster"], *([str(at), "Dunn", "x"] for at in range(9))])
    answer = CliRunner().invoke(root, ["link", "evaluate", str(path), "--truth", "cluster"])
    assert answer.exit_code == 2
    assert "There are 9 records. Training needs at least 50." in answer.output
    answer = CliRunner().invoke(root, ["link", "columns", str(path), "--json"])
    assert json.loads(answer.output)["read"] == {"family_name": "surname"}


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "truth", "mapping", "best", "groups"),
    [
        ("febrl_dataset3.csv", r"rec_id~rec-(\d+)", ["--map", "id_number="], 0.983, 0.99),
        ("historical_50k_half_a.csv.gz", "cluster", [], 0.86, 0.92),
        ("fake_1000.csv", "cluster", [], 0.88, 0.93),
    ],
)
def test_public_labelled_sets_are_linked_well(
    name: str, truth: str, mapping: list[str], best: float, groups: float
) -> None:
    path = shared_data(f"record-linkage/{name}")
    answer = CliRunner().invoke(root, ["link", "evaluate", str(path), "--truth", truth, *mapping, "--json"])
    assert answer.exit_code == 0, answer.output
    found = json.loads(answer.stdout)
    assert found["best"]["f1"] > best
    assert found["groups"]["f1"] > groups
    assert found["auto"]["precision"] >= 0.998
