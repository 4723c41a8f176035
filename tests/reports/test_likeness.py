"""What counts as the same thing, and how well that is told on a labelled set made from real reports."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks._duplicates import labelled, measure, read_boston, thinned
from moothall.core.packs import load_pack
from moothall.places.geometry import box_around, metres_between
from moothall.reports.cells import near_cells
from moothall.reports.likeness import Likely, differing_bits, likeness, plain_words
from moothall.reports.models import Report
from moothall.reports.pack import STREET_REPORTS
from moothall.reports.queries import candidates
from tests.shared_data import shared_data

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
HERE = Likely("pothole", 53.8, -1.55, AT, "deep hole bus stop mill")


@pytest.mark.long
def test_second_reports_are_found_and_new_ones_left_alone_among_boston_reports() -> None:
    base, crowded = read_boston(shared_data("service-requests/boston311_2015_jan-aug.csv.gz"))
    assert crowded == 11_898, "the point that stands for no place"
    rules = load_pack("leeds").one(STREET_REPORTS)
    kept = thinned(base)
    found = measure(
        kept, labelled(kept, size=500), likely=rules.likely, near=rules.near_metres, closed_days=rules.closed_days
    )
    assert found["precision"] >= 0.9, found
    assert found["recall"] >= 0.8, found


@settings(suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no reason to fail
@given(
    st.floats(49.9, 58.7),
    st.floats(-7.5, 1.7),
    st.floats(0, 6.28),
    st.floats(0, 94),
    st.sampled_from(["pothole", "graffiti"]),
)
def test_likeness_is_bounded_and_nothing_within_reach_is_overlooked(
    latitude: float, longitude: float, angle: float, metres: float, kind: str
) -> None:
    from math import cos, sin

    box = box_around(latitude, longitude, metres)
    other = (
        latitude + (box.north - latitude) * sin(angle),
        longitude + (box.east - longitude) * cos(angle),
    )
    like = likeness(
        Likely("pothole", latitude, longitude, AT),
        Likely(kind, *other, AT - timedelta(days=3)),
        kin={"pothole"},
        near=90,
    )
    assert 0 <= like.score <= 1
    if latitude < 55.8:
        from moothall.reports.cells import cells_of

        assert cells_of(*other)[1] in near_cells(latitude, longitude)
    assert metres_between(latitude, longitude, *other) <= metres * 1.002 + 1e-6


@pytest.mark.parametrize(
    ("other", "is_likely"),
    [
        (Likely("pothole", 53.80005, -1.55005, AT - timedelta(days=2), "big hole by bus stop"), True),
        (Likely("pothole", 53.80005, -1.55005, AT - timedelta(days=2)), True),
        (Likely("graffiti", 53.8, -1.55, AT, "deep hole bus stop mill"), False),
        (Likely("pothole", 53.8012, -1.55, AT, "deep hole bus stop mill"), False),
        (Likely("pothole", 53.80055, -1.55, AT - timedelta(days=30), "crack outside school"), False),
        (Likely("blocked-gully", 53.8, -1.55, AT, "water drain bus stop mill hole deep"), True),
    ],
)
def test_what_is_likely_the_same(other: Likely, is_likely: bool) -> None:
    like = likeness(HERE, other, kin={"pothole", "blocked-gully"}, near=90)
    assert (like.score >= 0.65) is is_likely, like
    assert like.because.count(";") >= 2


def test_a_photo_speaks_only_when_it_looks_the_same() -> None:
    far = Likely("pothole", 53.8005, -1.55, AT - timedelta(days=9), marks=(0b1011,))
    same, other = (
        likeness(Likely("pothole", 53.8, -1.55, AT, marks=(mark,)), far, kin={"pothole"}, near=90)
        for mark in (0b1010, -1)
    )
    assert same.score > other.score
    assert other.score == likeness(Likely("pothole", 53.8, -1.55, AT), far, kin={"pothole"}, near=90).score
    assert differing_bits(-1, 0) == 64


def test_words_that_tell_things_apart() -> None:
    assert plain_words(["The HOLE is by the café, outside Mill Lane!", "hole"]) == "hole cafe mill"
    assert len(plain_words(["abcdefghi" + str(n) for n in range(100)])) <= 400


@pytest.mark.django_db
def test_candidates_come_likeliest_first_and_never_from_a_crowded_point(report: Any, clock: Any, council: Any) -> None:
    near, nearer = report(53.8004, -1.55), report(53.80003, -1.55)
    report(53.9, -1.55)
    new = Likely("pothole", 53.8, -1.55, clock.now())
    assert [one.report.case_id for one in candidates(new, at=clock.now(), least=0.4)] == [nearer.id, near.id]
    from moothall.reports.models import Spot

    Spot.objects.filter(latitude_e6=53_800_030).update(reports=300)
    report(53.80003, -1.55)
    assert [one.report.case_id for one in candidates(new, at=clock.now(), least=0.4)] == [near.id]
    Spot.objects.create(latitude_e6=53_800_000, longitude_e6=-1_550_000, reports=301, crowded=True)
    assert candidates(new, at=clock.now(), least=0.4) == []
    assert Report.objects.count() == 4
