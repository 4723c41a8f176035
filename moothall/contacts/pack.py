"""What the pack says about contacts: the causes an adviser chooses from at wrap-up, by National Indicator 14.

NI 14 (2008): avoidable contact ÷ all contacts recorded × 100, where avoidable is contact of low or no value to the
customer. The codes are stable; a council changes the words, or adds causes of its own.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from moothall.core.packs.registry import PackModel, register_section
from moothall.core.packs.sections import Code, Text

Counts = Literal["needed", "avoidable", "exceptional", "left_out"]


class Cause(PackModel):
    """Why someone had to get in touch. ``counts`` says what the indicator makes of it; the order is the order of keys."""

    code: Code
    says: Text = Field(description="Two or three words beside the key.")
    about: Text = Field(description="When to choose it, for the adviser who is not sure.")
    counts: Counts
    source: Text | None = None


CAUSES = register_section("causes", Cause)
