"""The mapping of an import: the `requests` section of councils/mappings/<name>.yaml. Pure."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import Field, ValidationError, field_validator, model_validator

from moothall.core.packs import PackModel
from moothall.core.packs.sections import ChannelCode

FIELDS: Final = (
    "id", "opened", "due", "closed", "on_time", "state", "type", "title", "place", "area", "latitude", "longitude",
    "channel", "team", "words",
)  # fmt: skip
NEEDED: Final = frozenset({"id", "opened", "type"})


class MappingProblem(ValueError):
    """There is no such mapping, or it cannot be used; the message says what to mend."""


class Outcome(PackModel):
    """How the closing words of a request are read: those that begin so mean this."""

    begins: str
    outcome: str = Field(max_length=120)
    resolved: bool | None = None


class RequestsMapping(PackModel):
    """How a row becomes a case. `columns` names for each field the columns it may stand under, the first there wins."""

    source: str = Field(max_length=60, description="The other system; with a row's id it makes the row known again.")
    zone: str = "Europe/London"
    times: tuple[str, ...] = Field(("%Y-%m-%d %H:%M:%S",), min_length=1, description="strptime formats, tried in order")
    columns: dict[str, tuple[str, ...]]
    required: tuple[str, ...] = tuple(sorted(NEEDED))
    service_prefix: str
    team_prefix: str
    states: dict[str, Literal["open", "closed"]] = {}
    on_time: dict[str, bool] = Field({}, description="the file's own verdict on each promise: what its words mean")
    channels: dict[str, ChannelCode] = {}
    other_channel: ChannelCode = "api"
    teams: dict[str, str] = {}
    named: str = Field(
        "{}", description="how its services and teams are called here: `{}, Boston`", pattern=r"^[^{}]*\{\}[^{}]*$"
    )
    outcomes: tuple[Outcome, ...] = ()
    nowhere: tuple[tuple[float, float], ...] = ()
    keep: tuple[str, ...] = Field((), description="further columns kept with the case as they stand")

    @field_validator("columns")
    @classmethod
    def _known(cls, value: dict[str, Any]) -> dict[str, Any]:
        unknown = sorted(set(value) - set(FIELDS))
        if unknown:
            raise ValueError(f"There is no field {', '.join(unknown)}. There are: {', '.join(FIELDS)}.")
        missing = sorted(NEEDED - set(value))
        if missing:
            raise ValueError(f"Say under which column to find: {', '.join(missing)}.")
        return value

    @model_validator(mode="after")
    def _sense(self) -> Self:
        lost = [name for name in self.required if name not in self.columns]
        if lost:
            raise ValueError(f"`required` names fields that `columns` does not: {', '.join(lost)}.")
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError) as wrong:
            raise ValueError(f"There is no time zone {self.zone!r}.") from wrong
        return self

    @cached_property
    def tz(self) -> ZoneInfo:
        """The zone the file's times are in."""
        return ZoneInfo(self.zone)

    def service(self, kind: str) -> str:
        """Return the code of the service for a type of request: `boston-graffiti-removal`."""
        return f"{self.service_prefix}-{slug(kind)}"[:80]

    def team(self, name: str) -> str:
        """Return the code of the team a row's own word means."""
        return f"{self.team_prefix}-{slug(self.teams.get(name, name) or 'no team')}"[:60]

    def service_name(self, kind: str) -> str:
        """Return what the service of a type of request is called here."""
        return self.named.format(" ".join(kind.split()))

    def team_name(self, name: str) -> str:
        """Return what the team is called here that a row's own word means."""
        return self.named.format(self.teams.get(name, name) or "No team")

    def outcome(self, words: str) -> tuple[str, bool | None]:
        """Return the outcome that closing words mean, and whether they say it was put right."""
        for known in self.outcomes:
            if words.startswith(known.begins):
                return known.outcome, known.resolved
        return "Closed", None


def slug(text: str) -> str:
    """Return text as a code: lower case, words joined by dashes."""
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")


def read_mapping(path: Path) -> RequestsMapping:
    """Read the `requests` section of a mapping file.

    Raises:
        MappingProblem: it is not there, not YAML, or says what cannot be.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as wrong:
        raise MappingProblem(f"The mapping {path.name} cannot be read: {wrong}") from wrong
    if not isinstance(data, dict) or not isinstance(data.get("requests"), dict):
        raise MappingProblem(f"The mapping {path.name} has no `requests` section.")
    try:
        return RequestsMapping.model_validate(data["requests"])
    except ValidationError as wrong:
        lines = "; ".join(
            f"requests.{'.'.join(map(str, e['loc']))}: {e['msg'].removeprefix('Value error, ')}" for e in wrong.errors()
        )
        raise MappingProblem(f"The mapping {path.name} cannot be used: {lines}") from wrong
