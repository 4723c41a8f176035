"""The only writers of messages, by topic: queueing, delivering, what providers tell us, texts that arrive, troubles."""

from moothall.notifications.actions.booking_texts import last_asked_about_booking
from moothall.notifications.actions.delivering import deliver, resolve, resolve_lost
from moothall.notifications.actions.queueing import queue_message
from moothall.notifications.actions.receipts import take_receipt
from moothall.notifications.actions.stops import start_again, stop, told_to_stop
from moothall.notifications.actions.texts import Wish, text_arrived
from moothall.notifications.actions.troubles import (
    give_up_message,
    quarantine,
    retry_message,
    settle_message,
    settle_quarantined,
)

__all__ = [
    "Wish",
    "deliver",
    "give_up_message",
    "last_asked_about_booking",
    "quarantine",
    "queue_message",
    "resolve",
    "resolve_lost",
    "retry_message",
    "settle_message",
    "settle_quarantined",
    "start_again",
    "stop",
    "take_receipt",
    "text_arrived",
    "told_to_stop",
]
