"""The Boston mapping predicts due times its standards were worked out from, without reading them."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from moothall.promises.imported import ImportedStandards, read_imported_standards
from tests.shared_data import shared_data

MAPPING = Path(__file__).parents[2] / "councils" / "mappings" / "boston.yaml"
NEW_YORK = ZoneInfo("America/New_York")


def ny(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    ("kind", "opened", "due"),
    [
        ("Sign Repair", "2015-06-10 09:34:18", "2015-06-24 09:34:18"),
        ("Sign Repair", "2015-06-10 18:10", "2015-06-25 08:30"),
        ("Sign Repair", "2015-06-13 12:00", "2015-06-29 08:30"),
        ("Pick up Dead Animal", "2015-04-17 12:00", "2015-04-21 12:00"),
        ("Rodent Activity", "2015-06-13 12:00", "2015-07-13 12:00"),
        ("Abandoned Vehicles", "2015-02-16 12:00", "2015-03-17 08:30"),
        ("Abandoned Vehicles", "2015-02-16 14:00", "2015-03-05 08:30"),
    ],
)
def test_counted_as_the_city_counted(kind: str, opened: str, due: str) -> None:
    assert read_imported_standards(MAPPING).due(kind, ny(opened)) == ny(due)


def test_a_word_of_the_title_may_give_another_length() -> None:
    boston, opened = read_imported_standards(MAPPING), ny("2015-04-08 07:28:58")
    assert boston.due("Sidewalk Repair", opened, "Sidewalk Repair/Concrete/Dist 7") == ny("2017-04-07 07:28:58")
    assert boston.due("Sidewalk Repair", opened, "Sidewalk Repair") == ny("2016-04-07 07:28:58")


def test_a_type_without_a_standard_has_no_due_time() -> None:
    assert read_imported_standards(MAPPING).due("Notification", ny("2015-06-10 09:00")) is None


def test_a_mistake_in_a_mapping_is_explained() -> None:
    with pytest.raises(ValidationError, match="Write 2 working days"):
        ImportedStandards.model_validate(
            {"calendar": {"code": "x", "days": {"mon": "09:00-17:00"}}, "standards": {"by_type": {"A": "soon"}}}
        )


@pytest.mark.long
def test_share_predicted_to_the_day() -> None:
    path = shared_data("service-requests/boston311_2015_jan-aug.csv.gz")
    standards, form = read_imported_standards(MAPPING), "%m/%d/%Y %I:%M:%S %p"
    rows: Counter[str] = Counter()
    right: Counter[str] = Counter()
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            due = standards.due(
                row["TYPE"], datetime.strptime(row["OPEN_DT"], form).replace(tzinfo=NEW_YORK), row["CASE_TITLE"]
            )
            if row["TARGET_DT"]:
                rows[row["TYPE"]] += 1
                right[row["TYPE"]] += due is not None and due.strftime("%m/%d/%Y") == row["TARGET_DT"][:10]
    assert sum(rows.values()) == 61_872
    assert sum(right.values()) / sum(rows.values()) > 0.98
    largest = {kind: right[kind] / count for kind, count in rows.most_common(10)}
    assert min(largest.values()) > 0.84, largest
    assert sorted(largest.values())[1] > 0.95, largest
