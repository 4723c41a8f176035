"""Making the next turn of a call from sentences, with their recordings where the pack has them."""

from __future__ import annotations

from collections.abc import Sequence

from moothall.intake.actions.talking.languages import says_in
from moothall.intake.models import Conversation
from moothall.intake.talking.shapes import Choice
from moothall.intake.talking.turns import Say, Then, Turn


def listen(
    row: Conversation,
    said: Sequence[str | Say],
    *,
    digits: int = 0,
    choices: tuple[Choice, ...] = (),
    speech: bool = False,
) -> Turn:
    """Say this and wait for keys (``digits`` of them; 0: until the hash key), or for words too."""
    return Turn(
        row.turns + 1, says_in(row.language, said), digits=digits, choices=choices, speech=speech, service=_about(row)
    )


def hang_up(row: Conversation, said: Sequence[str]) -> Turn:
    """Say this and end the call."""
    return Turn(row.turns + 1, says_in(row.language, said), Then.HANG_UP, service=_about(row))


def transfer(row: Conversation, said: Sequence[str]) -> Turn:
    """Say this and put the caller through to the advisers."""
    return Turn(row.turns + 1, says_in(row.language, said), Then.TRANSFER, service=_about(row))


def _about(row: Conversation) -> str:
    return str(row.held.get("service", ""))
