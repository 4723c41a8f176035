"""Reports from the street, made as the site makes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from moothall.cases.models import Case
from moothall.core import jobs
from moothall.core.actors import ANONYMOUS, SYSTEM
from moothall.intake.actions import raise_request
from moothall.places.actions import AreaShape, StreetLine, import_landmarks, import_shapes, import_streets

HERE = (53.8000, -1.5500)


@pytest.fixture
def town(council: Any) -> None:
    """Two streets, a ward and a library around one point."""
    import_streets(
        [
            StreetLine(11, "Mill Lane", "Armley", "w1", [(-1.5520, 53.8000), (-1.5480, 53.8000)]),
            StreetLine(12, "Dock Road", "Armley", "w1", [(-1.5500, 53.8030), (-1.5500, 53.8060)], owner="trunk-roads"),
        ],
        by=SYSTEM,
    )
    square = {
        "type": "Polygon",
        "coordinates": [[[-1.6, 53.7], [-1.5, 53.7], [-1.5, 53.9], [-1.6, 53.9], [-1.6, 53.7]]],
    }
    import_shapes([AreaShape("w1", "Armley", square)], by=SYSTEM)
    import_landmarks([("armley-library", "Armley Library", "library", 53.8010, -1.5490)], by=SYSTEM)


@pytest.fixture
def report(town: None, council: Any, clock: Any) -> Callable[..., Case]:
    """Make a report of a pothole and let everything happen that follows from it."""

    def make(
        latitude: float = HERE[0],
        longitude: float = HERE[1],
        *,
        service: str = "pothole",
        email: str = "",
        **answers: Any,
    ) -> Case:
        given = {
            "where": {"text": "By the bus stop", "latitude": latitude, "longitude": longitude},
            "surface": "road", "depth": "deep", "size": "bin_lid", "danger": "no", "injury": "no",
        }  # fmt: skip
        if email:
            given["contact"] = {"name": "Alma Dunn", "email": email}
        raised = raise_request(
            council.services[service], given | answers, pack=council, channel="web", by=ANONYMOUS, at=clock.now()
        )
        jobs.drain(at=clock.now())
        return Case.objects.get(id=raised.case_id)

    return make
