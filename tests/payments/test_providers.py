"""Two providers with two contracts, one behaviour: what the rooms above rely on holds for both."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.twin_server import Fault
from moothall.payments import actions
from moothall.payments.models import Attempt, AttemptState, IntentState, Notice, Refund, RefundState, Refusal
from moothall.payments.protocols import Forged, ProviderRefused, Wanted
from moothall.payments.providers import provider
from tests.payments.conftest import BACK, attempt_of, books, come_back, fresh, owed, start

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]


@pytest.fixture(params=["pay", "checkout"])
def twin(request):
    return request.getfixturevalue(request.param)


def counted(monkeypatch, name):
    """Count how often a provider is asked for something."""
    line, seen = provider(), SimpleNamespace(count=0)
    asks = getattr(line, name)

    def ask(*args, **more):
        seen.count += 1
        assert seen.count < 20, "it is asked on and on"
        return asks(*args, **more)

    monkeypatch.setattr(line, name, ask)
    return seen


def test_paid_on_the_page_and_settled_when_she_is_back(clock, twin):
    intent = owed(clock)
    twin.play(start(intent, clock), "pay")
    assert come_back(intent, clock)
    assert fresh(intent).state == IntentState.DONE
    assert books() == {f"provider:{provider().name}": 1200, "income:waste": -1200}


def test_a_webhook_before_the_return_settles_and_the_return_changes_nothing(clock, twin):
    intent = owed(clock)
    twin.play(start(intent, clock), "pay")
    line = provider()
    for raw, headers in twin.hooks * 2:  # each comes twice
        actions.hear(line.name, line.hear(raw, headers), at=clock.now())
    jobs.drain()
    before = books()
    assert fresh(intent).state == IntentState.DONE
    assert come_back(intent, clock)
    assert books() == before
    assert set(Notice.objects.values_list("times", flat=True)) == {2}


def test_webhooks_in_the_wrong_order_end_the_same(clock, twin):
    intent = owed(clock)
    twin.play(start(intent, clock), "pay")
    line = provider()
    for raw, headers in reversed(twin.hooks):
        actions.hear(line.name, line.hear(raw, headers), at=clock.now())
        jobs.drain()
    assert (fresh(intent).state, books()["income:waste"]) == (IntentState.DONE, -1200)


@pytest.mark.parametrize("spoil", ["body", "signature", "nothing", "other"])
def test_a_forged_webhook_is_not_heard(clock, twin, spoil):
    twin.play(start(owed(clock), clock), "pay")
    raw, headers = twin.hooks[-1]
    name = next(key for key in headers if key != "Content-Type")
    if spoil == "body":
        raw = raw.replace(b"1200", b"0012") + b" "
    elif spoil == "signature":
        headers = {name: headers[name][:-1] + ("0" if headers[name][-1] != "0" else "1")}
    elif spoil == "other":
        headers = {name: twin.signed(b"{}")[name]}
    else:
        headers = {}
    with pytest.raises(Forged):
        provider().hear(raw, headers)


def test_the_provider_is_down_when_she_begins(clock, twin):
    intent = owed(clock)
    twin.down = True
    with pytest.raises(actions.NotNow, match="Nothing has been taken"):
        start(intent, clock)
    twin.down = False
    twin.play(start(intent, clock), "pay")  # the same try goes on
    assert come_back(intent, clock)
    assert (fresh(intent).state, Attempt.objects.count()) == (IntentState.DONE, 1)


def test_an_answer_that_was_lost_makes_no_second_payment(clock, twin):
    intent = owed(clock)
    twin.faults.append(Fault("swallow"))
    with pytest.raises(actions.NotNow):
        start(intent, clock)
    start(intent, clock)
    assert len(twin.payments) == 1


def test_the_provider_is_down_when_she_is_back_and_we_ask_again(clock, twin):
    intent = owed(clock)
    twin.play(start(intent, clock), "pay")
    twin.down = True
    assert not come_back(intent, clock)
    assert fresh(intent).state == IntentState.OWED
    twin.down = False
    clock.advance(minutes=1)
    jobs.drain()
    assert fresh(intent).state == IntentState.DONE


def test_nobody_told_us_and_the_sweep_finds_it(clock, twin):
    intent = owed(clock)
    twin.play(start(intent, clock), "pay")
    clock.advance(minutes=3)
    actions.sweep(at=clock.now())
    assert fresh(intent).state == IntentState.DONE


def test_given_up_on_the_page_and_begun_again(clock, twin):
    intent = owed(clock)
    first = start(intent, clock)
    twin.play(first, "cancel")
    if provider().name == "stripe":  # its page stays open until it ends
        assert start(intent, clock) == first
        return
    assert come_back(intent, clock)
    assert attempt_of(intent).failure == "cancelled"
    second = start(intent, clock)
    assert second != first
    twin.play(second, "pay")
    come_back(intent, clock)
    assert fresh(intent).state == IntentState.DONE


def test_a_page_left_alone_ends_by_itself(clock, twin):
    intent = owed(clock)
    start(intent, clock)
    clock.advance(hours=25)
    actions.sweep(at=clock.now())
    assert (attempt_of(intent).state, attempt_of(intent).failure) == (AttemptState.FAILED, "expired")


def test_money_back_goes_once_though_the_answer_was_lost(clock, twin):
    intent = owed(clock)
    twin.play(start(intent, clock), "pay")
    come_back(intent, clock)
    refund = actions.ask_refund(attempt_of(intent).id, pence=500, reason="goodwill", key="a", by=SYSTEM, at=clock.now())
    twin.faults.append(Fault("swallow", path="refunds"))
    jobs.drain(strict=False)
    clock.advance(minutes=5)
    jobs.drain()
    assert Refund.objects.get(id=refund.id).state == RefundState.DONE
    assert books() == {f"provider:{provider().name}": 700, "income:waste": -700}
    stand = provider().look(attempt_of(intent).provider_id)
    assert stand.refunded == 500


def goes_back(clock, twin, pence=500):
    """A payment of which some is asked back; the provider takes it on and has not given it yet."""
    twin.refunds_wait = True
    intent = owed(clock)
    twin.play(start(intent, clock), "pay")
    come_back(intent, clock)
    refund = actions.ask_refund(
        attempt_of(intent).id, pence=pence, reason="goodwill", key="a", by=SYSTEM, at=clock.now()
    )
    jobs.drain()
    return refund, attempt_of(intent)


def test_money_back_that_is_only_on_its_way_is_not_told_as_gone_until_it_has(clock, twin):
    refund, attempt = goes_back(clock, twin)
    assert Refund.objects.get().state == RefundState.SENDING
    assert books()["owed-back"] == -500
    actions.send_refund(refund.id, by=SYSTEM, at=clock.now())  # asked again, it goes once
    second = actions.ask_refund(attempt.id, pence=200, reason="goodwill", key="b", by=SYSTEM, at=clock.now())
    jobs.drain()  # what is going counts as gone for the next
    assert provider().look(attempt.provider_id).refunded == 700
    twin.end_refund(attempt.provider_id)
    clock.advance(minutes=11)
    actions.sweep(at=clock.now())
    assert Refund.objects.get(id=second.id).state == RefundState.DONE
    assert books()["owed-back"] == -500


def test_the_webhook_of_a_refund_that_went_ends_it(clock, twin):
    _, attempt = goes_back(clock, twin)
    twin.end_refund(attempt.provider_id)
    actions.hear(provider().name, provider().hear(*twin.hooks[-1]), at=clock.now())
    jobs.drain()
    assert Refund.objects.get().state == RefundState.DONE
    assert books() == {f"provider:{provider().name}": 700, "income:waste": -700}


def test_money_back_that_ends_in_an_error_waits_for_a_hand(clock, twin):
    _, attempt = goes_back(clock, twin)
    twin.end_refund(attempt.provider_id, "error")
    clock.advance(minutes=11)
    actions.sweep(at=clock.now())
    failed = Refund.objects.get()
    assert (failed.state, "bank transfer" in failed.error) == (RefundState.FAILED, True)
    actions.settle_refund_by_hand(failed.id, how="bank transfer, batch 9", by=SYSTEM, at=clock.now())
    assert books() == {f"provider:{provider().name}": 1200, "bank": -500, "income:waste": -700}


def test_money_only_set_aside_is_taken_when_it_is_still_owed(clock, twin):
    intent = owed(clock)
    twin.play(start(intent, clock, hold=True), "pay")
    come_back(intent, clock)
    assert (fresh(intent).state, attempt_of(intent).state) == (IntentState.OWED, AttemptState.AUTHORISED)
    jobs.drain()
    assert fresh(intent).state == IntentState.DONE


def test_pay_pressed_again_while_the_money_is_only_set_aside_asks_once_and_says_so(clock, twin, monkeypatch):
    intent = owed(clock)
    payment = start(intent, clock, hold=True)
    twin.play(payment, "pay")
    asked = counted(monkeypatch, "look")
    for method in ({}, {"moto": provider().name == "govuk_pay"}):
        with pytest.raises(actions.Underway, match="do not pay again"):
            start(intent, clock, hold=True, **method)
    assert (asked.count, Attempt.objects.count(), len(twin.payments)) == (2, 1, 1)
    jobs.drain()
    assert (fresh(intent).state, books()["income:waste"]) == (IntentState.DONE, -1200)


def test_pay_pressed_again_while_the_bank_thinks(clock, pay, monkeypatch):
    pay.dawdles = True
    intent = owed(clock)
    payment = start(intent, clock)
    pay.play(payment, "pay")
    assert pay.payments[payment]["state"]["status"] == "submitted"
    asked = counted(monkeypatch, "look")
    with pytest.raises(actions.Underway):
        start(intent, clock)
    assert asked.count == 1
    pay.think(payment)
    assert come_back(intent, clock)
    assert (fresh(intent).state, Attempt.objects.count()) == (IntentState.DONE, 1)


def test_a_provider_that_ends_every_payment_at_once_is_asked_twice_and_no_more(clock, pay, monkeypatch):
    pay.ends_at_once = True
    asked = counted(monkeypatch, "start")
    with pytest.raises(actions.CannotPay, match="did not go through"):
        start(owed(clock), clock)
    assert asked.count == 2


def test_money_only_set_aside_is_let_go_when_nothing_is_owed_any_more(clock, twin):
    intent = owed(clock)
    twin.play(start(intent, clock, hold=True), "pay")
    actions.void(intent.id, why="withdrawn", by=SYSTEM, at=clock.now())
    jobs.drain()
    assert (attempt_of(intent).state, books()) == (AttemptState.CANCELLED, {})


def test_paid_after_it_was_withdrawn_goes_back_by_itself(clock, twin):
    intent = owed(clock)
    payment = start(intent, clock)
    twin.down = True
    actions.void(intent.id, why="withdrawn", by=SYSTEM, at=clock.now())
    twin.down = False
    twin.play(payment, "pay")
    jobs.drain()
    assert Refund.objects.get().state == RefundState.DONE
    assert books() == {}


def test_another_amount_than_was_asked_for_is_noted_and_counts_as_what_came(clock, twin):
    intent = owed(clock)
    payment = start(intent, clock)
    twin.payments[payment]["amount" if "amount" in twin.payments[payment] else "pence"] = 900
    twin.play(payment, "pay")
    come_back(intent, clock)
    assert Refusal.objects.get().kind == "amount"
    assert (fresh(intent).state, books()["held"]) == (IntentState.OWED, -900)
    rest = start(intent, clock)
    twin.play(rest, "pay")
    come_back(intent, clock)
    assert (fresh(intent).state, books()["income:waste"]) == (IntentState.DONE, -1200)


def test_the_provider_refuses_what_cannot_be_done(clock, twin):
    line = provider()
    with pytest.raises(ProviderRefused):
        line.start(Wanted("A", 0, "nothing", BACK))
    stand = line.start(Wanted("B", 500, "something", BACK))
    with pytest.raises(ProviderRefused):
        line.capture(stand.provider_id)
    with pytest.raises(ProviderRefused):
        line.refund(stand.provider_id, 500, refunded_before=0, key="k")
    line.cancel(stand.provider_id)
    with pytest.raises(ProviderRefused):
        line.cancel(stand.provider_id)
    assert line.find("nobody’s") is None


def test_a_telephone_payment_is_the_providers_own_page_or_is_refused(clock, twin):
    intent = owed(clock)
    if provider().name == "stripe":
        with pytest.raises(actions.CannotPay):
            start(intent, clock, moto=True)
        return
    payment = start(intent, clock, moto=True)
    assert twin.payments[payment]["moto"] is True
    assert attempt_of(intent).method == "moto"


def test_an_agreement_is_paid_again_without_a_page_and_once_for_a_reference(pay):
    line = provider()
    agreement = line.agree("SWIM-1", "Swimming lessons each month")
    assert line.agreement(agreement) == "created"
    first = line.start(Wanted("SWIM-1-1", 2450, "Swimming lessons", BACK, set_up=agreement))
    pay.play(first.provider_id, "pay")
    assert line.agreement(agreement) == "active"
    again = line.start(Wanted("SWIM-1-2", 2450, "Swimming lessons", "", agreement=agreement))
    same = line.start(Wanted("SWIM-1-2", 2450, "Swimming lessons", "", agreement=agreement))
    assert (again.state, same.provider_id) == ("taken", again.provider_id)
    line.end_agreement(agreement)
    with pytest.raises(ProviderRefused):
        line.start(Wanted("SWIM-1-3", 2450, "Swimming lessons", "", agreement=agreement))


def test_a_copied_webhook_of_stripes_is_too_old(clock, checkout):
    checkout.play(start(owed(clock), clock), "pay")
    raw, headers = checkout.hooks[-1]
    clock.advance(timedelta(minutes=6))
    with pytest.raises(Forged, match="too long ago"):
        provider().hear(raw, headers)
