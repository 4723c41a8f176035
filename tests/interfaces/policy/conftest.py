"""The common pack, read once."""

from typing import Any

import pytest

from moothall.core.packs import load_pack


@pytest.fixture(scope="session")
def common_pack() -> Any:
    """The common pack as read from its files."""
    return load_pack("common")
