"""The only writers of what is owed, paid, given back and booked."""

from moothall.payments.actions.ledger import post
from moothall.payments.actions.owing import NewIntent, owe, void
from moothall.payments.actions.paying import (
    AlreadyPaid,
    CannotPay,
    NotNow,
    hear,
    look_again,
    look_at_intent,
    refuse,
    start_payment,
    sweep,
)
from moothall.payments.actions.refunding import (
    CannotRefund,
    agree_refund,
    ask_refund,
    refuse_refund,
    send_refund,
    settle_refund_by_hand,
)

__all__ = [
    "AlreadyPaid",
    "CannotPay",
    "CannotRefund",
    "NewIntent",
    "NotNow",
    "agree_refund",
    "ask_refund",
    "hear",
    "look_again",
    "look_at_intent",
    "owe",
    "post",
    "refuse",
    "refuse_refund",
    "send_refund",
    "settle_refund_by_hand",
    "start_payment",
    "sweep",
    "void",
]
