"""The only writers of what is owed, paid, given back and booked."""

from moothall.payments.actions.following import hear, look_again, look_at_intent, sweep
from moothall.payments.actions.ledger import post
from moothall.payments.actions.owing import NewIntent, owe, void
from moothall.payments.actions.paying import AlreadyPaid, CannotPay, NotNow, Underway, refuse, start_payment
from moothall.payments.actions.recording import WhichCall
from moothall.payments.actions.refunding import (
    CannotRefund,
    agree_refund,
    ask_refund,
    refuse_refund,
    send_refund,
    settle_refund_by_hand,
)
from moothall.payments.actions.telephone import send_link, stop_by_phone, take_by_phone

__all__ = [
    "AlreadyPaid",
    "CannotPay",
    "CannotRefund",
    "NewIntent",
    "NotNow",
    "Underway",
    "WhichCall",
    "agree_refund",
    "ask_refund",
    "hear",
    "look_again",
    "look_at_intent",
    "owe",
    "post",
    "refuse",
    "refuse_refund",
    "send_link",
    "send_refund",
    "settle_refund_by_hand",
    "start_payment",
    "stop_by_phone",
    "sweep",
    "take_by_phone",
    "void",
]
