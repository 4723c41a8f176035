"""Drafts as forms: texts in, texts out. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from moothall.core.access import Refused
from moothall.core.actors import Actor

MOST_FIELDS = 200
MOST_TEXT = 20_000
NEVER_KEPT = frozenset({"csrfmiddlewaretoken", "password", "otp_token"})

Fields = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class DraftView:
    """What was typed, and when it was last kept (``None``: nothing was)."""

    fields: Fields = field(default_factory=dict)
    kept_at: datetime | None = None

    def first(self, name: str) -> str:
        """The text of a field, or empty."""
        texts = self.fields.get(name) or [""]
        return texts[0]

    def several(self, name: str) -> tuple[str, ...]:
        """All texts of a field that has several."""
        return tuple(self.fields.get(name, ()))

    def __bool__(self) -> bool:
        return any(text for texts in self.fields.values() for text in texts)


@dataclass(frozen=True, slots=True)
class KeptForm:
    """A form that was sent after the sign-in had run out: where to, its fields in their order, the files to choose again."""

    path: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[str, ...] = ()


def whose(actor: Actor) -> UUID:
    """Return the officer whose drafts these are; the system and the public have none."""
    if actor.id is None:
        raise Refused("Only someone who has signed in can keep a draft.")
    return actor.id


def keepable(posted: Iterable[tuple[str, list[str]]]) -> dict[str, list[str]]:
    """Return what may be kept of a posted form: no secrets, no NULs, nothing endless."""
    kept: dict[str, list[str]] = {}
    for name, texts in posted:
        if name in NEVER_KEPT or len(kept) >= MOST_FIELDS:
            continue
        kept[name[:120]] = [text.replace("\x00", "")[:MOST_TEXT] for text in texts[:MOST_FIELDS]]
    return kept
