"""The only writers of promises, their clock facts and what is owed for a broken one, by topic: making, clocks, owning up."""

from moothall.promises.actions.clocks import (
    agree_day,
    change_standard,
    end_pauses,
    extend_promise,
    hand_promises,
    leave_out_promises,
    meet_promise,
    meet_promises,
    pause_promises,
    reopen_promises,
    resume_promises,
    withdraw_promise,
    withdraw_promises,
)
from moothall.promises.actions.facts import OPEN, clock_fact
from moothall.promises.actions.making import Draft, NewPromise, draft_promises, keep_promises, make_promises
from moothall.promises.actions.owning_up import explain_promise, explain_promises, own_up
from moothall.promises.actions.redress import offer_redress, settle_redress

__all__ = [
    "OPEN",
    "Draft",
    "NewPromise",
    "agree_day",
    "change_standard",
    "clock_fact",
    "draft_promises",
    "end_pauses",
    "explain_promise",
    "explain_promises",
    "extend_promise",
    "hand_promises",
    "keep_promises",
    "leave_out_promises",
    "make_promises",
    "meet_promise",
    "meet_promises",
    "offer_redress",
    "own_up",
    "pause_promises",
    "reopen_promises",
    "resume_promises",
    "settle_redress",
    "withdraw_promise",
    "withdraw_promises",
]
