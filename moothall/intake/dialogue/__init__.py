"""The dialogue: one definition of a service's questions, asked on any channel. Pure: no database, no clock.

`reading` turns what someone gave into a checked answer; `flow` says what is asked next; `words` says an answer back.
"""

from moothall.intake.dialogue.errors import AnswerError
from moothall.intake.dialogue.flow import (
    Progress,
    asked_questions,
    first_unanswered,
    previous_question,
    progress_at,
    prune,
    question_after,
)
from moothall.intake.dialogue.known import Known, offer
from moothall.intake.dialogue.reading import read_all, read_answer
from moothall.intake.dialogue.words import AnswerLine, answer_words, lines_of

__all__ = [
    "AnswerError",
    "AnswerLine",
    "Known",
    "Progress",
    "answer_words",
    "asked_questions",
    "first_unanswered",
    "lines_of",
    "offer",
    "previous_question",
    "progress_at",
    "prune",
    "question_after",
    "read_all",
    "read_answer",
]
