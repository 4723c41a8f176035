"""Another system with a key, and a town with reports."""

from __future__ import annotations

from typing import Any

import pytest

from moothall.core.actors import SYSTEM
from moothall.core.staff import create_client
from tests.reports.conftest import report, town

__all__ = ["report", "town"]


@pytest.fixture
def key(council: Any, clock: Any) -> str:
    return create_client(name="Street app", scopes=["api.open311"], by=SYSTEM, at=clock.now())[1]
