"""Payment machines: tills, journals sent again and again, the power cut in the middle, the count and the bank."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moothall.core import jobs
from moothall.core.actors import SYSTEM, Actor, ActorKind
from moothall.core.staff import create_client
from moothall.payments import actions
from moothall.payments.actions.statements import NewLine, bring_statement
from moothall.payments.actions.tills import BadJournal, Line, book_bags, last_line, settle_held, take_journal
from moothall.payments.links import pay_path
from moothall.payments.models import Attempt, JournalLine, Posting, Refund, Sale, Till
from moothall.payments.rules.tills import Standing, ending
from tests.drawing import examples
from tests.payments.conftest import books, fresh, owed, start
from tests.payments.test_telephone import officer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]


@dataclass
class Machine:
    """A machine that writes down each thing before it does the next, and sends what it thinks we lack."""

    clock: Any
    actor: Actor = field(
        default_factory=lambda: Actor(ActorKind.PARTNER, uuid4(), "Merrion", permissions=frozenset({"api.machine"}))
    )
    journal: list[Line] = field(default_factory=list)

    def does(self, kind: str, pence: int = 0, sale: str = "", reference: str = "") -> "Machine":
        self.journal.append(Line(len(self.journal) + 1, kind, self.clock.now(), pence, sale, reference))
        return self

    def sends(self, since: int = 0) -> int:
        return take_journal(self.journal[since:], by=self.actor, at=self.clock.now())

    @property
    def cash(self) -> str:
        return f"cash:{self.actor.id}"


@pytest.fixture
def machine(clock: Any) -> Machine:
    made = Machine(clock)
    made.does("open", 5000).sends()
    return made


def test_cash_with_change_is_paid_booked_receipted_and_counted(machine, clock):
    intent = owed(clock, 1250)
    machine.does("begin", sale="a", reference=intent.reference).does("cash", 1000, "a").does("cash", 500, "a")
    machine.does("change", 250, "a").does("done", sale="a").sends()
    assert (fresh(intent).state, Attempt.objects.get().method) == ("done", "cash")
    assert books() == {machine.cash: 6250, "float": -5000, "income:waste": -1250}
    machine.does("count", 6240).sends()
    till = Till.objects.get()
    assert (till.counted_pence, till.difference_pence) == (6240, -10)
    assert books() == {"cash-in-bags": 1240, "income:waste": -1250, "till-differences": 10}


def test_the_power_fails_in_the_middle_and_nothing_is_lost_or_taken_twice(machine, clock):
    intent, other = owed(clock, 1000), owed(clock, 2000)
    machine.does("begin", sale="a", reference=intent.reference).does("cash", 1000, "a")
    machine.sends()  # and the power fails: nothing says that it is done
    assert fresh(intent).state == "owed"
    machine.does("power")
    machine.sends()
    sale = Sale.objects.get()
    assert (sale.state, sale.cut, fresh(intent).state) == ("paid", True, "done")  # the receipt is printed now
    machine.does("begin", sale="b", reference=other.reference).does("cash", 500, "b").does("power").sends()
    held = Sale.objects.get(code="b")
    assert (held.state, fresh(other).state, books()["held"]) == ("held", "owed", -500)
    for _ in range(3):  # it never heard our answer, and sends all of it again
        assert machine.sends() == len(machine.journal)
    assert (Attempt.objects.count(), JournalLine.objects.count()) == (1, len(machine.journal))
    with pytest.raises(ValueError, match="how it was given back"):
        settle_held(held.id, how=" ", by=SYSTEM, at=clock.now())
    settle_held(held.id, how="In cash at the counter", by=SYSTEM, at=clock.now())
    assert books() == {machine.cash: 6500, "bank": -500, "float": -5000, "income:waste": -1000}


def test_what_was_never_sent_before_the_cut_comes_after_it_in_order(machine, clock):
    intent = owed(clock, 700)
    machine.does("begin", sale="a", reference=intent.reference).sends()
    machine.does("cash", 500, "a").does("cash", 200, "a").does("power")
    with pytest.raises(BadJournal, match="the next is 3") as gap:
        machine.sends(since=3)
    assert gap.value.seq == 4
    assert last_line(machine.actor.id) == 2
    machine.sends(since=last_line(machine.actor.id))
    assert fresh(intent).state == "done"


def test_more_than_was_owed_and_no_change_left_is_owed_back_by_hand(machine, clock):
    intent = owed(clock, 1250)
    machine.does("begin", sale="a", reference=intent.reference).does("cash", 2000, "a").does("done", sale="a").sends()
    jobs.drain()
    refund = Refund.objects.get()
    assert (refund.amount_pence, refund.reason, refund.state) == (750, "too-much", "failed")
    actions.settle_refund_by_hand(refund.id, how="In cash", by=SYSTEM, at=clock.now())
    assert sum(books().values()) == 0


def test_paid_on_the_web_while_she_stood_at_the_machine_one_goes_back(machine, clock, pay):
    intent = owed(clock, 1000)
    machine.does("begin", sale="a", reference=intent.reference).does("cash", 1000, "a").sends()
    pay.play(start(intent, clock), "pay")
    actions.look_at_intent(intent.id, by=SYSTEM, at=clock.now())
    machine.does("done", sale="a").sends()
    assert (fresh(intent).state, Refund.objects.get().reason) == ("done", "paid-twice")
    assert books(intent.id)["income:waste"] == -1000


def test_cash_and_card_together_and_a_payment_cancelled(machine, clock):
    intent, other = owed(clock, 1500), owed(clock, 900)
    machine.does("begin", sale="a", reference=intent.reference).does("cash", 500, "a").does("card", 1000, "a")
    machine.does("done", sale="a")
    machine.does("begin", sale="b", reference=other.reference).does("cash", 200, "b").does("change", 200, "b")
    machine.does("cancel", sale="b").sends()
    assert books() == {machine.cash: 5500, "float": -5000, "income:waste": -1500, "provider:terminal": 1000}
    assert (fresh(other).state, Sale.objects.get(code="b").state) == ("owed", "ended")


IMPOSSIBLE = (
    ("dance", 0, "", "", "nothing a machine does"), ("cash", -5, "a", "", "no amount"), ("cash", 0, "a", "", "no amount"),
    ("cash", 10**9, "a", "", "no amount"), ("change", 1, "a", "", "no more than was put in"),
    ("done", 0, "a", "", "Less than is owed"), ("cash", 100, "zzz", "", "no such payment"),
    ("cash", 100, "", "", "name it"),
    ("begin", 0, "b", "ZZZZ-ZZZZ", "Nothing is to be paid"), ("open", 100, "", "", "open already"),
    ("count", 100, "", "", "going on"), ("power", 5, "", "", "has no amount"), ("begin", 0, "a", "OWED", "begun before"),
)  # fmt: skip


def test_what_no_machine_can_do_is_refused_and_what_came_before_stands(clock):
    for kind, pence, sale, reference, says in IMPOSSIBLE:
        machine, intent = Machine(clock).does("open", 5000), owed(clock, 1000)
        machine.does("begin", sale="a", reference=intent.reference)
        machine.does(kind, pence, sale, intent.reference if reference == "OWED" else reference)
        with pytest.raises(BadJournal, match=says):
            machine.sends()
        assert (last_line(machine.actor.id), fresh(intent).state) == (2, "owed"), kind


def test_a_line_that_says_something_else_the_second_time_is_refused(machine, clock):
    machine.journal[0] = Line(1, "open", clock.now(), 9000)
    with pytest.raises(BadJournal, match="something else"):
        machine.sends()
    assert Till.objects.get().float_pence == 5000


@pytest.mark.row("D16")
def test_the_bag_is_paid_in_and_found_in_the_bank(machine, clock, council):
    intent = owed(clock, 1250)
    machine.does("begin", sale="a", reference=intent.reference).does("cash", 1250, "a").does("done", sale="a")
    machine.does("count", 6250).sends()
    till = Till.objects.get()
    lines = [
        NewLine("payout", "", f"paid in {till.bag}"[8:], 1250, date(2026, 3, 4)),
        NewLine("payout", "", "CASH0000", 999, date(2026, 3, 4)),
    ]
    bring_statement("bank", lines, name="bank.csv", sha256="1" * 64, by=SYSTEM, at=clock.now())
    assert book_bags(by=SYSTEM, at=clock.now()) == 1
    assert book_bags(by=SYSTEM, at=clock.now()) == 0
    assert books() == {"bank": 1250, "income:waste": -1250}


def test_over_the_wire_with_a_token_of_its_own(clock, council):
    row, token = create_client(name="Merrion House", scopes=["api.machine"], by=SYSTEM, at=clock.now())
    intent, at = owed(clock, 1000), clock.now().isoformat()
    calls = Client(headers={"Authorization": f"Bearer {token}"})
    bill = calls.get(f"/api/v1/machines/bills/{intent.reference}").json()
    assert bill == {"reference": intent.reference, "what": "Garden waste", "pence": 1000}
    assert calls.get("/api/v1/machines/bills/ZZZZZZZZ").status_code == 404
    lines = [
        {"seq": 1, "kind": "open", "at": at, "pence": 5000}, {"seq": 2, "kind": "begin", "at": at, "sale": "a",
         "reference": intent.reference}, {"seq": 3, "kind": "cash", "at": at, "pence": 1000, "sale": "a"},
        {"seq": 4, "kind": "done", "at": at, "sale": "a"},
    ]  # fmt: skip

    def sends(sent: list[dict[str, Any]]) -> Any:
        return calls.post("/api/v1/machines/journal", {"lines": sent}, content_type="application/json")

    for _ in range(2):
        answer = sends(lines)
        assert (answer.status_code, answer.json()["have"], answer.json()["sales"][-1]["state"]) == (200, 4, "paid")
    bad = sends([{"seq": 9, "kind": "power", "at": at}])
    assert (bad.status_code, bad.json()["have"], bad.json()["seq"]) == (409, 4, 9)
    assert sends([{"seq": 5, "kind": "cash", "at": at, "pence": -1, "sale": "a"}]).status_code == 422
    assert calls.get("/api/v1/machines/journal").json()["have"] == 4
    assert calls.get("/api/v1/machines/sales/a").json()["cash_pence"] == 1000
    assert Client().get("/api/v1/machines/journal").status_code == 401
    assert Till.objects.get().machine_id == row.id


def test_the_console_shows_tills_and_what_is_held(machine, clock, council):
    intent = owed(clock, 1000)
    machine.does("begin", sale="a", reference=intent.reference).does("cash", 500, "a").does("power").sends()
    finance = officer(council, clock, "finance-officer")
    shown = finance.get("/console/machines").content.decode()
    assert "£5.00 for Garden waste" in shown
    assert "The power failed in the middle of it" in shown
    assert "Merrion, 1" in shown
    sale = Sale.objects.get()
    assert "Say how it was given back" in finance.post(f"/console/machines/{sale.id}", follow=True).content.decode()
    done = finance.post(f"/console/machines/{sale.id}", {"how": "In cash"}, follow=True).content.decode()
    assert "Settled" in done
    assert "Nothing is held" in done
    assert officer(council, clock).get("/console/machines").status_code == 403


def test_the_machines_page_and_a_bill_cost_the_same_however_much_there_is(machine, clock, council, client):
    finance, bill = officer(council, clock, "finance-officer"), owed(clock, 100_000)

    def adds(name: str, times: int) -> None:
        for n in range(times):
            machine.does("begin", sale=f"{name}{n}", reference=bill.reference).does("cash", 500, f"{name}{n}")
            machine.does("power")
        machine.sends(since=last_line(machine.actor.id))

    def cost(who: Client, path: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert who.get(path).status_code == 200
        return len(asked)

    adds("a", 1)
    pages = ((finance, "/console/machines"), (client, pay_path(bill.id)))
    before = [[cost(*page) for page in pages] for _ in range(2)][-1]
    adds("b", 6)
    other = Machine(clock).does("open", 100)
    other.sends()
    assert [cost(*page) for page in pages] == before
    assert before[1] <= 6


@given(st.integers(0, 5000), st.integers(0, 5000), st.integers(0, 5000), st.integers(0, 5000))
def test_money_that_covers_it_pays_it_and_no_other(due, cash_in, out, card):
    stands = Standing(due, cash_in, min(out, cash_in), card)
    for asked in ("done", "power"):
        end = ending(stands, asked=asked)
        assert (end == "paid") == (due > 0 and stands.came >= due)
        assert (end == "ended") == (stands.came <= 0 and end != "paid")
    assert ending(stands, asked="cancel") != "paid"


STEPS = st.lists(
    st.sampled_from(["begin", "cash", "cash", "change", "card", "done", "cancel", "power", "again", "lost", "web"]),
    min_size=4, max_size=25,
)  # fmt: skip


@pytest.mark.long
@settings(max_examples=examples(60), deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_whatever_a_machine_goes_through_every_penny_is_somewhere(clock, pay, steps):
    """Any order of coins, cuts, lost answers and payments on the web beside it: balanced, and never paid for nothing."""
    machine, number, going = Machine(clock).does("open", 5000), 0, ""
    machine.sends()
    intent = owed(clock, 1000)
    for step in steps:
        if step == "begin" and not going and fresh(intent).state == "owed":
            number, going = number + 1, f"s{number}"
            machine.does("begin", sale=going, reference=intent.reference)
        elif step in {"cash", "card"} and going:
            machine.does(step, 600, going)
        elif step == "change" and going and Sale.objects.filter(code=going, in_pence__gte=600, out_pence=0).exists():
            machine.does("change", 200, going)
        elif step in {"done", "cancel"} and going:
            machine.does(step, sale=going)
        elif step == "power":
            machine.does("power")
        elif step == "web" and fresh(intent).state == "owed":
            pay.play(start(intent, clock), "pay")
            actions.look_at_intent(intent.id, by=SYSTEM, at=clock.now())
        if step == "lost":
            continue  # the answer never came: everything is sent again next time
        try:
            machine.sends(since=0 if step == "again" else last_line(machine.actor.id))
        except BadJournal:
            machine.journal.pop()  # the machine strikes what cannot be
        if going and not Sale.objects.filter(code=going, state="open").exists():
            going = ""
        if fresh(intent).state != "owed" and not going:
            intent = owed(clock, 1000)
    jobs.drain()
    for row in Sale.objects.filter(till__machine_id=machine.actor.id).select_related("intent"):
        came = row.in_pence - row.out_pence + row.card_pence
        assert (row.state in {"paid", "held", "open"}) or came == 0
        assert row.state != "paid" or row.intent.state == "done"
    cash = sum(one.in_pence - one.out_pence for one in Sale.objects.filter(
        till__machine_id=machine.actor.id, state__in=("paid", "held")))  # fmt: skip
    on_account = sum(Posting.objects.filter(account=machine.cash).values_list("pence", flat=True))
    assert on_account == 5000 + cash
    assert sum(books().values()) == 0
