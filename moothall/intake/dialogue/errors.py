"""What is wrong with an answer, in the person's words."""

from __future__ import annotations


class AnswerError(ValueError):
    """An answer that cannot be kept. The message says what to do; ``part`` names the part of it that is wrong, if one is."""

    def __init__(self, message: str, part: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.part = part


def called(label: str) -> str:
    """Return a question's label as it is named inside a sentence: “When was it missed?”."""
    return f"“{label.strip()}”"
