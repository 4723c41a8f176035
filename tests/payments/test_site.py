"""A request that costs something, on the web: the price before, off to pay and back, and what each page says."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from moothall.cases.models import Case
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.references import show_reference
from moothall.intake.actions import raise_request
from moothall.intake.dialogue import read_all
from moothall.notifications.models import Message
from moothall.payments.links import pay_path
from moothall.payments.models import Attempt, Intent, IntentState, Refusal
from moothall.services.pack import SERVICES
from tests.interfaces.account.conftest import last_code

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]
ANSWERS: dict[str, Any] = {
    "address": {"line1": "14 Mill Lane", "town": "Leeds", "postcode": "LS1 1UR"}, "join": "new", "bins": "2",
    "need_bin": "no", "support": "no", "pay": "card",
    "contact": {"name": "Mary Jones", "email": "mary.jones@example.com"},
}  # fmt: skip
TODAY = date(2026, 3, 2)


@pytest.fixture
def client() -> Client:
    """A browser at the address that the provider takes as one to come back to."""
    return Client(SERVER_NAME="localhost", SERVER_PORT="8000")


def fill(client: Client, answers: dict[str, Any] = ANSWERS, service: str = "garden-waste") -> str:
    """Answer every question on its page; return the request's address."""
    here = client.post(f"/services/{service}/start")["Location"]
    for name, value in answers.items():
        posted = {f"{name}-{part}": one for part, one in value.items()} if isinstance(value, dict) else {name: value}
        path = f"{here}{name}?by=hand" if name == "address" else f"{here}{name}"
        answer = client.post(path, posted)
        assert answer.status_code == 302, (name, answer.content.decode()[:3000])
    return here


def send(client: Client, here: str, posted: dict[str, str] | None = None) -> Any:
    """Send it; where the service asks for proof, the code of our message is typed first. Returns the last answer."""
    answer = client.post(f"{here}send", posted or {})
    if answer.status_code == 302 and answer["Location"].endswith("/prove"):
        asked = client.post(answer["Location"], {"to": "0"})
        answer = client.post(asked["Location"], {"code": last_code()})
    return answer


