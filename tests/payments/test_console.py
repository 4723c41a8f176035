"""At the console: two people for a refund, statements, differences, the ledger for finance."""

import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.staff import create_staff
from moothall.payments import actions
from moothall.payments.models import Difference, Refund, RefundState
from tests.payments.conftest import attempt_of, books, come_back, fresh, owed, start

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(council, clock):
    def make(role: str, name: str = "") -> Client:
        staff = create_staff(
            username=name or role, name="Priya Shah", roles=[role], teams=[], password="seven-calm-otters", pack=council,
            by=SYSTEM, at=clock.now(),
        )  # fmt: skip
        client = Client()
        client.force_login(staff)
        return client

    return make


def paid(clock, pay, pence=9800):
    intent = owed(clock, pence)
    pay.play(start(intent, clock), "pay")
    come_back(intent, clock)
    return fresh(intent)


def ask(client, intent, amount, key="k"):
    return client.post(
        f"/console/payments/{intent.id}/refund",
        {"attempt": attempt_of(intent).id, "amount": amount, "reason": "goodwill", "note": "Late twice", "key": key},
        follow=True,
    ).content.decode()


def test_from_one_payments_page_no_other_payment_is_given_back(officer, clock, pay):
    hers, other = paid(clock, pay), paid(clock, pay)
    sent = {"attempt": attempt_of(other).id, "amount": "1", "reason": "goodwill", "key": "k"}
    assert officer("finance-officer").post(f"/console/payments/{hers.id}/refund", sent).status_code == 404
    assert not Refund.objects.exists()


def test_a_refund_above_the_limit_takes_two_people(officer, clock, pay):
    intent = paid(clock, pay)
    first, second = officer("finance-manager"), officer("finance-manager", "another")
    assert "Somebody else has to agree" in ask(first, intent, "60")
    ask(first, intent, "60")  # the same form sent again
    refund = Refund.objects.get()
    act = f"/console/refunds/{refund.id}"
    assert "You asked for this refund" in first.post(act, {"do": "agree"}, follow=True).content.decode()
    assert officer("finance-officer").post(act, {"do": "agree"}).status_code == 403
    assert (Refund.objects.get().state, books()["income:waste"]) == (RefundState.ASKED, -9800)
    assert "Agreed" in second.post(act, {"do": "agree"}, follow=True).content.decode()
    assert "dealt with" in second.post(act, {"do": "agree"}, follow=True).content.decode()
    jobs.drain()
    assert Refund.objects.get().state == RefundState.DONE
    assert books() == {"income:waste": -3800, "provider:govuk_pay": 3800}


def test_small_refunds_of_one_payment_count_together(officer, clock, pay):
    intent, client = paid(clock, pay), officer("finance-manager")
    assert "Somebody else has to agree" not in ask(client, intent, "50", key="one")
    assert "Somebody else has to agree" in ask(client, intent, "1", key="two"), "51 pounds in two parts are 51 pounds"
    jobs.drain()
    assert sorted(Refund.objects.values_list("amount_pence", "state")) == [
        (100, RefundState.ASKED),
        (5000, RefundState.DONE),
    ]


def test_a_small_refund_goes_at_once_and_more_than_is_left_is_refused(officer, clock, pay):
    intent = paid(clock, pay)
    client = officer("finance-officer")
    assert "by the way it came" in ask(client, intent, "12.50", "a")
    jobs.drain()
    assert "at most £85.50" in ask(client, intent, "90", "b")
    for wrong in ("-1", "0", "12.505", "1e3", ""):
        assert "amount" in ask(client, intent, wrong, f"c{wrong}")
    assert Refund.objects.count() == 1


def test_a_refused_refund_can_be_asked_for_again(officer, clock, pay):
    intent = paid(clock, pay)
    officer_, manager = officer("finance-officer"), officer("finance-manager")
    ask(officer_, intent, "98", "a")
    act = f"/console/refunds/{Refund.objects.get().id}"
    assert "Say why" in manager.post(act, {"do": "refuse"}, follow=True).content.decode()
    manager.post(act, {"do": "refuse", "how": "Ask the service first"})
    assert Refund.objects.get().state == RefundState.REFUSED
    assert "Somebody else has to agree" in ask(officer_, intent, "98", "b")


