"""Direct Debits: agreed with notice, sent to the bank, paid or returned, moved and ended; each file counts once."""

import importlib
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from moothall.cases.models import Case, Task
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.packs import current_pack
from moothall.core.zone import LONDON
from moothall.notifications.models import Message
from moothall.payments import actions
from moothall.payments.actions.agreeing import CannotAgree, agree, change_day, end
from moothall.payments.actions.collecting import bring_report, make_submission, settle_collected
from moothall.payments.adapters.bacs import BadReport, Record, Sender, read_report, record_line
from moothall.payments.links import debit_path, pay_path
from moothall.payments.models import DebitFile, Instalment, Intent, Mandate, Refund, Refusal
from moothall.payments.rules.debits import Account, NotAnAccount, bank_name, plan_parts, read_account
from moothall.promises.pack import calendar_of
from tests.payments.conftest import books, start
from tests.payments.test_telephone import asked_for, officer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]
HERS = Account("M JONES", "309089", "00733445")


def agreed(clock: Any, day: int = 15) -> Mandate:
    """Mrs Jones pays for garden waste in four parts."""
    intent = asked_for(clock)
    return agree(
        intent.id, plan="four-months", day=day, account=HERS, alone=True, channel="web", by=SYSTEM, at=clock.now()
    )


def parts(mandate: Mandate) -> list[tuple[str, int, str]]:
    return [(str(p.due_on), p.pence, p.state) for p in mandate.instalments.order_by("number")]


def send_on(clock: Any, day: str) -> DebitFile | None:
    clock.set(f"{day}T09:00")
    return make_submission(by=SYSTEM, at=clock.now())


def arudd(mandate: Mandate, on: date | None, pence: int, code: str = "0") -> bytes:
    return (
        '<?xml version="1.0"?><BACSDocument><Data><ARUDD><OriginatingAccountRecords><OriginatingAccountRecord>'
        f'<ReturnedDebitItem ref="{mandate.reference}" transCode="01" returnCode="{code}" returnDescription="REFER TO PAYER"'
        f' originalProcessingDate="{on}" valueOf="{pence / 100:.2f}" currency="GBP"><PayerAccount number="00733445"'
        ' name="M JONES" sortCode="30-90-89"/></ReturnedDebitItem></OriginatingAccountRecord></OriginatingAccountRecords>'
        "</ARUDD></Data></BACSDocument>"
    ).encode()  # fmt: skip


def advice(reference: str, code: str, *, kind: str = "ADDACS", more: str = "") -> bytes:
    return (
        f'<BACSDocument><Data><MessagingAdvices><MessagingHeader report-type="{kind}"/><MessagingAdvice user-number="123456"'
        f' record-type="A" effective-date="2026-03-20" reference="{reference}" reason-code="{code}" {more}/>'
        "</MessagingAdvices></Data></BACSDocument>"
    ).encode()  # fmt: skip


def told(template: str) -> list[str]:
    jobs.drain()
    bodies = Message.objects.filter(template=template).values_list("body", flat=True)
    return [body.replace("\\", "") for body in bodies]


def test_every_day_and_amount_is_told_ten_working_days_before(clock):
    mandate = agreed(clock)  # on Monday 2 March: ten working days are over on Monday 16 March
    assert parts(mandate) == [
        ("2026-04-15", 2450, "planned"), ("2026-05-15", 2450, "planned"), ("2026-06-15", 2450, "planned"),
        ("2026-07-15", 2450, "planned"),
    ]  # fmt: skip
    body = told("debit-agreed")[0]
    for words in ("15 April", "15 July", "£24.50", "MOOTHALL COUNCIL", "ending 3445", "10 working days"):
        assert words in body, words
    assert "00733445" not in body
    assert (Intent.objects.get().why_void, Case.objects.get().state, books()) == ("instalments", "open", {})


