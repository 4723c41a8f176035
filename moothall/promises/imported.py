"""Standards worked out for another system's records: the `calendar` and `standards` sections of an import mapping.

A mapping (councils/mappings/<name>.yaml) says per type of request how long that system gave itself, so that the promise
clock can work out each due time from when a request was opened and what it was, without reading the system's own.
"""

from __future__ import annotations

from datetime import datetime, time
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import Field, field_validator, model_validator

from moothall.core.packs import PackModel
from moothall.promises.pack import CalendarSpec
from moothall.promises.reading import read_within
from moothall.promises.rules import Calendar, Counting, Unit

Length = tuple[int, Unit]


class CountingRule(PackModel):
    """How a length is laid on the calendar, where the other system's habit differs from ours."""

    starts: Literal["receipt", "next_opening"] = "receipt"
    ends: Literal["closing", "last_second", "same_time"] = "closing"
    """`same_time`: on the last day, at the time of day the count started."""


class TypeStandard(PackModel):
    """How long one type of request was given, and until `changed_at` of the section, where that was different."""

    within: Length
    before: Length | None = None
    titled: dict[str, Length] = Field(
        default={}, description="a word of the request's title: the length it had instead"
    )

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"within": value} if isinstance(value, str) else value

    @field_validator("within", "before", mode="before")
    @classmethod
    def _length(cls, value: Any) -> Any:
        return read_within(value) if isinstance(value, str) else value

    @field_validator("titled", mode="before")
    @classmethod
    def _lengths(cls, value: Any) -> Any:
        return {k: cls._length(v) for k, v in value.items()} if isinstance(value, dict) else value


class StandardsSection(PackModel):
    """The lengths by type, the rule for each unit, and the moment (by the calendar's wall) from which they hold."""

    changed_at: datetime | None = None
    rules: dict[Unit, CountingRule] = {}
    by_type: dict[str, TypeStandard] = Field(default={}, description="type: length, or {within: …, before: …}")
    source: str = ""
    doubt: str = ""


class ImportedStandards(PackModel):
    """The two sections together; `due` predicts."""

    calendar: CalendarSpec
    standards: StandardsSection = StandardsSection()

    @model_validator(mode="after")
    def _sense(self) -> Self:
        if self.standards.changed_at is not None and self.standards.changed_at.tzinfo is not None:
            raise ValueError("`changed_at` is by the wall clock of the calendar: leave its zone out.")
        return self

    @cached_property
    def built(self) -> Calendar:
        """The calendar, ready to count with."""
        return self.calendar.calendar()

    @cached_property
    def _changed(self) -> datetime | None:
        changed = self.standards.changed_at
        return None if changed is None else changed.replace(tzinfo=self.built.tz)

    def length_for(self, kind: str, opened: datetime, title: str = "") -> Length | None:
        """Return how long a type of request was given when it was opened; None for a type with no standard."""
        found = self.standards.by_type.get(kind)
        if found is None:
            return None
        for word, length in found.titled.items():
            if word.casefold() in title.casefold():
                return length
        if found.before is not None and self._changed is not None and opened < self._changed:
            return found.before
        return found.within

    def due(self, kind: str, opened: datetime, title: str = "") -> datetime | None:
        """Return when a request would be due, in the calendar's zone; None for a type with no standard."""
        length = self.length_for(kind, opened, title)
        if length is None:
            return None
        amount, unit = length
        rule, calendar = self.standards.rules.get(unit, CountingRule()), self.built
        start = calendar.next_opening(opened) if rule.starts == "next_opening" else opened
        due = Counting(calendar, unit, amount, start, last_second=rule.ends == "last_second").due
        if rule.ends != "same_time" or not unit.counts_dates:
            return due
        clock: time = start.astimezone(calendar.tz).time()
        return datetime.combine(due.date(), clock, tzinfo=calendar.tz)


def read_imported_standards(path: Path) -> ImportedStandards:
    """Read the two sections of a mapping file; its other sections are the importer's own."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return ImportedStandards.model_validate({k: data[k] for k in ("calendar", "standards") if k in data})