def text(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def test_price_before_paid_and_said_so_everywhere(client, clock, pay):
    here = fill(client, {key: value for key, value in ANSWERS.items() if key not in {"pay", "contact"}})
    asked = text(client, f"{here}pay")
    assert "£98" in asked
    assert "The yearly price for each bin." in asked
    client.post(f"{here}pay", {"pay": "card"})
    client.post(f"{here}contact", {"contact-name": "Mary Jones", "contact-email": "mary.jones@example.com"})
    checked = text(client, f"{here}check")
    assert "You pay £98." in checked
    assert "Send it and pay" in checked
    away = send(client, here)
    payment = away["Location"].rsplit("/", 1)[1]
    assert away["Location"].startswith("http://localhost:8000/demo/card/")
    intent = Intent.objects.get()
    assert (intent.amount_pence, intent.income, Case.objects.get().state) == (9800, "waste-collections", "waiting")
    assert "£98 to pay" in text(client, f"{here}sent")

    back = pay.play(payment, "pay").removeprefix("http://localhost:8000")
    seen = client.get(back, follow=True)
    assert "We have your £98" in seen.content.decode()
    assert Case.objects.get().state == "open"
    jobs.drain()
    assert "We have your £98" in text(client, f"{here}sent")
    assert [one.template for one in Message.objects.order_by("created_at")].count("payment-receipt") == 1
    again = send(client, here)  # the button twice, the back key: nothing is paid twice
    assert again["Location"].endswith("/sent")
    assert Attempt.objects.count() == 1


def test_left_on_the_providers_page_and_declined_she_can_still_pay(client, clock, pay):
    here = fill(client)
    payment = send(client, here)["Location"].rsplit("/", 1)[1]
    intent = Intent.objects.get()
    waiting = text(client, pay_path(intent.id))
    assert "We are checking your payment" in waiting
    quoted = show_reference(Case.objects.get().reference)
    assert f'Your reference <strong class="figure">{quoted}</strong>' in waiting, (
        "the one to quote, before it is paid too"
    )
    pay.play(payment, "decline")
    shown = client.get(f"{pay_path(intent.id)}/back", follow=True).content.decode()
    assert "Your card was not accepted" in shown
    second = client.post(f"{pay_path(intent.id)}/start")["Location"].rsplit("/", 1)[1]
    assert second != payment
    pay.play(second, "pay")
    client.get(f"{pay_path(intent.id)}/back")
    assert Intent.objects.get().state == IntentState.DONE
    jobs.drain()
    assert {"payment-unfinished", "payment-receipt"} & set(Message.objects.values_list("template", flat=True)) == {
        "payment-receipt"
    }


def test_the_provider_is_down_and_the_page_says_what_to_do(client, clock, pay):
    here = fill(client)
    pay.down = True
    answer = send(client, here)
    assert answer.status_code == 503
    assert "Nothing has been taken" in answer.content.decode()
    assert Case.objects.count() == 1
    pay.down = False
    intent = Intent.objects.get()
    payment = client.post(f"{pay_path(intent.id)}/start")["Location"].rsplit("/", 1)[1]
    pay.play(payment, "pay")
    pay.down = True
    shown = client.get(f"{pay_path(intent.id)}/back", follow=True).content.decode()
    assert "do not pay again" in shown
    pay.down = False
    clock.advance(minutes=3)
    jobs.drain()
    assert "We have your £98" in text(client, pay_path(intent.id))


def test_nobody_pays_in_time_and_the_request_is_stopped_and_she_is_told(client, clock, pay):
    here = fill(client, {**ANSWERS, "pay": "link"})
    assert send(client, here)["Location"].endswith("/sent")
    jobs.drain()
    assert Message.objects.filter(template="payment-owed").count() == 1
    clock.advance(days=29)
    jobs.drain()
    intent = Intent.objects.get()
    assert (intent.state, Case.objects.get().state) == (IntentState.VOID, "closed")
    assert "There is nothing to pay" in text(client, pay_path(intent.id))
    assert client.post(f"{pay_path(intent.id)}/start").status_code == 409


@pytest.mark.parametrize("link", ["short", "0" * 40])
def test_another_persons_bill_cannot_be_opened_and_the_try_is_noted(client, clock, pay, link):
    intent = raised(clock)
    assert "We can’t find this payment" in text(client, f"/pay/{intent.id}/{link}", 404)
    assert client.post(f"/pay/{intent.id}/{link}/start").status_code == 404
    assert Refusal.objects.filter(kind="link", subject=str(intent.id)).count() == 2
    assert Attempt.objects.count() == 0


def test_whoever_guesses_links_is_stopped_and_nobody_else_at_that_address(client, clock, pay):
    intent = raised(clock)
    guesses = [client.get(f"/pay/{intent.id}/{n:040}").status_code for n in range(32)]
    assert guesses == [404] * 30 + [429] * 2
    assert client.get(f"/debits/{intent.id}/{'0' * 40}").status_code == 429
    assert "£98" in text(client, pay_path(intent.id))
    assert client.post(f"{pay_path(intent.id)}/start").status_code == 302
    clock.advance(minutes=16)
    assert client.get(f"/pay/{intent.id}/{'0' * 40}").status_code == 404


def raised(clock, **more) -> Intent:
    """Garden waste asked for by somebody, by any channel."""
    from moothall.core.packs import current_pack

    service = current_pack().of(SERVICES)["garden-waste"]
    answers, wrong = read_all(service, {**ANSWERS, **more}, today=TODAY, channel="web")
    assert not wrong, wrong
    raise_request(service, answers, pack=current_pack(), channel="web", by=SYSTEM, at=clock.now())
    return Intent.objects.latest("created_at")


@pytest.mark.parametrize("bins", ["-2", "1000000", "1e9", "2; drop", "9" * 400])
def test_quantities_out_of_all_bounds_are_refused_in_words(client, clock, bins):
    here = client.post("/services/garden-waste/start")["Location"]
    for name, posted in (("address?by=hand", {"address-line1": "14 Mill Lane", "address-postcode": "LS1 1UR"}),
                         ("join", {"join": "new"})):  # fmt: skip
        assert client.post(here + name, posted).status_code == 302
    answer = client.post(f"{here}bins", {"bins": bins})
    assert answer.status_code == 400
    assert "govuk-error-message" in answer.content.decode()
    assert Intent.objects.count() == 0


@pytest.mark.parametrize("amount", ["-5", "0", "0.001", "9999999", "1e6"])
def test_amounts_people_choose_keep_to_bounds(client, clock, amount):
    here = client.post("/services/rent-account/start")["Location"]
    client.post(f"{here}ref", {"ref": ""})
    client.post(f"{here}what", {"what": "pay"})
    answer = client.post(f"{here}amount", {"amount": amount})
    assert answer.status_code == 400, amount


def test_a_price_that_a_browser_sends_is_no_price(client, clock, pay):
    here = fill(client)
    send(client, here, {"amount": "1", "amount_pence": "1", "fee": "1", "price": "1"})
    assert Intent.objects.get().amount_pence == 9800
    client.post(f"{pay_path(Intent.objects.get().id)}/start", {"amount": "1"})
    assert {one["amount"] for one in pay.payments.values()} == {9800}


def test_webhooks_through_the_door(client, clock, pay, settings):
    intent = raised(clock)
    payment = client.post(f"{pay_path(intent.id)}/start")["Location"].rsplit("/", 1)[1]
    pay.play(payment, "pay")
    raw, headers = pay.hooks[-1]
    send = {"content_type": "application/json"}
    forged = client.post("/hooks/pay/govuk_pay", raw, headers={"Pay-Signature": "0" * 64}, **send)
    assert (forged.status_code, Refusal.objects.get().kind) == (400, "forged-webhook")
    assert client.post("/hooks/pay/stripe", raw, headers=headers, **send).status_code == 404
    strange = b"[1, 2]"
    answer = client.post("/hooks/pay/govuk_pay", strange, headers=pay.signed(strange), **send)
    assert answer.status_code == 202
    for _ in range(3):
        assert client.post("/hooks/pay/govuk_pay", raw, headers=headers, **send).status_code == 204
    jobs.drain()
    assert Intent.objects.get(id=intent.id).state == IntentState.DONE
