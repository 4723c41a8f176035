"""Working a case from its page, for the tests of the desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moothall.intake.actions.raising import Raised
from tests.interfaces.desk.conftest import Officer

Raises = Callable[..., Raised]


def do(officer: Officer, raised: Raised, act: str, **posted: str) -> Any:
    return officer.client.post(f"/desk/cases/{raised.case_id}/{act}", posted)
