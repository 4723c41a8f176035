"""A council by name, read once, and applied where a test has a database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from moothall.core.packs import Pack, load_pack

from ..interfaces.site.conftest import resident, walk

FIVE = ("leeds", "york", "cambridge", "barking-dagenham", "halton")
_read: dict[str, Pack] = {}


def pack_of(name: str) -> Pack:
    """A pack from its files, read once for all tests here."""
    if name not in _read:
        _read[name] = load_pack(name)
    return _read[name]


@pytest.fixture
def council(request: pytest.FixtureRequest, db: None) -> Iterator[Any]:
    """The pack named by the test's parameter, in force in this test's database."""
    from moothall.core.actors import SYSTEM
    from moothall.core.clock import now
    from moothall.core.packs import queries
    from moothall.core.packs.actions import apply_pack

    queries.forget()
    apply_pack(pack_of(request.param), by=SYSTEM, at=now())
    yield queries.current_pack()
    queries.forget()


__all__ = ["FIVE", "council", "pack_of", "resident", "walk"]
