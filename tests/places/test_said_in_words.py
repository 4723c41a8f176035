"""A place said in words: located where the words are sure to mean one place, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest

from moothall.core.actors import SYSTEM
from moothall.places.actions import Premises, StreetLine, import_landmarks, import_premises, import_streets
from moothall.places.finding import spot_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def named(council: Any) -> None:
    import_streets(
        [
            StreetLine(11, "Mill Lane", "Armley", "w1", [(-1.5520, 53.8000), (-1.5480, 53.8000)]),
            StreetLine(12, "Windmill Lane", "Rothwell", "w1", [(-1.4500, 53.7500), (-1.4500, 53.7600)]),
            StreetLine(13, "Church Street", "Hunslet", "w1", [(-1.5300, 53.7800), (-1.5300, 53.7810)]),
            StreetLine(14, "Church Street", "Otley", "w1", [(-1.6900, 53.9000), (-1.6900, 53.9010)]),
        ],
        by=SYSTEM,
    )
    import_landmarks([("armley-library", "Armley Library", "library", 53.8010, -1.5490)], by=SYSTEM)
    import_premises(
        [
            Premises(
                uprn=72_000_014, address="14 Mill Lane, Armley", number="14", postcode="LS12 1AA", area_code="w1",
                latitude=53.8001, longitude=-1.5510,
            )
        ],
        by=SYSTEM,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "point"),
    [
        ("By the bus stop on Mill Lane", (53.8, -1.55)), ("near the ARMLEY LIBRARY, on Mill Lane", (53.801, -1.549)),
        ("outside 14 Mill Lane", (53.8001, -1.551)), ("Windmill Lane, at the bend", (53.755, -1.45)),
        ("Church Street in Otley", (53.9005, -1.69)), ("by 99 Mill Lane", (53.8, -1.55)),
        ("Church Street", None), ("corner of Mill Lane and Windmill Lane", None), ("by the bus stop", None), ("", None),
        ("a\x00b", None),
    ],
)  # fmt: skip
def test_only_what_is_sure_is_located(named: None, words: str, point: tuple[float, float] | None) -> None:
    found = spot_in(words)
    assert (None if found is None else (found.latitude, found.longitude)) == (pytest.approx(point) if point else None)
    assert found is None or found.uprn is None, "whose home it is was not said"
