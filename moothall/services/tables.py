"""What a service decides and promises: tables of rules, and how long things take."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field, model_validator

from moothall.core.packs.registry import PackModel
from moothall.core.packs.sections import Code, Text

from .questions import (
    Id,
    Line,
    Money,
)

TableName = Literal["eligibility", "triage", "routing", "priority", "fee", "follow_on"]


TABLES: tuple[TableName, ...] = get_args(TableName)


EVERY_ROW: TableName = "follow_on"
"""The table of which every row that fits counts: what else begins, is offered or told because of this."""


Unit = Literal["seconds", "working_minutes", "working_days", "calendar_days", "calendar_months"]


class Dated(PackModel):
    """A figure that may change or is not sure: since when, on whose word, and the doubt in words."""

    valid_from: date | None = None
    source: Text | None = None
    doubt: Text | None = None


class Compare(PackModel):
    """A test in a table's `when` that is more than one value or a list of values."""

    any_of: tuple[str | int | float, ...] | None = None
    none_of: tuple[str | int | float, ...] | None = None
    more_than: int | float | str | None = None
    less_than: int | float | str | None = None
    at_least: int | float | str | None = None
    at_most: int | float | str | None = None
    answered: bool | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Compare:
        if not self.model_dump(exclude_none=True):
            raise ValueError("needs any_of, none_of, more_than, less_than, at_least, at_most or answered")
        return self


def _as_compare(value: Any) -> Any:
    """`bin: general` and `bin: [general, food]` are short for `any_of`."""
    if isinstance(value, dict | Compare):
        return value
    return {"any_of": value if isinstance(value, list | tuple) else [value]}


Test = Annotated[Compare, BeforeValidator(_as_compare)]


Priority = Literal["emergency", "urgent", "high", "normal", "low"]


class Then(PackModel):
    """What a row decides. Left out: nothing said on it."""

    accept: Literal["yes", "no", "hold"] | None = Field(
        None, description="Is the request taken on? `hold`: taken, but waits for something."
    )
    priority: Priority | None = None
    promise: Code | None = Field(None, description="The service's promise that applies.")
    team: Code | None = None
    fee: Money | None = None
    times: Id | None = Field(None, description="The fee counts once for each of this number.")
    say: Text | None = Field(None, description="Said to the customer.")
    do: Text | None = Field(None, description="Said to staff.")
    offer: tuple[Code, ...] = Field((), description="Services to offer besides.")
    start: tuple[Code, ...] = Field((), description="Services that begin by themselves.")
    flags: tuple[Code, ...] = ()
    tell: tuple[Code, ...] = Field((), description="Teams told besides.")
    doubt: Text | None = None


class Row(PackModel):
    """One row of a table: the first row whose `when` holds wins. No `when`: it always holds."""

    id: Code
    when: dict[Id, Test] = {}
    then: Then
    because: Text = Field(description="The reason, in words a customer may read.")


class Table(PackModel):
    """A decision table, read from the top."""

    rows: tuple[Row, ...] = Field(min_length=1)
    about: Text | None = None


class Length(Dated):
    """How long something may take. Units are never mixed."""

    amount: int = Field(ge=0)
    unit: Unit


class Promise(PackModel):
    """What we promise, counted in a calendar; pauses that may stop the clock; who hears when it is at risk."""

    code: Code
    applies: Line = "Every request"
    acknowledge: Length | None = None
    complete: Length | None = None
    starts: Line = "request received"
    calendar: Code
    pauses: tuple[Code, ...] = ()
    restarts: tuple[Code, ...] = Field(
        (), description="Pause reasons after which the clock starts again from nothing (FOI clarification)."
    )
    extend: Length | None = Field(None, description="The longest reasoned extension.")
    unpaid: Line | None = Field(None, description="Why its clock runs while what is owed has not been paid.")
    escalate_to: Code
    redress: Code | None = Field(None, description="What is owed when it is broken: an entry of the `redress` section.")
    statutory: bool = False
    source: Text | None = None
    note: Text | None = None

    @property
    def in_doubt(self) -> bool:
        """Whether either length is an assumption."""
        return any(length is not None and length.doubt for length in (self.acknowledge, self.complete))
