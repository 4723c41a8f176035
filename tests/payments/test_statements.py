"""Files of the provider and of the bank, in any order: every account of money on its way comes to nothing."""

from datetime import date, timedelta

import pytest

from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.clock import now
from moothall.core.zone import council_date
from moothall.payments import actions
from moothall.payments.actions.bringing import take_statement
from moothall.payments.actions.collecting import bring_report, settle_collected
from moothall.payments.actions.settling import settle_difference
from moothall.payments.actions.statements import CannotRead, read_day, read_provider_file
from moothall.payments.models import Difference, Instalment, Refund, RefundState
from moothall.payments.queries import bill
from tests.payments.conftest import attempt_of, books, come_back, owed, start
from tests.payments.test_debits import agreed, arudd, send_on
from tests.payments.test_tills import Machine

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]
DAY = date(2026, 3, 2)


def paid(clock, pay, pence=1200):
    intent = owed(clock, pence)
    pay.play(start(intent, clock), "pay")
    come_back(intent, clock)
    return attempt_of(intent)


def provider_file(clock, *rows, name="p.csv"):
    """Each row: attempt or (reference, id), kind, pounds, days after the start, payout."""
    lines = ["Reference,Payment ID,Type,Amount,Fee,Payout,Date"]
    for of, kind, amount, day, payout in rows:
        reference, id_ = of if isinstance(of, tuple) else (f"{of.intent.reference}-1", of.provider_id)
        lines.append(f"{reference},{id_},{kind},{amount},0.20,{payout},{DAY + timedelta(days=day)}")
    return take_statement("govuk_pay", "\n".join(lines).encode(), name=name, by=SYSTEM, at=clock.now())


def bank_file(clock, *rows):
    lines = ["Date,Reference,Amount", *(f"{on},{reference},{amount}" for on, reference, amount in rows)]
    return take_statement("bank", "\n".join(lines).encode(), name="bank.csv", by=SYSTEM, at=clock.now())


def settle(kind, how="Asked the provider"):
    row = Difference.objects.get(kind=kind, settled_at=None)
    return settle_difference(row.id, how=how, by=SYSTEM, at=now())


# -- the two files in any order ----------------------------------------------------------------------------------------


def test_the_banks_file_before_the_providers_is_booked_when_that_comes_and_its_difference_closes(clock, pay):
    attempt = paid(clock, pay)
    assert bank_file(clock, (DAY + timedelta(days=2), "P-1", "11.80")).left == 1
    assert Difference.objects.get(settled_at=None).kind == "unknown"
    done = provider_file(clock, (attempt, "payment", "12.00", 1, "P-1"))
    assert (done.matched, done.booked, done.left) == (1, 1, 0)
    assert not Difference.objects.filter(settled_at=None).exists()
    assert books() == {"bank": 1180, "fees": 20, "income:waste": -1200}


def test_a_payout_of_another_sum_is_named_once_and_settled_to_nothing_at_the_provider(clock, pay):
    attempt = paid(clock, pay)
    bank_file(clock, (DAY, "P-1", "11.00"))
    provider_file(clock, (attempt, "payment", "12.00", 1, "P-1"))
    provider_file(
        clock, (("X", "y"), "chargeback", "0.01", 1, ""), name="q.csv"
    )  # any other file: nothing is said twice
    assert sorted(Difference.objects.filter(settled_at=None).values_list("kind", flat=True)) == [
        "unknown",
        "wrong_amount",
    ]
    settle("wrong_amount")
    settle("unknown")
    assert books() == {"bank": 1100, "fees": 20, "differences": 79 + 2, "income:waste": -1200, "provider:govuk_pay": -1}


@pytest.mark.parametrize("pounds", ["14.50", "7.00"])
def test_money_under_anothers_reference_before_her_own_line_is_nobodys_in_the_end(clock, pay, pounds):
    attempt = paid(clock, pay)
    stray = (f"{attempt.intent.reference}-1".lower(), "")
    provider_file(clock, (stray, "payment", pounds, 1, ""), (("Z", ""), "refund", "0.01", 20, ""))
    assert Difference.objects.get(attempt=attempt).kind == "wrong_amount"
    provider_file(clock, (attempt, "payment", "12.00", 0, ""), name="before.csv")
    open_ = Difference.objects.filter(settled_at=None).exclude(kind="refund_unknown")
    assert [(one.kind, one.attempt_id, one.line.provider_id) for one in open_] == [("unknown", None, "")]
    provider_file(clock, (attempt, "chargeback", "-12.00", 2, ""), name="back.csv")
    assert sorted(open_.values_list("kind", flat=True)) == ["reversed", "unknown"]


