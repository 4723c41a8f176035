"""Sessions that are planted, stolen or old, and one form sent fifty times at once."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from playwright.sync_api import Page, expect

from moothall.cases.models import Case
from moothall.contacts.models import Contact
from moothall.core.actors import SYSTEM
from moothall.core.packs import Pack
from moothall.core.staff import create_staff
from moothall.notifications.models import Message
from tests.browser import goes_on
from tests.conftest import MovableClock

PASSWORD = "seven-calm-otters-queueing"
NAME = "moothall_session"


@pytest.fixture
def ravi(council: Pack, clock: MovableClock) -> Any:
    return create_staff(
        username="ravi", name="Ravi Patel", roles=["adviser"], teams=["customer-services"], password=PASSWORD,
        pack=council, by=SYSTEM, at=clock.now(),
    )  # fmt: skip


@pytest.mark.django_db
def test_signing_in_changes_the_session_and_takes_over_none_that_was_planted(ravi: Any) -> None:
    stranger, officer = Client(), Client()
    stranger.post("/track", {"reference": "4HTK7W2C", "second": "LS1 1UR"})
    session = stranger.session  # one the stranger knows, from our own hand
    session["planted"] = "yes"
    session.save()
    before = session.session_key
    officer.cookies[NAME] = before
    signed = officer.post("/sign-in/", {"username": "ravi", "password": PASSWORD, "next": "/desk/"})
    cookie = signed.cookies[NAME]
    assert cookie.value not in {"", before}
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert officer.get("/desk/").status_code == 200
    stranger.cookies[NAME] = before
    assert stranger.get("/desk/").status_code == 302
    made_up = Client()
    made_up.cookies[NAME] = "a" * 32
    assert made_up.post("/sign-in/", {"username": "ravi", "password": PASSWORD}).cookies[NAME].value != "a" * 32
    # what is left of the session after signing out opens nothing
    officer.post("/sign-in/out")
    officer.cookies[NAME] = cookie.value
    assert officer.get("/desk/").status_code == 302


@pytest.mark.django_db(transaction=True)
@pytest.mark.journey
def test_in_a_browser_a_planted_session_is_not_the_one_that_is_signed_in(
    ravi: Any, new_page: Callable[..., Page], live_server: Any
) -> None:
    planted = {"name": NAME, "value": "p" * 32, "url": live_server.url}
    page, stranger = new_page(), new_page()
    page.context.add_cookies([planted])  # type: ignore[list-item]
    stranger.context.add_cookies([planted])  # type: ignore[list-item]
    page.goto("/desk/")
    page.get_by_label("Name you sign in with").fill("ravi")
    page.get_by_label("Password").fill(PASSWORD)
    with goes_on(page):
        page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Number they ring from")).to_be_visible()
    (held,) = [cookie for cookie in page.context.cookies() if cookie["name"] == NAME]
    assert held["value"] != "p" * 32
    assert held["httpOnly"]
    stranger.goto("/desk/")
    expect(stranger.get_by_label("Name you sign in with")).to_be_visible()
    page.context.clear_cookies(name=NAME)  # it ran out
    page.reload()
    expect(page.get_by_label("Name you sign in with")).to_be_visible()


@pytest.mark.django_db(transaction=True)
def test_one_request_sent_fifty_times_at_once_is_one_request(council: Pack, clock: MovableClock) -> None:
    first = Client()
    answers = {
        "address": {"address-line1": "14 Mill Lane", "address-town": "Leeds", "address-postcode": "LS1 1UR"},
        "contact": {"contact-name": "Mary Jones", "contact-email": "mary.jones@example.com"},
    }
    here = first.post("/services/missed-bin/start", follow=True).redirect_chain[-1][0]
    while not here.endswith("/check"):
        question = here.rsplit("/", 1)[1]
        plain = {"bin": "general", "out_time": "night_before", "extent": "only_me", "still_out": "yes"}
        form = answers.get(question, {question: plain.get(question, "no")})
        here = first.post(here, form, follow=True).redirect_chain[-1][0]
    start, said = Barrier(50), []

    def send() -> None:
        try:
            window = Client()
            window.cookies = first.cookies
            start.wait(60)
            answer = window.post(here.replace("/check", "/send"))
            said.append((answer.status_code, answer.headers.get("Location", "")))
        finally:
            connection.close()

    threads = [Thread(target=send) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert said == [(302, here.replace("/check", "/sent"))] * 50
    case = Case.objects.get()
    assert Contact.objects.count() == 1
    from moothall.core import jobs

    jobs.drain(at=clock.now())
    assert Message.objects.filter(template="case-opened").count() == 1
    assert f"{case.reference[:4]}-{case.reference[4:]}" in first.get(here.replace("/check", "/sent")).content.decode()