def test_one_that_the_provider_will_not_send_is_paid_by_hand(officer, clock, pay):
    intent = paid(clock, pay)
    for payment in pay.payments.values():
        payment["state"] = {"status": "error", "finished": True}
    actions.ask_refund(attempt_of(intent).id, pence=1000, reason="goodwill", key="x", by=SYSTEM, at=clock.now())
    jobs.drain()
    assert Refund.objects.get().state == RefundState.FAILED
    manager = officer("finance-manager")
    shown = manager.get("/console/refunds").content.decode()
    assert "Could not be sent" in shown
    manager.post(f"/console/refunds/{Refund.objects.get().id}", {"do": "by_hand", "how": "Bank transfer of 3 March"})
    assert books() == {"bank": -1000, "income:waste": -8800, "provider:govuk_pay": 9800}


def test_who_asked_for_a_refund_does_not_pay_it_by_hand(officer, clock, pay):
    intent, client = paid(clock, pay), officer("finance-manager")
    for payment in pay.payments.values():
        payment["state"] = {"status": "error", "finished": True}
    ask(client, intent, "10")
    jobs.drain()
    act, by_hand = f"/console/refunds/{Refund.objects.get().id}", {"do": "by_hand", "how": "Bank transfer to my cousin"}
    assert "Somebody else pays it by hand" in client.post(act, by_hand, follow=True).content.decode()
    assert Refund.objects.get().state == RefundState.FAILED
    officer("finance-manager", "another").post(act, by_hand)
    assert Refund.objects.get().state == RefundState.DONE


def test_a_statement_is_brought_in_and_a_difference_settled(officer, clock, pay):
    intent = paid(clock, pay)
    client = officer("finance-officer")
    line = f"{intent.reference}-1,{attempt_of(intent).provider_id},payment,99.00,2026-03-03\n"
    raw = ("Reference,Payment ID,Type,Amount,Date\n" + line).encode()

    def bring():
        return client.post(
            "/console/reconciliation/statement",
            {"source": "govuk_pay", "file": SimpleUploadedFile("d.csv", raw)},
            follow=True,
        ).content.decode()

    assert "1 matched, 1 that do not fit" in bring()
    assert "brought in before" in bring()
    shown = client.get("/console/reconciliation").content.decode()
    assert "The statement has another amount" in shown
    assert "We took £98; the statement has £99, £1 more." in shown
    its_page = client.get(f"/console/payments/{intent.id}").content.decode()
    assert "The statement has another amount. We took £98; the statement has £99, £1 more." in its_page
    assert "All of it is here" not in its_page
    link = f"/console/reconciliation?payment={intent.id}"
    assert f'href="{link}"' in its_page
    assert "£1 more" in client.get(link).content.decode()
    assert "£1 more" not in client.get(f"/console/reconciliation?payment={uuid4()}").content.decode()
    assert client.get("/console/reconciliation?payment=x").status_code == 404
    first_page = client.get("/console/").content.decode()
    assert "1 open difference in reconciliation" in first_page
    assert 'href="/console/reconciliation"' in first_page
    assert "Nothing needs anybody now" not in first_page
    assert "open difference" not in officer("auditor").get("/console/").content.decode()
    client.post(f"/console/reconciliation/{Difference.objects.get().id}", {"how": "Asked GOV.UK Pay"})
    assert "Nothing needs anybody now" in client.get("/console/").content.decode()
    assert "Everything fits" in client.get("/console/reconciliation").content.decode()
    assert "All of it is here" in client.get(f"/console/payments/{intent.id}").content.decode()
    ledger = b"".join(client.get("/console/reconciliation/ledger.csv?month=2026-03").streaming_content).decode()
    assert re.search(r"income:waste,income:waste,-98\.00", ledger)
    assert client.get("/console/reconciliation/ledger.csv?month=spring").status_code == 404


def test_the_pages_cost_the_same_number_of_queries_however_much_there_is(officer, clock, pay):
    client = officer("finance-manager")
    client.get("/console/refunds")  # what a process reads once
    counts = []
    for round_ in range(2):
        intent = paid(clock, pay)
        ask(officer("finance-officer", f"o{round_}"), intent, "60", str(round_))
        counts.append([])
        for path in ("refunds", "reconciliation", f"payments/{intent.id}", "refunds?all=1"):
            with CaptureQueriesContext(
                connection,
            ) as seen:
                assert client.get(f"/console/{path}").status_code == 200
            counts[-1].append(len(seen))
    assert counts[0] == counts[1]
