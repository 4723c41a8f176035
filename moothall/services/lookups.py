"""Questions that nobody has to answer because some room knows: each room registers what it can look up.

A `lookup` question names its `provider`. While the customer is still answering, the provider is asked with what she has
said so far; what it finds is shown to her at once, seen by the tables as its ``code``, and kept with the request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Asked:
    """What a provider may go by: the service, the answers as they stand and the property they are about."""

    service: str
    answers: Mapping[str, Any]
    uprn: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """What was found. ``code`` is for the tables; ``lines`` are (label, words) and ``says`` a sentence for the customer."""

    code: str
    says: str
    lines: tuple[tuple[str, str], ...] = ()

    def as_answer(self) -> dict[str, Any]:
        """The same as an answer is kept."""
        return {"code": self.code, "says": self.says, "lines": [list(line) for line in self.lines]}


Provider = Callable[[Asked], Found | None]
_providers: dict[str, Provider] = {}


def register_lookup(name: str, provider: Provider) -> None:
    """Offer to answer the lookups called ``name``. The provider returns None when it cannot say yet.

    Raises:
        ValueError: another room has that name.
    """
    if _providers.setdefault(name, provider) is not provider:
        raise ValueError(f"Two rooms answer the lookup {name}.")


def look_up(name: str, asked: Asked) -> Found | None:
    """Return what the provider of that name finds; None when there is no such provider or it cannot say yet."""
    provider = _providers.get(name)
    return provider(asked) if provider else None
