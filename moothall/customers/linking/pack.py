"""The systems a council holds people and organisations in: how each delivers its records, what they mean, and what it is
told of changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from moothall.core.packs import Pack
from moothall.core.packs.problems import Problem
from moothall.core.packs.registry import PackModel, register_check, register_section, register_single
from moothall.core.packs.sections import Code, Text

PersonField = Literal[
    "key", "gone", "changed_at", "title", "given_name", "family_name", "name", "organisation_name", "trading_name",
    "company_number", "charity_number", "vat_number", "date_of_birth", "uprn", "address", "postcode", "phone", "mobile",
    "email",
]  # fmt: skip
ChangeKind = Literal["name", "address", "contact", "preference"]


class Column(PackModel):
    """Where a value stands in a row: a heading (the first of several that is there, or several joined), or a place."""

    names: tuple[Text, ...] = ()
    join: bool = Field(False, description="All the columns together make the value: an address in four lines.")
    at: tuple[int, int] | None = Field(None, description="In a file of fixed width: first character (from 1), length.")
    needed: bool = Field(False, description="A delivery without this column is refused.")


def _short(value: Any) -> Any:
    """`SURNAME` and `[SURNAME, LAST_NAME]` are short for a column of these names."""
    if isinstance(value, str):
        return {"names": (value,)}
    return {"names": tuple(value)} if isinstance(value, list) else value


Where = Annotated[Column, BeforeValidator(_short)]


class Figure(PackModel):
    """One of the system's own figures that an adviser sees: balance, next instalment."""

    code: Code
    label: Text
    column: Where
    shown: Literal["text", "money", "pence", "date"] = "text"


class Layout(PackModel):
    """What a delivery of this system looks like. The adapter named by `format` reads it."""

    format: Code = "csv"
    whole: bool = Field(False, description="A file holds every record, so that one not in it is gone.")
    columns: dict[PersonField, Where] = {}
    dates: tuple[str, ...] = ("%Y-%m-%d", "%d/%m/%Y")
    gone: tuple[Text, ...] = Field(("D", "DELETED", "Y"), description="What the column `gone` says of a closed record.")
    separator: str = Field(",", min_length=1, max_length=1)
    marker: str | None = Field(
        None,
        pattern=r"^\.[A-Za-z0-9._-]{1,20}$",
        description="A file dropped into the folder is complete once there is one beside it with this ending more: .ok",
    )


class Telling(PackModel):
    """What the system is told when somebody changes her details, and how."""

    of: tuple[ChangeKind, ...] = ()
    by: Code = Field("person", description="The adapter: `rest`, or `person` where its team keys changes in.")
    hours: int = Field(24, ge=1, le=24 * 14, description="An answer that takes longer is late.")


class System(PackModel):
    """A line-of-business system that holds people or organisations."""

    code: Code
    name: Text
    team: Code
    about: Text | None = None
    restricted: Code | None = Field(
        None, description="The kind one must be allowed to see; its records are invisible else."
    )
    retention_months: int = Field(84, ge=1, le=1200, description="How long rows that are no longer in force are kept.")
    records: Layout = Layout()
    shows: tuple[Figure, ...] = ()
    tells: Telling = Telling()


Rule = Literal["own", "trusted", "latest", "fullest"]


class Identity(PackModel):
    """Whose word counts, field by field, where records of one person differ."""

    fields: dict[str, Rule] = {}
    trust: tuple[Code, ...] = Field((), description="Systems from the most trusted down, for the rule `trusted`.")


SYSTEMS = register_section("systems", System)
IDENTITY = register_single("identity", Identity)


def _check(pack: Pack) -> Iterator[Problem]:
    """Teams must exist; a key must be told; only known systems can be trusted."""
    systems = pack.of(SYSTEMS)
    for code, system in systems.items():
        if system.team not in pack.teams:
            yield pack.problem(f"There is no team `{system.team}`.", "systems", code, "team", value=system.team)
        if "key" not in system.records.columns:
            yield pack.problem("The records need a column `key`.", "systems", code, "records")
    for place, code in enumerate(pack.one(IDENTITY).trust):
        if code not in systems:
            yield pack.problem(f"There is no system `{code}`.", "identity", "trust", place, value=code)


register_check("systems", _check)
