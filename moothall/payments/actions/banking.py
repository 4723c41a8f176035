"""The bank's lines: each is a payout of a provider, a day's Direct Debits or what came back of them, the machines' cards or
a bag of cash; what is none of them waits for somebody. With its line here, each account of
money on its way comes to nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Sum

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.core.zone import council_date
from moothall.payments.actions.ledger import post
from moothall.payments.actions.reconciling import keep_found
from moothall.payments.actions.tills import book_bags
from moothall.payments.models import DebitFile, Difference, Entry, Posting, StatementLine
from moothall.payments.pack import MONEY
from moothall.payments.rules import ledger
from moothall.payments.rules.ledger import Side
from moothall.payments.rules.reconciling import Found, plain

BACS: Final = ledger.provider("bacs")
TERMINAL: Final = ledger.provider("terminal")
NEAR: Final = timedelta(days=5)
"""How many days after money was collected or taken its line may stand in the bank's statement: a long weekend."""

MOST_DAYS: Final = 5
"""How many days of card takings a terminal's provider pays in one."""


@dataclass(frozen=True, slots=True)
class _BankLine:
    id: UUID
    reference: str
    payout: str
    pence: int
    on: date


def book_bank_lines(*, by: Actor, at: datetime) -> tuple[int, int]:
    """Match the bank's open lines with what is on its way to us and book it into the bank; return (booked, left open).

    Files may come in any order: what fits nothing yet is looked at again with every later file, and its difference closes by
    itself when it fits.
    """
    require(by, "payment.reconcile")
    bags = book_bags(by=by, at=at)
    terms = current_pack().one(MONEY)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('reconcile:bank', 0))")
        payouts = _payouts()
        booked: list[UUID] = []
        found: list[Found[UUID]] = []
        for line in _open_lines():
            if line.payout in payouts:
                wrong = _payout(line, payouts[line.payout], at)
            elif terms.debits is not None and plain(terms.debits.service_user) in plain(line.reference):
                wrong = _debits(line, at)
            elif terms.terminals and plain(terms.terminals) in plain(line.reference):
                wrong = _terminals(line, at)
            else:
                wrong = Found("unknown", None, line.id, line.pence)
            if wrong is None:
                booked.append(line.id)
            else:
                found.append(wrong)
        _keep(found, booked, at)
        return len(booked) + bags, len(found)


def _open_lines() -> Iterator[_BankLine]:
    rows = StatementLine.objects.select_for_update().filter(source="bank", matched=False).order_by("on", "number")
    for row in rows:
        yield _BankLine(row.id, row.reference, row.payout, row.pence, row.on)


def _payouts() -> dict[str, tuple[str, int, int]]:
    """What each payout that a provider's lines name ought to be: provider, sum, fees. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.payout, p.source, sum(p.pence), sum(p.fee_pence) FROM payments_statementline p"
            " WHERE p.source <> 'bank' AND p.kind <> 'payout' AND p.payout <> '' AND p.payout IN"
            " (SELECT payout FROM payments_statementline WHERE source = 'bank' AND NOT matched)"
            " GROUP BY p.payout, p.source ORDER BY p.source"
        )
        return {payout: (source, int(pence), int(fees)) for payout, source, pence, fees in cursor.fetchall()}


def _payout(line: _BankLine, ought: tuple[str, int, int], at: datetime) -> Found[UUID] | None:
    source, gross, fees = ought
    if line.pence != gross - fees:
        return Found("wrong_amount", None, line.id, line.pence - (gross - fees))
    post("paid-out", ledger.paid_out(line.pence, fees, source), key=f"paid-out:{line.payout}", at=at)
    return None


def short_payout(row: Difference) -> list[Side]:
    """Return how a bank's line of another amount than its payout is booked when it is settled: all of it, and the rest."""
    came = row.line.pence if row.line is not None else 0
    ought = _payouts().get(row.line.payout) if row.line is not None else None
    if ought is None:
        return ledger.differs(came, "bank")
    source, gross, fees = ought
    return [*ledger.paid_out(gross - fees, fees, source), *ledger.differs(came - (gross - fees), "bank")]


def _debits(line: _BankLine, at: datetime) -> Found[UUID] | None:
    """A day's collection comes in one line under our service user number; what came back of it goes in one line a report."""
    kind = "submission" if line.pence > 0 else "arudd"
    files = DebitFile.objects.filter(kind=kind, pence=abs(line.pence)).order_by("at")
    for one in files:
        on = one.processing_on or council_date(one.at)
        near = timedelta(0) <= line.on - on <= NEAR if line.pence > 0 else abs(line.on - on) <= NEAR
        if near and post("paid-out", ledger.moved(line.pence, out_of=BACS, into="bank"), key=f"banked:{one.id}", at=at):
            return None
    return Found("unknown", None, line.id, line.pence)


def _terminals(line: _BankLine, at: datetime) -> Found[UUID] | None:
    """The machines' cards of one day, or of several that follow each other, as over a weekend."""
    takings = _takings(line.on - timedelta(days=14), line.on)
    days = sorted(takings)
    for first in range(len(days)):
        for after in range(first + 1, min(len(days), first + MOST_DAYS) + 1):
            run = days[first:after]
            if line.on - run[-1] <= NEAR and sum(takings[day] for day in run) == line.pence:
                for day in run:
                    sides = ledger.moved(takings[day], out_of=TERMINAL, into="bank")
                    post("paid-out", sides, key=f"terminals:{day}", at=at)
                return None
    return Found("unknown", None, line.id, line.pence)


def _takings(since: date, until: date) -> dict[date, int]:
    """What the machines' terminals took, by day, and is in no line of the bank's yet. Two queries."""
    rows = Posting.objects.filter(account=TERMINAL, entry__kind__in=("taken", "held"))
    found: dict[date, int] = {}
    for moment, pence in (
        rows.filter(entry__at__date__gte=since - timedelta(days=1))
        .values_list("entry__at")
        .annotate(pence=Sum("pence"))
    ):
        day = council_date(moment)
        if since <= day <= until:
            found[day] = found.get(day, 0) + int(pence)
    booked = set(Entry.objects.filter(key__in=[f"terminals:{day}" for day in found]).values_list("key", flat=True))
    return {day: pence for day, pence in found.items() if f"terminals:{day}" not in booked and pence}


def _keep(found: list[Found[UUID]], booked: list[UUID], at: datetime) -> None:
    """Lines that fit are closed, with what was said of them before; of the rest only the newest word stands."""
    StatementLine.objects.filter(id__in=booked).update(matched=True)
    before = Difference.objects.filter(source="bank", settled_at=None)
    before.filter(line_id__in=booked).update(settled_at=at, how="It fits now: its file came later.")
    for kind in ("unknown", "wrong_amount"):
        other = [one.line for one in found if one.kind != kind]
        before.filter(kind=kind, line_id__in=other).update(settled_at=at, how="More is known of it now.")
    keep_found("bank", found, at=at)
