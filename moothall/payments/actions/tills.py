"""Payments at machines: their journals are taken line by line, once, in order; what a power cut left is settled.

A machine writes each thing down before it does the next, and sends it when it can. What we answer says up to which line we
have it, so after a cut or a bad line it sends the rest again. Nothing else is believed of a machine than its journal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from moothall.core.access import require
from moothall.core.actors import SYSTEM, Actor
from moothall.core.events import Happening, record, together
from moothall.core.ids import new_id
from moothall.core.reference_numbers import next_reference
from moothall.core.references import NotAReference, read_reference
from moothall.payments import events
from moothall.payments.actions.ledger import post
from moothall.payments.actions.owing import take_intent
from moothall.payments.actions.paying import money_came, new_attempt
from moothall.payments.models import Intent, IntentState, JournalLine, Sale, SaleState, StatementLine, Till
from moothall.payments.rules import ledger
from moothall.payments.rules.reconciling import plain
from moothall.payments.rules.tills import KINDS, MOST, OF_A_SALE, WITH_MONEY, Standing, ending

PERMISSION: Final = "api.machine"
MOST_LINES: Final = 500


class BadJournal(ValueError):
    """A line cannot be right; those before it were taken. ``seq`` says which, the message what is wrong."""

    def __init__(self, seq: int, message: str) -> None:
        self.seq = seq
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a journal as it came."""

    seq: int
    kind: str
    at: datetime
    pence: int = 0
    sale: str = ""
    reference: str = ""


def cash_account(machine_id: UUID) -> str:
    """Return the account of the cash in a machine."""
    return f"cash:{machine_id}"


def take_journal(lines: Sequence[Line], *, by: Actor, at: datetime) -> int:
    """Take the next lines of a machine's journal; return the number of the last we have. Known ones change nothing.

    Raises:
        Refused; BadJournal: a gap, a line that differs from what was sent before, or one that cannot be.
    """
    require(by, PERMISSION)
    if by.id is None:
        raise BadJournal(0, "A machine has its own token.")
    for line in sorted(lines, key=lambda one: one.seq):
        with transaction.atomic(), together():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"machine:{by.id}"])
            _take(line, by, by.id, at)
    return last_line(by.id)


def last_line(machine_id: UUID) -> int:
    """Return the number of the last line we have of a machine; 0 before the first."""
    found = JournalLine.objects.filter(machine_id=machine_id).order_by("-seq").values_list("seq", flat=True).first()
    return found or 0


def _take(line: Line, by: Actor, machine_id: UUID, at: datetime) -> None:
    held = JournalLine.objects.filter(machine_id=machine_id, seq=line.seq).first()
    if held is not None:
        if (held.kind, held.sale, held.pence, held.reference) != (line.kind, line.sale, line.pence, line.reference):
            raise BadJournal(line.seq, "This line was sent before and said something else.")
        return
    if line.seq != last_line(machine_id) + 1:
        raise BadJournal(line.seq, f"Lines are missing: the next is {last_line(machine_id) + 1}.")
    _check(line)
    till = Till.objects.select_for_update().filter(machine_id=machine_id, closed_at=None).first()
    if line.kind == "open":
        _open(line, till, by, machine_id, at)
    elif till is None:
        raise BadJournal(line.seq, "No till is open: open one first.")
    elif line.kind == "count":
        _close(line, till, by, at)
    elif line.kind == "power":
        for sale in till.sales.select_for_update().filter(state=SaleState.OPEN):
            sale.cut = True
            _end(sale, "power", at)
    else:
        _of_sale(line, till, at)
    JournalLine(
        id=new_id(), machine_id=machine_id, seq=line.seq, kind=line.kind, sale=line.sale, reference=line.reference,
        pence=line.pence, at=line.at, came_at=at,
    ).save(force_insert=True)  # fmt: skip


