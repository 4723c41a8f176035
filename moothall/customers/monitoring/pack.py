"""The questions of equalities monitoring, and from how few people on a figure is not shown."""

from __future__ import annotations

from pydantic import Field

from moothall.core.packs import PackModel, register_section, register_single
from moothall.core.packs.sections import Code, Text


class MonitoringChoice(PackModel):
    """One answer to choose. ``group`` heads a run of them."""

    code: Code
    name: Text
    group: Text | None = None


class MonitoringQuestion(PackModel):
    """A voluntary question. "Prefer not to say" is always offered besides."""

    code: Code
    asks: Text
    hint: Text | None = None
    many: bool = Field(False, description="More than one answer may be chosen.")
    sensitive: bool = Field(False, description="Takes the higher threshold before a count is shown.")
    answers: tuple[MonitoringChoice, ...] = Field(min_length=2)
    source: Text | None = None
    doubt: Text | None = None


class Monitoring(PackModel):
    """Disclosure control of every figure that leaves the store."""

    threshold: int = Field(5, ge=3, le=50, description="Counts below this are hidden.")
    sensitive_threshold: int = Field(10, ge=5, le=100)
    rounding: int = Field(5, ge=1, le=10, description="What is shown is rounded to a multiple of this.")
    why: Text = "We use the answers to see whether our services reach everybody fairly."


QUESTIONS = register_section("equality", MonitoringQuestion)
MONITORING = register_single("monitoring", Monitoring)
