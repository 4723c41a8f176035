"""What is owed, how it was paid, agreements to pay in parts, and the ledger. Money is integer pence; no card is ever here."""

from moothall.payments.models.debits import DebitFile, Instalment, InstalmentState, Mandate, MandateState
from moothall.payments.models.deposits import Deposit, DepositState
from moothall.payments.models.paying import (
    OPEN_ATTEMPTS,
    Attempt,
    AttemptState,
    Difference,
    Entry,
    Intent,
    IntentState,
    Notice,
    Posting,
    Refund,
    RefundState,
    Refusal,
    Statement,
    StatementLine,
)
from moothall.payments.models.tills import JournalLine, Sale, SaleState, Till

__all__ = [
    "OPEN_ATTEMPTS",
    "Attempt",
    "AttemptState",
    "DebitFile",
    "Deposit",
    "DepositState",
    "Difference",
    "Entry",
    "Instalment",
    "InstalmentState",
    "Intent",
    "IntentState",
    "JournalLine",
    "Mandate",
    "MandateState",
    "Notice",
    "Posting",
    "Refund",
    "RefundState",
    "Refusal",
    "Sale",
    "SaleState",
    "Statement",
    "StatementLine",
    "Till",
]
