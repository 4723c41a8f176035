"""Home, search and service pages: what they show, and what they cost."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from markupsafe import escape

from moothall.cases.actions import close_case
from moothall.core.actors import ANONYMOUS, SYSTEM
from moothall.core.packs import load_pack
from moothall.core.packs import queries as packs
from moothall.core.packs.actions import apply_pack
from moothall.insight.projection import catch_up
from moothall.intake.actions import raise_request
from moothall.intake.dialogue import read_all
from moothall.intake.models import UnmetSearch
from moothall.intake.queries import open_words
from moothall.promises.sweep import sweep
from moothall.services.pack import SERVICES

from ...intake.catalogue import TODAY
from ...intake.test_raising import MISSED_BIN

pytestmark = [pytest.mark.django_db]


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("binmen didnt come", "/services/missed-bin"),
        ("pot hole", "/services/pothole"),
        ("sofa collection", "/services/bulky-waste"),
    ],
)
def test_everyday_words_find_the_service(client: Client, council: Any, clock: Any, words: str, first: str) -> None:
    text = client.get("/search", {"q": words}).content.decode()
    assert f'href="{first}"' in text
    suggested = client.get("/search/suggest", {"q": words}).json()["results"]
    assert suggested[0]["url"] == first
    assert UnmetSearch.objects.count() == 0


def test_words_that_find_nothing_are_kept_as_unmet_need_without_who(client: Client, council: Any, clock: Any) -> None:
    text = client.get("/search", {"q": "xylophone   quartz\x00"}).content.decode()
    assert "We didn’t find that" in text
    assert [row.words for row in UnmetSearch.objects.all()] == ["xylophone quartz"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT actor_id, customer_id, data FROM core_event WHERE name = 'search.unmet'")
        rows = cursor.fetchall()
    assert len(rows) == 1
    assert rows[0][:2] == (None, None)
    assert "xylophone" not in str(rows[0][2])


@pytest.mark.parametrize("words", ["", " ", "\x00", "'", "%", "\\", "<script>alert(1)</script>", "a" * 10_000, "🚮"])
def test_search_takes_anything(client: Client, council: Any, clock: Any, words: str) -> None:
    for path in ("/search", "/search/suggest"):
        answer = client.get(path, {"q": words})
        assert answer.status_code == 200
        assert "<script>alert" not in answer.content.decode()


def test_every_public_service_has_a_page_and_staff_services_have_none(client: Client, council: Any, clock: Any) -> None:
    for code, service in council.of(SERVICES).items():
        wanted = 200 if service.visibility == "public" else 404
        assert client.get(f"/services/{code}").status_code == wanted, code


def test_no_such_page_is_told_kindly(client: Client, council: Any, clock: Any) -> None:
    for path in ("/services/no-such-service", "/services/in/nowhere", "/answers/none", "/no-such-page"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "We can’t find this page" in answer.content.decode()


@pytest.mark.parametrize(
    ("path", "most"), [("/", 7), ("/services", 1), ("/services/missed-bin", 3), ("/search?q=bins", 8)]
)
def test_a_page_costs_a_fixed_number_of_queries(client: Client, council: Any, clock: Any, path: str, most: int) -> None:
    client.get(path)
    packs.forget()
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    assert len(asked) <= most, "\n".join(q["sql"][:120] for q in asked.captured_queries)


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2026-03-02T09:00", "Open now until 6pm"),
        ("2026-03-02T18:30", "Closed now, opens Tuesday 3 March, 8am"),
        ("2026-03-02T07:00", "Closed now, opens 8am"),
        ("2026-03-28T12:00", "Closed now, opens Monday 30 March, 8am"),
    ],
)
def test_hours_are_said_for_now(council: Any, clock: Any, moment: str, said: str) -> None:
    assert open_words(council, "contact_centre", clock.set(moment))[0] == said


@pytest.mark.django_db(transaction=True)  # read models see only what is committed
def test_the_live_record_and_figures_come_from_events(client: Client, council: Any, clock: Any) -> None:
    """Six bins are missed in March: five emptied in time, one late. In April the pages say so."""
    clock.set("2026-03-02T09:00")
    service = council.of(SERVICES)["missed-bin"]
    answers, _ = read_all(service, MISSED_BIN, today=TODAY)
    cases = [
        raise_request(service, answers, pack=council, channel="web", by=ANONYMOUS, at=clock.now()).case_id
        for _ in range(6)
    ]
    clock.advance(days=1)
    for case in cases[:5]:
        close_case(case, outcome="emptied-on-return-visit", resolved=True, by=SYSTEM, at=clock.now())
    catch_up(at=clock.now())
    assert "Report a missed bin" in client.get("/").content.decode()  # people came for it this week
    clock.advance(days=7)
    sweep(clock.now())
    close_case(cases[5], outcome="emptied-on-return-visit", resolved=True, by=SYSTEM, at=clock.now())
    clock.set("2026-04-02T09:00")
    catch_up(at=clock.now())
    page = client.get("/services/missed-bin").content.decode()
    assert "Last month we kept this promise 5 times out of 6." in page
    home = client.get("/").content.decode()
    assert "83 in 100" in home
    assert "promises kept last month" in home


@pytest.mark.row("C1", "C7")
@pytest.mark.parametrize("name", ["leeds", "york", "cambridge", "barking-dagenham", "halton"])
def test_another_council_is_another_pack_and_no_other_code(client: Client, db: None, clock: Any, name: str) -> None:
    packs.forget()
    apply_pack(load_pack(name), by=SYSTEM, at=clock.now())
    try:
        pack = packs.current_pack()
        assert pack.council.name in client.get("/").content.decode()
        contact = client.get("/contact").content.decode()
        for way in pack.council.contact:
            assert str(escape(way.value)) in contact
        for code in ("missed-bin", "pothole", "council-tax-move", "complaint"):
            assert client.get(f"/services/{code}").status_code == 200
    finally:
        packs.forget()
