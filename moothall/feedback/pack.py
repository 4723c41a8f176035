"""What the pack says of asking how we did: how often at most, on which channels, who looks into what was not good."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from moothall.core.packs import Pack, PackModel, Problem, register_check, register_single
from moothall.core.packs.sections import ChannelCode, Code
from moothall.feedback.models import Score
from moothall.services.pack import SERVICES


class Feedback(PackModel):
    """How we ask. Nobody is asked more than ``most`` times in ``days`` days, whatever the channels."""

    most: int = Field(1, ge=1, le=10)
    days: int = Field(30, ge=1, le=366)
    asks: tuple[ChannelCode, ...] = Field((), description="Channels on which somebody is asked when a contact is over.")
    when_closed: bool = Field(True, description="Ask again, by the link in the message, when the case is closed.")
    answer_days: int = Field(7, ge=1, le=90, description="So many days an answer is taken by text, email or link.")
    paper_days: int = Field(
        28, ge=1, le=90, description="So many days an answer is taken that was asked for in a letter, which travels."
    )
    looked_into: tuple[Score, ...] = Field((Score.POOR,), description="Answers whose words become a task.")
    service: Code | None = Field(
        None, description="The service under which words about no case are looked into; without it they are only read."
    )


FEEDBACK = register_single("feedback", Feedback)


def _check(pack: Pack) -> Iterator[Problem]:
    service = pack.one(FEEDBACK).service
    if service is not None and service not in pack.of(SERVICES):
        yield pack.problem("there is no such service", "feedback", "service", value=f"`{service}`")


register_check("feedback", _check)
