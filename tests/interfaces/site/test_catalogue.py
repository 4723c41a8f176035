"""Home, search and service pages: what they show, and what they cost."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from markupsafe import escape
from playwright.sync_api import Page, expect

from moothall.cases.actions import close_case
from moothall.core.actors import ANONYMOUS, SYSTEM
from moothall.core.packs import Pack
from moothall.core.packs import queries as packs
from moothall.customers.pack import LANGUAGES
from moothall.insight.projection import catch_up
from moothall.intake.actions import raise_request
from moothall.intake.dialogue import read_all
from moothall.intake.models import UnmetSearch
from moothall.intake.queries import open_words
from moothall.interfaces.ui.words import in_words
from moothall.promises.sweep import sweep
from moothall.services.pack import SERVICES
from tests.browser import looks_right
from tests.conftest import apply_once

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


@pytest.mark.usefixtures("council", "clock")
@pytest.mark.parametrize(
    ("words", "shown", "never"),
    [
        ("my mum died", {"register-death", "tell-us-once"}, {"dead-animal", "register-birth"}),
        ("bin not emptied", {"missed-bin"}, {"gritting", "business-rates"}),
        ("I want to complain", {"complaint"}, {"school-appeal"}),
    ],
)
def test_what_only_shares_a_word_is_not_shown_beside_what_is_meant(
    client: Client, words: str, shown: set[str], never: set[str]
) -> None:
    found = set(re.findall(r'<h2><a href="/services/([a-z-]+)"', client.get("/search", {"q": words}).content.decode()))
    assert shown <= found
    assert not never & found


@pytest.mark.usefixtures("council", "clock")
@pytest.mark.parametrize(
    ("words", "first", "language", "direction"),
    [
        ("nie odebrano śmieci", "/services/missed-bin?lang=pl", "pl", "ltr"),
        ("smieci", "/services/missed-bin?lang=pl", "pl", "ltr"),
        ("latarnia nie działa", "/services/street-light?lang=pl", "pl", "ltr"),
        ("کوڑا نہیں اٹھایا گیا", "/services/missed-bin?lang=ur", "ur", "rtl"),
        ("çöp alınmadı", "/services/missed-bin?lang=tr", "tr", "ltr"),
        ("谢谢", "/services/compliment?lang=zh", "zh", "ltr"),
        ("diolch", "/services/compliment?lang=cy", "cy", "ltr"),
    ],
)
def test_words_of_another_language_find_what_is_called_so_in_it(
    client: Client, words: str, first: str, language: str, direction: str
) -> None:
    text = client.get("/search", {"q": words}).content.decode()
    assert re.findall(r'<h2><a href="([^"]+)" lang="([a-z]+)" dir="([a-z]+)"', text)[0] == (first, language, direction)
    assert re.findall(r'<li id="in-([a-z]+)"', text) == [language], "and how to speak with us in it"
    assert client.get("/search/suggest", {"q": words}).json()["results"][0]["url"] == first
    assert UnmetSearch.objects.count() == 0
    assert client.get(first).status_code == 200


@pytest.mark.usefixtures("council", "clock")
def test_where_nothing_is_found_it_is_said_in_each_language_how_to_speak_with_us(client: Client, council: Pack) -> None:
    text = client.get("/search", {"q": "brzęczyszczykiewicz"}).content.decode()
    assert "We didn’t find that" in text
    told = {code: one for code, one in council.of(LANGUAGES).items() if "speak" in one.says and code != "en"}
    assert re.findall(r'<li id="in-([a-z]+)" lang="\1" dir="(ltr|rtl)"', text) == [
        (code, "rtl" if one.right_to_left else "ltr") for code, one in told.items()
    ]
    phone = next(way.value for way in council.council.contact if way.channel == "phone")
    for one in told.values():
        assert f'{escape(one.says["speak"])} <bdi dir="ltr"><a href="tel:{phone.replace(" ", "")}">{phone}</a>' in text


@pytest.mark.usefixtures("council", "clock")
def test_the_first_page_leads_to_each_language_by_its_own_name_and_on_to_what_is_asked_in_it(client: Client) -> None:
    home, contact = client.get("/").content.decode(), client.get("/contact").content.decode()
    led = re.findall(r'href="/contact#in-([a-z]+)" lang="\1" dir="[a-z]{3}">([^<]+)<', home)
    assert ("pl", "Polski") in led
    assert ("ur", "اردو") in led
    for code, own in led:
        assert re.search(rf'<li id="in-{code}" lang="{code}" dir="[a-z]{{3}}"><strong>{own}<', contact)
        assert f'href="/services/missed-bin?lang={code}"' in contact


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("council")
def test_other_languages_look_right(page: Page, shot: Callable[[Page, str], Path]) -> None:
    page.goto("/search?q=brzęczyszczykiewicz")
    expect(page.get_by_role("heading", name="We didn’t find that")).to_be_visible()
    looks_right(page)
    shot(page, "nothing")
    page.goto("/search?q=کوڑا")
    expect(page.get_by_role("heading", name="You could do this")).to_be_visible()
    looks_right(page)
    shot(page, "urdu")
    page.goto("/")
    page.get_by_role("navigation", name="Other languages").get_by_role("link", name="Polski").click()
    expect(page.get_by_role("heading", name="Contact us")).to_be_visible()
    looks_right(page)
    shot(page, "contact")


@pytest.mark.usefixtures("council", "clock")
def test_where_we_are_not_sure_we_ask_and_do_not_call_it_popular(client: Client) -> None:
    text = client.get("/search", {"q": "you missed our whole street"}).content.decode()
    assert "We’re not sure what you mean" in text
    assert "Is it one of these?" in text
    assert 'href="/services/missed-bin"' in text
    assert "What people come for most" not in text


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


def test_a_service_page_counts_the_questions_as_the_first_of_them_does(
    client: Client, council: Any, clock: Any
) -> None:
    for code in ("missed-bin", "pothole", "blue-badge"):
        page = client.get(f"/services/{code}").content.decode()
        first = client.post(f"/services/{code}/start", follow=True).content.decode()
        (number,) = re.findall(r"question 1 of about (\d+)", first)
        assert f"About {in_words(int(number))} questions." in page, code


@pytest.mark.usefixtures("council")
def test_a_service_is_found_under_every_area_where_people_look_for_it(client: Client) -> None:
    for area in ("parking", "benefits"):
        assert 'href="/services/blue-badge"' in client.get(f"/services/in/{area}").content.decode(), area
    assert client.get("/services").content.decode().count('href="/services/blue-badge"') == 2


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
    apply_once(name)
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
