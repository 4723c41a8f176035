"""The only writers of what was sent on and of the directory of help, by topic."""

from moothall.partners.actions.answering import Heard, note_answer
from moothall.partners.actions.directory import Brought, NotADirectory, import_directory
from moothall.partners.actions.referring import (
    AlreadySentOn,
    contract_missing,
    deliver,
    hand_over,
    mark_sent,
    refer_case,
    refer_new,
    send_to_contractors,
)

__all__ = [
    "AlreadySentOn",
    "Brought",
    "Heard",
    "NotADirectory",
    "contract_missing",
    "deliver",
    "hand_over",
    "import_directory",
    "mark_sent",
    "note_answer",
    "refer_case",
    "refer_new",
    "send_to_contractors",
]
