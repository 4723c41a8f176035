"""Somebody at a telephone's keys, or writing texts: prompt after prompt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moothall.cases.models import Case
from moothall.intake.actions.talking import asking
from moothall.intake.models import Conversation
from moothall.intake.talking.keypad import keys_of
from moothall.intake.talking.shapes import Prompt, Takes
from moothall.intake.talking.times import LATER_TIMES
from moothall.services.pack import Question, Service

from .answers import HERS, Wanted, case_of


def by_talking(channel: str) -> Callable[[Service, Wanted, Any], Case | None]:
    """Prompt after prompt, by keypad or by text."""

    def drive(service: Service, wanted: Wanted, clock: Any) -> Case | None:
        row = talk(channel, service, wanted, clock)
        assert asking.rest_of(row, at=clock.now()) == ""
        raised = asking.send(row, at=clock.now())
        assert raised is not None
        return case_of(raised.case_id)

    return drive


def talk(channel: str, service: Service, wanted: Wanted, clock: Any) -> Conversation:
    """Answer every prompt there is on this line; return the conversation where it can ask no more."""
    row = Conversation(channel=channel, line="test", caller=HERS, step="asking", started_at=clock.now(),
                       heard_at=clock.now(), changed_at=clock.now())  # fmt: skip
    asking.begin(row, service.code, at=clock.now())
    for _ in range(200):
        coming = asking.next_asked(row, at=clock.now())
        if coming.prompt is None:
            assert not coming.stop
            return row
        question = service.by_question[str(row.held["question"])]
        asking.take(row, said(question, coming.prompt, wanted.get(question.id), channel), at=clock.now())
    raise AssertionError(f"{service.code} by {channel} never ends")


def said(question: Question, prompt: Prompt, wanted: Any, channel: str) -> str:  # noqa: PLR0912 - one line for each kind
    """What one presses or writes to give this answer to this prompt."""
    keys = {choice.value: choice.key for choice in prompt.choices}
    if wanted is None and question.type != "slot":
        return "" if channel == "voice" else "skip"
    if prompt.takes is Takes.CHOICE:
        if question.type == "items":
            return keys.get("none") or keys[next(iter(wanted))]
        if question.type == "slot":
            return next(choice.key for choice in prompt.choices if choice.value != LATER_TIMES)
        if question.type == "contact":
            return keys[wanted.get("by", "this")]
        return (
            keys[wanted["pick"] if question.type == "place" else f"uprn:{wanted['uprn']}"]
            if isinstance(wanted, dict)
            else keys[wanted]
        )
    if prompt.takes is Takes.SEVERAL:
        if question.type == "items":
            return ", ".join(f"{keys[item]}x{many}" for item, many in wanted.items())
        return ("*" if channel == "voice" and len(keys) > 9 else "" if channel == "voice" else ", ").join(
            keys[one] for one in wanted
        )
    match prompt.takes:
        case Takes.DATE:
            year, month, day = str(wanted).split("-")
            return f"{day}{month}{year}" if channel == "voice" else f"{int(day)}/{int(month)}/{year}"
        case Takes.TIME:
            return "1430" if channel == "voice" else "2.30pm"
        case Takes.MONEY:
            return f"{wanted // 100}*{wanted % 100:02d}" if channel == "voice" else f"£{wanted / 100:.2f}"
        case Takes.NUMBER:
            return "1" if question.type == "items" else str(wanted)
        case Takes.POSTCODE:
            return keys_of("LS21 1AA")
        case Takes.HOUSE:
            return "14"
        case Takes.PHONE:
            return str(wanted.get("by", "yes"))
    if question.type in {"address", "place"}:
        return "14 LS21 1AA"
    if isinstance(wanted, list):
        return ", ".join(wanted)
    return str(next(iter(wanted.values()))) if isinstance(wanted, dict) else str(wanted)
