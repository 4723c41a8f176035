"""Help from others: brought in as Open Referral UK 3.0 tells it, again and again, and shown at the site and the desk."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from moothall.core.actors import SYSTEM
from moothall.interfaces.api.open_referral import shapes
from moothall.partners.actions import NotADirectory, import_directory
from moothall.partners.adapters.open_referral import CannotRead, read_services
from moothall.partners.models import Help
from moothall.partners.queries import search_help
from tests.interfaces.desk.conftest import Officer, officer
from tests.shared_data import shared_data

__all__ = ["officer"]
pytestmark = [pytest.mark.django_db]


def entry(name: str, **more: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "name": name, "status": "active", "organization": {"name": "Armley Neighbours"}} | more


def test_the_standards_own_examples_come_in_whole(council: Any, clock: Any, tmp_path: Path) -> None:
    folder = shared_data("open-referral/uk-profile-3.0/examples__service_full.json").parent
    rows = [
        one
        for name in ("service_full", "service_list", "service_at_location_full")
        for one in read_services(str(folder / f"examples__{name}.json"))
    ]
    done = import_directory(rows, source="examples", by=SYSTEM, at=clock.now())
    assert (done.read, done.refused) == (3, 0)
    row = Help.objects.get()
    assert row.name == "Community Counselling"
    assert row.organization == "Example Organization Inc."
    assert (row.minimum_age, row.maximum_age) == (12, 100)
    assert row.latitude is None, "a latitude of 100 is none"
    with pytest.raises(CannotRead):
        list(read_services(str(tmp_path / "nothing.json")))


def test_what_we_serve_comes_in_again_as_it_was(council: Any, clock: Any) -> None:
    served = [shapes.service_full(one, {}, changed="2026-11-01T00:00:00+00:00") for one in shapes.services_here()]
    first = import_directory(served, source="us", by=SYSTEM, at=clock.now())
    again = import_directory(json.loads(json.dumps(served)), source="us", by=SYSTEM, at=clock.now())
    assert (first.new, again.new, again.same, again.changed) == (len(served), 0, len(served), 0)


def test_changed_gone_refused_and_hostile_rows(council: Any, clock: Any) -> None:
    lunch = entry("Lunch club", description="Hot dinner on Fridays", url="javascript:alert(1)")
    walk = entry("Walking group", url="https://walks.example.org")
    said: list[tuple[int, str]] = []
    done = import_directory(
        [
            lunch, walk, entry(""), {"id": "7", "name": "x"}, entry("Old", status="defunct"),
            entry("\x00Nul", description="a\x00b"),
        ],
        source="town", say=lambda number, why: said.append((number, why)), by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    assert (done.new, done.refused) == (3, 2)
    assert [number for number, _ in said] == [3, 4]
    assert Help.objects.get(name="Lunch club").web == ""
    later = import_directory([walk | {"name": "Walking group, gently"}], source="town", by=SYSTEM, at=clock.now())
    assert (later.changed, later.gone) == (1, 2)
    assert [one.name for one in search_help("walking").rows] == ["Walking group, gently"]
    assert not search_help("lunch").rows
    part = import_directory([lunch], source="town", whole=False, by=SYSTEM, at=clock.now())
    assert (part.changed, part.gone) == (1, 0), "it is back"
    with pytest.raises(NotADirectory):
        import_directory([{"id": "7"}], source="town", by=SYSTEM, at=clock.now())
    assert Help.objects.filter(gone_at=None).count() == 2


@pytest.mark.row("C4")
def test_it_is_found_at_the_site_and_the_desk_in_a_fixed_number_of_queries(
    council: Any, client: Client, officer: Callable[..., Officer], clock: Any
) -> None:
    def bring(count: int) -> None:
        rows = [entry(f"Club {n:03}", description="tea <script>") for n in range(count)]
        import_directory(rows, source="town", by=SYSTEM, at=clock.now())

    costs = []
    for count in (3, 45):
        bring(count)
        with CaptureQueriesContext(connection) as asked:
            page = client.get("/help?words=tea").content.decode()
        costs.append(len(asked))
        assert page.count("<li><div><h2>") == min(count, 20)
        assert "<script>" not in page.split("Found")[1].split("</ol>")[0]
    assert costs[0] == costs[1] <= 4
    row = Help.objects.filter(gone_at=None).order_by("name").first()
    assert row is not None
    assert "Armley Neighbours" in client.get(f"/help/{row.id}").content.decode()
    assert client.get(f"/help/{uuid4()}").status_code == 404
    assert client.get("/help?after=zzz").status_code == 302
    at_desk = officer("adviser").client
    assert row.name in at_desk.get("/desk/help/?words=club").content.decode()
    assert "Armley Neighbours" in at_desk.get(f"/desk/help/?open={row.id}").content.decode()
