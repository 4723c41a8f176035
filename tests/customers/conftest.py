"""The common pack as the council's own, and people to look after."""

from typing import Any

import pytest

from moothall.core.packs import load_pack


@pytest.fixture(scope="session")
def common_pack() -> Any:
    """The common pack, read once."""
    return load_pack("common")


@pytest.fixture(autouse=True)
def pack(common_pack: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The common pack stands as the pack in force: what is under test is not which council it is."""
    read = common_pack
    for module in ("actions.details", "queries.card", "queries.person"):
        monkeypatch.setattr(f"moothall.customers.{module}.current_pack", lambda: read)
    return read
