"""The database cannot be reached: every door says so calmly, nothing is half done, and what was typed is still there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from playwright.sync_api import Page, Route, expect

from moothall.core.packs import Pack, current_pack
from moothall.intake.models import Dialogue
from tests.browser import looks_right
from tests.conftest import MovableClock

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def gone() -> Iterator[None]:
    """Nobody answers where the database was."""
    connection.close()
    kept = {key: connection.settings_dict[key] for key in ("HOST", "PORT")}
    connection.settings_dict.update(HOST="127.0.0.1", PORT="1")
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(kept)


@pytest.fixture
def anyone(council: Pack, clock: MovableClock) -> Client:
    current_pack()  # a process that has answered before knows its council
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    "address",
    ["/", "/services/missed-bin", "/track", "/search?q=bin", "/performance/", "/desk/", "/console/", "/sign-in/"],
)
def test_a_page_says_so_and_how_to_reach_us(anyone: Client, address: str) -> None:
    anyone.cookies["moothall_session"] = "a" * 32
    with gone():
        answer = anyone.get(address)
    text = answer.content.decode()
    if answer.status_code == 503:
        assert "We can’t reach our records just now" in text
        assert "ring us on" in text
        assert f'href="{address}"' in text
        assert answer["Retry-After"] == "60"
    else:  # a page that needs no record
        assert address in {"/sign-in/", "/track"}
        assert answer.status_code == 200
    assert "psycopg" not in text
    assert "Traceback" not in text


def test_what_was_sent_is_there_to_be_sent_again(anyone: Client) -> None:
    here = anyone.post("/services/missed-bin/start", follow=True).redirect_chain[-1][0]
    typed = {
        "address-line1": '14 "Mill" Lane',
        "address-town": "Leeds",
        "address-postcode": "LS1 1UR",
        "password": "secret1",
    }
    with gone():
        answer = anyone.post(here, typed)
        text = answer.content.decode()
        stranger = anyone.post(here, typed, HTTP_ORIGIN="https://evil.example").content.decode()
    assert answer.status_code == 503
    assert "14 &quot;Mill&quot; Lane" in text
    assert "secret1" not in text
    assert "Mill" not in stranger
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', text.replace("&quot;", "'")))
    again = anyone.post(re.search(r'action="([^"]+)"', text)[1], fields)  # type: ignore[index]
    assert again.status_code == 302
    assert Dialogue.objects.get().answers["address"]["line1"] == "14 'Mill' Lane"


def test_another_system_is_told_in_the_one_shape(anyone: Client) -> None:
    with gone():
        answer = anyone.post(
            "/api/v1/contacts",
            {"channel": "phone"},
            content_type="application/json",
            headers={"Authorization": "Bearer mth_x"},
        )
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (503, "unavailable")


@pytest.mark.long
def test_the_page_that_says_so_is_accessible_wide_and_narrow(anyone: Client, new_page: Callable[..., Page]) -> None:
    """A page that was asked for, and a form that was sent: as the browser has them, with the styles that need no database."""
    here = anyone.post("/services/missed-bin/start", follow=True).redirect_chain[-1][0]
    typed = {"address-line1": "14 Mill Lane", "address-town": "Leeds", "address-postcode": "LS1 1UR"}
    with gone():
        said = {"/asked": anyone.get("/services/missed-bin").content, "/sent": anyone.post(here, typed).content}
    page = new_page()

    def answered(route: Route) -> None:
        route.fulfill(status=200, content_type="text/html", body=said[urlsplit(route.request.url).path])

    for address in said:
        page.route(f"**{address}", answered)
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_have_text("Try again in a minute")
        looks_right(page)
    expect(page.get_by_role("button", name="Send it again")).to_be_visible()
