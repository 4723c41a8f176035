"""What the pack says of representation: kinds, the evidence each takes, what it covers by itself."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from moothall.core.packs import PackModel, register_section
from moothall.core.packs.sections import Code, Text


class Proof(PackModel):
    """Something that shows the right to speak for somebody."""

    code: Code
    name: Text


class RepresentationKind(PackModel):
    """A kind of representation. ``areas`` empty: everything, unless the officer narrows it. ``months`` ends it by itself."""

    code: Code
    name: Text = Field(description="As an officer chooses it: “Unpaid carer”.")
    says: Text = Field(description="In a sentence: “is her carer” reads “Ann Lee: carer”.")
    of: Literal["person", "organisation", "either"] = Field(
        "person", description="Who is spoken for by it. People who act for an organisation have a role there."
    )
    contact_as: Literal["family", "carer", "legal", "councillor", "organisation"] = Field(
        "family", description="As what a contact says they speak for the customer."
    )
    evidence: tuple[Proof, ...] = Field(min_length=1)
    areas: tuple[Code, ...] = Field((), description="Areas of service it covers.")
    months: int | None = Field(None, ge=1, le=240, description="It ends after so long, unless an earlier day is given.")
    outside: Text = Field(description="What to do for something it does not cover, for the officer to read out.")
    instead: Text = Field(description="The same said to whoever speaks, on the website.")


REPRESENTATIONS = register_section("representation", RepresentationKind)
