"""Statements: matched, every fault found and none invented, differences settled, the bank's money booked."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.reconciliation import month
from moothall.core.access import Refused
from moothall.core.actors import ANONYMOUS, SYSTEM
from moothall.payments.actions import post
from moothall.payments.actions.banking import book_bank_lines
from moothall.payments.actions.reconciling import reconcile
from moothall.payments.actions.settling import settle_difference
from moothall.payments.actions.statements import CannotRead, NewLine, bring_statement, digest_of, read_provider_file
from moothall.payments.models import Difference, Entry, Posting
from moothall.payments.rules.ledger import Side
from moothall.payments.rules.reconciling import Line, Ours, is_slip, match
from tests.drawing import examples
from tests.payments.conftest import attempt_of, books, come_back, owed, start

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)
FILE = b"""Reference,Payment ID,Card Number,Type,Amount,Fee,Payout,Date
%(ref)s,%(id)s,1111,payment,12.00,0.20,P-1,2026-03-03
"""


@pytest.mark.long
@pytest.mark.parametrize("shuffled", [False, True])
def test_a_month_with_one_in_a_hundred_wrong_and_none_invented(council, shuffled):
    figures = month(3_000, shuffled=shuffled)
    assert figures["_wrong"] == {"missed": [], "invented": []}
    assert figures["differences_found"] == figures["differences_due"] >= 30


@pytest.mark.long
@pytest.mark.timeout(1500)
@pytest.mark.parametrize(("seed", "shuffled"), [(1, False), (2, True)])
def test_a_month_of_a_hundred_thousand(council, seed, shuffled):
    figures = month(100_000, seed, shuffled=shuffled)
    assert figures["_wrong"] == {"missed": [], "invented": []}
    assert figures["faults_made"] == 1_000


def paid(clock, pay, pence=1200):
    intent = owed(clock, pence)
    pay.play(start(intent, clock), "pay")
    come_back(intent, clock)
    return attempt_of(intent)


def bring(clock, *lines, source="govuk_pay"):
    return bring_statement(
        source, lines, name="day.csv", sha256=digest_of(repr(lines).encode()), by=SYSTEM, at=clock.now()
    )


def test_from_the_payment_to_the_line_of_the_bank(council, clock, pay):
    attempt = paid(clock, pay)
    raw = FILE % {b"ref": f"{attempt.intent.reference}-1".encode(), b"id": attempt.provider_id.encode()}
    lines = read_provider_file(raw)
    _, new = bring(clock, *lines)
    assert new
    assert not bring(clock, *lines)[1]  # the same file again
    assert reconcile("govuk_pay", until=DAY + timedelta(days=1), by=SYSTEM, at=clock.now()).matched == 1
    bring(clock, NewLine("payout", "", "P-1", 1180, DAY, payout="P1"), source="bank")
    assert book_bank_lines(by=SYSTEM, at=clock.now()) == (1, 0)
    assert book_bank_lines(by=SYSTEM, at=clock.now()) == (0, 0)
    assert books() == {"bank": 1180, "fees": 20, "income:waste": -1200}


def test_what_the_bank_paid_short_is_shown_and_not_booked(council, clock, pay):
    attempt = paid(clock, pay)
    bring(clock, NewLine("payment", attempt.provider_id, "", 1200, DAY, payout="P9"))
    bring(clock, NewLine("payout", "", "P9", 1100, DAY, payout="P9"), source="bank")
    assert book_bank_lines(by=SYSTEM, at=clock.now()) == (0, 1)
    assert Difference.objects.get().pence == -100


def test_money_taken_back_by_the_payers_bank_leaves_the_books_when_it_is_settled(council, clock, pay):
    attempt = paid(clock, pay)
    line = NewLine("payment", attempt.provider_id, "", 1200, DAY)
    bring(clock, line)
    reconcile("govuk_pay", until=DAY, by=SYSTEM, at=clock.now())
    bring(clock, NewLine("chargeback", attempt.provider_id, "", -1200, DAY + timedelta(days=20)))
    reconcile("govuk_pay", until=DAY + timedelta(days=20), by=SYSTEM, at=clock.now())
    row = Difference.objects.get()
    assert row.kind == "reversed"
    for _ in range(2):
        settle_difference(row.id, how="Card holder disputed it", by=SYSTEM, at=clock.now())
    assert books() == {"disputed": 1200, "income:waste": -1200}
    with pytest.raises(Refused):
        settle_difference(row.id, how="x", by=ANONYMOUS, at=clock.now())


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"\xff\xfe", "not text"),
        (b"Reference,Amount\n", "no column Payment ID"),
        (b"Reference,Payment ID,Type,Amount,Date\nA,b,payment,12.345,2026-03-03\n", "Line 2"),
        (b"Reference,Payment ID,Type,Amount,Date\nA,b,gift,12,2026-03-03\n", "Line 2"),
        (b"Reference,Payment ID,Type,Amount,Date\nA,b,payment,12,3 March\n", "Line 2"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(council, raw, says):
    with pytest.raises(CannotRead, match=says):
        read_provider_file(raw)


def test_the_database_refuses_an_entry_that_does_not_come_to_nothing(clock):
    with pytest.raises(ValueError, match="nothing"):
        post("test", [Side("bank", 1)], key="a", at=clock.now())
    entry = Entry(key="b", kind="test", at=clock.now(), recorded_at=clock.now())
    entry.save(force_insert=True)
    Posting(entry=entry, account="bank", pence=5).save(force_insert=True)
    Posting(entry=entry, account="held", pence=-4).save(force_insert=True)
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("table", ["payments_entry", "payments_posting"])
@pytest.mark.parametrize("words", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_ledger_is_never_changed(clock, table, words):
    assert post("test", [Side("bank", 1), Side("held", -1)], key="a", at=clock.now())
    assert not post("test", [Side("bank", 1), Side("held", -1)], key="a", at=clock.now())
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(words.format(table))


@pytest.mark.parametrize(
    ("theirs", "slip"),
    [("4HTK7W2C", False), ("4HTK7WC2", True), ("4HTK7W2", True), ("4HTK8W2C", True), ("4HTK77W2C", True), ("9HTK8W2C", False),
     ("", False), ("4HTK7", True), ("XXXXXXXX", False)],
)  # fmt: skip
def test_a_slip_in_a_reference(theirs, slip):
    assert is_slip(theirs, "4HTK7W2C") is slip


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 3), st.integers(0, 3), st.booleans()), max_size=12))
def test_every_line_and_every_payment_ends_in_one_place(drawn):
    ours = [Ours(n, f"p{n}", f"REF{n}AAAA{n}", 100 * (n + 1), DAY) for n in range(6)]
    lines = [
        Line(100 + k, f"p{n}" if known else "", f"other{k}", 100 * times, DAY + timedelta(days=late))
        for k, (n, times, late, known) in enumerate(drawn)
    ]
    done = match(ours, lines, until=DAY + timedelta(days=30), late_after=4, usual=1)
    placed = [line for _, line in done.pairs] + [one.line for one in done.found if one.ours is None]
    assert sorted(placed) == [line.id for line in lines]
    settled = {one for one, _ in done.pairs} | {one.ours for one in done.found} | set(done.waiting)
    assert settled - {None} == {one.id for one in ours}
