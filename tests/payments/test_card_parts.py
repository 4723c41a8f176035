"""In parts by card: agreed while the first is paid, each later one announced and taken once, tried again, stopped."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from moothall.cases.actions import close_case
from moothall.cases.models import Case, Task
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.models import Job
from moothall.core.twin_server import Fault
from moothall.notifications.models import Message
from moothall.payments import actions
from moothall.payments.actions.agreeing import CannotAgree, agree, end
from moothall.payments.actions.card_plans import begin, take_part
from moothall.payments.links import debit_path, debit_token, pay_path, pay_token
from moothall.payments.models import Attempt, Instalment, Intent, Mandate, Refusal
from moothall.payments.rules.debits import read_account
from tests.payments.conftest import books, come_back, fresh, start
from tests.payments.test_telephone import asked_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]
PLAN = "four-by-card"


def words_of(template: str) -> list[str]:
    bodies = Message.objects.filter(template=template).order_by("created_at").values_list("body", flat=True)
    return [body.replace("\\", "") for body in bodies]


def begins(clock: Any, intent: Intent, plan: str = PLAN) -> str:
    """Up to the provider's page; return the payment's id there."""
    page = begin(
        intent.id, plan=plan, come_back=lambda bill: f"http://localhost:8000{pay_path(bill)}/back", channel="web",
        by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    return page.rsplit("/", 1)[1]


def first_bill() -> Intent:
    bill = Instalment.objects.get(number=1).bill
    assert bill is not None
    return bill


def agreed(clock: Any, pay: Any) -> tuple[Intent, Mandate]:
    """Garden waste for £98 in four parts, of which the first is paid."""
    clock.set("2026-03-02T09:00")
    intent = asked_for(clock)
    payment = begins(clock, intent)
    assert (pay.payments[payment]["amount"], len(pay.agreements)) == (2450, 1)
    pay.play(payment, "pay")
    come_back(first_bill(), clock)
    jobs.drain()
    return fresh(intent), Mandate.objects.get()


def states() -> list[str]:
    return list(Instalment.objects.order_by("number").values_list("state", flat=True))


def day(clock: Any, on: str) -> None:
    clock.set(f"{on}T09:00")
    jobs.drain()
    clock.advance(minutes=65)
    jobs.drain()


@pytest.mark.long
def test_agreed_announced_and_taken_month_by_month_until_all_is_paid(clock, pay):
    intent, mandate = agreed(clock, pay)
    assert (intent.state, intent.why_void, mandate.state, states()) == (
        "void", "instalments", "active", ["taken", "planned", "planned", "planned"],
    )  # fmt: skip
    assert Case.objects.get().state == "open", "the request goes on"
    said = words_of("card-agreed")[0]
    for words in ("2 April", "2 May", "2 June", "£24.50"):
        assert words in said, words
    day(clock, "2026-03-27")
    assert words_of("card-due") == []
    day(clock, "2026-03-28")
    assert ("2 April" in words_of("card-due")[0], states()[1]) == (True, "planned")
    day(clock, "2026-04-02")
    day(clock, "2026-04-03")
    assert (states()[1], len(pay.payments), len(words_of("card-due"))) == ("taken", 2, 1)
    for on in ("2026-04-28", "2026-05-03", "2026-05-29", "2026-06-03"):
        day(clock, on)
    assert (Mandate.objects.get().state, set(states()), len(pay.payments)) == ("done", {"taken"}, 4)
    assert books() == {"income:waste-collections": -9800, "provider:govuk_pay": 9800}
    assert [one["status"] for one in pay.agreements.values()] == ["cancelled"], "nothing more can be taken by it"
    assert len(words_of("payment-receipt")) == 4


@pytest.mark.long
def test_announced_late_it_is_taken_later_and_never_unannounced(clock, pay):
    agreed(clock, pay)
    day(clock, "2026-04-20")  # nothing ran for weeks
    assert (states()[1], len(pay.payments)) == ("planned", 1)
    assert "25 April" in words_of("card-due")[0]
    day(clock, "2026-04-25")
    assert states()[1] == "taken"


@pytest.mark.long
def test_leaving_the_page_changes_nothing_and_paid_in_one_there_are_no_parts(clock, pay):
    clock.set("2026-03-02T09:00")
    intent = asked_for(clock)
    payment = begins(clock, intent)
    assert begins(clock, intent) == payment, "pressed twice it is the same"
    pay.play(payment, "cancel")
    come_back(first_bill(), clock)
    jobs.drain()
    assert (fresh(intent).state, Mandate.objects.get().state, len(pay.agreements)) == ("owed", "pending", 1)
    with pytest.raises(CannotAgree, match="begun for this"):
        agree(intent.id, plan="four-months", day=1, account=read_account("M Jones", "309089", "00733445"), alone=True,
              channel="web", by=SYSTEM, at=clock.now())  # fmt: skip
    pay.play(start(intent, clock), "pay")
    come_back(intent, clock)
    jobs.drain()
    assert (fresh(intent).state, Mandate.objects.get().state, fresh(first_bill()).state) == ("done", "ended", "void")
    assert books() == {"income:waste-collections": -9800, "provider:govuk_pay": 9800}
    assert words_of("card-ended") == []


@pytest.mark.long
def test_paid_in_one_and_in_parts_at_once_one_of_them_goes_back(clock, pay):
    clock.set("2026-03-02T09:00")
    intent = asked_for(clock)
    part, whole = begins(clock, intent), start(intent, clock)
    pay.play(part, "pay")
    pay.play(whole, "pay")
    come_back(first_bill(), clock)
    come_back(intent, clock)
    jobs.drain()
    assert (fresh(intent).state, Mandate.objects.get().state) == ("done", "ended")
    assert books() == {"income:waste-collections": -9800, "provider:govuk_pay": 9800}


@pytest.mark.long
def test_the_time_of_its_first_part_runs_out_and_what_was_paid_in_one_goes_on(clock, pay):
    clock.set("2026-03-02T09:00")
    intent = asked_for(clock)
    begins(clock, intent)
    clock.set("2026-04-02T09:00")
    pay.play(start(intent, clock), "pay")
    come_back(intent, clock)
    actions.sweep(at=clock.now())  # before anything that follows from the payment
    jobs.drain()
    assert (fresh(intent).state, fresh(first_bill()).state, Case.objects.get().state) == ("done", "void", "open")
    assert words_of("payment-void") == [], "nobody is told that it was not paid"


@pytest.mark.long
def test_the_first_part_is_paid_in_time_and_the_provider_tells_of_the_agreement_late(clock, pay):
    clock.set("2026-03-02T09:00")
    intent = asked_for(clock)
    pay.play(begins(clock, intent), "pay")
    come_back(first_bill(), clock)
    pay.down = True
    for _ in range(14):  # until the job is given up
        jobs.drain(strict=False)
        clock.advance(hours=1)
    clock.set("2026-04-02T09:00")
    jobs.drain(strict=False)
    assert (fresh(intent).state, Case.objects.get().state) == ("owed", "open"), "she has paid in time"
    pay.down = False
    clock.advance(hours=1)
    jobs.drain()
    assert (Mandate.objects.get().state, fresh(intent).why_void) == ("active", "instalments")
    assert books() == {"income:waste-collections": -2450, "provider:govuk_pay": 2450}


@pytest.mark.long
@pytest.mark.parametrize("how", ["closed", "withdrawn"])
def test_not_owed_any_more_before_the_agreement_stands_the_first_part_goes_back(clock, pay, how):
    clock.set("2026-03-02T09:00")
    intent = asked_for(clock)
    pay.play(begins(clock, intent), "pay")
    come_back(first_bill(), clock)
    pay.down = True
    jobs.drain(strict=False)
    if how == "closed":
        close_case(Case.objects.get().id, outcome="not-done-reason-given", resolved=False, by=SYSTEM, at=clock.now())
    else:
        actions.void(intent.id, why="withdrawn", by=SYSTEM, at=clock.now())
    pay.down = False
    jobs.drain()
    assert (fresh(intent).state, Mandate.objects.get().state, books()) == ("void", "ended", {})
    assert "It was not owed any more" in words_of("refund-sent")[0]


@pytest.mark.long
def test_a_card_that_does_not_pay_is_tried_again_then_the_rest_is_a_bill(clock, pay):
    agreed(clock, pay)
    pay.declines = [True, True, True]
    day(clock, "2026-03-28")
    day(clock, "2026-04-02")
    assert (states()[1], "5 April" in words_of("card-failed")[0]) == ("planned", True)
    assert words_of("payment-unfinished") == [], "told once, in words of its own"
    day(clock, "2026-04-05")
    day(clock, "2026-04-08")
    assert (states(), Mandate.objects.get().state) == (["taken", "returned", "stopped", "stopped"], "ended")
    assert "We do not try again." in words_of("card-failed")[-1]
    assert sorted(Intent.objects.filter(state="owed").values_list("amount_pence", flat=True)) == [2450, 4900]
    assert Task.objects.filter(kind="arrears").count() == 1
    assert "£49" in words_of("card-ended")[0]
    assert [one["status"] for one in pay.agreements.values()] == ["cancelled"]
    assert Attempt.objects.filter(method="agreement").count() == 3


@pytest.mark.long
def test_a_failure_that_is_final_is_not_tried_again_and_she_can_pay_herself_in_between(clock, pay):
    agreed(clock, pay)
    pay.declines = [True]
    day(clock, "2026-03-28")
    day(clock, "2026-04-02")
    bill = Instalment.objects.get(number=2).bill
    assert bill is not None
    pay.play(start(bill, clock), "pay")
    come_back(bill, clock)
    day(clock, "2026-04-05")
    assert (states()[1], Attempt.objects.filter(intent=bill, state="taken").count()) == ("taken", 1)
    pay.declines = [False]
    day(clock, "2026-04-28")
    day(clock, "2026-05-03")
    assert (states()[2:], Mandate.objects.get().ended_by) == (["returned", "stopped"], "bank")


@pytest.mark.long
def test_nobody_answers_while_it_is_taken_and_it_is_taken_once(clock, pay):
    agreed(clock, pay)
    day(clock, "2026-03-28")
    pay.faults.append(Fault("swallow", path="/v1/payments"))
    day(clock, "2026-04-02")
    clock.advance(minutes=5)
    jobs.drain()
    take_part(Instalment.objects.get(number=2).id, at=clock.now())
    assert (states()[1], len(pay.payments)) == ("taken", 2)


@pytest.mark.long
def test_she_stops_it_by_her_own_link_and_by_nobody_elses(clock, pay):
    _, mandate = agreed(clock, pay)
    browser = Client(SERVER_NAME="localhost", SERVER_PORT="8000")
    here = debit_path(mandate.id)
    assert "Stop these payments" in browser.get(here).content.decode()
    other = f"/debits/{mandate.id}/{debit_token(uuid4())}"
    assert browser.get(other).status_code == 404
    assert browser.post(f"{other}/change", {"do": "end"}).status_code == 404
    assert (Mandate.objects.get().state, Refusal.objects.filter(kind="link").count()) == ("active", 2)
    assert "cannot be changed" in browser.post(f"{here}/change", {"day": "8"}).content.decode()
    browser.post(f"{here}/change", {"do": "end"})
    jobs.drain()
    assert "We take nothing more from your card." in browser.get(here).content.decode()
    assert (states()[1:], [one["status"] for one in pay.agreements.values()]) == (["stopped"] * 3, ["cancelled"])
    day(clock, "2026-04-02")
    assert len(pay.payments) == 1
    assert Intent.objects.get(state="owed").amount_pence == 7350


@pytest.mark.long
def test_on_the_site_every_day_and_amount_is_shown_and_what_a_browser_sends_is_no_price(clock, pay):
    clock.set("2026-03-02T09:00")
    intent = asked_for(clock)
    browser = Client(SERVER_NAME="localhost", SERVER_PORT="8000")
    assert "Pay it in 4 parts by card" in browser.get(pay_path(intent.id)).content.decode()
    page = browser.get(f"{pay_path(intent.id)}/parts").content.decode()
    for words in ("Now", "2 April 2026", "£24.50", "5 days before each part"):
        assert words in page, words
    assert browser.post(f"/pay/{intent.id}/{pay_token(uuid4())}/parts").status_code == 404
    sent = browser.post(
        f"{pay_path(intent.id)}/parts", {"plan": "ten-months", "amount": "1", "agreement_id": "another"}
    )
    payment = sent["Location"].rsplit("/", 1)[1]
    assert (pay.payments[payment]["amount"], Mandate.objects.get().plan) == (2450, PLAN)
    pay.payments[payment]["amount"] = 1
    pay.play(payment, "pay")
    come_back(first_bill(), clock)
    jobs.drain()
    assert (fresh(intent).state, Mandate.objects.get().state) == ("owed", "pending"), "a penny agrees to nothing"
    assert Refusal.objects.filter(kind="amount").count() == 1


@pytest.mark.long
def test_the_case_ends_undone_and_nothing_more_is_taken(clock, pay):
    agreed(clock, pay)
    close_case(Case.objects.get().id, outcome="not-done-reason-given", resolved=False, by=SYSTEM, at=clock.now())
    jobs.drain()
    day(clock, "2026-04-02")
    assert (len(pay.payments), Mandate.objects.get().state) == (1, "ended")
    assert not Intent.objects.filter(state="owed").exists()


def test_ended_while_the_provider_was_away_for_long_it_is_ended_there_all_the_same(clock, pay):
    _, mandate = agreed(clock, pay)
    pay.faults.append(Fault("status", times=50, path="/cancel"))
    end(mandate.id, who="payer", why="asked", by=SYSTEM, at=clock.now())
    Job.objects.filter(name="payments.card_end").delete()  # it has given up
    day(clock, "2026-03-05")
    assert [one["status"] for one in pay.agreements.values()] == ["active"], "still away"
    pay.faults.clear()
    day(clock, "2026-03-06")
    assert [one["status"] for one in pay.agreements.values()] == ["cancelled"]
    assert Mandate.objects.get().undone_at is not None


@pytest.mark.long
def test_not_offered_by_a_provider_that_keeps_no_agreements(clock, checkout):
    intent = asked_for(clock)
    page = Client().get(pay_path(intent.id)).content.decode()
    assert "parts by card" not in page
    with pytest.raises(actions.CannotPay):
        begins(clock, intent)
