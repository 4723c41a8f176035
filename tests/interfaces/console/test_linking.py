"""What linking learnt, at the console: the weights of each version drawn and tabled, and what came of using them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Page, expect

from moothall.core.actors import SYSTEM
from moothall.core.staff import create_staff
from moothall.customers.linking.models import BulkRun
from moothall.customers.matching.models import TrainedModel
from moothall.customers.matching.rules.comparing import FIELDS
from moothall.customers.matching.rules.report import strongest, weight_bars
from moothall.customers.matching.rules.scoring import starting_model
from tests.browser import goes_on, looks_right
from tests.conftest import MovableClock

pytestmark = pytest.mark.django_db
PASSWORD = "lantern orchard ninety"


@pytest.fixture
def nadia(council: Any, clock: MovableClock) -> Client:
    """A records officer at the console."""
    staff = create_staff(
        username="nadia", name="Nadia Hussain", roles=["records-officer"], teams=[], password=PASSWORD, pack=council,
        by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    client = Client()
    client.force_login(staff)
    return client


def learn(clock: MovableClock, records: int = 4_000, in_use: bool = True) -> TrainedModel:
    TrainedModel.objects.filter(in_use=in_use).update(in_use=False)
    return TrainedModel.objects.create(
        weights=starting_model(prior=1 / records).as_json(), records=records, known={"given": 0.981, "dob": 0.7425},
        trained_at=clock.now(), in_use=in_use,
    )  # fmt: skip


def look(clock: MovableClock, version: int | None) -> BulkRun:
    at = clock.now()
    return BulkRun.objects.create(
        model_version=version, records=4_000, compared=81_234, joins=310, asks=55, joined=309, listed=41, started_at=at,
        found_at=at + timedelta(seconds=8), finished_at=at + timedelta(minutes=1),
    )  # fmt: skip


def page_of(client: Client, query: str = "") -> str:
    answer = client.get(f"/console/linking{query}")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_every_level_has_its_bar_on_its_own_side() -> None:
    groups = weight_bars(starting_model())
    assert [group.words for group in groups] == [field.words for field in FIELDS]
    for bar in (bar for group in groups for bar in group.bars):
        assert bar.left == 50 if bar.weight >= 0 else bar.left + bar.width == pytest.approx(50)
        assert 0 <= bar.left < bar.left + bar.width <= 100.01
    most, least = strongest(groups)
    assert most[1].weight == max(bar.weight for group in groups for bar in group.bars)
    assert least[1].weight == min(bar.weight for group in groups for bar in group.bars)


def test_before_anything_was_learnt_it_says_so(nadia: Client) -> None:
    page = page_of(nadia)
    for words in (
        "The weights we start with",
        "nobody has measured them here",
        "No weights were learnt here yet",
        "Nobody has counted yet",
    ):
        assert words in page


def test_versions_weights_and_quality_are_shown(nadia: Client, clock: MovableClock) -> None:
    first = learn(clock)
    clock.advance(days=30)
    second = learn(clock, records=5_000)
    look(clock, second.version)
    page = page_of(nadia)
    assert f"Version {second.version}</strong>, learnt from 5,000 records" in page
    assert "98.1%" in page
    assert "74.2%" in page or "74.3%" in page
    assert "81,234" in page
    assert "309 of 310" in page
    bars = re.findall(r'<rect class="weights__(for|against)" x="([\d.]+)%?" y="1" width="([\d.]+)%"', page)
    assert len(bars) == sum(len(field.levels) for field in FIELDS) + 2  # the two things counted are drawn as well
    earlier = page_of(nadia, f"?version={first.version}")
    assert "learnt from 4,000 records" in earlier


@pytest.mark.parametrize("query", ["?version=999", "?version=x", "?version=-1", "?version=²", f"?version={'9' * 40}"])
def test_a_version_that_is_not_kept_is_not_there(nadia: Client, query: str) -> None:
    assert nadia.get(f"/console/linking{query}").status_code == 404


def test_one_learnt_for_other_comparisons_is_told_not_drawn(nadia: Client, clock: MovableClock) -> None:
    kept = learn(clock, in_use=False)
    TrainedModel.objects.filter(version=kept.version).update(weights={**kept.weights, "format": 0})
    assert "That version can’t be shown" in page_of(nadia, f"?version={kept.version}")


def test_it_costs_the_same_whatever_is_kept(nadia: Client, clock: MovableClock) -> None:
    look(clock, learn(clock).version)
    page_of(nadia)
    with CaptureQueriesContext(connection) as little:
        page_of(nadia)
    for _ in range(12):
        look(clock, learn(clock).version)
    page_of(nadia)
    with CaptureQueriesContext(connection) as much:
        page_of(nadia)
    assert len(much) <= len(little) + 1  # the pack is asked for once a second, by whichever comes then


def test_it_is_for_those_who_look_after_records(council: Any, clock: MovableClock) -> None:
    staff = create_staff(username="ravi", name="Ravi Patel", roles=["content-editor"], teams=[], password=PASSWORD,
                         pack=council, by=SYSTEM, at=clock.now())  # fmt: skip
    client = Client()
    client.force_login(staff)
    assert client.get("/console/linking").status_code == 403
    assert "What linking learnt" not in client.get("/console/").content.decode()


def test_whoever_runs_the_system_sees_how_linking_went_and_no_delivery(council: Any, clock: MovableClock) -> None:
    staff = create_staff(username="ines", name="Ines Moor", roles=["administrator"], teams=[], password=PASSWORD,
                         pack=council, by=SYSTEM, at=clock.now())  # fmt: skip
    client = Client()
    client.force_login(staff)
    assert "What linking learnt" in page_of(client)
    menu = client.get("/console/").content.decode()
    assert 'href="/console/linking"' in menu
    assert 'href="/console/deliveries"' not in menu
    assert client.get("/console/deliveries").status_code == 403


@pytest.mark.long
@pytest.mark.journey
@pytest.mark.django_db(transaction=True)
def test_it_can_be_read_at_any_width(
    nadia: Client, clock: MovableClock, live_server: Any, page: Page, shot: Callable[[Page, str], object]
) -> None:
    look(clock, learn(clock).version)
    cookie = nadia.cookies["moothall_session"]
    page.context.add_cookies([{"name": "moothall_session", "value": cookie.value, "url": live_server.url}])
    page.goto("/console/")
    with goes_on(page):
        page.get_by_role("link", name="What linking learnt").click()
    expect(page.get_by_role("heading", level=1, name="What linking learnt")).to_be_visible()
    looks_right(page)
    page.get_by_text("The same as a table").click()
    expect(page.get_by_role("region", name="Weights")).to_be_visible()
    looks_right(page)
    shot(page, "weights")


def test_feeds_and_folders_are_shown_with_their_trouble_and_begun_anew(
    nadia: Client, clock: MovableClock, settings: Any, tmp_path: Any
) -> None:
    from moothall.customers.linking.models import Source

    assert "Where we fetch them" not in nadia.get("/console/deliveries").content.decode()
    settings.SYSTEM_FEEDS, settings.SYSTEM_FOLDER = {"library": "https://library.example.org/feed"}, tmp_path
    (tmp_path / "waste").mkdir()
    Source.objects.create(system="library", how="feed", place="77", problem="It answered 503.", since=clock.now())
    page = nadia.get("/console/deliveries").content.decode()
    for words in ("Libraries", "It answered 503.", "Garden waste", "Its folder", "Nothing has come"):
        assert words in page, words
    with CaptureQueriesContext(connection) as few:
        nadia.get("/console/deliveries")
    (tmp_path / "parking").mkdir()
    with CaptureQueriesContext(connection) as more:
        nadia.get("/console/deliveries")
    assert len(more) == len(few)
    nadia.post("/console/deliveries/feeds/library/anew")
    assert (Source.objects.get().place, Source.objects.get().problem) == ("", "")


def test_refused_files_are_taken_up_again_by_a_button(
    nadia: Client, council: Any, clock: MovableClock, settings: Any, tmp_path: Any
) -> None:
    settings.SYSTEM_FOLDER = tmp_path
    aside = tmp_path / "waste" / "refused"
    aside.mkdir(parents=True)
    assert "Take up again" not in nadia.get("/console/deliveries").content.decode()
    (aside / "20261123T090000000000-mo.csv").write_bytes(b"x")
    (aside / "20261123T090000000000-mo.csv.report.csv").write_text("row,key,kept,why\r\n,,,No.\r\n")
    page = nadia.get("/console/deliveries").content.decode()
    assert "1 file lies aside, refused." in page
    address = "/console/deliveries/folders/waste/again"
    assert address in page
    staff = create_staff(username="ines", name="Ines Moor", roles=["administrator"], teams=[], password=PASSWORD,
                         pack=council, by=SYSTEM, at=clock.now())  # fmt: skip
    stranger = Client()
    stranger.force_login(staff)
    assert stranger.post(address).status_code == 403
    done = nadia.post(address, follow=True).content.decode()
    assert "Taken up again within a minute: mo.csv." in done
    assert [one.name for one in (tmp_path / "waste").glob("*.csv")] == ["20261123T090000000000-mo.csv"]
    assert "None lies aside." in nadia.post(address, follow=True).content.decode(), "pressed twice, done once"
    assert nadia.post("/console/deliveries/folders/burial-grounds/again").status_code == 404


@pytest.mark.django_db(transaction=True)
@pytest.mark.journey
@pytest.mark.long
def test_the_page_of_deliveries_with_feeds(
    nadia: Client,
    clock: MovableClock,
    settings: Any,
    tmp_path: Any,
    page: Page,
    live_server: Any,
    shot: Callable[..., Any],
) -> None:
    from moothall.customers.linking.models import Source

    settings.SYSTEM_FEEDS, settings.SYSTEM_FOLDER = {"library": "https://library.example.org/feed"}, tmp_path
    (tmp_path / "waste").mkdir()
    Source.objects.create(system="library", how="feed", place="77", problem="It answered 503.", since=clock.now())
    cookie = nadia.cookies["moothall_session"]
    page.context.add_cookies([{"name": "moothall_session", "value": cookie.value, "url": live_server.url}])
    page.goto("/console/deliveries")
    expect(page.get_by_text("It answered 503.")).to_be_visible()
    looks_right(page)
    shot(page, "deliveries")
