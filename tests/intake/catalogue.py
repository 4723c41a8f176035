"""The catalogue the tests of the dialogue stand on, and valid answers made up for any question."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Any

from moothall.core.packs import load_pack
from moothall.services.pack import Question, Service

TODAY = date(2026, 3, 2)


@cache
def services() -> dict[str, Service]:
    return dict(load_pack("common").services)


def a_valid_answer(question: Question, choose: Any) -> Any:  # noqa: PLR0912 - one line for each type
    """A valid answer to any question; `choose(sequence)` picks among options."""
    match question.type:
        case "choice" | "picture":
            return choose([option.value for option in question.options])
        case "multi_choice":
            return [choose([option.value for option in question.options])]
        case "yes_no":
            return choose([option.value for option in question.options] or ["yes", "no"])
        case "date":
            day = TODAY - timedelta(days=9) if question.dates == "past" else TODAY + timedelta(days=9)
            return {"day": str(day.day), "month": str(day.month), "year": str(day.year)}
        case "time":
            return "2.30pm"
        case "money":
            return f"£{int(question.min or 0) // 100 + 20}.50"
        case "number":
            return str(max(int(question.min or 0), min(3, int(question.max or 3))))
        case "address":
            return {"line1": "14 Mill Lane", "town": "Leeds", "postcode": "ls1 1ur"}
        case "place":
            return {"search": "Mill Lane", "describe": "outside number 14"}
        case "person":
            return {"name": "Amina Dunn"}
        case "contact":
            return {"name": "Amina Dunn", "email": "amina.dunn@example.com", "phone": "07700 900123"}
        case "photo" | "file":
            return ["later"]
        case "slot":
            return f"{(TODAY + timedelta(days=3)).isoformat()}/morning"
        case "items":
            return {question.options[0].value: "1"} if question.options else "One thing\nand another"
        case "vehicle":
            return {"registration": "ab12 cde", "describe": "a blue van"}
        case "declaration":
            return "yes"
        case "payment":
            return "link"
        case "lookup":
            return None
        case _:
            return question.example or "Some words"
