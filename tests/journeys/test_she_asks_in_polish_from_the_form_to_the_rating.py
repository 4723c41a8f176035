"""Mrs Nowak asks in Polish: the form, what comes after, tracking on another device by our message's link, the rating."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.cases.actions import close_case
from moothall.cases.models import Case
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.packs import Pack
from moothall.customers.models import Customer
from moothall.feedback.models import Rating
from moothall.notifications.models import Message
from tests.browser import goes_on, looks_right

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), pytest.mark.long]


@pytest.mark.row("A12", "A13")
def test_every_page_is_polish_until_she_has_said_how_we_did(
    council: Pack, clock: Any, new_page: Callable[..., Page], shot: Callable[[Page, str], Path], settings: Any,
    live_server: Any,
) -> None:  # fmt: skip
    settings.PUBLIC_URL = live_server.url
    page = new_page(java_script_enabled=False)
    seen = new_page()  # the same pages with scripts on: axe needs them

    def look(name: str, window: Page = page) -> None:
        assert window.locator("html").get_attribute("lang") == "pl", name
        seen.context.add_cookies(window.context.cookies())
        seen.goto(window.url)
        looks_right(seen)
        shot(seen, name)
        seen.set_viewport_size({"width": 320, "height": 640})
        shot(seen, f"{name}-320")
        seen.set_viewport_size({"width": 1280, "height": 900})

    def carry_on(words: str = "Dalej") -> None:
        with goes_on(page):
            page.get_by_role("button", name=words, exact=True).first.click()

    page.goto("/services/missed-bin")
    with goes_on(page):
        page.get_by_role("link", name="Polski", exact=True).click()
    look("1-service")
    carry_on("Zacznij teraz")
    page.get_by_label("Budynek i ulica").fill("14 Mill Lane")
    page.get_by_label("Kod pocztowy").fill("LS1 1UR")
    carry_on()
    for words in ("Odpady zmieszane", "Poprzedniego wieczoru", "Tylko mój kosz", "Nie", "Nie", "Tak"):
        page.get_by_label(words, exact=True).check()
        carry_on()
    page.locator("[name='contact-name']").fill("Ewa Nowak")
    page.locator("[name='contact-email']").fill("ewa.nowak@example.com")
    carry_on()
    look("2-check")
    carry_on("Wyślij")
    expect(page.get_by_role("heading", name="Mamy to", level=1)).to_be_visible()
    expect(page.get_by_text("środa 4 marca, 17:00").first).to_be_visible()
    look("3-sent")

    her = Customer.objects.get()
    assert her.language == "pl", "the request remembers it, for officers and for our messages"
    jobs.drain()
    message = Message.objects.get()
    assert message.subject.startswith("Mamy Twoje zgłoszenie")
    link = re.search(r"https?://\S+?/track\?[^\s)]+", message.body.replace("\\", ""))
    assert link is not None

    other = new_page(java_script_enabled=False)  # another device, which was told nothing
    other.goto(link[0])
    expect(other.get_by_role("heading", name="Śledź sprawę", level=1)).to_be_visible()
    other.get_by_label("Twój adres e-mail lub kod pocztowy").fill("nikt@example.com")
    other.get_by_role("button", name="Znajdź").click()
    expect(other.get_by_role("alert")).to_contain_text("Nie znaleźliśmy zgłoszenia")
    look("4-track", other)
    other.get_by_label("Twój adres e-mail lub kod pocztowy").fill("ewa.nowak@example.com")
    with goes_on(other):
        other.get_by_role("button", name="Znajdź").click()
    expect(other.get_by_role("heading", level=1)).to_have_text(
        "Zajmuje się tym nasz zespół wywozu śmieci; sprawa jest na liście zadań."
    )
    look("5-tracked", other)
    other.get_by_label("Co powinniśmy wiedzieć?").fill("Kosz stoi za bramą")
    with goes_on(other):
        other.get_by_role("button", name="Wyślij", exact=True).click()
    expect(other.get_by_text("Dodaliśmy to")).to_be_visible()
    expect(other.get_by_text("Kosz stoi za bramą")).to_have_attribute("lang", "")

    case = Case.objects.get()
    close_case(case.id, outcome="emptied-on-return-visit", resolved=True, by=SYSTEM, at=clock.now())
    other.reload()
    expect(other.get_by_role("heading", level=1)).to_have_text(
        "To jest zakończone: opróżniono przy ponownym przyjeździe."
    )
    look("6-done", other)
    with goes_on(other):
        other.get_by_role("button", name="Powiedz, jak nam poszło").click()
    other.get_by_role("button", name="Wyślij", exact=True).click()
    expect(other.get_by_role("alert")).to_contain_text("Wybierz: dobrze, średnio lub źle.")
    look("7-rate", other)
    other.get_by_label("Dobrze", exact=True).check()
    other.get_by_label("Dlaczego?").fill("Szybko")
    with goes_on(other):
        other.get_by_role("button", name="Wyślij", exact=True).click()
    expect(other.get_by_text("Dziękujemy")).to_be_visible()
    assert [(one.score, one.why) for one in Rating.objects.all()] == [("good", "Szybko")]
    with goes_on(other):
        other.get_by_role("link", name="English", exact=True).click()
    expect(other.locator("html")).to_have_attribute("lang", "en-GB")
    expect(other.get_by_role("heading", level=1)).to_have_text("This is finished: emptied on return visit.")
