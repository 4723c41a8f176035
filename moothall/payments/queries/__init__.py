"""The only readers of what is owed, paid, given back and booked."""

from moothall.payments.queries.bills import Bill, bill, bill_of_case, bills_of, bills_of_case
from moothall.payments.queries.books import account_totals, export_lines, trial_balance
from moothall.payments.queries.desk import RefundLine, refund_lines, refunds_waiting
from moothall.payments.queries.prices import price_of

__all__ = [
    "Bill",
    "RefundLine",
    "account_totals",
    "bill",
    "bill_of_case",
    "bills_of",
    "bills_of_case",
    "export_lines",
    "price_of",
    "refund_lines",
    "refunds_waiting",
    "trial_balance",
]