def _check(line: Line) -> None:
    if line.kind not in KINDS:
        raise BadJournal(line.seq, f"“{line.kind[:20]}” is nothing a machine does.")
    most = MOST * 100 if line.kind == "count" else MOST
    least = 0 if line.kind in {"open", "count"} else 1
    if line.kind in WITH_MONEY and not least <= line.pence <= most:
        raise BadJournal(line.seq, "This is no amount that a machine takes or gives.")
    if line.kind not in WITH_MONEY and line.pence:
        raise BadJournal(line.seq, "This line has no amount.")
    if (line.kind in OF_A_SALE) != bool(line.sale):
        raise BadJournal(line.seq, "A payment’s lines name it, and only those.")


def next_number(machine_id: UUID) -> int:
    """Return the number of a machine's next till. One step down an index, however many there were."""
    last = Till.objects.filter(machine_id=machine_id).order_by("-number").values_list("number", flat=True).first()
    return (last or 0) + 1


def _open(line: Line, till: Till | None, by: Actor, machine_id: UUID, at: datetime) -> None:
    if till is not None:
        raise BadJournal(line.seq, "A till is open already: count it first.")
    number = next_number(machine_id)
    made = Till(
        id=new_id(), machine_id=machine_id, machine=by.name[:80], number=number, opened_at=line.at,
        float_pence=line.pence, bag=f"CASH{next_reference()}",
    )  # fmt: skip
    made.save(force_insert=True)
    sides = ledger.moved(line.pence, out_of="float", into=cash_account(machine_id))
    post("till", sides, key=f"float:{made.id}", at=at)
    record([_happened("till.opened", made, at, pence=line.pence)], by=by)


def _of_sale(line: Line, till: Till, at: datetime) -> None:
    if line.kind == "begin":
        _begin(line, till)
        return
    sale = till.sales.select_for_update().filter(code=line.sale).first()
    if sale is None or sale.state != SaleState.OPEN:
        raise BadJournal(line.seq, "There is no such payment going on.")
    match line.kind:
        case "cash":
            sale.in_pence += line.pence
        case "card":
            sale.card_pence += line.pence
        case "change":
            if sale.out_pence + line.pence > sale.in_pence:
                raise BadJournal(line.seq, "A machine gives back no more than was put in.")
            sale.out_pence += line.pence
    sale.save(update_fields=["in_pence", "out_pence", "card_pence"])
    if line.kind in {"done", "cancel"}:
        if line.kind == "done" and _standing(sale).came < sale.intent.amount_pence:
            raise BadJournal(line.seq, "Less than is owed came in, so it is not done.")
        _end(sale, "done" if line.kind == "done" else "cancel", at)


def _begin(line: Line, till: Till) -> None:
    try:
        intent = Intent.objects.filter(reference=read_reference(line.reference)).first()
    except NotAReference:
        intent = None
    if intent is None or intent.state != IntentState.OWED:
        raise BadJournal(line.seq, "Nothing is to be paid under this reference.")
    if till.sales.filter(code=line.sale).exists():
        raise BadJournal(line.seq, "A payment of this name was begun before.")
    Sale(id=new_id(), till=till, code=line.sale, intent=intent, began_at=line.at).save(force_insert=True)


def _standing(sale: Sale) -> Standing:
    return Standing(sale.intent.amount_pence, sale.in_pence, sale.out_pence, sale.card_pence)


def _end(sale: Sale, asked: Any, at: datetime) -> None:
    """End a payment: what came for it is booked with what it pays for, or held. In the transaction of its line."""
    stands = _standing(sale)
    sale.ended_at = at
    sale.state = SaleState(ending(stands, asked=asked))
    machine = cash_account(sale.till.machine_id)
    if sale.state == SaleState.PAID:
        _paid(sale, stands, machine, at)
    elif sale.state == SaleState.HELD:
        post("held", ledger.taken(stands.cash, machine), key=f"held-cash:{sale.id}", at=at, intent=sale.intent)
        post("held", ledger.taken(stands.card, ledger.provider("terminal")), key=f"held-card:{sale.id}", at=at,
             intent=sale.intent)  # fmt: skip
        record([events.about(events.MACHINE_KEPT, sale.intent, at, pence=stands.came)], by=SYSTEM)
    sale.save(update_fields=["state", "ended_at", "cut"])


