"""The only writers of cases, by topic: opening, working, days, closing, tasks, putting right."""

from moothall.cases.actions.closing import close_case, reopen_case, withdraw_case
from moothall.cases.actions.days import agree_day, new_day
from moothall.cases.actions.importing import ImportedCase, ImportedNote, import_cases
from moothall.cases.actions.opening import NewCase, join_contact, open_case
from moothall.cases.actions.putting_right import merge_case, set_priority, settle_redress, split_case
from moothall.cases.actions.rows import ChangedMeanwhile, TakenMeanwhile, refresh_due
from moothall.cases.actions.tasks import add_task, finish_task
from moothall.cases.actions.working import (
    NothingAsked,
    assign_case,
    be_present,
    customer_adds,
    hand_on,
    note_case,
    resume_case,
    set_status,
    take_case,
    wait_for,
)

__all__ = [
    "ChangedMeanwhile",
    "ImportedCase",
    "ImportedNote",
    "NewCase",
    "NothingAsked",
    "TakenMeanwhile",
    "add_task",
    "agree_day",
    "assign_case",
    "be_present",
    "close_case",
    "customer_adds",
    "finish_task",
    "hand_on",
    "import_cases",
    "join_contact",
    "merge_case",
    "new_day",
    "note_case",
    "open_case",
    "refresh_due",
    "reopen_case",
    "resume_case",
    "set_priority",
    "set_status",
    "settle_redress",
    "split_case",
    "take_case",
    "wait_for",
    "withdraw_case",
]
