"""When a question of a printed form is to be answered, in words: nobody on paper can leave it out for the writer. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from moothall.intake.paper.boxes import WRITE_TO_ME
from moothall.services.letters import POST
from moothall.services.pack import Condition, Question


def only_if(condition: Condition | None, questions: Mapping[str, Question], numbers: Mapping[str, int]) -> str:
    """Return when a question applies, like “Only if you chose “Yes” at question 3”; empty where it always does.

    ``numbers`` are those of the questions that the form asks; what looks at another is said to be answered “if it applies”.
    """
    if condition is None:
        return ""
    words = _words(condition, questions, numbers)
    return f"Only if {words}." if words else "Only if it applies to you."


def _words(condition: Condition, questions: Mapping[str, Question], numbers: Mapping[str, int]) -> str:
    groups = ((condition.all_of, " and "), (condition.any_of, " or "))
    for group, joined in groups:
        if group:
            said = [_words(one, questions, numbers) for one in group]
            return joined.join(said) if all(said) else ""
    if condition.none_of is not None:
        inner = condition.none_of
        return _one(inner, questions, numbers, negated=True) if inner.question else ""
    return _one(condition, questions, numbers)


def _one(
    condition: Condition, questions: Mapping[str, Question], numbers: Mapping[str, int], *, negated: bool = False
) -> str:  # fmt: skip
    number, question = numbers.get(condition.question or ""), questions.get(condition.question or "")
    if number is None or question is None:
        return ""
    where = f"at question {number}"
    chosen = condition.is_any_of if condition.is_any_of is not None else condition.is_none_of
    if chosen is not None:
        labels = {one.value: one.label for one in question.options} | {"yes": "Yes", "no": "No"}
        labels |= {POST: WRITE_TO_ME} if question.type == "contact" else {}
        said = " or ".join(f"“{labels.get(str(one), str(one))}”" for one in _each(chosen))
        other = (condition.is_none_of is not None) != negated
        return f"you did not choose {said} {where}" if other else f"you chose {said} {where}"
    if condition.answered is not None:
        return (
            f"you answered question {number}" if condition.answered != negated else f"you left question {number} empty"
        )
    amounts = (
        (condition.more_than, "more than"), (condition.less_than, "less than"), (condition.at_least, "at least"),
        (condition.at_most, "at most"),
    )  # fmt: skip
    for value, words in amounts:
        if value is not None and not negated:
            return f"you wrote {words} {value} {where}"
    return ""


def _each(chosen: object) -> list[object]:
    if isinstance(chosen, bool):
        return ["yes" if chosen else "no"]
    return list(chosen) if isinstance(chosen, list | tuple) else [chosen]
