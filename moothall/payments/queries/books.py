"""The ledger read back: what stands on each account, and its lines for the finance system."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Sum

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.packs import Pack, current_pack
from moothall.payments.models import Posting
from moothall.payments.pack import INCOMES


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One posting as finance takes it: ``ledger_code`` is the code its system knows the account by."""

    at: datetime
    entry: UUID
    kind: str
    account: str
    ledger_code: str
    pence: int
    reference: str


def account_totals(*, visible_to: Actor, until: datetime | None = None) -> dict[str, int]:
    """Return what stands on each account (plus is debit), up to a moment. One query."""
    require(visible_to, "payment.view")
    rows = Posting.objects.all() if until is None else Posting.objects.filter(entry__at__lt=until)
    found = rows.values_list("account").annotate(pence=Sum("pence")).order_by("account")
    return {account: int(pence) for account, pence in found}


NAMES: Final = {
    "bank": "Our bank account",
    "held": "Paid by customers, not settled yet",
    "deposits": "Deposits to give back",
    "owed-back": "Refunds decided, not sent yet",
    "vat": "VAT to pay over",
    "float": "Floats put into machines",
    "cash-in-bags": "Cash on its way to the bank",
    "till-differences": "Differences of counted tills",
    "fees": "Kept by providers as fees",
    "disputed": "Taken back by payers’ banks",
    "differences": "Differences with statements, to be decided",
}
PROVIDERS: Final = {
    "bacs": "Bacs",
    "terminal": "the machines’ card terminals",
    "govuk_pay": "GOV.UK Pay",
    "stripe": "Stripe",
}


def account_name(account: str, pack: Pack) -> str:
    """Return what people call an account. No query."""
    kind, _, code = account.partition(":")
    match kind:
        case "income":
            held = pack.of(INCOMES).get(code)
            return f"Income: {held.name if held else code}"
        case "cash":
            return "Cash in machines"
        case "provider":
            return f"With {PROVIDERS.get(code, code)}, not in our bank yet"
    return NAMES.get(kind, account)


def trial_balance(*, visible_to: Actor) -> int:
    """Return the sum of the whole ledger: it is nothing."""
    return sum(account_totals(visible_to=visible_to).values())


def export_lines(since: datetime, until: datetime, *, visible_to: Actor) -> Iterator[LedgerLine]:
    """Return the postings of a time, oldest first, streamed; for `payments export` and the console's download."""
    require(visible_to, "payment.view")
    codes = {f"income:{code}": one.ledger_code for code, one in current_pack().of(INCOMES).items()}
    rows = (
        Posting.objects.filter(entry__at__gte=since, entry__at__lt=until)
        .order_by("entry__at", "entry_id", "account")
        .values_list("entry__at", "entry_id", "entry__kind", "account", "pence", "entry__intent_id")
    )
    for at, entry, kind, account, pence, intent in rows.iterator(chunk_size=2_000):
        yield LedgerLine(at, entry, kind, account, codes.get(account, account), pence, str(intent or ""))
