"""The only writers of what was sent on and of the directory of help, by topic."""

from moothall.partners.actions.answering import Heard, note_answer
from moothall.partners.actions.as_asked import refer_as_asked
from moothall.partners.actions.directory import Brought, NotADirectory, import_directory
from moothall.partners.actions.helped import IsOver, answer_person, chase, end_with_case, take_back, take_back_all
from moothall.partners.actions.helping import CannotRefer, mark_asked, refer_person
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
    "CannotRefer",
    "Heard",
    "IsOver",
    "NotADirectory",
    "answer_person",
    "chase",
    "contract_missing",
    "deliver",
    "end_with_case",
    "hand_over",
    "import_directory",
    "mark_asked",
    "mark_sent",
    "note_answer",
    "refer_as_asked",
    "refer_case",
    "refer_new",
    "refer_person",
    "send_to_contractors",
    "take_back",
    "take_back_all",
]
