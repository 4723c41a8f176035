"""A labelled set that nobody here has seen: other names of columns, other dates, numbers that number nothing."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from moothall.customers.matching.bulk.files import CannotReadFile
from moothall.customers.matching.bulk.measuring import guess_truth, guess_truths, read_truth, truth_of
from moothall.customers.matching.bulk.reading import read_files, read_people
from moothall.interfaces.cli.main import root
from tests.shared_data import shared_data

DATES = (
    "1984-04-{:02}", "198404{:02}", "{:02}041984", "{:02}/04/1984", "{:02}-APR-84", "{:02}.4.84", "04/{:02}/1984",
    "April {}, 1984", "198404{:02}.0", "{:02} April 1984 00:00",
)  # fmt: skip
LESS = {"": (0.983, ()), "no dates of birth": (0.95, ("birthday",)), "no addresses": (0.8, ("house_no", "address_1"))}


def _write(path: Path, *rows: list[str]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


@pytest.mark.parametrize("date", DATES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_dates_are_read_as_a_set_writes_them(tmp_path: Path, date: str, encoding: str) -> None:
    path = tmp_path / "dates.csv"
    rows = "".join(f'r{day};Zoë;"{date.format(day)}"\n' for day in range(1, 29)) + "r0;Zoë;\n"
    path.write_bytes(f"ref;forename;born\n{rows}".encode(encoding))
    people = read_people(path).to_pylist()
    assert [row["dob"] for row in people] == [*(f"1984-04-{day:02}" for day in range(1, 29)), None]
    assert {row["given"] for row in people} == {"zoe"}


def test_a_number_that_two_records_share_numbers_none(tmp_path: Path) -> None:
    """A county in front, a voter’s number on several records: the records are counted, and the number is the person’s."""
    rows = (["9", "Amina", "Dunn"], ["9", "Amina", "Dunne"], ["9", "Jo", "Shah"])
    path = _write(tmp_path / "county.csv", ["county_id", "first_name", "last_name"], *rows)
    assert read_people(path).column("record_id").to_pylist() == ["1", "2", "3"]
    assert guess_truth(path) is None
    with pytest.raises(CannotReadFile, match="the same of two records"):
        read_people(path, record="county_id")
    path = _write(tmp_path / "voters.csv", ["first_name", "recid"], ["Amina", "77"], ["Ami", "77"], ["Jo", "78"])
    assert guess_truth(path) == "recid"
    assert read_truth("recid", path) == {"1": "77", "2": "77", "3": "78"}


def test_two_files_that_number_alike_are_told_apart(tmp_path: Path) -> None:
    """Two tables that count their rows, with judged pairs; and one register in two years, with a number for life."""
    head = ["id", "first_name"]
    one = _write(tmp_path / "a.csv", head, ["0", "Amina"], ["1", "Jo"])
    two = _write(tmp_path / "b.csv", head, ["0", "Joe"], ["1", "Amina"])
    pairs = _write(tmp_path / "pairs.csv", ["ltable_id", "rtable_id", "label"], ["0", "1", "1"], ["1", "1", "0"])
    people, marks = read_files([one, two])
    assert people.column("record_id").to_pylist() == ["a:0", "a:1", "b:0", "b:1"]
    assert truth_of([one, two], marks, str(pairs)) == {("a:0", "b:1"): True, ("a:1", "b:1"): False}
    assert guess_truths([one, two]) == [None, None], "they only count"
    with pytest.raises(CannotReadFile, match=r"Nothing in a\.csv says who is who"):
        truth_of([one, two], marks)
    named = _write(tmp_path / "named.csv", ["id", "person"], ["0", "x"])
    with pytest.raises(CannotReadFile, match="does not say which record"):
        truth_of([one, two], marks, str(named))
    before = _write(tmp_path / "before.csv", head, ["7016", "Amina"], ["7040", "Jo"])
    after = _write(tmp_path / "after.csv", head, ["7040", "Joe"], ["7051", "Al"])
    people, marks = read_files([before, after])
    assert truth_of([before, after], marks) == {
        "before:7016": "7016", "before:7040": "7040", "after:7040": "7040", "after:7051": "7051",
    }  # fmt: skip


def test_a_file_of_which_no_column_is_known_says_so(tmp_path: Path) -> None:
    path = _write(tmp_path / "x.csv", ["nr", "vorname"], ["1", "Amina"])
    answer = CliRunner().invoke(root, ["link", "evaluate", str(path), "--truth", "nr"])
    assert (answer.exit_code, "None of the columns of x.csv" in answer.output) == (2, True)
    assert "--map given_name=COLUMN" in answer.output


def test_the_benchmark_tells_a_stranger_how_to_try_his_own() -> None:
    answer = CliRunner().invoke(root, ["bench", "matching", "--help"])
    said = " ".join(answer.output.split())
    assert (answer.exit_code, "link evaluate FILE" in said) == (0, True), said


@pytest.mark.long
@pytest.mark.parametrize("lacks", LESS)
def test_a_set_in_other_clothes_is_linked_as_well(tmp_path: Path, lacks: str) -> None:
    """Febrl 3 as a voters’ register writes: other names and order, the month first, `.0`, one number for life, UTF-16."""
    least, without = LESS[lacks]
    with shared_data("record-linkage/febrl_dataset3.csv").open(newline="") as file:
        rows = [{key.strip(): value.strip() for key, value in row.items()} for row in csv.DictReader(file)]
    columns = {
        "county_id": "", "last_name_nm": "surname", "voter_first_name": "given_name", "birthday": "date_of_birth",
        "res_city_desc": "suburb", "zip_code": "postcode", "house_no": "street_number", "address_1": "address_1",
        "state_cd": "state",
    }  # fmt: skip
    columns = {name: own for name, own in columns.items() if name not in without}
    path = tmp_path / "register.txt"
    with path.open("w", newline="", encoding="utf-16") as out:
        writer = csv.writer(out, delimiter="\t")
        writer.writerow([*columns, "recid"])
        for row in rows:
            born = row["date_of_birth"]
            row["date_of_birth"] = f"{born[4:6]}/{born[6:]}/{born[:4]}" if len(born) == 8 else born
            row["postcode"] = f"{row['postcode']}.0" if row["postcode"].isdigit() else ""
            writer.writerow([*(row.get(own, "9") for own in columns.values()), row["rec_id"].split("-")[1]])
    answer = CliRunner().invoke(root, ["link", "evaluate", str(path), "--json"])
    assert answer.exit_code == 0, answer.output
    found = json.loads(answer.stdout)
    assert found["best"]["f1"] > least
    assert found["auto"]["precision"] >= 0.998
