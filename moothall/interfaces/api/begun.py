"""How a request that could only be begun by a call of another system is answered."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from moothall.core.lists import say_all
from moothall.intake.actions.beginning import Begun, way_back
from moothall.intake.talking.reach import words_of
from moothall.services.pack import Service


def begun_out(service: Service, begun: Begun) -> dict[str, Any]:
    """What is kept of the answer: the request's id stands where its link, which is a secret, is put in each time."""
    rest = say_all(words_of([service.by_question[one] for one in begun.left]))
    return {
        "accepted": False, "because": f"We have kept the answers. What is left: {rest}. It is asked at the link.",
        "case_id": None, "reference": "", "contact_id": str(begun.contact_id), "customer_id": None, "team": "",
        "priority": "", "fee_pence": 0, "promises": [],
        "go_on": {
            "dialogue": str(begun.dialogue_id), "until": begun.until.isoformat(), "left": list(begun.left),
            "told": begun.told,
        },
    }  # fmt: skip


def with_way_back(kept: dict[str, Any]) -> dict[str, Any]:
    """Put the link and the code into an answer that has a request under way; any other stays as it is."""
    begun = kept.get("go_on")
    if not begun:
        return kept
    link, code = way_back(UUID(begun["dialogue"]))
    rest = {name: begun[name] for name in ("until", "left", "told")}
    return kept | {"go_on": {"link": link, "code": code, **rest}}