def test_the_four_parts_are_sent_taken_and_booked_to_the_penny(clock):
    mandate = agreed(clock)
    first = send_on(clock, "2026-03-03")
    assert first is not None
    assert [line[15:17] for line in first.content.splitlines()] == ["0N"]
    assert send_on(clock, "2026-03-04") is None  # nothing twice
    codes = []
    for day, sure in (("2026-04-13", "2026-04-21"), ("2026-05-13", "2026-05-21"), ("2026-06-11", "2026-06-19"),
                      ("2026-07-13", "2026-07-21")):  # fmt: skip
        sent = send_on(clock, day)
        assert sent is not None, day
        codes += [line[15:17] for line in sent.content.splitlines()]
        assert settle_collected(at=clock.now()) == 0  # its bank may still say no
        clock.set(f"{sure}T09:00")
        assert settle_collected(at=clock.now()) == 1
    assert codes == ["01", "17", "17", "19"]
    assert books() == {"income:waste-collections": -9800, "provider:bacs": 9800}
    assert (Mandate.objects.get().state, {state for _, _, state in parts(mandate)}) == ("done", {"taken"})
    assert len(told("payment-receipt")) == 4
    assert told("payment-owed") == []  # what is on its way by itself needs no bill


def test_a_payment_that_comes_back_is_a_task_is_told_and_can_be_paid_by_card(clock, pay):
    mandate = agreed(clock)
    send_on(clock, "2026-03-03")
    sent = send_on(clock, "2026-04-13")
    assert sent is not None
    raw = arudd(mandate, sent.processing_on, 2450)
    assert bring_report(raw, name="a.xml", by=SYSTEM, at=clock.now()).taken == 1
    again = bring_report(raw, name="a.xml", by=SYSTEM, at=clock.now())
    assert (again.again, Task.objects.filter(kind="arrears").count()) == (True, 1)
    assert parts(mandate)[0][2] == "returned"
    assert "£24.50 is owed" in Task.objects.get(kind="arrears").title
    bill = Intent.objects.filter(how="debit").get()
    assert "£24.50" in told("debit-returned")[0]
    pay.play(start(bill, clock), "pay")
    actions.look_at_intent(bill.id, by=SYSTEM, at=clock.now())
    assert books() == {"income:waste-collections": -2450, "provider:govuk_pay": 2450}
    clock.set("2026-04-30T09:00")
    assert settle_collected(at=clock.now()) == 0
    assert Mandate.objects.get().state == "active"  # the others still come


def test_taken_back_after_it_was_booked_leaves_the_books_and_somebody_looks(clock):
    mandate = agreed(clock)
    send_on(clock, "2026-03-03")
    sent = send_on(clock, "2026-04-13")
    clock.set("2026-04-24T09:00")
    settle_collected(at=clock.now())
    assert sent is not None
    bring_report(arudd(mandate, sent.processing_on, 2450, "8"), name="b.xml", by=SYSTEM, at=clock.now())
    assert books() == {"disputed": 2450, "income:waste-collections": -2450}
    assert "too early" in Task.objects.get(kind="arrears").title
    assert told("debit-returned") == []


@pytest.mark.parametrize(("kind", "code"), [("ADDACS", "1"), ("AUDDIS", "5"), ("ADDACS", "2")])
def test_the_bank_ends_it_and_what_is_left_is_owed(clock, kind, code):
    mandate = agreed(clock)
    send_on(clock, "2026-03-03")
    done = bring_report(advice(mandate.reference, code, kind=kind), name="c.xml", by=SYSTEM, at=clock.now())
    assert (done.kind, done.taken) == (kind.lower(), 1)
    mandate.refresh_from_db()
    assert (mandate.state, mandate.ended_by) == ("ended", "bank")
    assert {state for _, _, state in parts(mandate)} == {"stopped"}
    left = Intent.objects.latest("created_at")
    assert (left.amount_pence, left.state) == (9800, "owed")
    assert "Your bank told us" in told("debit-ended")[0]
    assert send_on(clock, "2026-04-13") is None  # nothing more, and the bank need not be told


def test_the_account_moves_and_an_unknown_reference_is_listed(clock):
    mandate = agreed(clock)
    more = 'payer-new-sort-code="40-12-34" payer-new-account-number="12345678"'
    bring_report(advice(mandate.reference, "3", more=more), name="d.xml", by=SYSTEM, at=clock.now())
    mandate.refresh_from_db()
    assert (mandate.state, mandate.sort_code, mandate.account) == ("pending", "401234", "12345678")
    done = bring_report(advice("NOTOURS1", "1"), name="e.xml", by=SYSTEM, at=clock.now())
    assert (done.taken, done.unknown, DebitFile.objects.get(name="e.xml").unknown) == (0, 1, ["NOTOURS1 1"])


