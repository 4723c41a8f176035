"""Every figure of a pack that nobody has confirmed, gathered so that somebody can."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from .pack import Pack


@dataclass(frozen=True, slots=True)
class Doubt:
    """One doubtful entry: where it stands (`services missed-bin promises standard complete`), what it says, the doubt."""

    where: str
    says: str
    doubt: str
    source: str
    valid_from: str

    @property
    def since(self) -> date | None:
        """The day it is valid from, where one is named."""
        try:
            return date.fromisoformat(self.valid_from)
        except ValueError:
            return None


def doubts(pack: Pack) -> list[Doubt]:
    """All entries with a `doubt`, in the pack's order."""
    found: list[Doubt] = []
    for section, held in pack.content.items():
        _gather(held, section, found)
    return found


def _gather(value: Any, where: str, found: list[Doubt]) -> None:
    if isinstance(value, dict):
        doubt = value.get("doubt")
        if isinstance(doubt, str) and doubt:
            dated = {"doubt", "source", "valid_from"}
            says = "; ".join(f"{k}: {v}" for k, v in value.items() if k not in dated and not isinstance(v, dict | list))
            found.append(
                Doubt(where, says[:200], doubt, str(value.get("source", "")), str(value.get("valid_from", "")))
            )
        for key, part in value.items():
            _gather(part, f"{where} {key}", found)
    elif isinstance(value, list):
        for number, part in enumerate(value):
            name = (part.get("code") or part.get("id") or number) if isinstance(part, dict) else number
            _gather(part, f"{where} {name}", found)