def _paid(sale: Sale, stands: Standing, machine: str, at: datetime) -> None:
    """Cash and card of one payment come together: apart neither would be enough for what is only kept for a while."""
    intent = take_intent(sale.intent_id)
    came = []
    for pence, method, provider, where in (
        (stands.cash, "cash", "cash", machine), (stands.card, "card", "terminal", ledger.provider("terminal"))
    ):  # fmt: skip
        if pence > 0:
            attempt = new_attempt(intent, method=method, provider_name=provider, by=SYSTEM, at=at, pence=pence)
            attempt.provider_id = f"{sale.id}"
            came.append((attempt, where))
    money_came(intent, came, by=SYSTEM, at=at)


def _close(line: Line, till: Till, by: Actor, at: datetime) -> None:
    if till.sales.filter(state=SaleState.OPEN).exists():
        raise BadJournal(line.seq, "A payment is going on: end it first.")
    kept = sum(one.in_pence - one.out_pence for one in till.sales.all())
    ought = till.float_pence + kept
    till.counted_pence, till.difference_pence, till.closed_at = line.pence, line.pence - ought, line.at
    till.save(update_fields=["counted_pence", "difference_pence", "closed_at"])
    machine = cash_account(till.machine_id)
    if till.difference_pence:
        post("till", [ledger.Side(machine, till.difference_pence), ledger.Side("till-differences", -till.difference_pence)],
             key=f"difference:{till.id}", at=at)  # fmt: skip
    back = min(till.float_pence, line.pence)
    post("till", ledger.moved(back, out_of=machine, into="float"), key=f"float-back:{till.id}", at=at)
    post("till", ledger.moved(line.pence - back, out_of=machine, into="cash-in-bags"), key=f"bag:{till.id}", at=at)
    record([_happened("till.closed", till, at, counted=line.pence, difference=till.difference_pence)], by=by)


def settle_held(sale_id: UUID, *, how: str, by: Actor, at: datetime) -> Sale:
    """Say that money a machine kept was given back by hand, and how.

    Raises:
        Refused; ValueError: nothing is held, or nothing was said of how; Sale.DoesNotExist.
    """
    require(by, "payment.refund")
    if not how.strip():
        raise ValueError("Say how it was given back, like “in cash at the counter, receipt 114”.")
    with transaction.atomic(), together():
        sale = Sale.objects.select_for_update(of=("self",)).select_related("intent", "till").get(id=sale_id)
        if sale.state != SaleState.HELD:
            raise ValueError("Nothing is kept for this payment.")
        sale.state, sale.how = SaleState.SETTLED, how.strip()[:200]
        sale.save(update_fields=["state", "how"])
        came = _standing(sale).came
        post(
            "held",
            ledger.moved(came, out_of="bank", into="held"),
            key=f"held-back:{sale.id}",
            at=at,
            intent=sale.intent,
        )
        told = events.about(events.MACHINE_GAVE, sale.intent, at, pence=came)
        record([_happened("till.settled", sale.till, at, sale=str(sale.id), pence=came), told], by=by)
        return sale


def book_bags(*, by: Actor, at: datetime) -> int:
    """Match the bank's lines with bags of cash that were paid in, to the penny; return how many were booked."""
    require(by, "payment.reconcile")
    booked = 0
    with transaction.atomic(), together():
        waiting = {plain(till.bag): till for till in Till.objects.filter(banked_at=None, closed_at__isnull=False)}
        lines = StatementLine.objects.select_for_update().filter(source="bank", matched=False)
        for line in lines:
            till = waiting.get(plain(line.reference))
            if till is None or line.pence != banked_pence(till):
                continue
            post("banked", ledger.moved(line.pence, out_of="cash-in-bags", into="bank"), key=f"banked:{till.id}", at=at)
            till.banked_at, line.matched = at, True
            till.save(update_fields=["banked_at"])
            line.save(update_fields=["matched"])
            booked += 1
    return booked


def banked_pence(till: Till) -> int:
    """Return what a counted till sends to the bank: all but its float."""
    counted = till.counted_pence or 0
    return counted - min(till.float_pence, counted)


def _happened(name: str, till: Till, at: datetime, **data: Any) -> Happening:
    return Happening(name=name, subject_kind="till", subject_id=till.id, occurred_at=at, data=data)
