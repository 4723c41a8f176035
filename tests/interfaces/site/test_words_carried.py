"""The language she chose carries through: tracking, rating, paying, proving and their errors; what is left is marked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Set
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page

from moothall.cases.actions import close_case, note_case, wait_for
from moothall.cases.models import Case, Note
from moothall.contacts.actions import record_contact
from moothall.core import jobs
from moothall.core.actors import ANONYMOUS, SYSTEM
from moothall.core.packs import Pack
from moothall.core.references import show_reference
from moothall.core.zone import council_date
from moothall.customers.models import Customer
from moothall.customers.pack import PHRASES
from moothall.customers.queries.card import customer_card
from moothall.feedback.links import ask_token
from moothall.feedback.models import Ask
from moothall.intake.actions import raise_request
from moothall.intake.dialogue import read_all
from moothall.interfaces.site.request_shapes import BY_POST
from moothall.interfaces.site.speaking import COOKIE, tongues
from moothall.interfaces.site.tongues import Tongue
from moothall.notifications.models import Message
from moothall.partners.models import HelpState, PersonReferral
from moothall.partners.pack import REFERRING
from moothall.partners.shared import HER, TELLS
from moothall.payments.adapters.govuk_pay import GovukPay
from moothall.payments.adapters.govuk_pay import twin as govuk
from moothall.payments.links import pay_path
from moothall.payments.models import Intent
from moothall.payments.providers import use
from moothall.services.pack import SERVICES

from ...browser import goes_on, looks_right
from ...intake.catalogue import TODAY
from ...intake.test_raising import MISSED_BIN
from ...partners.help import NEIGHBOURS, ask, bring
from ...payments.test_site import fill
from ..account.conftest import last_code
from .test_street import report, town, walk_to_check
from .test_tongues import ADDRESS, ANSWERS, LANGUAGES, OURS, english_in

__all__ = ["report", "town"]
pytestmark = [pytest.mark.django_db]


@pytest.fixture
def case(council: Pack, clock: Any) -> Case:
    answers, _ = read_all(council.of(SERVICES)["missed-bin"], MISSED_BIN, today=TODAY)
    raised = raise_request(
        council.of(SERVICES)["missed-bin"], answers, pack=council, channel="web", by=ANONYMOUS, at=clock.now()
    )
    return Case.objects.get(id=raised.case_id)


def see(answer: Any, code: str, beside: Set[str] = frozenset()) -> str:
    html: str = answer.content.decode()
    direction = ' dir="rtl"' if code == "ur" else ""
    assert f'<html lang="{code}"{direction}' in html
    left = english_in(html) - OURS - beside
    assert not left, left
    return html


@pytest.mark.parametrize("code", LANGUAGES)
def test_tracking_is_in_her_language(code: str, council: Pack, clock: Any, case: Case) -> None:
    client = Client()
    assert f'href="?lang={code}" lang="{code}"' in client.get("/track").content.decode()
    see(client.get(f"/track?reference={show_reference(case.reference)}&lang={code}"), code)
    see(client.post("/track", {"reference": "", "second": ""}), code)
    see(client.post("/track", {"reference": "nonsense", "second": "x"}), code)
    see(client.post("/track", {"reference": case.reference, "second": "nobody@example.com"}), code)
    page = client.post("/track", {"reference": case.reference, "second": "LS1 1UR"}, follow=True)
    here = f"/track/{case.id}"
    see(page, code)
    see(client.post(f"{here}/add", {"text": " "}), code)
    see(client.post(f"{here}/add", {"text": "za bramą"}, follow=True), code)
    wait_for(case.id, reason="blocked_access", by=SYSTEM, at=clock.now())
    see(client.get(here), code)
    note_case(case.id, text="We will come back tomorrow", visible_to_customer=True, by=SYSTEM, at=clock.now())
    close_case(case.id, outcome="emptied-on-return-visit", resolved=True, by=SYSTEM, at=clock.now())
    see(client.get(here), code, {"We will come back tomorrow"})
    see(client.get(f"{here}/rate"), code)
    see(client.post(f"{here}/rate", {"score": "wonderful"}), code)
    see(client.post(f"{here}/rate", {"score": "good"}, follow=True), code, {"We will come back tomorrow"})
    see(client.get(f"{here}/not-right"), code)
    see(client.post(f"{here}/not-right", {"text": ""}), code)
    see(client.post(f"{here}/not-right", {"text": "x"}, follow=True), code, {"We will come back tomorrow"})
    see(client.post(f"{here}/withdraw", follow=True), code, {"We will come back tomorrow"})


@pytest.mark.parametrize("code", LANGUAGES)
def test_who_may_help_her_is_in_her_language(code: str, council: Pack, clock: Any) -> None:
    """Where each referral stands, why not, what is shared and the way back; names and her own words stay as they are."""
    bring(clock.now())
    case, own = ask(council, clock), tongues(council)[code]
    row = PersonReferral.objects.get()
    theirs = {NEIGHBOURS}
    service = council.of(SERVICES)["help-from-others"]
    asked = {
        service.name,
        *(q.label for q in service.questions),
        *(o.label for q in service.questions for o in q.options),
    }
    client = Client()
    client.cookies[COOKIE] = code
    client.post("/track", {"reference": case.reference, "second": "grace.okoro@example.net"})
    here = f"/track/{case.id}"

    def panel() -> str:
        html = client.get(here).content.decode()
        part = html.split('aria-labelledby="helps"')[1].split("</section>")[0]
        assert english_in(part) <= theirs, english_in(part)
        return part

    assert str(own.say("Who may help you")) in panel()
    for state in HelpState:
        PersonReferral.objects.filter(id=row.id).update(state=state, reason="")
        assert str(own.say(TELLS[state])) in panel()
    for reason in council.one(REFERRING).reasons:
        PersonReferral.objects.filter(id=row.id).update(state="declined", reason=reason.code)
        assert str(own.say(f"{reason.says}.")) in panel()
    PersonReferral.objects.filter(id=row.id).update(state="sent", reason="", shares=list(HER))
    shown = panel()
    assert all(str(own.say(words[:1].upper() + words[1:])) in shown for words in HER.values())
    PersonReferral.objects.filter(id=row.id).update(organization="Harbour Safe at Home", name="Safe at home")
    assert str(own.say("The organisation we spoke of")) in panel()
    assert "Harbour" not in panel()
    PersonReferral.objects.filter(id=row.id).update(organization=NEIGHBOURS)
    done = client.post(f"{here}/help/{row.id}/back", follow=True).content.decode()
    told = set(Note.objects.filter(case=case).values_list("text", flat=True))  # each in the language it was written in
    left = english_in(done) - OURS - theirs - asked - told
    assert left == {f"{service.name} · {show_reference(case.reference)}"}
    assert str(own.say("They see nothing of you any more, and we have told them.")) in done


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_question_how_we_did_is_in_her_language_from_the_link(code: str, council: Pack, clock: Any) -> None:
    contact = record_contact(channel="phone", received_at=clock.now(), by=SYSTEM, at=clock.now(), service="missed-bin")
    ask = Ask.objects.create(
        contact_id=contact.id, people=[], service="missed-bin", channel="phone", asked_at=clock.now()
    )
    client, here = Client(), f"/feedback/{ask_token(ask.id)}"
    see(client.get(f"{here}?lang={code}"), code)
    see(client.post(here, {"score": "wonderful"}), code)
    see(client.post(here, {"no-more": "yes"}), code)
    see(client.post(here, {"score": "poor"}), code)
    see(client.get("/feedback"), code)
    see(client.post("/feedback", {"code": ""}), code)
    see(client.post("/feedback", {"code": "nonsense"}), code)


@pytest.mark.usefixtures("pay")
@pytest.mark.parametrize("code", LANGUAGES)
def test_proving_and_paying_are_in_her_language(code: str, council: Pack, clock: Any) -> None:
    client, own = Client(SERVER_NAME="localhost", SERVER_PORT="8000"), tongues(council)[code]
    client.cookies[COOKIE] = code
    here = fill(client)
    garden = {council.of(SERVICES)["garden-waste"].name}
    prove = client.post(f"{here}send")["Location"]
    assert str(own.say("Show us it is you")) in see(client.get(prove), code, garden)
    see(client.post(prove, {"to": "9"}), code, garden)
    asked = client.post(prove, {"to": "0"})["Location"]
    see(client.get(asked), code)
    see(client.post(asked, {"code": "000000"}), code)
    away = client.post(asked, {"code": last_code()})["Location"]
    assert away.startswith("http://localhost:8000/demo/card/")
    bill = Intent.objects.get()
    parts = {one["says"] for one in bill.lines} | garden | {bill.description}
    assert "£98" in see(client.get(pay_path(bill.id)), code, parts)
    case = Case.objects.get()
    assert Customer.objects.get(id=case.customer_id).language == code
    see(Client().get(f"{pay_path(bill.id)[:-3]}xyz?lang={code}"), code)


@pytest.fixture
def pay(clock: Any) -> Iterator[None]:
    running = govuk.Twin(pages="http://localhost:8000/demo/card").start()
    use(GovukPay(running.url, govuk.KEY, govuk.SECRET, timeout=2))
    yield
    use(None)
    running.stop()


@pytest.mark.row("A12", "A13")
@pytest.mark.parametrize("code", LANGUAGES)
def test_what_she_sends_remembers_it_and_our_messages_lead_to_pages_in_it(code: str, council: Pack, clock: Any) -> None:
    client = Client()
    client.get(f"/services/missed-bin?lang={code}")
    here = client.post("/services/missed-bin/start")["Location"]
    client.post(f"{here}address?by=hand", ADDRESS)
    for question, value in ANSWERS.items():
        client.post(f"{here}{question}", {question: value})
    client.post(f"{here}contact", {"contact-name": "Amina Dunn", "contact-email": "amina.dunn@example.com"})
    client.post(f"{here}send")
    case = Case.objects.get()
    assert case.customer_id is not None
    seen = customer_card(case.customer_id, SYSTEM, on=council_date(clock.now()))
    assert seen is not None
    assert seen.language == code, "an officer sees it"
    jobs.drain()
    message = Message.objects.get()
    assert message.language == code
    link = re.search(r"(/track\?[^\s)]+)", message.body.replace("\\", ""))
    assert link is not None
    assert f"lang={code}" in link[1]
    see(Client().get(link[1].replace("&amp;", "&")), code)
    see(client.get(f"{here}sent"), code)
    page = see(client.get(f"/track/{case.id}"), code)
    assert f'<p lang="{code}" dir="auto">' in page, "our message stands there in its own language"


@pytest.mark.parametrize("code", LANGUAGES)
def test_that_letters_come_is_said_in_her_language(code: str, council: Pack, clock: Any) -> None:
    client, own = Client(), tongues(council)[code]
    client.get(f"/services/missed-bin?lang={code}")
    here = client.post("/services/missed-bin/start")["Location"]
    client.post(f"{here}address?by=hand", ADDRESS)
    for question, value in ANSWERS.items():
        client.post(f"{here}{question}", {question: value})
    client.post(f"{here}contact", {"contact-by": "post"})
    assert str(own.say(BY_POST)) in see(client.post(f"{here}send", follow=True), code)
    asked = council.of(SERVICES)["comment"].by_question["write_to"]
    assert all(own.has(str(words)) for words in (asked.label, asked.hint)), "for the services that come to ask it"


def test_in_english_nothing_is_remembered_and_links_are_as_they_were(council: Pack, clock: Any, case: Case) -> None:
    jobs.drain()
    assert Customer.objects.get(id=case.customer_id).language == "en"
    assert "lang=" not in Message.objects.get().body


def test_a_phrase_that_is_missing_is_english_and_marked_so(council: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    urdu = tongues(council)["ur"]
    less = Tongue("ur", {k: v for k, v in urdu._says.items() if k != "Find it"}, right_to_left=True)
    monkeypatch.setattr("moothall.interfaces.site.speaking.tongues", lambda _: {"ur": less})
    html = Client().get("/track?lang=ur").content.decode()
    assert '<span lang="en" dir="ltr">Find it</span>' in html
    assert english_in(html) - OURS == {"Find it"}


def test_every_word_of_these_pages_is_there_in_every_language(council: Pack) -> None:
    for code, one in council.of(PHRASES).items():
        assert one.unread, f"{code}: say so until a native reader has checked them"
        assert {english for english, own in one.says.items() if not own.strip()} == set()
        for english, own in one.says.items():
            assert own.count("{") == english.count("{"), (code, english)


def test_dates_and_times_are_said_as_the_language_says_them(council: Pack) -> None:
    said = {code: str(own.say("Wednesday 4 March, 5.30pm")) for code, own in tongues(council).items()}
    assert said["pl"] == "środa 4 marca, 17:30"
    assert said["ur"] == "بدھ 4 مارچ، 17:30"
    assert said["zh"] == "3月4日星期三 17:30"
    polish = tongues(council)["pl"]
    assert polish.say("26 November 2026") == "26 listopada 2026 r."
    assert polish.say("midday") == "12:00"
    assert polish.say("midnight") == "0:00"
    assert polish.say("the end of Thursday 26 November") == "koniec dnia: czwartek 26 listopada"
    assert polish.say("2 Recycling") is None
    assert polish.say("the street or bin store was blocked") == "ulica lub wiata śmietnikowa była zablokowana"


def test_what_says_its_own_language_is_left_as_it_is(council: Pack) -> None:
    polish = Tongue("pl", {"Yes": "Tak"}, right_to_left=False)
    html = '<p lang="">Yes <b>Yes</b></p><p>Yes</p><div lang="tr"><div>Yes</div><br>Yes</div><p>Yes</p>'
    assert polish.page(html) == (
        '<p lang="">Yes <b>Yes</b></p><p>Tak</p><div lang="tr"><div>Yes</div><br>Yes</div><p>Tak</p>'
    )


def test_the_switch_leads_to_a_page_that_can_be_looked_at(council: Pack, clock: Any, case: Case) -> None:
    client = Client()
    client.post("/track", {"reference": case.reference, "second": "LS1 1UR"})
    wrong = client.post(f"/track/{case.id}/add", {"text": ""}).content.decode()
    assert f'href="/track/{case.id}?lang=pl"' in wrong
    assert client.get(f"/track/{case.id}?lang=pl").status_code == 200
    again = client.post(f"/track/{case.id}/rate", {}).content.decode()
    assert f'href="/track/{case.id}/rate?lang=en"' in again
    asked = client.get(f"/track?reference={case.reference}").content.decode()
    assert f'href="/track?reference={case.reference}&amp;lang=ur" lang="ur" dir="rtl"' in asked


@pytest.mark.row("A13")
def test_knowledge_offers_the_same_switch_and_it_holds(council: Pack) -> None:
    client = Client()
    page = client.get("/answers/food-hygiene").content.decode()
    link = re.search(r'<nav class="tongues".*?href="(/answers/food-hygiene-ur\?lang=ur)"', page, re.S)
    assert link is not None
    urdu = client.get(link[1]).content.decode()
    assert '<html lang="ur" dir="rtl"' in urdu
    assert "ہاتھ دھوئیں" in urdu
    english = client.get("/answers/food-hygiene").content.decode()
    assert '<article lang="en" dir="ltr"' in english
    assert 'href="/answers/food-hygiene?lang=en"' in english, "the way back where only the frame is in her language"
    assert "Wash your hands" in english
    assert '<html lang="en-GB"' in client.get("/answers/food-hygiene?lang=en").content.decode()


def test_numbers_and_addresses_keep_their_order_from_right_to_left(council: Pack) -> None:
    urdu = tongues(council)["ur"]
    assert "\u20660113 496 0000\u2069" in str(urdu.say("Ring 0113 496 0000"))
    assert urdu.page("<dd>14 Mill Lane, Otley</dd>") == "<dd><bdi>14 Mill Lane, Otley</bdi></dd>"
    assert urdu.page("<p><a>0113 496 0000</a></p><dd>07700 900123</dd><p>2</p>") == (
        '<p><a><bdi dir="ltr">0113 496 0000</bdi></a></p><dd><bdi dir="ltr">07700 900123</bdi></dd><p>2</p>'
    )
    assert "\u2066" not in str(tongues(council)["pl"].say("Ring 0113 496 0000"))


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_is_already_reported_is_said_in_her_language(
    code: str, report: Callable[..., Case], council: Pack, clock: Any
) -> None:
    case, client, own = report(), Client(), tongues(council)[code]
    clock.advance(days=1)
    client.cookies[COOKIE] = code
    check = client.get(walk_to_check(client)).content.decode()
    for english in ("Is it one of these?", "It is this one: me too", "If yours is another, send it."):
        assert str(own.say(english)) in check
    here = f"/reports/{show_reference(case.reference)}"
    theirs = {
        case.place_text,
        "Near Mill Lane, Armley",
        f"Pothole or damaged pavement · {show_reference(case.reference)}",
    }
    link = re.search(rf'href="({here}[^"]+too=[^"#]+)', check)
    assert link is not None
    see(client.get(link[1].replace("&amp;", "&")), code, theirs)
    wrong = see(client.post(f"{here}/follow", {"address": "nobody"}), code, theirs)
    assert f'href="{here}?lang=en"' in wrong
    see(client.post(f"{here}/follow", {"address": "neighbour@example.com"}, follow=True), code, theirs)


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_tracking_in_urdu_looks_right(
    council: Pack, clock: Any, case: Case, page: Page, shot: Callable[[Page, str], Path]
) -> None:
    jobs.drain()
    page.goto(f"/track?reference={show_reference(case.reference)}&lang=ur")
    looks_right(page)
    shot(page, "track")
    page.locator("[name='second']").fill("LS1 1UR")
    with goes_on(page):
        page.get_by_role("button", name="تلاش کریں").click()
    looks_right(page)
    page.locator("[name='text']").fill("Gate is open")
    with goes_on(page):
        page.get_by_role("button", name="بھیجیں", exact=True).click()
    looks_right(page)
    shot(page, "tracked")
    page.set_viewport_size({"width": 320, "height": 640})
    shot(page, "tracked-320")
    close_case(case.id, outcome="emptied-on-return-visit", resolved=True, by=SYSTEM, at=clock.now())
    page.goto(f"/track/{case.id}/rate")
    looks_right(page)
    shot(page, "rate-320")