# -- what a difference leaves in the books -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "kind", "with_provider"),
    [
        ([("payment", "13.00", 1)], "wrong_amount", 1300),
        ([("payment", "12.00", 1), ("payment", "12.00", 2)], "duplicate", 2400),
        ([("payment", "12.00", 1), ("chargeback", "-12.00", 3)], "reversed", 0),
        ([], "missing", 0),
        ([("payment", "12.00", 9)], "late", 1200),
    ],
)
def test_after_it_is_settled_the_account_is_what_the_provider_has(clock, pay, rows, kind, with_provider):
    attempt = paid(clock, pay)
    provider_file(
        clock, *((attempt, what, pounds, day, "") for what, pounds, day in rows), (("Z", "z"), "payment", "0.01", 9, "")
    )
    settle("unknown")
    settle(kind)
    settle_difference(Difference.objects.get(kind=kind).id, how="again", by=SYSTEM, at=clock.now())
    assert books().get("provider:govuk_pay", 0) == with_provider + 1
    assert sum(books().values()) == 0


def test_what_was_written_off_and_comes_after_all_is_taken_back(clock, pay):
    attempt = paid(clock, pay)
    provider_file(clock, (("Z", "z"), "payment", "0.01", 9, ""))
    settle("unknown")
    settle("missing", "Written off")
    assert books()["differences"] == 1199
    provider_file(clock, (attempt, "payment", "12.00", 20, ""), name="later.csv")
    assert books() == {"provider:govuk_pay": 1201, "differences": -1, "income:waste": -1200}


# -- refunds -----------------------------------------------------------------------------------------------------------


def given_back(clock, attempt, pence=500):
    actions.ask_refund(attempt.id, pence=pence, reason="goodwill", key="a", by=SYSTEM, at=clock.now())
    jobs.drain()
    return Refund.objects.get(state=RefundState.DONE)


@pytest.mark.parametrize("named", ["payment", "refund"])
def test_a_refund_of_ours_is_found_in_the_file_by_its_payment_or_its_own_id(clock, pay, named):
    attempt = paid(clock, pay)
    refund = given_back(clock, attempt)
    of = attempt if named == "payment" else (f"{attempt.intent.reference}-1", refund.provider_id)
    provider_file(clock, (attempt, "payment", "12.00", 1, ""), (of, "refund", "-5.00", 1, ""))
    provider_file(clock, (("Z", "z"), "chargeback", "0.01", 20, ""), name="later.csv")
    assert list(Difference.objects.values_list("kind", flat=True)) == ["unknown"]
    assert Refund.objects.get().matched_at is not None


def test_a_refund_the_statement_does_not_have_is_missing_and_closes_when_it_comes(clock, pay):
    attempt = paid(clock, pay)
    given_back(clock, attempt)
    provider_file(clock, (attempt, "payment", "12.00", 9, ""))
    row = Difference.objects.get(kind="refund_missing")
    assert row.pence == 500
    provider_file(clock, (attempt, "refund", "5.00", 10, ""), name="later.csv")
    row.refresh_from_db()
    assert row.settled_at is not None


def test_a_refund_made_in_the_providers_own_console_is_found_and_booked_as_one(clock, pay):
    attempt = paid(clock, pay)
    id_ = pay.console_refund(attempt.provider_id, 400)
    provider_file(
        clock, (attempt, "payment", "12.00", 1, ""), ((f"{attempt.intent.reference}-1", id_), "refund", "-4.00", 1, "")
    )
    assert Difference.objects.get().kind == "refund_unknown"
    settle("refund_unknown", "Priya gave it back in GOV.UK Pay")
    assert books() == {"income:waste": -800, "provider:govuk_pay": 800}
    about = bill(attempt.intent_id, visible_to=SYSTEM)
    assert (about.back, about.state) == (400, "part_refunded")
    refund = actions.ask_refund(attempt.id, pence=800, reason="goodwill", key="b", by=SYSTEM, at=clock.now())
    jobs.drain()  # what went back there counts: the provider and we agree on what is left
    assert Refund.objects.get(id=refund.id).state == RefundState.DONE
    assert books() == {}


# -- Direct Debits and the machines' cards to the bank -----------------------------------------------------------------


