"""What the ticks and words in the boxes of a filled form answer, and which of it a person must confirm. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moothall.intake.paper.boxes import BY_POST, TICK, Box, boxes_of
from moothall.services.pack import Question


@dataclass(frozen=True, slots=True)
class Mark:
    """What was found in one box: ``text`` written in it, or whether it is ``ticked``; ``sure``: nobody needs to look."""

    text: str = ""
    ticked: bool = False
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """What a filled form answers to one question, as the dialogue takes it. ``doubtful``: a person confirms it first."""

    given: Any
    doubtful: bool
    why: str = ""


_ONE = frozenset({"choice", "picture", "yes_no"})
_TEXT = frozenset({"text", "long_text", "time", "money", "number"})


def given_of(question: Question, marks: Mapping[str, Mark]) -> Found:
    """Return what the boxes of a question say. ``marks`` is by the boxes' keys; a box that is not there is empty."""
    held = [(box, marks.get(box.key, Mark())) for box in boxes_of(question)]
    ticked = [box for box, mark in held if box.kind == TICK and mark.ticked]
    written = {box.part: mark.text.strip() for box, mark in held if mark.text.strip()}
    unsure = any(not mark.sure for box, mark in held if mark.ticked or mark.text.strip() or box.kind == TICK)
    given = _given(question, ticked, written)
    if question.type in _ONE and len(ticked) > 1:
        return Found(None, doubtful=True, why="Several boxes are ticked. Choose the one that is meant.")
    if unsure:
        faint = any(not mark.sure for box, mark in held if box.kind == TICK)
        return Found(
            given, doubtful=True, why="A tick is faint or crossed out." if faint else "Written by hand: look at it."
        )
    return Found(given, doubtful=False)


def _given(question: Question, ticked: list[Box], written: Mapping[str, str]) -> Any:
    if question.type in _ONE:
        return ticked[0].part if len(ticked) == 1 else None
    if question.type == "multi_choice":
        return [box.part for box in ticked]
    if question.type == "declaration":
        return "yes" if ticked else None
    if question.type in {"photo", "file"}:
        return [box.part for box in ticked]
    if question.type in {"slot", "payment"}:
        key = ticked[0].part if len(ticked) == 1 else None
        return {"how": key} if key and question.type == "payment" else key
    if question.type in _TEXT:
        return written.get("text") or None
    if question.type == "items":
        return (
            dict(written) if question.options else [one for one in written.get("text", "").splitlines() if one.strip()]
        )
    if question.type == "contact":
        told = {part: text for part, text in written.items() if part != BY_POST}
        return told | ({"by": "post"} if any(box.part == BY_POST for box in ticked) else {}) or None
    if question.type == "date":
        return _day(written) if written else None
    return dict(written) or None


def _day(written: Mapping[str, str]) -> dict[str, str]:
    return {part: written.get(part, "") for part in ("day", "month", "year")}
