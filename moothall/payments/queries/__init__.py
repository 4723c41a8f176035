"""The only readers of what is owed, paid, given back and booked."""

from moothall.payments.queries.bills import Bill, bill, bill_of_case, bills_of, bills_of_case
from moothall.payments.queries.books import account_totals, export_lines, trial_balance
from moothall.payments.queries.desk import RefundLine, refund_lines, refunds_waiting
from moothall.payments.queries.prices import price_of
from moothall.payments.queries.terms import BookingMoney, money_of_booking

__all__ = [
    "Bill",
    "BookingMoney",
    "RefundLine",
    "account_totals",
    "bill",
    "bill_of_case",
    "bills_of",
    "bills_of_case",
    "export_lines",
    "money_of_booking",
    "price_of",
    "refund_lines",
    "refunds_waiting",
    "trial_balance",
]