def test_direct_debits_reach_the_bank_and_what_came_back_leaves_it(clock):
    mandate = agreed(clock)
    send_on(clock, "2026-03-05")
    made = send_on(clock, "2026-04-13")
    line = (made.processing_on, "BACS 123456 COLLECTION", f"{made.pence / 100:.2f}")
    bank_file(clock, line)
    assert books() == {"bank": 2450, "provider:bacs": -2450}  # the bank has it; it may still be returned
    assert bank_file(clock, (made.processing_on + timedelta(days=1), *line[1:])).left == 1  # no file is booked twice
    settle("unknown", "A second credit: asked the bank")
    clock.advance(days=10)
    settle_collected(at=clock.now())
    assert "provider:bacs" not in books()
    one = Instalment.objects.get(state="taken")
    bring_report(arudd(mandate, one.file.processing_on, one.pence), name="r.xml", by=SYSTEM, at=clock.now())
    assert books()["provider:bacs"] == -2450
    bank_file(clock, (council_date(clock.now()), "123456 UNPAID", "-24.50"))
    assert "provider:bacs" not in books()
    assert books()["bank"] == -books()["differences"] == 2450  # only the credit that nobody knows
    assert not Difference.objects.filter(settled_at=None).exists()


def test_the_machines_cards_reach_the_bank_a_day_or_a_weekend_at_a_time(clock):
    machine = Machine(clock)
    machine.does("open", 5000).sends()
    for day, pence in (("2026-03-06", 1200), ("2026-03-07", 300), ("2026-03-08", 450)):
        clock.set(f"{day}T12:00")
        machine.does("begin", sale=day, reference=owed(clock, pence).reference).does("card", pence, day)
        machine.does("done", sale=day).sends()
    assert books()["provider:terminal"] == 1950
    done = bank_file(
        clock, ("2026-03-10", "CARD TERMINALS 88812", "7.50"), ("2026-03-09", "CARD TERMINALS 88811", "12.00")
    )
    assert (done.booked, done.left) == (2, 0)
    assert "provider:terminal" not in books()
    assert books()["bank"] == 1950
    assert bank_file(clock, ("2026-03-11", "CARD TERMINALS 88813", "12.00")).left == 1  # nothing is booked twice


# -- the providers' own headings ---------------------------------------------------------------------------------------

OWN = (
    '"Reference","Description","Email","Amount","Card Brand","Cardholder Name","Card Expiry Date","Card Number","State",'
    '"Finished","Error Code","Error Message","Provider ID","GOV.UK Payment ID","Issued By","Date Created","Time Created",'
    '"Corporate Card Surcharge","Total Amount","Wallet Type","Fee","Net","Card Type"\n'
)


def own(reference, amount, state, id_, on="02 Mar 2026"):
    return (
        f'"{reference}","Garden, brown bin","","{amount}","Visa","M JONES","12/28","4242","{state}",true,"","","ch_1",'
        f'"{id_}",'
        f'"","{on}","17:37:29","0.00","{amount}","","0.20","","credit"\n'
    )


def test_govuk_pays_own_download_is_read_and_what_moved_no_money_left_out(clock, pay):
    raw = (
        OWN + own("4HTK7W2C-1", "1,098.00", "Success", "p1") + own("4HTK7W2C-1", "-98.00", "Refund success", "p1")
        + own("A-1", "5.00", "Declined", "p2") + own("B-1", "5.00", "Timed out", "p3")
        + own("C-1", "-7.50", "Dispute lost", "p4")
    ).encode()  # fmt: skip
    read = [(one.kind, one.provider_id, one.pence, str(one.on), one.fee_pence) for one in read_provider_file(raw)]
    assert read == [
        ("payment", "p1", 109_800, "2026-03-02", 20), ("refund", "p1", -9_800, "2026-03-02", 20),
        ("chargeback", "p4", -750, "2026-03-02", 20),
    ]  # fmt: skip


def test_a_word_of_the_provider_that_the_pack_does_not_know_is_named(clock):
    with pytest.raises(CannotRead, match=r"Line 2 .*“Settled again”"):
        read_provider_file((OWN + own("A-1", "5.00", "Settled again", "p2")).encode())


@pytest.mark.parametrize(
    "said", ["2026-03-02", "2026-03-02T10:00:00Z", "02/03/2026", "02 Mar 2026", "2 March 2026", "02 Mar 2026 — 10:00"]
)
def test_days_as_providers_and_banks_write_them(said):
    assert read_day(said) == DAY


@pytest.mark.parametrize("said", ["", "yesterday", "31/02/2026", "32 Mar 2026", "3 March"])
def test_what_is_no_day_is_refused(said):
    with pytest.raises(ValueError, match=r"."):
        read_day(said)
