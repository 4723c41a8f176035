"""What an officer's browser may send by mistake or malice: places in lists that are none, and what no column holds."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from moothall.core.actors import SYSTEM
from moothall.core.packs import Pack
from moothall.core.paging import pack_cursor
from moothall.core.staff import create_staff
from tests.conftest import MovableClock

pytestmark = pytest.mark.django_db
PLACES = (
    "x",
    pack_cursor(["\x00", "\x00"]),
    pack_cursor(["1", "x"]),
    pack_cursor(["0001-01-01T00:00:00+23:59", uuid4()]),
)


@pytest.fixture
def leader(council: Pack, clock: MovableClock) -> Client:
    staff = create_staff(
        username="grace", name="Grace Okonjo", roles=["team-leader"], teams=["customer-services"],
        password="seven-calm-otters", pack=council, by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    client = Client(raise_request_exception=False)
    client.force_login(staff)
    return client


def test_a_place_in_a_list_that_is_not_ours_breaks_nothing(leader: Client) -> None:
    for place in PLACES:
        for address in ("/desk/queue/", "/desk/tasks/"):
            assert leader.get(address, {"after": place}).status_code in {303, 404}, (address, place)
        assert leader.get("/desk/queue/next", {"at": place}).status_code < 500, place


def test_what_no_column_holds_is_said_and_not_kept(leader: Client) -> None:
    for field in ("team", "service", "q"):
        assert leader.get("/desk/queue/", {field: "a\x00b"}).status_code in {200, 400}, field
    answer = leader.post("/desk/queue/many", dict.fromkeys(("cases", "case", "action", "team", "person"), "\x00"))
    assert answer.status_code < 500
    assert "psycopg" not in answer.content.decode()


def test_back_leads_nowhere_but_here(leader: Client) -> None:
    for wanted in ("//evil.example", "https://evil.example", "/\\evil.example"):
        answer = leader.post("/desk/theme", {"theme": "dark", "back": wanted})
        assert "evil" not in answer.headers.get("Location", "")
