"""A round on two streets, and people with something open: what an announcement may touch."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from moothall.announcements.actions import NewAnnouncement, make_announcement
from moothall.announcements.models import Announcement
from moothall.core.actors import ANONYMOUS, SYSTEM
from moothall.core.clock import now
from moothall.core.jobs import drain
from moothall.intake.actions import raise_request
from moothall.intake.actions.raising import Raised
from moothall.intake.dialogue import read_all
from moothall.places.actions import StreetLine, import_areas, import_streets
from moothall.services.pack import SERVICES
from tests.rounds.conftest import HOME, MILL, MONDAY, round_  # noqa: F401 - a fixture

HOMES = {HOME: "14 Mill Lane, LS1 1UR", 12: "16 Mill Lane, LS1 1UR", 21: "2 High Street, LS1 1UR"}


@pytest.fixture
def town(council: Any, clock: Any, round_: Any) -> None:  # noqa: F811
    """Mill Lane and High Street on the round r1, this Monday at ten; the crew has passed Mill Lane."""
    import_areas([("W1", "ward", "Mill Ward")], by=SYSTEM)
    import_streets([StreetLine(usrn=MILL, name="Mill Lane", area_code="W1")], by=SYSTEM)
    clock.set("2026-03-02T10:00")
    round_("passed_street", "09:05", usrn=MILL)
    round_("passed_street", "09:15", usrn=102)


@pytest.fixture
def missed(council: Any, town: None) -> Callable[..., Raised]:
    """Somebody at one of the homes reports a missed bin: `missed(uprn, "amina@example.com")`."""

    def make(uprn: int = HOME, email: str = "amina@example.com") -> Raised:
        service = council.of(SERVICES)["missed-bin"]
        address = {"text": HOMES[uprn], "postcode": "LS1 1UR", "uprn": str(uprn), "line1": HOMES[uprn].split(",")[0]}
        given = {
            "address": address, "bin": "general", "out_time": "night_before", "extent": "only_me", "tag": "no",
            "assisted": "no", "still_out": "yes", "contact": {"name": "Amina Dunn", "email": email},
        }  # fmt: skip
        answers, wrong = read_all(service, given, today=date(2026, 3, 2), channel="web")
        assert wrong == {}
        raised = raise_request(service, answers, pack=council, channel="web", by=ANONYMOUS, at=now())
        assert raised.accepted
        return raised

    return make


@pytest.fixture
def announce(council: Any, town: None) -> Callable[..., Announcement]:
    """Announce that Mill Lane's bins were missed, or something else: `announce(reach="borough", place="Leeds")`."""

    def make(**more: Any) -> Announcement:
        given: dict[str, Any] = {
            "title": "Bins not emptied", "doing": "A second lorry comes this afternoon. Leave your bin out.",
            "services": ("missed-bin",), "reach": "street", "usrn": MILL, "place": "Mill Lane", "since": now(),
            "next_news": "news-2-hours", **more,
        }  # fmt: skip
        made = make_announcement(NewAnnouncement(**given), by=SYSTEM, at=now())
        drain()
        return made

    return make


__all__ = ["MONDAY"]
