"""A service asked for in another language, from its page to what comes after sending; what is left is marked as English."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from moothall.cases.models import Case
from moothall.core.packs import Pack
from moothall.customers.pack import PHRASES, Phrases
from moothall.interfaces.site.speaking import asked_in, tongues
from moothall.interfaces.site.tongues import Tongue
from moothall.services.pack import SERVICES
from tests.browser import looks_right

LANGUAGES = ("cy", "pl", "tr", "ur", "zh")
ANSWERS = {
    "bin": "recycling", "out_time": "night_before", "extent": "only_me", "tag": "no", "assisted": "no", "still_out": "yes",
}  # fmt: skip
ADDRESS = {"address-line1": "14 Mill Lane", "address-town": "Otley", "address-postcode": "LS21 1AA"}
HER = {"contact-name": "Amina Dunn", "contact-phone": "07700 900123"}
OURS = {"Leeds City Council", "Customer Services, Leeds City Council, Leeds"}
"""What is no sentence: names, marked as English."""


def english_in(html: str) -> set[str]:
    return set(re.findall(r'<span lang="en"[^>]*>(.*?)</span>', html, re.S))


@pytest.mark.django_db
@pytest.mark.parametrize("code", LANGUAGES)
def test_the_whole_journey_of_a_missed_bin_is_in_her_language(code: str, council: Pack, clock: Any) -> None:
    client, own = Client(), tongues(council)[code]
    page = client.get("/services/missed-bin").content.decode()
    assert f'href="?lang={code}" lang="{code}"' in page
    chosen = client.get(f"/services/missed-bin?lang={code}")
    assert "private" in chosen["Cache-Control"]
    assert "Cookie" in chosen["Vary"]
    here = client.post("/services/missed-bin/start")["Location"].rstrip("/")
    direction = ' dir="rtl"' if code == "ur" else ""
    seen = []

    def see(answer: Any) -> str:
        html: str = answer.content.decode()
        assert f'<html lang="{code}"{direction}' in html
        assert english_in(html) <= OURS, english_in(html)
        seen.append(html)
        return html

    see(client.get(here, follow=True))
    assert str(own.say("Enter the address.")) in see(client.post(f"{here}/address?by=hand", {}))
    client.post(f"{here}/address?by=hand", ADDRESS)
    for question, value in ANSWERS.items():
        see(client.get(f"{here}/{question}"))
        assert str(own.say("Choose an answer.")) in see(client.post(f"{here}/{question}", {}))
        client.post(f"{here}/{question}", {question: value})
    see(client.get(f"{here}/contact"))
    client.post(f"{here}/contact", HER)
    see(client.get(f"{here}/keep"))
    check = see(client.get(here, follow=True))
    assert str(own.say("Check your answers")) in check
    assert "14 Mill Lane, Otley, LS21 1AA" in check, "her own words stand as she wrote them"
    assert f"{own.say('Wednesday 4 March')}" in check
    see(client.post(f"{here}/send", follow=True))
    assert Case.objects.get().answers["bin"] == "recycling"
    back = client.get("/services/missed-bin?lang=en").content.decode()
    assert '<html lang="en-GB"' in back
    assert len(seen) > 15


@pytest.mark.django_db
def test_what_the_pack_has_not_is_marked_as_english_and_the_language_is_not_offered(council: Pack, clock: Any) -> None:
    pothole = council.of(SERVICES)["pothole"]
    assert not asked_in(tongues(council)["pl"], pothole)
    client = Client()
    assert 'href="?lang=pl"' not in client.get("/services/pothole").content.decode()
    client.cookies["moothall_language"] = "pl"
    html = client.get("/services/pothole").content.decode()
    assert "Zacznij teraz" in html
    assert "Report a pothole or damaged pavement" in english_in(html)
    client.cookies["moothall_language"] = "xx"
    assert '<html lang="en-GB"' in client.get("/services/pothole").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("service", ["missed-bin", "bin-day", "comment", "compliment"])
def test_common_services_are_offered_in_welsh_and_four_more(service: str, council: Pack) -> None:
    assert {code for code, own in tongues(council).items() if asked_in(own, council.of(SERVICES)[service])} == {
        *LANGUAGES
    }


@pytest.mark.django_db
def test_every_language_has_the_same_phrases(council: Pack) -> None:
    held = {code: set(one.says) for code, one in council.of(PHRASES).items()}
    assert set(held) == {*LANGUAGES}
    assert len({frozenset(says) for says in held.values()}) == 1


def test_a_text_is_escaped_and_never_half_translated() -> None:
    polish = Tongue("pl", {"Call {}": "Zadzwoń: {}", "Yes": "Tak <b>"}, right_to_left=False)
    assert polish.say("Call 0113 496 0000") == "Zadzwoń: 0113 496 0000"
    assert polish.say("Call them back") is None
    html = (
        '<html lang="en-GB"><p title="Yes">Yes</p><p>&lt;b&gt; left as is</p><dd>her own words</dd><script>Yes</script>'
    )
    assert polish.page(html) == (
        '<html lang="pl"><p title="Tak &lt;b&gt;">Tak &lt;b&gt;</p><p><span lang="en">&lt;b&gt; left as is</span></p>'
        "<dd>her own words</dd><script>Yes</script>"
    )


def test_a_phrase_that_cannot_be_filled_is_refused() -> None:
    with pytest.raises(ValueError, match="has a place in it"):
        Phrases(code="pl", says={"Call us": "Zadzwoń: {}"})


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("code", ["cy", "ur"])
def test_it_is_chosen_on_the_page_and_looks_right(
    code: str, council: Pack, page: Page, shot: Callable[[Page, str], Path]
) -> None:
    own = tongues(council)[code]
    page.goto("/services/missed-bin")
    page.locator(f'.tongues a[lang="{code}"]').click()
    expect(page.get_by_role("heading", name=str(own.say("Report a missed bin")), level=1)).to_be_visible()
    looks_right(page)
    shot(page, "service")
    page.get_by_role("button", name=str(own.say("Start now"))).first.click()
    expect(page.get_by_text(str(own.say("Which address was missed?"))).first).to_be_visible()
    looks_right(page)
    page.get_by_role("button", name=str(own.say("Carry on")), exact=True).first.click()
    expect(page.get_by_text(str(own.say("There is a problem")))).to_be_visible()
    looks_right(page)
    shot(page, "error")
    for name, typed in ADDRESS.items():
        page.locator(f"[name='{name}']").fill(typed)
    page.get_by_role("button", name=str(own.say("Carry on")), exact=True).first.click()
    expect(page.get_by_text(str(own.say("Which bin was not emptied?"))).first).to_be_visible()
    looks_right(page)
    page.get_by_role("radio").first.check()
    shot(page, "choice")
