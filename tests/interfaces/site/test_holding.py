"""Who holds a request under way: planted on somebody, it shows the planter nothing of hers; she herself loses nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from moothall.cases.models import Case
from moothall.core.actors import SYSTEM, customer_actor
from moothall.customers.actions import create_customer
from moothall.intake.actions import adopt, save_for_later, start_dialogue
from moothall.intake.models import Dialogue
from moothall.notifications.models import Message

pytestmark = pytest.mark.django_db
SECRET = {"address-line1": "1 Secret Street", "address-town": "Leeds", "address-postcode": "LS8 4BB"}
REST = (
    ("bin", {"bin": "general"}), ("extent", {"extent": "only_me"}), ("out_time", {"out_time": "night_before"}),
    ("tag", {"tag": "no"}), ("still_out", {"still_out": "yes"}), ("assisted", {"assisted": "no"}),
    ("contact", {"contact-name": "Vera Victim", "contact-email": "victim@example.org"}),
)  # fmt: skip


def link_to(address: str) -> str:
    """The link in the newest message to somebody."""
    body = Message.objects.filter(to=address, template="dialogue-saved").latest("created_at", "id").body
    found = re.search(r"/return/[0-9a-f-]+/[0-9a-f]+", body.replace("\\", ""))
    assert found, body
    return found[0]


def begun(browser: Client) -> str:
    browser.post("/services/missed-bin/start")
    return f"/requests/{Dialogue.objects.get().id}"


def saved(browser: Client, here: str, to: str) -> str:
    assert browser.post(f"{here}/keep", {"to": to}).status_code == 200
    return link_to(to)


def opened(link: str) -> Client:
    browser = Client()
    assert browser.get(link, follow=True).status_code == 200
    return browser


def answer_address(browser: Client, here: str) -> None:
    assert browser.post(f"{here}/address?by=hand", SECRET).status_code == 302


def answer_all(browser: Client, here: str) -> None:
    answer_address(browser, here)
    for question, given in REST:
        browser.post(f"{here}/{question}", given)
    assert browser.get(f"{here}/check").status_code == 200


def test_a_request_planted_on_somebody_shows_the_planter_nothing(resident: Client) -> None:
    here = begun(resident)
    hers = opened(saved(resident, here, "victim@example.org"))
    assert resident.get(here, follow=True).status_code == 200, "a link that is only opened takes nothing away"
    answer_all(hers, here)
    for part in ("", "/address", "/check", "/keep"):
        seen = resident.get(f"{here}{part}", follow=True)
        assert seen.status_code == 404, part
        assert "Secret" not in seen.content.decode()
    assert resident.post(f"{here}/bin", {"bin": "food"}).status_code == 404
    assert hers.post(f"{here}/send").status_code == 302
    case = Case.objects.get()
    assert hers.get(f"{here}/sent").status_code == 200
    assert hers.get(f"/track/{case.id}").status_code == 200
    assert resident.get(f"{here}/sent").status_code == 404
    assert resident.get(f"{here}/calendar.ics").status_code == 404
    assert resident.get(f"/track/{case.id}").status_code != 200


def test_the_code_of_before_is_nobodys_any_more(resident: Client) -> None:
    here = begun(resident)
    before = Dialogue.objects.get().code
    assert before
    hers = opened(saved(resident, here, "victim@example.org"))
    assert Dialogue.objects.get().code == before, "a link that is only opened changes nothing"
    answer_address(hers, here)
    after = Dialogue.objects.get().code
    assert after not in {"", before}, "whoever began it knows the old one and where the link went"
    assert after in hers.get(f"{here}/bin").content.decode().replace("-", "")


def test_sending_alone_is_enough(resident: Client) -> None:
    here = begun(resident)
    answer_all(resident, here)
    hers = opened(saved(resident, here, "victim@example.org"))
    assert hers.post(f"{here}/send").status_code == 302
    assert resident.get(f"{here}/sent").status_code == 404


def test_a_link_of_ones_own_in_between_does_not_help(resident: Client) -> None:
    here = begun(resident)
    mine = saved(resident, here, "mal@example.org")
    second = opened(mine)
    hers = opened(saved(resident, here, "victim@example.org"))
    assert second.get(f"{here}/check").status_code == 404, "the link moved: the one before opens nothing"
    assert Client().get(mine).status_code == 404
    answer_address(hers, here)
    for browser in (resident, second):
        assert browser.get(f"{here}/address").status_code == 404
    assert Client().get(mine).status_code == 404


def test_the_key_of_a_browser_is_not_the_link_it_had_sent(resident: Client) -> None:
    here = begun(resident)
    link = saved(resident, here, "victim@example.org")
    assert resident.cookies["moothall_request"].value not in link
    answer_address(opened(link), here)
    assert (
        Client().get(f"/return/{here.rsplit('/', 1)[1]}/{resident.cookies['moothall_request'].value}").status_code
        == 404
    )


def test_she_goes_on_at_another_device_and_comes_back_by_the_same_link(resident: Client) -> None:
    here = begun(resident)
    link = saved(resident, here, "mary@example.org")
    answer_address(resident, here)
    phone = opened(link)
    assert phone.post(f"{here}/bin", {"bin": "general"}).status_code == 302
    away = resident.get(f"{here}/check")
    assert away.status_code == 404
    assert "the link we sent you when you saved it opens it" in away.content.decode()
    assert resident.get(link, follow=True).status_code == 200
    assert "1 Secret Street" in resident.get(f"{here}/address").content.decode()
    assert saved(resident, here, "mary@example.org") == link, "to the same address it is the same link"
    answer_all(resident, here)
    assert phone.get(here, follow=True).status_code == 200, "what she opened by the same link goes on too"
    assert resident.post(f"{here}/send").status_code == 302
    assert phone.get(f"{here}/sent").status_code == 200


def test_what_was_begun_before_links_had_numbers_still_opens(resident: Client) -> None:
    here = begun(resident)
    Dialogue.objects.update(link_to="mary@example.org")
    key = resident.cookies["moothall_request"].value
    old = opened(f"/return/{here.rsplit('/', 1)[1]}/{key}")
    answer_address(old, here)
    assert resident.get(f"{here}/address").status_code == 200


@pytest.mark.parametrize(("to", "kept"), [("mal@example.org", True), ("victim@example.org", False)])
def test_what_was_begun_with_an_account_stays_its_own_only_by_a_link_to_its_address(
    council: Any, clock: Any, to: str, kept: bool
) -> None:
    planter = create_customer(
        given_name="Mal", family_name="Lory", contact_points=[("email", "mal@example.org")], by=SYSTEM, at=clock.now()
    )
    dialogue, token = start_dialogue("missed-bin", channel="web", by=customer_actor(planter.id), at=clock.now())
    adopt(dialogue, token, customer_id=planter.id, at=clock.now())
    save_for_later(dialogue, token, to=to, by=SYSTEM, at=clock.now())
    answer_address(opened(link_to(to)), f"/requests/{dialogue}")
    assert (Dialogue.objects.get().customer_id == planter.id) is kept
