"""Two streets on one round, collected on Monday 2 March 2026 (the day the tests' clock stands at)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from moothall.core.actors import SYSTEM
from moothall.core.clock import now
from moothall.places.actions import Premises, import_premises
from moothall.rounds.actions import CabReport, import_collections, import_stops, plan_streets, take_cab_events
from moothall.rounds.pack import BINS

MONDAY = date(2026, 3, 2)
MILL, HIGH = 101, 102
HOME, NEIGHBOUR, FAR = 11, 12, 21


@pytest.fixture
def round_(council: Any, clock: Any) -> Callable[..., Any]:
    """The round stands; call it to send one event from the cab: `round_("not_out", "09:12", uprn=11)`."""
    homes = ((HOME, "14 Mill Lane", MILL), (NEIGHBOUR, "16 Mill Lane", MILL), (FAR, "2 High Street", HIGH))
    import_premises(
        [Premises(uprn=uprn, address=text, postcode="LS1 1UR", usrn=usrn) for uprn, text, usrn in homes], by=SYSTEM
    )
    import_stops([(uprn, "r1", usrn) for uprn, _, usrn in homes], by=SYSTEM)
    days = [MONDAY.replace(day=day) for day in (2, 16, 30)]
    import_collections([("r1", day, "general") for day in days] + [("r1", date(2026, 3, 9), "recycling")], by=SYSTEM)
    plan_streets("r1", [(MILL, 120), (HIGH, 300)], by=SYSTEM)

    def cab(
        kind: str,
        hour: str,
        *,
        usrn: int | None = None,
        uprn: int | None = None,
        id_: UUID | None = None,
        bin_: str = "general",
    ) -> Any:
        report = CabReport(
            id_ or uuid4(), "r1", MONDAY, bin_, kind, datetime.fromisoformat(f"2026-03-02T{hour}").replace(tzinfo=UTC),
            usrn, uprn,
        )  # fmt: skip
        return take_cab_events([report], bins=frozenset(council.of(BINS)), by=SYSTEM, at=now())

    return cab
