"""Council tax by Direct Debit: no answer holds an account, the mandate is a real one, and each channel keeps its word."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.packs import PackErrors, current_pack, load_pack
from moothall.customers.actions import create_customer
from moothall.intake.actions import raise_request
from moothall.intake.dialogue import read_all
from moothall.intake.dialogue.known import Known
from moothall.interfaces.desk.questions import form_of
from moothall.notifications.models import Message
from moothall.payments.actions.agreeing import CannotAgree, agree, change_account, end
from moothall.payments.actions.collecting import bring_report, settle_collected
from moothall.payments.links import debit_path, pay_path
from moothall.payments.models import Instalment, Intent, Mandate
from moothall.payments.rules.debits import Account, payments_that_fit
from moothall.services.pack import SERVICES
from tests.core.packs.conftest import SERVICE, packs
from tests.payments.conftest import books
from tests.payments.test_debits import HERS, agreed, arudd, parts, send_on
from tests.payments.test_telephone import officer
from tests.payments.test_waiting_for_money import answers_of

__all__ = ["packs"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]
THEIRS = Account("M JONES", "404784", "70872490")
ANSWERS: dict[str, Any] = {
    "acct": "60012345", "do": "new", "left": "1480", "contact": {"name": "Mary Jones", "email": "mary.jones@example.com"},
}  # fmt: skip


def asked_for(clock: Any, channel: str, **more: Any) -> Intent:
    points = [("email", "mary.jones@example.com")]
    jones = create_customer(given_name="Mary", family_name="Jones", contact_points=points, by=SYSTEM, at=clock.now())
    service = current_pack().of(SERVICES)["council-tax-direct-debit"]
    answers, wrong = read_all(service, {**ANSWERS, **more}, today=date(2026, 3, 2), channel=channel)
    assert not wrong, wrong
    raise_request(
        service, answers, pack=current_pack(), channel=channel, customer_id=jones.id, by=SYSTEM, at=clock.now()
    )
    return Intent.objects.latest("created_at")


@pytest.mark.parametrize(
    ("payments", "season", "day", "earliest", "fits"),
    [
        (10, None, 1, date(2026, 11, 23), 10),
        (10, (4, 1), 1, date(2026, 3, 16), 10),  # April to January
        (12, (4, 3), 1, date(2026, 3, 16), 12),
        (12, (4, 3), 25, date(2026, 3, 16), 1),  # 25 March is the last of this year
        (10, (4, 1), 15, date(2026, 12, 7), 2),
        (10, (4, 1), 1, date(2026, 12, 7), 1),
        (12, (4, 3), 1, date(2026, 12, 7), 3),
        (10, (4, 1), 1, date(2027, 2, 1), 1),  # the season is over: once, not in the year after
        (10, (4, 1), 15, date(2026, 4, 16), 9),
        (4, (4, 1), 15, date(2026, 4, 16), 4),
    ],
)
def test_only_as_many_payments_as_the_year_still_holds(payments, season, day, earliest, fits):
    assert payments_that_fit(payments, season, day, earliest) == fits


@pytest.mark.parametrize("channel", ["sms", "post", "api"])
def test_where_no_account_can_be_asked_the_link_follows_and_says_what_it_is(clock, channel):
    clock.set("2026-03-02T09:00")
    intent = asked_for(clock, channel)
    jobs.drain()
    assert (intent.amount_pence, intent.how, intent.state) == (148_000, "direct_debit", "owed")
    body = Message.objects.get(template="debit-wanted").body.replace("\\", "")
    assert "Set up the Direct Debit" in body
    assert pay_path(intent.id) in body
    assert not Message.objects.filter(template="payment-owed").exists()
    page = Client().get(pay_path(intent.id)).content.decode()
    assert "Set up your Direct Debit" in page
    assert f"{pay_path(intent.id)}/debit" in page


def test_a_direct_debit_for_what_is_not_paid_by_one_is_a_link(clock):
    service = current_pack().of(SERVICES)["new-bin"]
    given = answers_of(service, clock.now().date())
    paying = next(question.id for question in service.questions if question.type == "payment")
    answers, wrong = read_all(service, {**given, paying: "direct_debit"}, today=clock.now().date(), channel="api")
    assert not wrong, wrong
    raise_request(service, answers, pack=current_pack(), channel="api", by=SYSTEM, at=clock.now())
    assert Intent.objects.get().how == "link"


@pytest.mark.parametrize(("code", "by_debit"), [("council-tax-direct-debit", True), ("garden-waste", False)])
def test_the_desk_offers_the_ways_that_the_pack_says(code, by_debit):
    service, answers = current_pack().of(SERVICES)[code], {"do": "new", "join": "new"}
    asked = form_of(service, "phone", QueryDict(), answers=answers, known=Known(), today=date(2026, 3, 2))
    (pay,) = [one.view for one in asked if one.view.type == "payment"]
    ways = [option.value for option in pay.options]
    assert ("direct_debit" in ways, "phone" in ways) == (by_debit, not by_debit)


def test_at_a_kiosk_no_bank_account_is_asked(clock):
    clock.set("2026-03-02T09:00")
    intent = asked_for(clock, "kiosk")
    kiosk = Client()
    kiosk.get("/kiosk/")
    shut = kiosk.get(f"/kiosk{pay_path(intent.id)}/debit")
    assert (shut.status_code, b"Sort code" in shut.content) == (404, False)


def test_stopping_or_changing_asks_for_no_money(clock):
    clock.set("2026-03-02T09:00")
    for do in ({"do": "stop"}, {"do": "bank"}, {"do": "date", "day": "15"}):
        given = {key: value for key, value in ANSWERS.items() if key != "left"} | do
        service = current_pack().of(SERVICES)["council-tax-direct-debit"]
        answers, wrong = read_all(service, given, today=date(2026, 3, 2), channel="web")
        assert (wrong, "left" in answers, "pay" in answers) == ({}, False, False)


def test_the_payments_are_the_banks_alone_and_come_to_the_penny(clock):
    clock.set("2026-12-01T09:00")
    intent = asked_for(clock, "phone", left="100.01", pay="direct_debit")
    mandate = agree(
        intent.id,
        plan="council-tax-twelve",
        day=25,
        account=HERS,
        alone=True,
        channel="phone",
        by=SYSTEM,
        at=clock.now(),
    )
    assert [(day, pence) for day, pence, _ in parts(mandate)] == [
        ("2026-12-29", 2501), ("2027-01-25", 2500), ("2027-02-25", 2500), ("2027-03-25", 2500),
    ]  # fmt: skip
    send_on(clock, "2026-12-02")
    send_on(clock, "2026-12-24")
    clock.set("2027-01-11T09:00")
    assert settle_collected(at=clock.now()) == 1
    assert books() == {"income:council-tax": -2501, "provider:bacs": 2501}


def test_another_account_is_a_new_instruction_and_what_was_sent_goes_on(clock):
    old = agreed(clock)
    send_on(clock, "2026-03-03")
    sent = send_on(clock, "2026-04-13")
    assert sent is not None
    new = change_account(old.id, account=THEIRS, alone=True, channel="web", by=SYSTEM, at=clock.now())
    again = change_account(new.id, account=THEIRS, alone=True, channel="web", by=SYSTEM, at=clock.now())
    assert again.id == new.id, "the same account again changes nothing"
    assert parts(old) == [("2026-04-15", 2450, "sent"), *((day, 2450, "stopped") for day in
                          ("2026-05-15", "2026-06-15", "2026-07-15"))]  # fmt: skip
    assert parts(new) == [(day, 2450, "planned") for day in ("2026-05-15", "2026-06-15", "2026-07-15")]
    jobs.drain()
    assert not Message.objects.filter(template="debit-ended").exists(), "it goes on, from the other account"
    assert not Intent.objects.filter(state="owed", how="link").exists(), "nothing is owed twice"
    made = send_on(clock, "2026-04-14")
    assert made is not None
    assert sorted((line[:6], line[15:17]) for line in made.content.splitlines()) == [("309089", "0C"), ("404784", "0N")]
    clock.set("2026-04-21T09:00")
    assert settle_collected(at=clock.now()) == 1
    returned = send_on(clock, "2026-05-13")
    assert returned is not None
    bring_report(arudd(new, returned.processing_on, 2450), name="r.xml", by=SYSTEM, at=clock.now())
    assert Instalment.objects.get(mandate=new, number=1).state == "returned"
    end(new.id, who="payer", why="asked", by=SYSTEM, at=clock.now())
    owed = sorted(Intent.objects.filter(state="owed").values_list("amount_pence", flat=True))
    assert owed == [2450, 4900]
    assert books() == {"income:waste-collections": -2450, "provider:bacs": 2450}


def test_another_account_only_where_something_is_to_come_and_nobody_else_has_to_sign(clock):
    mandate = agreed(clock)
    with pytest.raises(CannotAgree, match="signature of each"):
        change_account(mandate.id, account=THEIRS, alone=False, channel="web", by=SYSTEM, at=clock.now())
    end(mandate.id, who="payer", why="asked", by=SYSTEM, at=clock.now())
    with pytest.raises(CannotAgree, match="Nothing is to come"):
        change_account(mandate.id, account=THEIRS, alone=True, channel="web", by=SYSTEM, at=clock.now())
    assert Mandate.objects.count() == 1


def test_on_the_web_and_at_the_desk_it_is_shown_before_it_is_agreed(council, clock, client):
    clock.set("2026-03-02T09:00")
    intent = asked_for(clock, "web", pay="direct_debit")
    mandate = agree(
        intent.id, plan="council-tax-ten", day=15, account=HERS, alone=True, channel="web", by=SYSTEM, at=clock.now()
    )
    here = f"{debit_path(mandate.id)}/account"
    given = {"holder": "Mary Jones", "sort_code": "40-47-84", "account": "70872490", "alone": "yes"}
    wrong = client.post(here, {**given, "account": "12", "step": "agree"})
    assert (wrong.status_code, "6 to 8 digits" in wrong.content.decode()) == (422, True)
    looked = client.post(here, {**given, "step": "look"})
    assert "15 April 2026: £148" in looked.content.decode()
    two = client.post(here, {**given, "alone": "no", "step": "agree"}).content.decode()
    assert "signature of each" in two
    assert Mandate.objects.count() == 1, "nothing yet"
    adviser = officer(council, clock)
    desk = f"/desk/cases/{intent.case_id}/debit/account"
    assert "Read out: the Direct Debit Guarantee" in adviser.post(desk, {**given, "step": "look"}).content.decode()
    assert adviser.post(desk, {**given, "step": "agree"}).status_code == 303
    assert list(Mandate.objects.order_by("made_at", "id").values_list("state", flat=True)) == ["ended", "pending"]
    page = adviser.get(f"/desk/cases/{intent.case_id}/").content.decode()
    assert ("ending 2490" in page, "70872490" in page) == (True, False)
    assert client.get(here).status_code == 302, "the old one is over"
    assert client.get(f"/debits/{mandate.id}/{'0' * 32}/account").status_code == 404


def test_a_pack_that_asks_for_an_account_in_an_answer_is_refused(packs: Callable[..., Path]) -> None:
    asks = "  - id: bank\n    type: text\n    label: What is the sort code of your bank?\n    max_length: 20\ntables:\n"
    text = SERVICE.replace("tables:\n", asks, 1)
    with pytest.raises(PackErrors) as caught:
        load_pack("town", packs(files={"base/services/missed-bin.yaml": text}))
    (said,) = [str(one) for one in caught.value.problems if "bank details" in one.what]
    assert "question `bank` asks for bank details" in said
    assert "`payment` question" in said
