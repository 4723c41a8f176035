"""A council pack once read: typed sections, plain content and its hash. Pure: no database, no clock."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from pydantic import BaseModel

from .problems import Mark, Problem
from .reader import Node, place_of
from .registry import Section, Single
from .sections import Council

M = TypeVar("M", bound=BaseModel)


class Pack:
    """Everything a council is, as one value that never changes.

    `name` is the folder's, `sha256` identifies the content, `version_id` and `number` are set when it was applied
    (None when read from files).
    """

    __slots__ = ("_places", "_values", "content", "name", "number", "sha256", "version_id")

    def __init__(
        self,
        name: str,
        values: Mapping[str, Any],
        content: dict[str, Any],
        places: Mapping[str, Node] | None = None,
        *,
        version_id: UUID | None = None,
        number: int | None = None,
    ) -> None:
        self.name = name
        self._values = values
        self._places = places or {}
        self.content = content
        self.sha256 = hash_of(content)
        self.version_id = version_id
        self.number = number

    def __repr__(self) -> str:
        return f"<Pack {self.name} {self.sha256[:12]} version {self.number}>"

    def section(self, name: str) -> Mapping[str, Any]:
        """The entries of a section by key, in the pack's order. KeyError when no room registers it."""
        return cast("Mapping[str, Any]", self._values[name])

    def of(self, section: Section[M]) -> Mapping[str, M]:
        """The same, typed by the handle `register_section` returned."""
        return cast("Mapping[str, M]", self._values[section.name])

    def one(self, single: Single[M]) -> M:
        """A section that is a single thing, typed by the handle `register_single` returned."""
        return cast("M", self._values[single.name])

    def has(self, name: str) -> bool:
        """Whether some room registers the section."""
        return name in self._values

    @property
    def council(self) -> Council:
        """Who this council is."""
        return cast("Council", self._values["council"])

    @property
    def services(self) -> Mapping[str, Any]:
        """The service catalogue by code (`moothall.services.pack.Service`)."""
        return self.section("services")

    @property
    def teams(self) -> Mapping[str, Any]:
        """The teams by code."""
        return self.section("teams")

    def setting(self, code: str) -> Any:
        """The value of a dated setting; KeyError when the pack has none."""
        return self.section("settings")[code].value

    def place(self, section: str, *path: str | int, key: bool = False) -> Mark:
        """Where something of this pack is written: `pack.place("services", "missed-bin", "questions", 0)`."""
        node = self._places.get(section)
        return place_of(node, path, key=key) if node is not None else Mark(f"{self.name}/{section}")

    def problem(self, what: str, section: str, *path: str | int, **more: Any) -> Problem:
        """A problem found by a cross-check, at its place. Takes `value`, `expected` and `suggestion` too."""
        return Problem(self.place(section, *path), what, **more)


def hash_of(content: dict[str, Any]) -> str:
    """SHA-256 (hex) of the content, whatever the order of keys."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