def test_she_moves_the_day_and_ends_it_and_the_bank_is_told(clock):
    mandate = agreed(clock)
    send_on(clock, "2026-03-03")
    clock.set("2026-04-09T09:00")  # ten working days on is 23 April: the next 8th is in May
    change_day(mandate.id, day=8, by=SYSTEM, at=clock.now())
    assert [day for day, _, _ in parts(mandate)] == ["2026-05-08", "2026-06-08", "2026-07-08", "2026-08-10"]
    assert "8 May" in told("debit-changed")[0]
    with pytest.raises(CannotAgree, match="days that we offer"):
        change_day(mandate.id, day=31, by=SYSTEM, at=clock.now())
    end(mandate.id, who="payer", why="asked", by=SYSTEM, at=clock.now())
    end(mandate.id, who="payer", why="asked", by=SYSTEM, at=clock.now())
    sent = send_on(clock, "2026-04-10")
    assert sent is not None
    assert [line[15:17] for line in sent.content.splitlines()] == ["0C"]
    assert Intent.objects.filter(state="owed").count() == 1
    with pytest.raises(CannotAgree, match="Nothing is to come"):
        change_day(mandate.id, day=15, by=SYSTEM, at=clock.now())


def test_what_went_unsent_for_days_is_moved_and_told_not_taken_unannounced(clock):
    mandate = agreed(clock)
    send_on(clock, "2026-03-03")
    assert send_on(clock, "2026-04-20") is None
    assert parts(mandate)[0][:1] == ("2026-05-15",)
    assert "We are sorry" in told("debit-changed")[0]


def test_the_request_ends_undone_and_nothing_more_is_taken_or_owed(clock):
    from moothall.cases.actions import close_case

    mandate = agreed(clock)
    close_case(mandate.case_id, outcome="not-done-reason-given", resolved=False, by=SYSTEM, at=clock.now())
    jobs.drain()
    mandate.refresh_from_db()
    assert (mandate.state, mandate.ended_by) == ("ended", "council")
    assert not Intent.objects.filter(state="owed").exists()


def test_not_for_accounts_of_two_nor_paid_bills_nor_twice(clock):
    intent = asked_for(clock)
    ask = {"plan": "four-months", "day": 15, "account": HERS, "channel": "web", "by": SYSTEM, "at": clock.now()}
    with pytest.raises(CannotAgree, match="signature of each"):
        agree(intent.id, alone=False, **ask)
    with pytest.raises(CannotAgree, match="parts"):
        agree(intent.id, alone=True, **{**ask, "plan": "ten-months"})
    made = agree(intent.id, alone=True, **ask)
    assert agree(intent.id, alone=True, **ask).id == made.id
    end(made.id, who="payer", why="asked", by=SYSTEM, at=clock.now())
    with pytest.raises(actions.CannotPay):
        agree(intent.id, alone=True, **ask)


def test_a_refund_of_a_debit_is_paid_by_hand(clock):
    mandate = agreed(clock)
    send_on(clock, "2026-03-03")
    send_on(clock, "2026-04-13")
    clock.set("2026-04-24T09:00")
    settle_collected(at=clock.now())
    attempt = mandate.instalments.get(number=1).attempt
    assert attempt is not None
    actions.ask_refund(attempt.id, pence=450, reason="mistake", key="x", by=SYSTEM, at=clock.now())
    jobs.drain()
    assert (Refund.objects.get().state, "bank transfer" in Refund.objects.get().error) == ("failed", True)


NO_ACCOUNTS = (
    (("", "309089", "00733445"), "holder"), (("M Jones", "3090", "00733445"), "sort_code"),
    (("M Jones", "３０９０８９", "00733445"), "sort_code"), (("M Jones", "30-90-89", "5123 4567 8901 2346"), "account"),
    (("M Jones", "309089", "12-34"), "account"), (("’’’", "309089", "00733445"), "holder"),
)  # fmt: skip


def test_what_cannot_be_an_account_is_said_at_its_box():
    for given, wrong in NO_ACCOUNTS:
        with pytest.raises(NotAnAccount) as no:
            read_account(*given)
        assert no.value.field == wrong, given


