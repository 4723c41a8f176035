"""A council by name, read once, and applied where a test has a database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ..conftest import apply_once, pack_of
from ..interfaces.site.conftest import resident, walk

FIVE = ("leeds", "york", "cambridge", "barking-dagenham", "halton")


@pytest.fixture
def council(request: pytest.FixtureRequest, db: None) -> Iterator[Any]:
    """The pack named by the test's parameter, in force in this test's database."""
    from moothall.core.packs import queries

    queries.forget()
    apply_once(request.param)
    yield queries.current_pack()
    queries.forget()


__all__ = ["FIVE", "council", "pack_of", "resident", "walk"]
