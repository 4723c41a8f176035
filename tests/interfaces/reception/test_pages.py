"""Reception's pages: what each role sees, what a form says when it is wrong, how many queries a screen costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from moothall.interfaces.reception.shapes import screen_key
from moothall.reception.models import Visit
from tests.conftest import MovableClock
from tests.interfaces.desk.conftest import Officer, adviser, officer  # noqa: F401 - fixtures

pytestmark = [pytest.mark.django_db]
CITY = "/reception/?centre=city"


@pytest.fixture
def host(officer: Callable[..., Officer]) -> Officer:  # noqa: F811
    return officer("reception-host", name="Elsie Moor")


def test_a_host_books_in_and_a_wrong_number_is_said(host: Officer, clock: MovableClock) -> None:
    assert host.client.get(CITY).status_code == 200
    told = {"about": "Bins", "call_by": "text", "phone": "12", "key": "a", "needs": "wheelchair"}
    wrong = host.client.post("/reception/arrive", told)
    assert wrong.status_code == 422
    assert "Enter a telephone number" in wrong.content.decode()
    assert 'value="Bins"' in wrong.content.decode()
    told["phone"] = "07700 900123"
    for _ in range(2):  # the second press is the same visit
        assert host.client.post("/reception/arrive", told).headers["Location"].endswith("ticket=A1")
    assert Visit.objects.get().phone == "+447700900123"
    assert "A1" in host.client.get("/reception/floor").content.decode()
    assert host.client.get("/reception/desk").status_code == 403


def test_who_leaves_is_taken_off_the_board(host: Officer, clock: MovableClock) -> None:
    host.client.get(CITY)
    host.client.post("/reception/arrive", {"call_by": "screen", "key": "a"})
    visit = Visit.objects.get()
    host.client.post(f"/reception/visits/{visit.id}/leave", {"because": "said_so", "back": "/reception/"})
    page = host.client.get("/reception/").content.decode()
    assert "Nobody waits." in page
    assert "left before" in page


def test_the_screen_needs_its_key_and_knows_no_name(host: Officer, clock: MovableClock, client: Client) -> None:
    host.client.get(CITY)
    host.client.post("/reception/arrive", {"about": "private", "call_by": "screen", "key": "a"})
    assert client.get("/reception/screen/city/wrong").status_code == 404
    shown = client.get(f"/reception/screen/city/{screen_key('city')}")
    assert shown.status_code == 200
    assert "no-store" in shown.headers["Cache-Control"]
    assert "private" not in shown.content.decode()
    assert "1 waiting" in client.get(f"/reception/screen/city/{screen_key('city')}/now").content.decode()


def test_screens_cost_the_same_whatever_waits(host: Officer, adviser: Officer, clock: MovableClock) -> None:  # noqa: F811
    adviser.client.post("/reception/duty", {"centre": "city", "desk": "1"})
    host.client.get(CITY)

    def costs() -> list[int]:
        found = []
        for who, address in ((host, "/reception/board"), (host, "/reception/floor"), (adviser, "/reception/desk/now")):
            with CaptureQueriesContext(connection) as caught:
                assert who.client.get(address).status_code == 200
            found.append(len(caught))
        return found

    def come(n: int) -> Any:
        return host.client.post("/reception/arrive", {"about": f"Thing {n}", "call_by": "screen", "key": f"k{n}"})

    come(0)
    before = costs()
    for n in range(1, 12):
        come(n)
    assert costs() == before


@pytest.mark.row("A4")
def test_an_expert_is_asked_from_the_contact(
    host: Officer,
    adviser: Officer,  # noqa: F811
    officer: Callable[..., Officer],  # noqa: F811
    clock: MovableClock,
) -> None:
    expert = officer("service-officer", "visiting-expert", name="Janet Hirst")
    expert.client.post("/reception/duty", {"centre": "city", "skills": "benefits"})
    adviser.client.post("/reception/duty", {"centre": "city", "desk": "1"})
    host.client.get(CITY)
    host.client.post("/reception/arrive", {"about": "My hours changed", "call_by": "screen", "key": "a"})
    visit = Visit.objects.get()
    contact = adviser.client.post(f"/reception/visits/{visit.id}/serve").headers["Location"]
    asked = {"skill": "benefits", "back": contact}
    adviser.client.post(f"/reception/visits/{visit.id}/ask", asked)
    page = adviser.client.get(contact).content.decode()
    assert "No answer yet" in page
    assert "My hours changed" in page
    adviser.client.post(f"/reception/visits/{visit.id}/hand-on", {"queue": "benefits", "so_far": "", "back": contact})
    assert "Say what was done so far" in adviser.client.get(contact).content.decode()
    assert "asks for you" in expert.client.get("/reception/desk").content.decode()
