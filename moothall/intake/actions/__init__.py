"""The only writers of requests under way: one conversation, one sending, whatever the channel."""

from moothall.intake.actions.afterwards import choose_told_by, dispute, say_not_right
from moothall.intake.actions.announcing import answer_about, follow_instead
from moothall.intake.actions.dialogues import (
    AlreadySent,
    AnsweredElsewhere,
    Expired,
    NoSuchDialogue,
    add_file,
    adopt,
    answer,
    carry_on,
    expire_dialogues,
    remove_file,
    save_for_later,
    start_dialogue,
)
from moothall.intake.actions.raising import NotOnThisChannel, Raised, raise_request
from moothall.intake.actions.searching import note_unmet_search
from moothall.intake.actions.submitting import NotFinished, submit
from moothall.intake.actions.waiting import go_on_from_offer, wait_for_slot

__all__ = [
    "AlreadySent",
    "AnsweredElsewhere",
    "Expired",
    "NoSuchDialogue",
    "NotFinished",
    "NotOnThisChannel",
    "Raised",
    "add_file",
    "adopt",
    "answer",
    "answer_about",
    "carry_on",
    "choose_told_by",
    "dispute",
    "expire_dialogues",
    "follow_instead",
    "go_on_from_offer",
    "note_unmet_search",
    "raise_request",
    "remove_file",
    "save_for_later",
    "say_not_right",
    "start_dialogue",
    "submit",
    "wait_for_slot",
]
