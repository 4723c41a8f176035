"""The only writers of this room, by topic: ordering, hearing what is said, minding what stands still."""

from moothall.repairs.actions.hearing import CannotHear, TimeGone, agree, none_suit, take_step, write_findings
from moothall.repairs.actions.minding import ask_contractors, raise_all
from moothall.repairs.actions.ordering import (
    AlreadyOrdered,
    cancel_orders,
    deliver,
    mark_told,
    order_again,
    order_missing,
    order_new,
)

__all__ = [
    "AlreadyOrdered",
    "CannotHear",
    "TimeGone",
    "agree",
    "ask_contractors",
    "cancel_orders",
    "deliver",
    "mark_told",
    "none_suit",
    "order_again",
    "order_missing",
    "order_new",
    "raise_all",
    "take_step",
    "write_findings",
]