def test_names_and_records_are_as_banks_take_them():
    assert bank_name("Zoë O’Brien-Łuczak & Daughters Ltd") == "ZOE OBRIEN-UCZAK &"
    assert read_account("M Jones", "30 90-89", "733445").number == "00733445"
    sender = Sender("123456", "200000", "55779911", "Moothall Council")
    line = record_line(Record("01", "309089", "00733445", "M JONES", "AB12CD34", 2450, date(2026, 4, 15)), sender)
    assert line == (
        "30908900733445" + "0" + "01" + "20000055779911" + "    " + "00000002450" + "MOOTHALL COUNCIL  "
        "AB12CD34          " + "M JONES           " + " 26105"
    )  # fmt: skip
    with pytest.raises(ValueError, match="106"):
        record_line(Record("01", "309089", "1" * 12, "M", "A", 1, date(2026, 4, 15)), sender)


def test_odd_pennies_come_first_and_the_tax_adds_up():
    calendar = calendar_of(current_pack(), "office")
    made = plan_parts(9805, 1634, 4, 1, date(2026, 11, 20), calendar)
    assert ([one.pence for one in made], sum(one.vat for one in made)) == ([2452, 2451, 2451, 2451], 1634)
    assert [str(one.due_on) for one in made] == ["2026-12-01", "2027-01-04", "2027-02-01", "2027-03-01"]


NO_REPORTS = (
    b"", b"not xml", b"<BACSDocument/>", b"x" * 5_000_001,
    b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    b'<a><ReturnedDebitItem ref="A" returnCode="0" originalProcessingDate="soon" valueOf="1.00"/></a>',
    b'<a><MessagingAdvice reference="" reason-code="1"/></a>',
)  # fmt: skip


def test_what_is_no_report_is_refused_whole():
    for raw in NO_REPORTS:
        with pytest.raises(BadReport):
            read_report(raw)
    assert DebitFile.objects.count() == 0


GIVEN = {"day": "15", "holder": "Mary Jones", "sort_code": "30-90-89", "account": "00733445", "alone": "yes"}


def test_on_the_web_nothing_is_set_up_before_she_has_seen_it_all(clock, client):
    intent = asked_for(clock)
    path = f"{pay_path(intent.id)}/debit"
    assert path in client.get(pay_path(intent.id)).content.decode()
    wrong = client.post(path, {**GIVEN, "sort_code": "12", "step": "agree"})
    assert (wrong.status_code, b"Enter the sort code" in wrong.content, Mandate.objects.count()) == (422, True, 0)
    seen = client.post(path, {**GIVEN, "step": "look"}).content.decode()
    for words in ("15 April 2026", "£24.50", "MOOTHALL COUNCIL", "Guarantee", "10 working days", "30-90-89"):
        assert words in seen, words
    assert Mandate.objects.count() == 0
    two = client.post(path, {**GIVEN, "alone": "no", "step": "agree"}).content.decode()
    assert ("signature of each" in two, Mandate.objects.count()) == (True, 0)
    page = client.post(path, {**GIVEN, "step": "agree"}, follow=True).content.decode()
    assert "Your Direct Debit is set up" in page
    assert "00733445" not in page
    assert client.post(path, {**GIVEN, "step": "agree"}).status_code == 302
    made = Mandate.objects.get()
    assert "See your Direct Debit" in client.get(pay_path(intent.id)).content.decode()
    moved = client.post(f"{debit_path(made.id)}/change", {"do": "day", "day": "22"}, follow=True).content.decode()
    assert "22 April 2026" in moved
    assert client.post(f"{debit_path(made.id)}/change", {"do": "day", "day": "99"}).status_code == 409
    ended = client.post(f"{debit_path(made.id)}/change", {"do": "end"}, follow=True).content.decode()
    assert "Your Direct Debit has ended" in ended


def test_another_persons_agreement_cannot_be_opened_and_the_try_is_noted(clock, client):
    made = agreed(clock)
    for link in ("short", "0" * 40, debit_path(UUID(int=1)).rsplit("/", 1)[1]):
        assert client.get(f"/debits/{made.id}/{link}").status_code == 404
        assert client.post(f"/debits/{made.id}/{link}/change", {"do": "end"}).status_code == 404
    assert Refusal.objects.filter(kind="link", subject=str(made.id)).count() == 6
    assert Mandate.objects.get().state == "pending"


