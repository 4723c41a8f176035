"""A tenant's repairs, and the contractors' systems beside us."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from moothall.cases.models import Case
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.intake.actions import raise_request
from moothall.repairs.adapters.works_orders.twin import KEY, Twin

GUTTER = {"part": "roof", "roof_thing": "gutter", "fault": "leak", "contain": "yes", "inside": "no", "risk": ["none"]}
HOME = {"line1": "3 Beech Walk", "town": "Leeds", "postcode": "LS1 1UR"}
CONTACT = {"name": "Rose Atherton", "phone": "07700 900007", "email": "rose.atherton@example.com"}
DAMP = {"rooms": ["child"], "size": "wall", "risk": ["none"], "ill": "no", "electric": "no", "before": "no"}


@pytest.fixture
def twin(settings: Any, clock: Any) -> Iterator[Twin]:
    """The contractors' systems, which say what the test lets them say."""
    running = Twin().start()
    settings.CONTRACTOR_ADDRESSES, settings.CONTRACTOR_KEYS = {"*": running.url}, {"*": KEY}
    yield running
    running.stop()


@pytest.fixture
def ask(council: Any, clock: Any) -> Callable[..., Case]:
    """Ask for a repair and let everything happen that follows from it."""

    def make(service: str = "housing-repair", **answers: Any) -> Case:
        given = {"address": HOME, "who": "tenant", "access": "Ring twice", "contact": CONTACT}
        given |= (GUTTER if service == "housing-repair" else DAMP) | answers
        raised = raise_request(council.services[service], given, pack=council, channel="web", by=SYSTEM, at=clock.now())
        jobs.drain(at=clock.now())
        return Case.objects.get(id=raised.case_id)

    return make
