"""Steps as components draw them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from moothall.intake.queries.tracking import Step
from moothall.interfaces.ui.parts import StepState, StepView


def step_views(steps: Iterable[Step]) -> list[StepView]:
    """Return the steps of a request ready to draw."""
    return [StepView(step.name, cast("StepState", step.state), step.when, step.says) for step in steps]