def test_at_the_desk_it_is_read_out_agreed_and_ended(council, clock):
    intent, adviser = asked_for(clock), officer(council, clock)
    path = f"/desk/cases/{intent.case_id}/debit"
    assert path in adviser.get(f"/desk/cases/{intent.case_id}/").content.decode()
    assert "Read out" in adviser.post(path, {**GIVEN, "step": "look"}).content.decode()
    assert adviser.post(path, {**GIVEN, "step": "agree"}).status_code == 303
    shown = adviser.get(f"/desk/cases/{intent.case_id}/").content.decode()
    assert "£24.50, to come" in shown
    assert "ending 3445" in shown
    assert Mandate.objects.get().by_staff_id is not None
    assert officer(council, clock, "finance-manager").post(f"{path}/end").status_code == 403
    adviser.post(f"{path}/end")
    assert Mandate.objects.get().state == "ended"


def test_finance_makes_the_file_and_brings_the_reports_in(council, clock):
    mandate = agreed(clock)
    finance = officer(council, clock, "finance-officer")
    shown = finance.get("/console/debits").content.decode()
    assert "0 payments of £0.00 and 1 instruction" in shown
    assert "1 records" in finance.post("/console/debits/make", follow=True).content.decode()
    assert "nothing to send" in finance.post("/console/debits/make", follow=True).content.decode()
    made = DebitFile.objects.get()
    assert finance.get(f"/console/debits/{made.id}").content.decode().startswith("309089007334450" + "0N")
    leader = officer(council, clock, "team-leader")
    assert leader.get(f"/console/debits/{made.id}").status_code == 403

    def bring(raw: bytes) -> str:
        sent = {"file": SimpleUploadedFile("r.xml", raw)}
        return finance.post("/console/debits/report", sent, follow=True).content.decode()

    assert "ADDACS: 1 taken" in bring(advice(mandate.reference, "1"))
    assert "brought in before" in bring(advice(mandate.reference, "1"))
    assert "no XML report" in bring(b"Reference,Amount")
    assert "the payer cancelled it" in finance.get("/console/debits").content.decode()


def test_the_console_costs_the_same_number_of_queries_however_many_agree(council, clock):
    finance, counts = officer(council, clock, "finance-officer"), []
    finance.get("/console/debits")
    for _ in range(2):
        agreed(clock)
        agreed(clock)
        with CaptureQueriesContext(connection) as seen:
            assert finance.get("/console/debits").status_code == 200
        counts.append(len([q for q in seen.captured_queries if "django_session" not in q["sql"]]))
    assert counts[0] == counts[1]


def test_working_days_of_notice_hold_over_easter(clock):
    clock.set("2026-03-27T15:00")
    mandate = agreed(clock, day=8)
    first = mandate.instalments.get(number=1).due_on
    calendar = calendar_of(current_pack(), "office")
    assert calendar.working_days_between(clock.now().astimezone(LONDON).date(), first) >= 10
    assert first == date(2026, 5, 8)
    assert Instalment.objects.filter(due_on__lt=clock.now().date() + timedelta(days=14)).count() == 0


def test_no_account_stands_in_the_database_as_it_is(clock):
    mandate = agreed(clock)
    made = send_on(clock, "2026-03-03")
    assert made is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT sort_code, account FROM payments_mandate WHERE id = %s", [mandate.id])
        kept = " ".join(cursor.fetchone())
        cursor.execute("SELECT content FROM payments_debitfile WHERE id = %s", [made.id])
        kept += cursor.fetchone()[0]
    assert "00733445" not in kept
    assert "309089" not in kept
    assert DebitFile.objects.get(id=made.id).content.startswith("30908900733445")


def test_the_migration_locks_the_accounts_that_are_there_and_gives_them_back(clock):
    step: Any = importlib.import_module("moothall.payments.migrations.0006_accounts_locked")
    mandate = agreed(clock)

    def kept() -> tuple[str, str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT sort_code, account FROM payments_mandate WHERE id = %s", [mandate.id])
            found: tuple[str, str] = cursor.fetchone()
            return found

    step.open_again(apps, None)
    assert kept() == ("309089", "00733445")
    assert Mandate.objects.get(id=mandate.id).account == "00733445"  # what an older version wrote is read as it stands
    step.lock(apps, None)
    assert "00733445" not in kept()[1]
    assert Mandate.objects.get(id=mandate.id).account == "00733445"
