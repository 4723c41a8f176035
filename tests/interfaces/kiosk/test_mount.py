"""The kiosk's walls: only its own pages, nothing of whoever was before, no way out."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import signing
from django.http import HttpResponse
from django.test import Client

from moothall.contacts.models import Contact
from moothall.core.actors import SYSTEM
from moothall.core.jobs import drain
from moothall.core.packs import current_pack
from moothall.core.staff import create_staff
from moothall.customers.models import Customer
from moothall.intake.models import Dialogue
from moothall.interfaces.kiosk import mount, sitting
from moothall.interfaces.reception.shapes import point_key, screen_key
from moothall.notifications.models import Message
from moothall.partners.models import PersonReferral
from moothall.reception.models import Visit
from moothall.reception.pack import RECEPTION
from tests.partners.help import NEIGHBOURS, ask, bring

pytestmark = [pytest.mark.django_db]


def begin(client: Client) -> str:
    """Begin a request at the kiosk; return its address."""
    answer = client.post("/kiosk/services/missed-bin/start")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/kiosk/requests/")
    return str(answer.headers["Location"])


def test_every_address_on_a_page_leads_back_under_the_kiosk(council: Any, client: Client) -> None:
    for address in ("/kiosk/", "/kiosk/services", "/kiosk/services/missed-bin", "/kiosk/search?q=bin", "/kiosk/track"):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert answer.headers["Cache-Control"] == "no-store, private"
        text = answer.content.decode()
        led = re.findall(r'<(?:a|form)\b[^>]*\s(?:href|action)="([^"]*)"', text)
        assert led
        assert all(one.startswith(("/kiosk/", "#")) for one in led), (address, led)
        assert not re.search(r'autocomplete="(?!off)', text)
        assert "/kiosk/account" not in text
        assert "/performance/" not in text, "the figures are not at a kiosk: nothing may lead to them"


@pytest.mark.parametrize(
    "path", ["desk/", "account/", "sign-in/", "console/", "api/v1/openapi.json", "report", "field/", "nothing"]
)
def test_what_is_not_the_kiosks_is_shut(council: Any, client: Client, path: str) -> None:
    assert client.get(f"/kiosk/{path}").status_code == 404


@pytest.mark.row("A10")
def test_the_next_person_finds_nothing(council: Any, client: Client) -> None:
    address = begin(client)
    assert Dialogue.objects.get().channel == "kiosk"
    question = client.get(address).headers["Location"]
    assert client.get(question).status_code == 200
    over = client.get("/kiosk/over")
    assert over.headers["Location"] == "/kiosk/?over=1"
    assert "Everything was cleared." in client.get("/kiosk/?over=1").content.decode()
    assert client.get(question).status_code == 404  # back, or from the browser's history
    assert client.post(question, {"bin": "general"}).status_code == 404
    assert not [name for name, held in client.cookies.items() if name == "moothall_request" and held.value]


def test_who_asks_for_help_here_takes_it_back_here_too(council: Any, client: Client, clock: Any) -> None:
    """The page of her request says that she can at any time: the button must not be a wall."""
    there = bring(clock.now())[NEIGHBOURS]
    begun = client.post(f"/kiosk/help/{there.id}/ask")
    assert begun.headers["Location"].startswith("/kiosk/requests/")
    case = ask(council, clock)
    client.post("/kiosk/track", {"reference": case.reference, "second": "grace.okoro@example.net"})
    page = client.get(f"/kiosk/track/{case.id}").content.decode()
    action = re.search(r'action="([^"]*/back)"', page)
    assert action is not None
    assert client.post(action[1]).status_code == 302
    assert PersonReferral.objects.get().state == "taken"


def test_it_clears_itself_without_a_script(council: Any, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    address = begin(client)
    assert (
        '<noscript><meta http-equiv="refresh" content="90;url=/kiosk/over"></noscript>'
        in client.get("/kiosk/").content.decode()
    )
    later = sitting.now() + 90 + sitting.GRACE + 1
    monkeypatch.setattr("moothall.interfaces.kiosk.mount.now", lambda: later)
    assert client.get(address).headers["Location"] == "/kiosk/?over=1"
    monkeypatch.undo()
    assert client.get(address).status_code == 404


def test_another_kiosk_cannot_open_what_was_begun_here(council: Any, client: Client) -> None:
    address = begin(client)
    assert Client().get(address).status_code == 404


def test_a_ticket_is_taken_where_the_kiosk_stands(council: Any, clock: Any, client: Client) -> None:
    assert client.get("/kiosk/arrive").status_code == 404
    assert client.get("/kiosk/point/city/wrong").status_code == 404
    assert client.get(f"/kiosk/point/city/{point_key('city')}").headers["Location"] == "/kiosk/"
    assert "See somebody at City centre" in client.get("/kiosk/").content.decode()
    assert client.post("/kiosk/arrive", {"reference": "AAAA-AAAA", "key": "x"}).status_code == 422
    told = client.post("/kiosk/arrive", {"queue": "benefits", "key": "x", "phone": "07700 900123"})
    assert "You are B1" in told.content.decode()
    visit = Visit.objects.get()
    assert (visit.how, visit.call_by) == ("kiosk", "text")
    client.get("/kiosk/over")
    assert "See somebody at City centre" in client.get("/kiosk/").content.decode()  # it still knows where it stands


def test_the_screens_key_makes_no_kiosk_and_the_kiosks_opens_no_screen(council: Any, client: Client) -> None:
    assert client.get(f"/reception/screen/city/{screen_key('city')}").status_code == 200
    assert client.get(f"/kiosk/point/city/{screen_key('city')}").status_code == 404
    assert client.get(f"/reception/screen/city/{point_key('city')}").status_code == 404
    client.cookies[sitting.POINT] = signing.dumps("city", salt=sitting.POINT)  # what the screen's key gave before
    assert client.get("/kiosk/arrive").status_code == 404


@pytest.mark.parametrize(
    "phone", ["+1 900 555 7777", "+372 5123 4567", "+881 612 345 678", "070 1234 5678", "0113 496 0123"]
)
def test_a_number_that_is_no_british_mobile_gets_its_ticket_and_no_text(
    council: Any, clock: Any, client: Client, phone: str
) -> None:
    client.get(f"/kiosk/point/city/{point_key('city')}")
    told = client.post("/kiosk/arrive", {"queue": "benefits", "key": "x", "phone": phone}).content.decode()
    assert "You are B1" in told
    assert "We text UK mobile numbers only" in told
    assert "Watch the screen and listen for your ticket." in told
    assert "We text you when" not in told
    drain()
    assert (Visit.objects.get().call_by, Visit.objects.get().phone) == ("screen", "")
    assert not Message.objects.filter(template__startswith="visit-").exists()
    again = client.post("/kiosk/arrive", {"queue": "benefits", "key": "x", "phone": phone}).content.decode()
    assert "You are B1" in again
    assert "We text UK mobile numbers only" in again


def test_one_number_is_texted_for_three_tickets_an_hour(council: Any, clock: Any, client: Client) -> None:
    client.get(f"/kiosk/point/city/{point_key('city')}")

    def take(key: str) -> str:
        clock.advance(seconds=5)
        sent = {"queue": "benefits", "key": key, "phone": "07700 900123"}
        return client.post("/kiosk/arrive", sent).content.decode()

    told = [take(key) for key in ("a", "b", "b", "b", "c", "d", "d")]  # sent twice is once, and counts once
    assert ["We text you when it is your turn." in one for one in told] == [True] * 5 + [False] * 2
    assert all("We have sent several texts in the last hour" in one for one in told[5:])
    assert sorted(Visit.objects.values_list("ticket", "call_by")) == [
        ("B1", "text"), ("B2", "text"), ("B3", "text"), ("B4", "screen")
    ]  # fmt: skip
    clock.advance(minutes=61)
    assert "We text you when it is your turn." in take("e")


def test_a_kiosk_gives_no_more_tickets_than_people_can_take(council: Any, clock: Any, client: Client) -> None:
    client.get(f"/kiosk/point/city/{point_key('city')}")

    def take(key: str, at: Client = client) -> int:
        return at.post("/kiosk/arrive", {"queue": "general", "key": key}).status_code

    for n in range(40):  # a queue of people: one in four seconds
        assert take(f"person {n}") == 200
        clock.advance(seconds=4)
    clock.advance(minutes=2)
    assert [take(f"burst {n}") for n in range(23)] == [200] * 20 + [429] * 3
    assert Visit.objects.count() == 60
    refused = client.post("/kiosk/arrive", {"queue": "general", "key": "late", "phone": "07700 900123"})
    assert "Many tickets were taken here just now." in refused.content.decode()
    assert 'value="07700 900123"' in refused.content.decode(), "nothing typed is lost"
    assert take("burst 3") == 200  # sent again: her own ticket
    other = Client()
    other.get(f"/kiosk/point/city/{point_key('city')}")
    assert take("beside", other) == 200  # the kiosk beside it
    clock.advance(seconds=61)
    assert take("late") == 200
    assert Visit.objects.count() == 62


def test_a_ticket_that_is_refused_counts_for_nothing(council: Any, clock: Any, client: Client) -> None:
    client.get(f"/kiosk/point/city/{point_key('city')}")
    for n in range(4):
        wrong = {"queue": "nowhere", "key": str(n), "phone": "07700 900123"}
        assert client.post("/kiosk/arrive", wrong).status_code == 422
    right = {"queue": "general", "key": "x", "phone": "07700 900123"}
    assert "We text you when it is your turn." in client.post("/kiosk/arrive", right).content.decode()


@pytest.mark.row("A17")
def test_help_at_the_kiosk_goes_with_what_is_sent(council: Any, clock: Any, client: Client) -> None:
    client.post("/kiosk/helped", {"because": "not_confident"})
    begin(client)
    row = Dialogue.objects.get()
    row.answers = {
        "address": {"text": "14 Mill Lane, Otley, LS21 1AA", "postcode": "LS21 1AA"}, "bin": "general",
        "out_time": "night_before", "extent": "only_me", "tag": "no", "assisted": "no", "still_out": "yes",
        "contact": {"name": "Amina Dunn", "phone": "+447700900123"},
    }  # fmt: skip
    row.save()
    sent = client.post(f"/kiosk/requests/{row.id}/send")
    assert sent.headers["Location"] == f"/kiosk/requests/{row.id}/sent"
    contact = Contact.objects.get()
    assert (contact.channel, contact.assisted, contact.helped_because) == ("kiosk", True, "not_confident")
    page = client.get(sent.headers["Location"]).content.decode()
    assert "Print a slip" in page
    assert "Finish and clear" in page


def test_an_officer_who_tries_it_in_her_own_browser_stays_signed_in(council: Any, clock: Any, client: Client) -> None:
    her = create_staff(
        username="ravi", name="Ravi Patel", roles=["adviser"], pack=council, by=SYSTEM, at=clock.now()
    )  # fmt: skip
    client.force_login(her)
    begin(client)
    assert client.get("/kiosk/over").headers["Location"] == "/kiosk/?over=1"
    left = dict(client.session.items())
    assert left["_auth_user_id"] == str(her.pk)
    assert all(name.startswith("_auth") for name in left)


def test_two_people_together_may_take_three_times_as_long_everywhere(council: Any, client: Client) -> None:
    alone = sitting.Sitting(idle=60, warn=20, seen=1_000)
    assert alone.ran_out(1_000 + 60 + sitting.GRACE + 1)
    client.post("/kiosk/helped", {"because": "not_confident"})
    text = client.get("/kiosk/services").content.decode()
    (idle,) = re.findall(r'data-idle="(\d+)"', text)
    assert f'content="{idle};url=/kiosk/over"' in text  # without a script it is no shorter
    answer = client.get("/kiosk/services").wsgi_request
    assert answer.kiosk.idle == int(idle) == 3 * current_pack().one(RECEPTION).kiosk_idle  # type: ignore[attr-defined]


def test_the_first_screen_offers_the_languages_and_the_choice_holds_until_it_is_cleared(
    council: Any, clock: Any, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = client.get("/kiosk/").content.decode()
    for code, way, own in (("cy", "ltr", "Cymraeg"), ("pl", "ltr", "Polski"), ("tr", "ltr", "Türkçe"),
                           ("ur", "rtl", "اردو"), ("zh", "ltr", "中文")):  # fmt: skip
        assert f'<a href="/kiosk/?lang={code}" lang="{code}" dir="{way}">{own}</a>' in first
    chosen = client.get("/kiosk/?lang=ur")
    assert chosen.headers["Location"] == "/kiosk/", "not in the address: going back chooses nothing for the next"
    assert not [name for name in client.cookies if name == "moothall_language"]
    address = begin(client)
    for path in (
        "/kiosk/",
        "/kiosk/helped",
        "/kiosk/track",
        "/kiosk/services",
        client.get(address).headers["Location"],
    ):
        page = client.get(path)
        assert '<html lang="ur" dir="rtl"' in page.content.decode(), path
        assert page.headers["Cache-Control"] == "no-store, private"
    shut = client.get("/kiosk/account/")
    assert shut.status_code == 404
    assert '<html lang="ur" dir="rtl"' in shut.content.decode()
    assert '<html lang="en-GB"' in client.get("/kiosk/?lang=en", follow=True).content.decode()
    client.get("/kiosk/?lang=xx")
    assert '<html lang="en-GB"' in client.get("/kiosk/").content.decode()

    client.get("/kiosk/?lang=ur")
    assert '<html lang="en-GB"' in client.get("/kiosk/over", follow=True).content.decode()
    client.get("/kiosk/?lang=ur")
    later = sitting.now() + 90 + sitting.GRACE + 1
    monkeypatch.setattr("moothall.interfaces.kiosk.mount.now", lambda: later)
    for path, to in (("/kiosk/", "/kiosk/?over=1"), ("/kiosk/?lang=pl", "/kiosk/?lang=pl")):
        gone = client.get(path)
        assert gone.headers["Location"] == to, "nobody was here for long: it is somebody else"
        monkeypatch.undo()
        assert '<html lang="en-GB"' in client.get("/kiosk/").content.decode()
        client.get("/kiosk/?lang=ur")
        monkeypatch.setattr("moothall.interfaces.kiosk.mount.now", lambda: later)


def test_what_can_be_asked_for_in_her_language_stands_first_and_is_once_there(council: Any, client: Client) -> None:
    client.get("/kiosk/?lang=pl")
    page = client.get("/kiosk/").content.decode()
    tiles = re.findall(r'class="kiosk-tile" href="/kiosk/services/([^"]+)"', page)
    assert set(tiles[:4]) == {"missed-bin", "bin-day", "comment", "compliment"}
    assert len(tiles) == len(set(tiles))
    assert "Zgłoś nieopróżniony kosz" in page


def test_what_is_sent_at_the_kiosk_remembers_the_language(council: Any, clock: Any, client: Client) -> None:
    client.get("/kiosk/?lang=zh")
    begin(client)
    row = Dialogue.objects.get()
    row.answers = {
        "address": {"text": "14 Mill Lane, Otley, LS21 1AA", "postcode": "LS21 1AA"}, "bin": "general",
        "out_time": "night_before", "extent": "only_me", "tag": "no", "assisted": "no", "still_out": "yes",
        "contact": {"name": "Amina Dunn", "phone": "+447700900123"},
    }  # fmt: skip
    row.save()
    client.post(f"/kiosk/requests/{row.id}/send")
    assert Customer.objects.get().language == "zh"


def test_a_promise_says_how_it_is_measured_and_leads_nowhere() -> None:
    page = '<p><a class="promise__how" href="/performance/">How we measure this</a> <a href="/services">All</a></p>'
    text = mount._closed(HttpResponse(page)).content.decode()
    assert "/performance/" not in text
    assert "How we measure this" in text
    assert 'href="/kiosk/services"' in text
